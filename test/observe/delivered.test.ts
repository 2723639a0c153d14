import { describe, expect, test } from 'vitest'
import { defaultConfig } from '../../src/config/config.ts'
import {
  condenseDelivered,
  deliveredNeeds,
  deliveryChanges,
  formatDelivered,
  tryParseDelivered,
} from '../../src/observe/observe.ts'

const annotations = (cluster: string, unit: string) => ({
  'fleetwright.dev/cluster': cluster,
  'fleetwright.dev/unit': unit,
})

function kustomization(
  unit: string,
  ready: { readonly status: string; readonly reason?: string; readonly message?: string } | undefined,
  more: {
    readonly suspend?: boolean
    readonly cluster?: string
    readonly generations?: [number, number]
  } = {},
): string {
  const { suspend, cluster = 'fleet/prod', generations: [generation, observedGeneration] = [2, 2] } = more
  return JSON.stringify({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: unit, namespace: 'fleet', generation, annotations: annotations(cluster, unit) },
    spec: { suspend },
    status: { observedGeneration, conditions: ready ? [{ type: 'Ready', ...ready }] : [] },
  })
}

function application(unit: string, status: object, automated: object | undefined = {}): string {
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: unit, namespace: 'argocd', annotations: annotations('fleet/prod', unit) },
    spec: { syncPolicy: { automated } },
    status,
  })
}

const unitOf = (object: string) => condenseDelivered('management', [object]).get('fleet/prod')?.get('web')

describe('what Flux says', () => {
  test.each([
    ['ready', { status: 'True', message: 'Applied revision: rendered@sha1:4f2a' }, {}, { status: 'ready' }],
    [
      'failing',
      { status: 'False', reason: 'BuildFailed', message: 'no such file' },
      {},
      { status: 'failed', message: 'no such file' },
    ],
    [
      'waiting for another',
      { status: 'False', reason: 'DependencyNotReady', message: "dependency 'fleet/a' is not ready" },
      {},
      { status: 'progressing', message: "dependency 'fleet/a' is not ready" },
    ],
    ['at work', { status: 'Unknown', message: 'working' }, {}, { status: 'progressing', message: 'working' }],
    [
      'ready with an old spec',
      { status: 'True' },
      { generations: [3, 2] as [number, number] },
      { status: 'progressing' },
    ],
    ['suspended', { status: 'False' }, { suspend: true }, { status: 'suspended' }],
    ['silent', undefined, {}, { status: 'unknown' }],
  ])('%s', (_, ready, more, expected) => {
    expect(unitOf(kustomization('web', ready, more))).toEqual(expected)
  })

  test('is told without times, durations and revisions, and only its first line', () => {
    const message =
      'Health check failed after 5m0.012s: rendered@sha1:4f2a91c at 2026-01-02T03:04:05Z is 4f2a91c0aa4f2a91c0aa4f2a91c0aa4f2a91c0aa\nmore'
    expect(unitOf(kustomization('web', { status: 'False', message }))).toEqual({
      status: 'failed',
      message: 'Health check failed after …: … at … is …',
    })
  })
})

describe('what Argo CD says', () => {
  test.each([
    [{ health: { status: 'Healthy' }, sync: { status: 'Synced' } }, { status: 'ready' }],
    [{ health: { status: 'Healthy' }, sync: { status: 'OutOfSync' } }, { status: 'progressing' }],
    [
      { health: { status: 'Degraded', message: 'crash loop' }, sync: { status: 'Synced' } },
      { status: 'failed', message: 'crash loop' },
    ],
    [
      { health: { status: 'Healthy' }, operationState: { phase: 'Failed', message: 'denied' } },
      { status: 'failed', message: 'denied' },
    ],
    [
      { conditions: [{ type: 'ComparisonError', message: 'no repository' }] },
      { status: 'failed', message: 'no repository' },
    ],
    [{ health: { status: 'Progressing' }, sync: { status: 'Synced' } }, { status: 'progressing' }],
    [{ health: { status: 'Suspended' } }, { status: 'suspended' }],
    [{}, { status: 'unknown' }],
  ])('%j → %j', (status, expected) => {
    expect(unitOf(application('web', status))).toEqual(expected)
  })

  test('out of sync without automation is what a suspended unit looks like', () => {
    const status = { health: { status: 'Healthy' }, sync: { status: 'OutOfSync' } }
    const { spec: _spec, ...object } = JSON.parse(application('web', status)) as { spec: unknown }
    expect(unitOf(JSON.stringify({ ...object, spec: { syncPolicy: {} } }))).toEqual({ status: 'suspended' })
  })
})

describe('units', () => {
  test('that several objects deliver are as the worst of them', () => {
    const objects = [
      kustomization('web', { status: 'True' }),
      kustomization('web', { status: 'False', message: 'b' }),
      kustomization('web', { status: 'False', message: 'a' }),
      kustomization('web', { status: 'Unknown' }),
    ]
    expect(condenseDelivered('management', objects).get('fleet/prod')?.get('web')).toEqual({
      status: 'failed',
      message: 'a',
    })
  })

  test('of other clusters are nothing that a workload cluster may speak of', () => {
    const objects = [
      kustomization('web', { status: 'True' }, { cluster: 'fleet/prod' }),
      kustomization('web', { status: 'False' }, { cluster: 'fleet/other' }),
    ]
    expect([...condenseDelivered('fleet/prod', objects).keys()]).toEqual(['fleet/prod'])
    expect([...condenseDelivered('management', objects).keys()]).toEqual(['fleet/prod', 'fleet/other'])
  })
})

describe('delivered.json', () => {
  const delivered = condenseDelivered('management', [
    kustomization('web', { status: 'True' }),
    kustomization('api', { status: 'False', message: 'no' }),
  ])

  test('is a line a cluster, and read back', () => {
    const text = formatDelivered(delivered)
    expect(text).toBe(
      '{\n  "fleet/prod": {"api":{"message":"no","status":"failed"},"web":{"status":"ready"}}\n}\n',
    )
    expect(tryParseDelivered(text)).toEqual(delivered)
    expect(tryParseDelivered('{"fleet/prod": 1}')).toBeUndefined()
    expect(tryParseDelivered('<<<<<<< HEAD')).toBeUndefined()
  })

  test('before and after say what is different', () => {
    const after = formatDelivered(
      condenseDelivered('management', [kustomization('web', { status: 'False' })]),
    )
    expect(deliveryChanges(formatDelivered(delivered), after)).toEqual([
      { cluster: 'fleet/prod', change: 'delivered', unit: 'api' },
      { cluster: 'fleet/prod', change: 'delivered', unit: 'web', status: 'failed' },
    ])
    expect(deliveryChanges(after, after)).toEqual([])
  })
})

test('a hub asks the management cluster, a spoke the clusters too', () => {
  const asked = (rendered: Partial<typeof defaultConfig.rendered>) =>
    deliveredNeeds({ ...defaultConfig, rendered: { ...defaultConfig.rendered, ...rendered } }, [
      'fleet/a',
    ]).map(({ cluster, query }) => `${cluster} ${query.kind} ${query.labelSelector}`)
  const ours = 'app.kubernetes.io/managed-by=fleetwright'
  expect(asked({})).toEqual([`management Kustomization ${ours}`, `management HelmRelease ${ours}`])
  expect(asked({ mode: 'spoke' })).toEqual([
    `management Kustomization ${ours}`,
    `management HelmRelease ${ours}`,
    `fleet/a Kustomization ${ours}`,
    `fleet/a HelmRelease ${ours}`,
  ])
  expect(asked({ delivery: ['argocd'] })).toEqual([`management Application ${ours}`])
})
