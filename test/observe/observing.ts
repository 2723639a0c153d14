import {
  createMemoryClusters,
  type MemoryCluster,
  type MemoryClusters,
  type MemoryObject,
} from '../../src/adapters/memory/memory-clusters.ts'
import type { ClusterReader, ClusterReaders, ListRequest } from '../../src/observe/cluster-reader-port.ts'
import { everything, observe, type ObserveRequest, type ObserveTarget } from '../../src/observe/observe.ts'
import type { Need, Query, ServedResource } from '../../src/observe/types.ts'

const verbs = ['get', 'list', 'watch']

function row(apiVersion: string, kind: string, name: string, namespaced = true): ServedResource {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return { group: group ?? '', version: version ?? '', kind, name, namespaced, verbs }
}

export const resources: readonly ServedResource[] = [
  row('v1', 'ConfigMap', 'configmaps'),
  row('v1', 'Namespace', 'namespaces', false),
  row('v1', 'Node', 'nodes', false),
  row('v1', 'Secret', 'secrets'),
  row('v1', 'Service', 'services'),
  row('apps/v1', 'Deployment', 'deployments'),
  row('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
  row('example.com/v1', 'Widget', 'widgets'),
  row('example.com/v1beta1', 'Widget', 'widgets'),
  { ...row('authentication.k8s.io/v1', 'TokenReview', 'tokenreviews', false), verbs: ['create'] },
]

/** A cluster of Kubernetes 1.34 with these objects. */
export function cluster(
  objects: readonly MemoryObject[] = [],
  more: Partial<MemoryCluster> = {},
): MemoryCluster {
  return { version: 'v1.34.2', resources, objects, ...more }
}

/** Clusters by the context that opens them. */
export function fleet(clusters: Readonly<Record<string, MemoryCluster>>): MemoryClusters {
  return createMemoryClusters(new Map(Object.entries(clusters)))
}

export function target(id: string, more: Partial<ObserveTarget> = {}): ObserveTarget {
  return { cluster: id, address: { type: 'context', context: id }, labels: {}, ...more }
}

export function query(apiVersion: string, kind: string, more: Partial<Query> = {}): Query {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  return { ...everything, group, version: apiVersion.slice(slash + 1), kind, keep: 'whole', ...more }
}

export function need(clusterId: string, ...parameters: Parameters<typeof query>): Need {
  return { cluster: clusterId, query: query(...parameters), because: ['Classifier/any'] }
}

export function configMap(name: string, data: Readonly<Record<string, unknown>> = {}): MemoryObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data }
}

export const now = '2026-03-01T10:00:00Z'
export const later = '2026-03-01T11:00:00Z'

export function request(more: Partial<ObserveRequest> = {}): ObserveRequest {
  return {
    targets: [],
    needs: [],
    previous: new Map(),
    now,
    concurrency: 2,
    clusterDeadlineMs: 60_000,
    // Nothing here takes time.
    deadline: () => new AbortController().signal,
    key: new TextEncoder().encode('a key of this repository'),
    ...more,
  }
}

/** Observes, and says what of the text of one file is. */
export async function observed(readers: ClusterReaders, more: Partial<ObserveRequest>) {
  const { files, clusters } = await observe(request(more), readers)
  const json = (path: string): Record<string, unknown> =>
    JSON.parse(files.get(`.fleetwright/${path}`) ?? '{}') as Record<string, unknown>
  return {
    files,
    clusters,
    /** Of a cluster id or `management`. */
    facts: (id: string) =>
      json(`facts/${id}.json`) as { readonly [field: string]: unknown; objects: object[] },
    rows: json('observed.json'),
  }
}

/** The same readers, and a note of every list and every opening. */
export function noted(readers: ClusterReaders) {
  const lists: ListRequest[] = []
  const opened: string[] = []
  const closed: string[] = []
  const noting: ClusterReaders = {
    async open(address) {
      const name = address.type === 'context' ? (address.context ?? '') : address.type
      const reader: ClusterReader = await readers.open(address)
      opened.push(name)
      return {
        version: (signal) => reader.version(signal),
        discover: (signal) => reader.discover(signal),
        list(list, signal) {
          lists.push(list)
          return reader.list(list, signal)
        },
        watch: (list, version, signal) => reader.watch(list, version, signal),
        close() {
          closed.push(name)
          return reader.close()
        },
      }
    },
  }
  return { readers: noting, lists, opened, closed }
}

/** Readers whose methods are replaced. */
export function withReader(
  readers: ClusterReaders,
  replace: (reader: ClusterReader) => Partial<ClusterReader>,
): ClusterReaders {
  return {
    async open(address) {
      const reader = await readers.open(address)
      return { ...reader, ...replace(reader) }
    },
  }
}
