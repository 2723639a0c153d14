import { ClusterError, type ClusterFailure } from '../../diagnostics/cluster-error.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type {
  ClusterAddress,
  ClusterReader,
  ClusterReaders,
  Discovery,
  ListPage,
  ListRequest,
  WatchEvent,
} from '../../observe/cluster-reader-port.ts'
import type { ServedResource } from '../../observe/types.ts'
import { toAskedObject } from '../kubernetes/answered-object.ts'
import {
  createMemoryObjects,
  seenBy,
  SelectorFault,
  type MemoryObject,
  type MemoryObjects,
  type MemoryReference,
} from './memory-objects.ts'

export type { MemoryObject, MemoryReference } from './memory-objects.ts'

/** A cluster that lives in memory. */
export interface MemoryCluster {
  readonly version: string
  /** What it serves; objects of other kinds are never seen. */
  readonly resources: readonly ServedResource[]
  readonly objects: readonly MemoryObject[]
  readonly unavailable?: readonly string[]
  /** Resources that may not be read: `secrets`, `deployments.apps`. */
  readonly forbidden?: readonly string[]
  /** What every call throws. */
  readonly failure?: ClusterError
}

/** Clusters that tests and what-if runs make up, and change while they are read. */
export interface MemoryClusters extends ClusterReaders {
  put(cluster: string, object: MemoryObject): void
  remove(cluster: string, reference: MemoryReference): void
  /** What every call throws from now on, and every watch that is under way; undefined: it answers again. */
  fail(cluster: string, failure: ClusterError | undefined): void
  /** Ends every watch, as servers do from time to time. */
  endWatches(cluster: string): void
  /** Forgets old versions: a watch that goes on from one finds it expired. */
  forget(cluster: string): void
}

const pageSize = 500

/**
 * Clusters by the address that opens them: the name of a context (empty for the current one), `in-cluster`, the text of a
 * kubeconfig, or its origin.
 */
export function createMemoryClusters(clusters: ReadonlyMap<string, MemoryCluster>): MemoryClusters {
  const living = new Map([...clusters].map(([id, cluster]) => [id, toLiving(cluster)]))
  const named = (id: string): LivingCluster => {
    const cluster = living.get(id)
    if (cluster !== undefined) return cluster
    throw new ClusterError('address', { operation: 'open a cluster', message: `there is no cluster ${id}` })
  }
  const find = (address: ClusterAddress): LivingCluster => {
    if (address.type === 'context') return named(address.context ?? '')
    if (address.type === 'in-cluster') return named('in-cluster')
    return living.get(address.text) ?? named(address.origin)
  }
  return {
    // A function that is async, so that a cluster that is not there is a rejection too.
    open: async (address) => Promise.resolve(readerOf(find(address))),
    put(id, object) {
      named(id).objects.put(object)
    },
    remove(id, reference) {
      named(id).objects.remove(reference)
    },
    fail(id, failure) {
      named(id).failure = failure
      endWatches(named(id))
    },
    endWatches(id) {
      endWatches(named(id))
    },
    forget(id) {
      named(id).objects.forget()
    },
  }
}

interface LivingCluster {
  readonly cluster: MemoryCluster
  readonly objects: MemoryObjects
  /** What ends each watch. */
  readonly watches: Set<() => void>
  failure: ClusterError | undefined
}

function endWatches({ watches }: LivingCluster): void {
  for (const end of [...watches]) end()
}

function toLiving(cluster: MemoryCluster): LivingCluster {
  return {
    cluster,
    objects: createMemoryObjects(cluster.objects),
    watches: new Set(),
    failure: cluster.failure,
  }
}

function readerOf(living: LivingCluster): ClusterReader {
  const answer = <T>(value: () => T, signal: AbortSignal | undefined): Promise<T> =>
    new Promise((resolve) => {
      signal?.throwIfAborted()
      if (living.failure !== undefined) throw living.failure
      resolve(value())
    })
  return {
    version: (signal) => answer(() => living.cluster.version, signal),
    discover: (signal) => answer(() => discoveryOf(living.cluster), signal),
    list: (list, signal) => listPages(living, list, signal),
    watch: (list, resourceVersion, signal) => watchEvents(living, list, { resourceVersion, signal }),
    close: () => Promise.resolve(),
  }
}

function discoveryOf({ resources, unavailable = [] }: MemoryCluster): Discovery {
  const key = ({ group, version, kind, name = '' }: ServedResource): string =>
    [group, version, kind, name].join('\0')
  return {
    resources: resources
      .filter(({ group, version }) => !unavailable.includes(group === '' ? version : `${group}/${version}`))
      .sort((a, b) => compareText(key(a), key(b))),
    unavailable: [...unavailable].sort(compareText),
  }
}

async function* listPages(
  living: LivingCluster,
  list: ListRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListPage, void> {
  check(living, list, signal)
  const objects = selected(living, list).map((object) => toAskedObject(list, object))
  const resourceVersion = `${living.objects.resourceVersion()}`
  for (let start = 0; start === 0 || start < objects.length; start += pageSize) {
    await Promise.resolve()
    check(living, list, signal)
    yield { objects: objects.slice(start, start + pageSize), resourceVersion }
  }
}

async function* watchEvents(
  living: LivingCluster,
  list: ListRequest,
  { resourceVersion, signal }: { readonly resourceVersion: string; readonly signal: AbortSignal },
): AsyncGenerator<WatchEvent, void> {
  let seen = Number(resourceVersion)
  let isEnded = false
  let wake = (): void => undefined
  const end = (): void => {
    isEnded = true
    wake()
  }
  const ignore = living.objects.onChange(() => {
    wake()
  })
  living.watches.add(end)
  signal.addEventListener('abort', end)
  try {
    while (!signal.aborted) {
      check(living, list, signal)
      const changes = living.objects.changesAfter(seen)
      if (changes === undefined) throw refused('expired', list, 'has given up that version')
      for (const change of changes) {
        seen = change.resourceVersion
        const event = seenBy(list, change)
        if (event === undefined) continue
        yield { ...event, object: toAskedObject(list, event.object), resourceVersion: `${seen}` }
        if (signal.aborted) return
      }
      if (isEnded) return
      if (changes.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    ignore()
    living.watches.delete(end)
    signal.removeEventListener('abort', end)
  }
}

function check(
  { cluster, failure }: LivingCluster,
  list: ListRequest,
  signal: AbortSignal | undefined,
): void {
  signal?.throwIfAborted()
  if (failure !== undefined) throw failure
  const { group, version, kind, resource } = list
  const isServed = cluster.resources.some(
    (each) => each.group === group && each.version === version && each.kind === kind,
  )
  if (!isServed) throw refused('not-found', list, 'does not serve it')
  const name = group === '' ? resource : `${resource}.${group}`
  if (cluster.forbidden?.includes(name) === true) throw refused('forbidden', list, 'forbids it')
}

function selected({ objects }: LivingCluster, list: ListRequest): readonly MemoryObject[] {
  try {
    return objects.select(list)
  } catch (error) {
    throw error instanceof SelectorFault ? refused('bad-answer', list, 'does not take the selector') : error
  }
}

function refused(reason: ClusterFailure, { resource }: ListRequest, fault: string): ClusterError {
  return new ClusterError(reason, {
    operation: `read ${resource}`,
    message: `${resource}: the cluster ${fault}`,
  })
}
