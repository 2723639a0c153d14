import { expect, test } from 'vitest'
import { lostApis } from '../../src/compare/lost-apis.ts'

const objects = [
  { apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', name: 'restricted' },
  { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', namespace: 'shop', name: 'web' },
  { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', namespace: 'shop', name: 'api' },
  { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', namespace: 'shop', name: 'api' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: 'shop', name: 'other' },
  { apiVersion: 'example.com/v1beta1', kind: 'Thing', namespace: 'shop', name: 'thing' },
  { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
]

test('an upgrade loses the APIs that the new version does not serve any more, with what uses them', () => {
  expect(lostApis(objects, 'v1.24.3', 'v1.25.4-eks-1')).toEqual([
    {
      api: 'policy/v1beta1 PodDisruptionBudget',
      objects: ['PodDisruptionBudget shop/api', 'PodDisruptionBudget shop/web'],
    },
    { api: 'policy/v1beta1 PodSecurityPolicy', objects: ['PodSecurityPolicy restricted'] },
  ])
})

test.each([
  ['v1.24.3', 'v1.24.9'],
  ['v1.25.0', 'v1.27.0'],
  ['v1.25.0', 'v1.24.0'],
  ['latest', 'v1.25.0'],
  ['v1.24.0', ''],
])('from %s to %s nothing is lost', (from, to) => {
  expect(lostApis(objects, from, to)).toEqual([])
})
