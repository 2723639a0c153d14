import { ClusterError } from '../diagnostics/cluster-error.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { everything, servedFor, sideBySide } from '../observe/observe.ts'
import type { Discovery } from '../observe/cluster-reader-port.ts'
import type { ServedResource } from '../observe/types.ts'
import { compareLive } from './compare-live-object.ts'
import { metadataOf, withoutServerFields } from './clean-object.ts'
import type { LiveCluster, LiveObject, ObjectAddress } from './live-clusters-port.ts'
import { isNeverPruned } from './treatment.ts'
import type { DeliveryEngine, Finding, OwnedObject, WantedObject } from './types.ts'

export interface LiveQuestions {
  readonly wanted: readonly WantedObject[]
  /** What deliverers have on record and would take away. */
  readonly owned: readonly (OwnedObject & { readonly engine: DeliveryEngine })[]
  /** Whether the server is asked what applying would change. */
  readonly dryRun: boolean
}

/** In the order of the questions. */
export interface LiveAnswers {
  readonly wanted: readonly Finding[]
  /** Undefined: it is gone, stays whatever its deliverer does, or may not be read. */
  readonly owned: readonly (LiveObject | undefined)[]
  /** Why some of the owned may not be read, sorted. */
  readonly unreadable: readonly string[]
}

/** Requests to one server at a time. */
const requestsAtATime = 8
/** So many objects of a kind in one namespace are listed, fewer are asked for one by one. */
const listedFrom = 8

/**
 * What one cluster has of the objects that it should have, and what applying would make of them. Throws ClusterError where
 * nothing can be said of the cluster; what may not be read, or whose server is silent, is `unknown`.
 */
export async function readLive(
  cluster: LiveCluster,
  { wanted, owned, dryRun }: LiveQuestions,
  signal: AbortSignal,
): Promise<LiveAnswers> {
  const discovery = await cluster.discover(signal)
  const places = wanted.map((object) => placeOf(object, discovery))
  const ownPlaces = owned.map((object) => ownedPlace(object, discovery))
  const find = createFinder(cluster, [...places, ...ownPlaces].filter(isAddress), signal)
  const refused = new Set<string>()
  const findings = await sideBySide([...wanted.entries()], requestsAtATime, async ([index, object]) => {
    const place = places[index]
    if (place === undefined) return { type: 'missing' } as const
    if (typeof place === 'string') return { type: 'unknown', reason: place } as const
    return unlessRefused(async () => {
      const live = await find(place)
      return compareLive({ cluster, place, object, dryRun, refused, signal }, live)
    })
  })
  const unreadable = new Set<string>()
  const found = await sideBySide([...owned.entries()], requestsAtATime, async ([index, object]) => {
    const place = ownPlaces[index]
    if (!isAddress(place)) return undefined
    const answer = await unlessRefused(async () => ({ live: await find(place) }))
    if ('live' in answer) {
      const { live } = answer
      return live && !isNeverPruned(live, object.engine) ? withoutServerFields(live) : undefined
    }
    unreadable.add(answer.reason)
    return undefined
  })
  return { wanted: findings, owned: found, unreadable: [...unreadable].sort() }
}

type Place = ObjectAddress & { readonly namespaced: boolean; readonly canList: boolean }

/** Undefined for a kind that is not served; a reason where nobody knows. */
function placeOf(object: WantedObject, discovery: Discovery): Place | string | undefined {
  const { apiVersion, kind, namespace = '', name } = object
  const group = groupOf(apiVersion)
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  const served = servedFor({ ...everything, group, version, kind, keep: 'whole' }, discovery)
  if (served) return toPlace(served, { namespace: namespace === '' ? 'default' : namespace, name })
  return discovery.unavailable.includes(apiVersion)
    ? `whoever serves ${apiVersion} does not answer`
    : undefined
}

function ownedPlace({ group, kind, namespace, name }: OwnedObject, discovery: Discovery): Place | undefined {
  const served = servedFor({ ...everything, group, version: '', kind, keep: 'whole' }, discovery)
  return served && toPlace(served, { namespace, name })
}

function toPlace(
  { group, version, kind, name: resource = '', namespaced, verbs }: ServedResource,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Place {
  return {
    ...{ group, version, kind, resource, name, namespaced },
    namespace: namespaced ? namespace : '',
    canList: verbs?.includes('list') ?? true,
  }
}

function isAddress(place: Place | string | undefined): place is Place {
  return typeof place === 'object'
}

/** A role that may not read a kind leaves the others readable. */
async function unlessRefused<T>(
  work: () => Promise<T>,
): Promise<T | { readonly type: 'unknown'; readonly reason: string }> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ClusterError && error.reason === 'forbidden')
      return { type: 'unknown', reason: error.message }
    throw error
  }
}

/** Finds objects one by one, or out of a list where many of one kind and namespace are wanted. */
function createFinder(
  cluster: LiveCluster,
  places: readonly Place[],
  signal: AbortSignal,
): (place: Place) => Promise<LiveObject | undefined> {
  const counts = new Map<string, number>()
  for (const place of places) counts.set(listKey(place), (counts.get(listKey(place)) ?? 0) + 1)
  const names = Map.groupBy(places, listKey)
  const lists = new Map<string, Promise<ReadonlyMap<string, LiveObject> | undefined>>()
  return async (place) => {
    const key = listKey(place)
    if (!place.canList || (counts.get(key) ?? 0) < listedFrom) return cluster.find(place, signal)
    const wanted = new Set((names.get(key) ?? []).map(({ name }) => name))
    const list = lists.get(key) ?? listNamed(cluster, { place, wanted }, signal)
    lists.set(key, list)
    const found = await list
    // Who may not list may still be allowed to get.
    return found === undefined ? cluster.find(place, signal) : found.get(place.name)
  }
}

function listKey({ group, version, resource, namespace }: ObjectAddress): string {
  return [group, version, resource, namespace].join('/')
}

async function listNamed(
  cluster: LiveCluster,
  { place, wanted }: { readonly place: ObjectAddress; readonly wanted: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LiveObject> | undefined> {
  const { name: _all, ...resource } = place
  const request = { ...resource, labelSelector: '', fieldSelector: '', metadataOnly: false }
  const found = new Map<string, LiveObject>()
  try {
    for await (const page of cluster.list(request, signal)) {
      if (page.restart === true) found.clear()
      for (const object of page.objects) {
        const name = String(metadataOf(object)['name'])
        if (wanted.has(name)) found.set(name, object)
      }
    }
    return found
  } catch (error) {
    if (error instanceof ClusterError && error.reason === 'forbidden') return undefined
    throw error
  }
}
