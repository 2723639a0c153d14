import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { MemoryClusters } from '../../src/adapters/memory/memory-clusters.ts'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import type { ObserveFleetOptions } from '../../src/observe-fleet.ts'
import { watchFleet, type WatchedChange, type WatchedFleet } from '../../src/watch-fleet.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import {
  configMap,
  listening,
  liveCluster,
  memoryCluster,
  memoryClusters,
  networkProfile,
  portsOf,
  runOptions,
  type Files,
} from './run.ts'
import { createTestClock } from './test-clock.ts'

const engine = await createTestEngine()
afterAll(() => engine.close())

/** No multiple of the pauses in which clusters are tried again. */
const debounceMs = 1500
const isDebounce = (milliseconds: number): boolean => milliseconds === debounceMs
const retryMs = 30_000
const discoveryMs = 60_000
/** Nothing goes on: it waits for changes, for ages, or to try again. */
const isIdle = (milliseconds: number): boolean => milliseconds === retryMs || milliseconds > discoveryMs

/** Two clusters of a management cluster; a profile gives both what stands in an object of the management cluster. */
const files: Files = {
  'fleetwright.yaml':
    'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n  management: { context: mgmt }\n',
  'fleet/profile.yaml': networkProfile('net'),
}

function productionClusters(): MemoryClusters {
  return memoryClusters({
    mgmt: memoryCluster([
      ...liveCluster('a', { env: 'production' }),
      ...liveCluster('b', { env: 'production' }),
      configMap('net', { cidr: '10.0.0.0/8' }),
    ]),
    a: memoryCluster(),
    b: memoryCluster(),
  })
}

/** Watches, and comes back once the first observation is done and nothing goes on. */
async function start(
  clusters: MemoryClusters,
  options: Partial<ObserveFleetOptions> & { readonly delivered?: string } = {},
) {
  const clock = createTestClock()
  const lines: WatchedChange[] = []
  const observed: WatchedFleet[] = []
  const ending = new AbortController()
  const { readers, heard } = listening(clusters)
  const { asOf: _asOf, ...rest } = runOptions
  const ended = watchFleet(
    { ...portsOf(engine, files, readers), ...clock, signal: ending.signal },
    { ...rest, debounceMs, discoveryPauseMs: discoveryMs, ...options },
    {
      onObserved: (fleet) => Promise.resolve(void observed.push(fleet)),
      onChanges: (changes) => void lines.push(...changes),
      report: (diagnostic) => {
        throw new Error(diagnostic.message)
      },
    },
  )
  const end = async (): Promise<void> => {
    ending.abort()
    await ended
  }
  onTestFinished(end)
  await Promise.race([clock.waited(isIdle), ended])
  return {
    ...{ clock, lines, observed, heard, end },
    /** After something happened: waits until it was noticed and looked at. */
    look: async (): Promise<void> => {
      await clock.waited(isDebounce)
      while (clock.isWaiting(isDebounce)) await clock.advance(debounceMs)
      await clock.waited(isIdle)
    },
    /** Waits until somebody pauses for so long, and lets the time go by. */
    pass: async (milliseconds: number): Promise<void> => {
      await clock.waited((one) => one === milliseconds)
      await clock.advance(milliseconds)
    },
  }
}

const withoutTime = (lines: readonly WatchedChange[]) => lines.map(({ time: _time, ...line }) => line)
const summary = (lines: readonly WatchedChange[]) =>
  lines.map((line) => [line.cluster, line.change, 'object' in line ? line.object : ''].join(' ').trim())

describe('a change', () => {
  test('is a line with what asks for it and the profiles that give something else', async () => {
    const clusters = productionClusters()
    const { clock, lines, observed, look } = await start(clusters)
    expect({ lines, observed: observed.length }).toEqual({ lines: [], observed: 1 })
    clusters.put('mgmt', configMap('net', { cidr: '10.9.0.0/16' }))
    await look()
    expect(lines).toEqual([
      {
        time: '2026-01-02T00:00:01.500Z',
        cluster: 'management',
        change: 'modified',
        object: 'ConfigMap default/net',
        because: ['ClusterProfile/network'],
        profiles: [{ profile: 'ClusterProfile/network', clusters: ['fleet/a', 'fleet/b'] }],
      },
    ])
    expect(observed.at(-1)?.files.get('.fleetwright/facts/management.json')).toContain('10.9.0.0/16')
    expect(clock.now()).toBe('2026-01-02T00:00:01.500Z')
  })

  test('that alters no recorded byte is none', async () => {
    const clusters = productionClusters()
    const { lines, observed, look } = await start(clusters)
    const net = configMap('net', { cidr: '10.0.0.0/8' })
    const managedFields = [{ manager: 'kubectl', operation: 'Update', time: '2026-01-02T00:00:00Z' }]
    clusters.put('mgmt', { ...net, metadata: { ...net.metadata, managedFields } })
    await look()
    expect({ lines, observed: observed.length }).toEqual({ lines: [], observed: 1 })
  })

  test('of an object that nobody asks for wakes nobody', async () => {
    const clusters = productionClusters()
    const { heard } = await start(clusters)
    expect(heard.filter((what) => /configmaps|services/.test(what))).toEqual([
      'mgmt: configmaps metadata.name=net',
    ])
  })

  test('waits for others that come at once, and is looked at together with them', async () => {
    const clusters = productionClusters()
    const { clock, lines, observed, pass } = await start(clusters)
    clusters.put('mgmt', configMap('net', { cidr: '10.1.0.0/16' }))
    await clock.waited(isDebounce)
    clusters.put('mgmt', configMap('net', { cidr: '10.2.0.0/16' }))
    clusters.put('mgmt', liveCluster('a', { env: 'production', tier: 'gold' })[0] ?? configMap('', {}))
    await pass(debounceMs)
    await pass(debounceMs)
    await clock.waited(isIdle)
    expect(summary(lines)).toEqual([
      'fleet/a cluster-object',
      'management modified ConfigMap default/net',
      'management modified SveltosCluster fleet/a',
    ])
    expect(observed).toHaveLength(2)
  })

  test('is looked at in the end though others never stop coming', async () => {
    const clusters = productionClusters()
    const { lines, pass, clock } = await start(clusters)
    clusters.put('mgmt', configMap('net', { cidr: '10.1.0.0/16' }))
    for (let octet = 2; octet <= 6; octet += 1) {
      await clock.waited(isDebounce)
      clusters.put('mgmt', configMap('net', { cidr: `10.${octet}.0.0/16` }))
      await pass(debounceMs)
    }
    await clock.waited(isIdle)
    expect(summary(lines)).toEqual(['management modified ConfigMap default/net'])
    expect(lines[0]?.time).toBe('2026-01-02T00:00:07.500Z')
  })

  test('of the inventory begins to watch the cluster that came', async () => {
    const clusters = memoryClusters({
      mgmt: memoryCluster([...liveCluster('a', { env: 'edge' }), configMap('net', { cidr: '10.0.0.0/8' })]),
      a: memoryCluster(),
      b: memoryCluster(),
    })
    const { lines, look } = await start(clusters)
    for (const object of liveCluster('b', { env: 'production' })) clusters.put('mgmt', object)
    await look()
    expect(
      withoutTime(lines).map(({ profiles, ...line }) => ({ ...line, profiles: profiles.length })),
    ).toEqual([
      { cluster: 'fleet/b', change: 'version', to: 'v1.34.2', profiles: 1 },
      {
        cluster: 'management',
        change: 'added',
        object: 'ConfigMap default/net',
        because: ['ClusterProfile/network'],
        profiles: 1,
      },
      {
        cluster: 'management',
        change: 'added',
        object: 'SveltosCluster fleet/b',
        because: ['inventory'],
        profiles: 1,
      },
    ])
  })
})

describe('a watch', () => {
  test('that the server ends goes on from where it was, without a list', async () => {
    const clusters = productionClusters()
    const { lines, heard, pass, look } = await start(clusters)
    const before = heard.length
    clusters.endWatches('mgmt')
    await pass(1000)
    clusters.put('mgmt', configMap('net', { cidr: '10.9.0.0/16' }))
    await look()
    expect(summary(lines)).toEqual(['management modified ConfigMap default/net'])
    expect(heard.slice(before)).toEqual([])
  })

  test('whose version is too old lists again, and misses nothing', async () => {
    const clusters = productionClusters()
    const { clock, lines, pass, look } = await start(clusters)
    clusters.endWatches('mgmt')
    await clock.turn()
    clusters.put('mgmt', configMap('net', { cidr: '10.9.0.0/16' }))
    clusters.forget('mgmt')
    await pass(1000)
    await pass(1000)
    await look()
    expect(summary(lines)).toEqual(['management modified ConfigMap default/net'])
  })

  test('that breaks off says nothing, as long as the cluster answers', async () => {
    const clusters = productionClusters()
    const { clock, lines, pass, look } = await start(clusters)
    clusters.fail('mgmt', gone)
    clusters.endWatches('mgmt')
    await clock.turn()
    clusters.fail('mgmt', undefined)
    await pass(1000)
    clusters.put('mgmt', configMap('net', { cidr: '10.9.0.0/16' }))
    await look()
    expect(summary(lines)).toEqual(['management modified ConfigMap default/net'])
  })
})

const gone = new ClusterError('unreachable', { operation: 'read', message: 'connection refused' })

describe('a cluster', () => {
  test('that goes away is told, and so is that it is back; its facts stay meanwhile', async () => {
    const clusters = productionClusters()
    const { lines, observed, pass, look } = await start(clusters)
    clusters.fail('a', gone)
    await pass(discoveryMs)
    await look()
    expect(withoutTime(lines)).toEqual([
      {
        cluster: 'fleet/a',
        change: 'away',
        reason: 'no connection',
        profiles: [],
      },
    ])
    const path = '.fleetwright/facts/fleet/a.json'
    expect(observed.at(-1)?.files.get(path)).toBe(observed[0]?.files.get(path))
    clusters.fail('a', undefined)
    await pass(2000)
    await look()
    expect(summary(lines)).toEqual(['fleet/a away', 'fleet/a back'])
  })

  test('that was away from the beginning is tried again', async () => {
    const clusters = memoryClusters({ mgmt: memoryCluster(liveCluster('a', {})) })
    const clock = createTestClock()
    const statuses: string[][] = []
    const ending = new AbortController()
    const { asOf: _asOf, ...rest } = runOptions
    const ended = watchFleet(
      { ...portsOf(engine, files, clusters), ...clock, signal: ending.signal },
      { ...rest, debounceMs, discoveryPauseMs: discoveryMs },
      {
        onObserved: (fleet) =>
          Promise.resolve(void statuses.push(fleet.clusters.map(({ id, status }) => `${id} ${status}`))),
        onChanges: () => undefined,
        report: () => undefined,
      },
    )
    await clock.waited(isIdle)
    expect(statuses).toEqual([['fleet/a missing', 'management observed']])
    ending.abort()
    await ended
  })
})

describe('watching', () => {
  test('begins with what changed since it was recorded', async () => {
    const clusters = productionClusters()
    const first = await start(clusters)
    await first.end()
    const facts = first.observed[0]?.files ?? new Map()
    clusters.put('mgmt', configMap('net', { cidr: '10.9.0.0/16' }))
    const { lines } = await start(clusters, { facts })
    expect(summary(lines)).toEqual(['management modified ConfigMap default/net'])
    expect(lines[0]?.profiles).toEqual([
      { profile: 'ClusterProfile/network', clusters: ['fleet/a', 'fleet/b'] },
    ])
  })

  test('says once in a while that facts are still true, from what it keeps', async () => {
    const clusters = productionClusters()
    const { clock, observed, heard } = await start(clusters)
    const before = heard.length
    await clock.advance(6 * 3_600_000)
    await clock.waited((milliseconds) => milliseconds === 6 * 3_600_000)
    await clock.waited(isIdle)
    expect(observed).toHaveLength(2)
    const ages = JSON.parse(observed[1]?.files.get('.fleetwright/observed.json') ?? '') as Record<
      string,
      unknown
    >
    expect(ages['fleet/a']).toEqual({ observedAt: '2026-01-02T06:00:00Z', reachable: true })
    expect(heard.slice(before).filter((what) => !what.includes('secrets'))).toEqual([])
  })

  test('ends at once when it is told to, also in the middle of an observation', async () => {
    const clusters = productionClusters()
    const { end, observed } = await start(clusters)
    await end()
    expect(observed).toHaveLength(1)
  })
})

test('what becomes of a delivery is told', async () => {
  const clusters = productionClusters()
  const kustomization = (status: string, message: string) => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: {
      ...{ name: 'a.network', namespace: 'fleet', labels: { 'app.kubernetes.io/managed-by': 'fleetwright' } },
      annotations: { 'fleetwright.dev/cluster': 'fleet/a', 'fleetwright.dev/unit': 'policy-default-content' },
    },
    status: { conditions: [{ type: 'Ready', status, message }] },
  })
  clusters.put('mgmt', kustomization('True', 'Applied revision: rendered@sha1:4f2a91c'))
  const { lines, observed, look } = await start(clusters)
  expect(observed[0]?.delivered).toBe('{\n  "fleet/a": {"policy-default-content":{"status":"ready"}}\n}\n')
  clusters.put('mgmt', kustomization('False', 'kustomize build failed: no such file'))
  await look()
  expect(withoutTime(lines)).toEqual([
    {
      ...{ cluster: 'fleet/a', change: 'delivered', unit: 'policy-default-content' },
      ...{ status: 'failed', message: 'kustomize build failed: no such file', profiles: [] },
    },
  ])
})
