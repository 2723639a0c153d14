import { describe, expect, test } from 'vitest'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { refusedChanges } from '../../src/kubernetes/immutable-changes.ts'
import type { ObjectValue } from '../../src/kubernetes/object-value.ts'
import { isQuantity, isSmallerQuantity } from '../../src/kubernetes/quantity.ts'

const refused = (
  apiVersion: string,
  kind: string,
  [before, after]: readonly [object, object],
  minor?: number,
) =>
  refusedChanges({ apiVersion, kind, ...before }, { apiVersion, kind, ...after }, minor).map(({ path }) =>
    path.join('.'),
  )

describe('changes that the API server refuses', () => {
  test('the deepest fields that differ are named, and why they stay', () => {
    const deployment = (app: string): ObjectValue => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 1, selector: { matchLabels: { app, tier: 'web' } } },
    })
    expect(refusedChanges(deployment('a'), deployment('b'))).toEqual([
      { path: ['spec', 'selector', 'matchLabels', 'app'], reason: 'it says which pods are its own' },
    ])
    expect(refusedChanges(deployment('a'), deployment('a'))).toEqual([])
  })

  test('a rule holds for the minors that have it', () => {
    const sides = [{ spec: { revisionHistoryLimit: 5 } }, { spec: { revisionHistoryLimit: 3 } }] as const
    expect(refused('apps/v1', 'StatefulSet', sides, 32)).toEqual(['spec.revisionHistoryLimit'])
    expect(refused('apps/v1', 'StatefulSet', sides, 33)).toEqual([])
    const drivers = [{ spec: {} }, { spec: { podInfoOnMount: true } }] as const
    expect(refused('storage.k8s.io/v1', 'CSIDriver', drivers, 29)).toEqual(['spec.podInfoOnMount'])
    expect(refused('storage.k8s.io/v1', 'CSIDriver', drivers, 30)).toEqual([])
    const resources = (cpu: string) => ({ containers: [{ name: 'a', resources: { requests: { cpu } } }] })
    const jobs = [
      { spec: { suspend: true, template: { spec: resources('1') } } },
      { spec: { suspend: true, template: { spec: resources('2') } } },
    ] as const
    expect(refused('batch/v1', 'Job', jobs, 35)).toEqual(['spec.template.spec.containers'])
    expect(refused('batch/v1', 'Job', jobs, 36)).toEqual([])
  })

  test('beyond the table its ends answer', () => {
    const sides = [{ spec: { revisionHistoryLimit: 5 } }, { spec: { revisionHistoryLimit: 3 } }] as const
    expect(refused('apps/v1', 'StatefulSet', sides, 20)).toEqual(['spec.revisionHistoryLimit'])
    expect(refused('apps/v1', 'StatefulSet', sides, 99)).toEqual([])
  })

  test('null, what is empty and what the server fills in are no change', () => {
    const claim = (spec: object) => ({ metadata: { name: 'data', creationTimestamp: null }, spec })
    const sides = [
      { spec: { volumeClaimTemplates: [claim({ selector: null })] } },
      {
        spec: {
          podManagementPolicy: 'OrderedReady',
          volumeClaimTemplates: [{ ...claim({ volumeMode: 'Filesystem' }), apiVersion: 'v1', status: {} }],
        },
      },
    ] as const
    expect(refused('apps/v1', 'StatefulSet', sides)).toEqual([])
  })

  test('numbers that no double holds are told apart', () => {
    const value = (text: string) => ({ value: parseExactJson(text) })
    const sides = [value('9007199254740993'), value('9007199254740995')] as const
    expect(refused('scheduling.k8s.io/v1', 'PriorityClass', sides)).toEqual(['value'])
    expect(refused('scheduling.k8s.io/v1', 'PriorityClass', [sides[0], sides[0]])).toEqual([])
  })

  test('the addresses of a headless Service may change family', () => {
    const service = (clusterIP: string, family: string) => ({ spec: { clusterIP, ipFamilies: [family] } })
    expect(refused('v1', 'Service', [service('None', 'IPv4'), service('None', 'IPv6')])).toEqual([])
    expect(refused('v1', 'Service', [service('', 'IPv4'), service('', 'IPv6')])).toEqual(['spec.ipFamilies'])
  })

  test('nothing is known of custom kinds, and kinds of other groups are other kinds', () => {
    const sides = [{ spec: { selector: { a: 1 } } }, { spec: { selector: { a: 2 } } }] as const
    expect(refused('example.com/v1', 'Deployment', sides)).toEqual([])
    expect(refused('apps/v1', 'Deployment', sides)).toEqual(['spec.selector.a'])
  })
})

describe('quantities', () => {
  test.each(['1', '1.5', '.5', '-1', '+3', '100m', '1k', '1Ki', '2Ei', '1e3', '1E-3', '5E', '7.'])(
    '%s is one',
    (text) => {
      expect(isQuantity(text)).toBe(true)
    },
  )
  test.each(['', '1 Gi', '100mi', '512MB', 'one', '1GiB', 'Mi', '1e'])('%j is none', (text) => {
    expect(isQuantity(text)).toBe(false)
  })
  test.each([
    ['7Gi', '8Gi', true],
    ['8Gi', '8Gi', false],
    ['8G', '8Gi', true],
    ['1024Mi', '1Gi', false],
    ['900m', 1, true],
    ['1e3', '1k', false],
    ['9Gi', 'much', false],
    [undefined, '1', false],
  ])('%s is less than %s: %s', (a, b, expected) => {
    expect(isSmallerQuantity(a, b)).toBe(expected)
  })
})
