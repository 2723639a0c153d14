import { describe, expect, test } from 'vitest'
import { createMemoryClusters, type MemoryCluster } from '../../src/adapters/memory/memory-clusters.ts'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import type { ClusterAddress } from '../../src/observe/cluster-reader-port.ts'
import { configMap, configMaps, failureOf, namesIn, pagesOf } from './kubernetes/reading.ts'

const cluster: MemoryCluster = {
  version: 'v1.34.2',
  resources: [
    { group: '', version: 'v1', kind: 'ConfigMap', name: 'configmaps', namespaced: true, verbs: ['list'] },
    { group: '', version: 'v1', kind: 'Secret', name: 'secrets', namespaced: true, verbs: ['list'] },
    { group: 'metrics.k8s.io', version: 'v1', kind: 'NodeMetrics', namespaced: false },
  ],
  objects: [configMap('a')],
}
const never = new AbortController().signal

describe('clusters in memory', () => {
  test.each<[string, string, ClusterAddress]>([
    ['a context', 'prod', { type: 'context', context: 'prod' }],
    ['the current context', '', { type: 'context' }],
    ['the cluster of the pod', 'in-cluster', { type: 'in-cluster' }],
    ['the text of a kubeconfig', 'text', { type: 'kubeconfig', text: 'text', origin: 'Secret a/b' }],
    ['the origin of a kubeconfig', 'Secret a/b', { type: 'kubeconfig', text: 'text', origin: 'Secret a/b' }],
  ])('are opened by %s', async (_what, id, address) => {
    const reader = await createMemoryClusters(new Map([[id, cluster]])).open(address)
    expect(await reader.version()).toBe('v1.34.2')
    const nobody = createMemoryClusters(new Map()).open(address)
    expect(await failureOf(nobody)).toMatchObject({ reason: 'address' })
  })

  test('fail when they are told to, and answer again', async () => {
    const clusters = createMemoryClusters(new Map([['', cluster]]))
    const reader = await clusters.open({ type: 'context' })
    const failure = new ClusterError('timeout', { operation: 'read', message: 'too slow' })
    const watching = failureOf(reader.watch(configMaps, '1', never)[Symbol.asyncIterator]().next())
    clusters.fail('', failure)
    expect(await watching).toBe(failure)
    expect(await failureOf(reader.version())).toBe(failure)
    expect(await failureOf(pagesOf(reader.list(configMaps)))).toBe(failure)
    clusters.fail('', undefined)
    expect((await pagesOf(reader.list(configMaps))).flatMap(namesIn)).toEqual(['a'])
  })

  test('end watches when they are told to', async () => {
    const clusters = createMemoryClusters(new Map([['', cluster]]))
    const reader = await clusters.open({ type: 'context' })
    const watching = reader.watch(configMaps, '1', never)[Symbol.asyncIterator]().next()
    clusters.endWatches('')
    expect(await watching).toEqual({ done: true, value: undefined })
  })

  test('forbid a kind, and serve no group whose server is down', async () => {
    const limited = { ...cluster, forbidden: ['secrets'], unavailable: ['metrics.k8s.io/v1'] }
    const reader = await createMemoryClusters(new Map([['', limited]])).open({ type: 'context' })
    const secrets = { ...configMaps, kind: 'Secret', resource: 'secrets' }
    expect(await failureOf(pagesOf(reader.list(secrets)))).toMatchObject({ reason: 'forbidden' })
    const { resources, unavailable } = await reader.discover()
    expect([resources.map(({ kind }) => kind), unavailable]).toEqual([
      ['ConfigMap', 'Secret'],
      ['metrics.k8s.io/v1'],
    ])
  })
})
