import { expect, test } from 'vitest'
import { compareVersions } from '../../src/kubernetes/version-order.ts'

// The example of the Kubernetes documentation on versions of custom resources.
test('versions come in the order in which Kubernetes prefers them', () => {
  const documented = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
  ]
  expect([...documented].reverse().sort(compareVersions)).toEqual(documented)
})

test.each(['v0', 'v1beta', 'v1gamma1', 'v01', 'V1'])('%s is no version and comes last', (text) => {
  expect(compareVersions('v1alpha1', text)).toBeLessThan(0)
  expect(compareVersions(text, 'v1alpha1')).toBeGreaterThan(0)
})
