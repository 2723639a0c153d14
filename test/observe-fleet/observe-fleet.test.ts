import { afterAll, describe, expect, test } from 'vitest'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { clusterProfile } from '../compile-files.ts'
import {
  configMap,
  listening,
  liveCluster,
  memoryCluster,
  memoryClusters,
  networkProfile,
  observeFiles,
  recorded,
  statuses,
  type Files,
} from './run.ts'

const engine = await createTestEngine()
afterAll(() => engine.close())

const config = (spec: string) => ({
  'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n${spec}`,
})

/** Two clusters by context, nothing else. */
const plain: Files = config(`
  clusters:
  - { name: prod, namespace: fleet, context: prod, labels: { env: production } }
  - { name: edge, namespace: fleet, context: edge, labels: { env: edge } }
`)

/** A profile whose content needs an object of the management cluster, on clusters that only live there. */
const live: Files = {
  ...config('  management: { context: mgmt }\n'),
  'fleet/profile.yaml': networkProfile('"{{ .Cluster.metadata.name }}-net"'),
}

describe('what is observed', () => {
  test('every cluster is asked for its version and what it serves, also when nothing is needed of it', async () => {
    const clusters = memoryClusters({
      prod: memoryCluster(),
      edge: memoryCluster([], { version: 'v1.33.0' }),
    })
    const run = await observeFiles(engine, plain, clusters)
    expect(statuses(run)).toEqual(['fleet/edge observed', 'fleet/prod observed'])
    expect(run.clusters.map(({ version, changed }) => [version, changed])).toEqual([
      ['v1.33.0', true],
      ['v1.34.2', true],
    ])
    expect(run.diagnostics).toEqual([])
  })

  test('clusters of the management cluster are found in the first round, and what profiles on them need in the next', async () => {
    const clusters = memoryClusters({
      mgmt: memoryCluster([
        ...liveCluster('prod', { env: 'production' }),
        ...liveCluster('edge', { env: 'edge' }),
        configMap('prod-net', { cidr: '10.0.0.0/8' }),
        configMap('edge-net', { cidr: '10.1.0.0/16' }),
      ]),
      prod: memoryCluster(),
      edge: memoryCluster(),
    })
    const { readers, heard } = listening(clusters)
    const run = await observeFiles(engine, live, readers)
    expect(statuses(run)).toEqual(['fleet/edge observed', 'fleet/prod observed', 'management observed'])
    expect(recorded(run, 'management')).toEqual([
      'ConfigMap prod-net',
      'SveltosCluster edge',
      'SveltosCluster prod',
    ])
    expect(heard.filter((what) => what.startsWith('mgmt: clusters'))).toHaveLength(2)
    expect(heard).toContain('mgmt: configmaps metadata.name=prod-net')
    expect(heard).not.toContain('mgmt: configmaps metadata.name=edge-net')
    expect(run.compiled.plan?.clusters.flatMap(({ units }) => units.map(({ name }) => name))).toEqual([
      'policy-default-content',
    ])
  })

  test('what was needed the last time is asked at once, and gives the same bytes', async () => {
    const clusters = memoryClusters({
      mgmt: memoryCluster([
        ...liveCluster('prod', { env: 'production' }),
        configMap('prod-net', { cidr: '10.0.0.0/8' }),
      ]),
      prod: memoryCluster(),
    })
    const first = await observeFiles(engine, live, clusters)
    const { readers, heard } = listening(clusters)
    const second = await observeFiles(engine, live, readers, { facts: first.files })
    expect([...second.files]).toEqual([...first.files])
    expect(second.clusters.map(({ changed }) => changed)).toEqual([false, false])
    expect(heard.filter((what) => what.startsWith('mgmt: sveltosclusters'))).toHaveLength(1)
  })

  test('what nobody needs any more leaves the facts', async () => {
    const clusters = memoryClusters({
      mgmt: memoryCluster([
        ...liveCluster('prod', { env: 'production' }),
        configMap('prod-net', { cidr: '10.0.0.0/8' }),
      ]),
      prod: memoryCluster(),
    })
    const first = await observeFiles(engine, live, clusters)
    const { 'fleet/profile.yaml': _gone, ...rest } = live
    const second = await observeFiles(engine, rest, clusters, { facts: first.files })
    expect(recorded(second, 'management')).toEqual(['SveltosCluster prod'])
    expect([...second.files]).toEqual([...(await observeFiles(engine, rest, clusters)).files])
  })

  test('a cluster that is gone from the management cluster leaves the facts at once', async () => {
    const objects = [...liveCluster('prod', { env: 'production' }), ...liveCluster('edge', {})]
    const clusters = memoryClusters({
      mgmt: memoryCluster(objects),
      prod: memoryCluster(),
      edge: memoryCluster(),
    })
    const first = await observeFiles(engine, live, clusters)
    for (const { apiVersion, kind, metadata } of objects)
      if (metadata.name.startsWith('edge')) clusters.remove('mgmt', { apiVersion, kind, metadata })
    const second = await observeFiles(engine, live, clusters, { facts: first.files })
    expect(statuses(second)).toEqual(['fleet/prod observed', 'management observed'])
    expect([...second.files.keys()]).toEqual([
      '.fleetwright/facts/fleet/prod.json',
      '.fleetwright/facts/management.json',
      '.fleetwright/observed.json',
    ])
    expect(Object.keys(JSON.parse(second.files.get('.fleetwright/observed.json') ?? '') as object)).toEqual([
      'fleet/prod',
      'management',
    ])
    const third = await observeFiles(engine, live, clusters, { facts: second.files })
    expect([...third.files]).toEqual([...second.files])
  })

  test('lookups of charts are found by rendering, and answered', async () => {
    const files = {
      ...plain,
      ...chartThatLooksUp('{{ (lookup "v1" "ConfigMap" "default" "seed").data.value }}'),
    }
    const clusters = memoryClusters({
      prod: memoryCluster([configMap('seed', { value: 'x' })]),
      edge: memoryCluster(),
    })
    const run = await observeFiles(engine, files, clusters)
    expect(recorded(run, 'fleet/prod')).toEqual(['ConfigMap seed'])
    expect(recorded(run, 'fleet/edge')).toEqual([])
    expect(run.diagnostics).toEqual([])
  })

  test('what a chart looked up stays while the chart cannot be rendered', async () => {
    const files = {
      ...plain,
      ...chartThatLooksUp('{{ (lookup "v1" "ConfigMap" "default" "seed").data.value }}'),
    }
    const clusters = memoryClusters({
      prod: memoryCluster([configMap('seed', { value: 'x' })]),
      edge: memoryCluster(),
    })
    const first = await observeFiles(engine, files, clusters)
    const broken = { ...files, 'charts/seed/templates/a.yaml': '{{ fail "not today" }}' }
    const second = await observeFiles(engine, broken, clusters, { facts: first.files })
    expect([...second.files]).toEqual([...first.files])
  })

  test('questions without end are asked three times over, and named then', async () => {
    const chain = [
      '{{ $next := "c0" }}{{ range until 9 }}{{ $found := lookup "v1" "ConfigMap" "default" $next }}',
      '{{ if $found }}{{ $next = $found.data.next }}{{ end }}{{ end }}{{ $next }}',
    ].join('')
    const links = [0, 1, 2, 3, 4, 5, 6].map((at) => configMap(`c${at}`, { next: `c${at + 1}` }))
    const clusters = memoryClusters({ prod: memoryCluster(links), edge: memoryCluster() })
    const run = await observeFiles(engine, { ...plain, ...chartThatLooksUp(chain) }, clusters)
    expect(run.diagnostics.map(({ code, severity, message }) => ({ code, severity, message }))).toEqual([
      {
        code: 'observe/not-settled',
        severity: 'warning',
        message:
          'after 3 rounds there is still more to observe: ConfigMap default/c3 of fleet/prod for ClusterProfile/seed',
      },
    ])
    expect(recorded(run, 'fleet/prod')).toEqual(['ConfigMap c0', 'ConfigMap c1', 'ConfigMap c2'])
  })
})

function chartThatLooksUp(template: string): Files {
  return {
    'charts/seed/Chart.yaml': 'apiVersion: v2\nname: seed\nversion: 0.1.0\n',
    'charts/seed/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: seeded }
data:
  value: ${template}
`,
    'fleet/seed.yaml': clusterProfile(
      'seed',
      `
clusterSelector: { matchLabels: { env: production } }
helmCharts:
- { repositoryURL: ./charts/seed, repositoryName: seed, chartName: seed, chartVersion: 0.1.0, releaseName: seed, releaseNamespace: default }
`,
    ),
  }
}

describe('clusters that do not answer', () => {
  const gone = new ClusterError('unreachable', { operation: 'read', message: 'connection refused' })

  test('are rows, are asked once, and keep their facts, while the others go on', async () => {
    const clusters = memoryClusters({ prod: memoryCluster(), edge: memoryCluster() })
    const first = await observeFiles(engine, plain, clusters)
    clusters.fail('edge', gone)
    const run = await observeFiles(engine, plain, clusters, {
      facts: first.files,
      asOf: '2026-01-02T01:00:00Z',
    })
    expect(statuses(run)).toEqual(['fleet/edge kept unreachable', 'fleet/prod observed'])
    const path = '.fleetwright/facts/fleet/edge.json'
    expect(run.files.get(path)).toBe(first.files.get(path))
    expect(JSON.parse(run.files.get('.fleetwright/observed.json') ?? '')).toMatchObject({
      'fleet/edge': { observedAt: '2026-01-02T00:00:00Z', reachable: false },
      'fleet/prod': { observedAt: '2026-01-02T01:00:00Z', reachable: true },
    })
  })

  test('a management cluster that does not answer leaves the clusters that it knows as they were', async () => {
    const clusters = memoryClusters({ mgmt: memoryCluster(liveCluster('prod', {})), prod: memoryCluster() })
    const first = await observeFiles(engine, live, clusters)
    clusters.fail('mgmt', gone)
    const run = await observeFiles(engine, live, clusters, { facts: first.files })
    expect(statuses(run)).toEqual(['fleet/prod kept address', 'management kept unreachable'])
    expect(run.files.get('.fleetwright/facts/fleet/prod.json')).toBe(
      first.files.get('.fleetwright/facts/fleet/prod.json'),
    )
  })

  test('a management cluster that nobody names any more keeps its facts, and so do its clusters', async () => {
    const clusters = memoryClusters({
      mgmt: memoryCluster(liveCluster('live', {})),
      live: memoryCluster(),
      prod: memoryCluster(),
    })
    const named = '  clusters: [{ name: prod, namespace: fleet, context: prod }]\n'
    const options = { management: { type: 'context', context: 'mgmt' } } as const
    const first = await observeFiles(engine, config(named), clusters, options)
    const second = await observeFiles(engine, config(named), clusters, { facts: first.files })
    expect(statuses(second)).toEqual([
      'fleet/live kept address',
      'fleet/prod observed',
      'management kept address',
    ])
    expect([...second.files]).toEqual([...first.files])
  })

  test('a cluster without an address is said to have none, and what somebody wrote of it stays', async () => {
    const files = config(
      '  clusters:\n  - { name: prod, namespace: fleet }\n  - { name: edge, namespace: fleet }\n',
    )
    const path = '.fleetwright/facts/fleet/prod.json'
    const run = await observeFiles(engine, files, memoryClusters({}), {
      facts: new Map([[path, '{"version":"v1.31.0"}']]),
    })
    expect(run.clusters).toEqual([
      {
        ...{ id: 'fleet/edge', status: 'missing', changed: false, objects: 0, unavailable: [] },
        failure: { reason: 'address', message: 'fleetwright.yaml gives it no context' },
      },
      {
        ...{
          id: 'fleet/prod',
          status: 'kept',
          changed: false,
          version: 'v1.31.0',
          objects: 0,
          unavailable: [],
        },
        failure: { reason: 'address', message: 'fleetwright.yaml gives it no context' },
      },
    ])
    expect(run.files.get(path)).toBe('{"version":"v1.31.0"}')
  })

  test('a cluster that an error in the intent hides keeps its facts', async () => {
    const clusters = memoryClusters({ prod: memoryCluster(), edge: memoryCluster() })
    const first = await observeFiles(engine, plain, clusters)
    const broken = {
      ...config('  clusters:\n  - { name: prod, namespace: fleet, context: prod }\n  - { nme: edge }\n'),
    }
    const run = await observeFiles(engine, broken, clusters, { facts: first.files })
    expect(run.intentErrors.map(({ code }) => code)).toEqual(['config/bad-value', 'config/unknown-field'])
    expect(run.files.get('.fleetwright/facts/fleet/edge.json')).toBe(
      first.files.get('.fleetwright/facts/fleet/edge.json'),
    )
    const mended = config('  clusters:\n  - { name: prod, namespace: fleet, context: prod }\n')
    const later = await observeFiles(engine, mended, clusters, { facts: run.files })
    expect([...later.files.keys()]).toEqual([
      '.fleetwright/facts/fleet/prod.json',
      '.fleetwright/observed.json',
    ])
  })
})

test('of clusters that were not wanted nothing is read', async () => {
  const { readers, heard } = listening(
    memoryClusters({ prod: memoryCluster([configMap('seed', {})]), edge: memoryCluster() }),
  )
  const files = {
    ...plain,
    ...chartThatLooksUp('{{ lookup "v1" "ConfigMap" "default" "seed" | toJson | b64enc }}'),
  }
  const run = await observeFiles(engine, files, readers, {
    isWanted: (_cluster, labels) => labels['env'] === 'edge',
  })
  expect(statuses(run)).toEqual(['fleet/edge observed'])
  expect(heard).toEqual([])
})
