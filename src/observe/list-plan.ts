import { compareText } from '../kubernetes/text-order.ts'
import { compareVersions } from '../kubernetes/version-order.ts'
import type { Discovery, ListRequest } from './cluster-reader-port.ts'
import { covers, queryKey } from './queries.ts'
import type { Query, ServedResource } from './types.ts'

/** What to ask of one cluster so that queries are answered. */
export interface ListPlan {
  /** None is covered by another; sorted. */
  readonly lists: readonly PlannedList[]
  /** Queries whose answer only a server has that did not say what it serves. Sorted. */
  readonly unanswerable: readonly Query[]
}

export interface PlannedList {
  readonly request: ListRequest
  /** What the list answers, with its version. */
  readonly query: Query
}

/**
 * Queries → lists, as few as answer them all. A kind that is not served, or cannot be listed, takes no list: that there is
 * no such object is the answer. Pure.
 */
export function planLists(queries: readonly Query[], discovery: Discovery): ListPlan {
  const wanted = new Map<string, PlannedList>()
  const unanswerable: Query[] = []
  for (const query of queries) {
    const resource = servedFor(query, discovery)
    if (resource === undefined) {
      if (isUnavailable(query, discovery)) unanswerable.push(query)
      continue
    }
    // There is nothing of a cluster-wide kind in a namespace.
    if (!canList(resource) || (query.namespace !== '' && !resource.namespaced)) continue
    const exact = { ...query, version: resource.version }
    wanted.set(queryKey(exact), { query: exact, request: toRequest(exact, resource.name ?? '') })
  }
  const lists = [...wanted.values()].filter(({ query }) =>
    [...wanted.values()].every((other) => other.query === query || !covers(other.query, query)),
  )
  return {
    lists: lists.sort((a, b) => compareText(queryKey(a.query), queryKey(b.query))),
    unanswerable: unanswerable.sort((a, b) => compareText(queryKey(a), queryKey(b))),
  }
}

/** The resource that a query means: of its version, or of the one that the server prefers. */
export function servedFor({ group, version, kind }: Query, discovery: Discovery): ServedResource | undefined {
  const served = discovery.resources.filter((row) => row.group === group && row.kind === kind)
  if (version !== '') return served.find((row) => row.version === version)
  const order = preference(discovery, group)
  return served.sort((a, b) => order(a.version, b.version))[0]
}

/** Orders the versions of a group as the server prefers them, best first. */
export function preference({ versions }: Discovery, group: string): (a: string, b: string) => number {
  const listed = versions !== undefined && Object.hasOwn(versions, group) ? (versions[group] ?? []) : []
  const rank = (version: string): number =>
    listed.includes(version) ? listed.indexOf(version) : listed.length
  return (a, b) => rank(a) - rank(b) || compareVersions(a, b)
}

function isUnavailable({ group, version }: Query, { unavailable }: Discovery): boolean {
  return unavailable.some((silent) =>
    version === '' ? silent.startsWith(`${group}/`) : silent === `${group}/${version}`,
  )
}

function canList({ verbs }: ServedResource): boolean {
  return verbs?.includes('list') ?? true
}

function toRequest({ group, version, kind, ...query }: Query, resource: string): ListRequest {
  return {
    group,
    version,
    kind,
    resource,
    namespace: query.namespace,
    labelSelector: query.labelSelector,
    fieldSelector: query.name === '' ? '' : `metadata.name=${query.name}`,
    metadataOnly: query.keep === 'identity',
  }
}
