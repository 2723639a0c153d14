import { matchesLabels } from '../kubernetes/label-selector.ts'
import { objectKey } from '../kubernetes/object-key.ts'
import { parseSelector } from '../kubernetes/selector-text.ts'
import { compareText } from '../kubernetes/text-order.ts'
import { parseFacts } from './parse-facts.ts'
import { isOfQuery } from './queries.ts'
import { managementId, type Facts, type Need, type ServedResource } from './types.ts'

/** What became different in a cluster, as far as facts say. */
export type FactChange = { readonly cluster: string } & (
  | {
      readonly change: 'added' | 'modified' | 'deleted'
      /** `Service default/web`. */
      readonly object: string
      /** Ids of the intent that asks for it, sorted. */
      readonly because: readonly string[]
    }
  | { readonly change: 'version'; readonly from?: string; readonly to?: string }
  /** `apps/v1/Deployment`, sorted. */
  | { readonly change: 'apis'; readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Labels or readiness of its object in the management cluster. */
  | { readonly change: 'cluster-object' }
  | { readonly change: 'away'; readonly reason: string }
  | { readonly change: 'back' }
)

/** Facts files before and after → what is different, sorted by cluster; ages are no difference. Pure. */
export function factChanges(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  needs: readonly Need[],
): readonly FactChange[] {
  const [old, now] = [before, after].map((files) => parseFacts(files, () => undefined)) as [Facts, Facts]
  return factDifferences(old, now, needs)
}

/** As `factChanges`, of facts that were read already. */
export function factDifferences(old: Facts, now: Facts, needs: readonly Need[]): readonly FactChange[] {
  const ids = [old, now].flatMap(({ clusters, observations }) => [...clusters.keys(), ...observations.keys()])
  return [...new Set([managementId, ...ids])]
    .sort(compareText)
    .flatMap((cluster) => [
      ...reachChanges(cluster, old, now),
      ...clusterChanges(cluster, old, now),
      ...objectChanges(cluster, [old, now], needs),
    ])
}

function reachChanges(cluster: string, old: Facts, now: Facts): readonly FactChange[] {
  const [was, is] = [old, now].map(({ observations }) => observations.get(cluster))
  if (is === undefined || was?.reachable === is.reachable) return []
  if (!is.reachable) return [{ cluster, change: 'away', reason: is.reason ?? '' }]
  // One that was never observed before does not come back.
  return was === undefined ? [] : [{ cluster, change: 'back' }]
}

function clusterChanges(cluster: string, old: Facts, now: Facts): readonly FactChange[] {
  const [was, is] = [old, now].map(({ clusters }) => clusters.get(cluster))
  if (is === undefined) return []
  const [servedThen, servedNow] = [was, is].map((facts) => new Set((facts?.resources ?? []).map(apiOf)))
  const added = [...(servedNow ?? [])].filter((api) => servedThen?.has(api) !== true).sort()
  const removed = [...(servedThen ?? [])].filter((api) => servedNow?.has(api) !== true).sort()
  const [objectThen, objectNow] = [was, is].map((facts) =>
    JSON.stringify([facts?.labels ?? {}, facts?.ready]),
  )
  return [
    ...(was?.version === is.version
      ? []
      : [
          {
            ...{ cluster, change: 'version' as const },
            ...(was?.version !== undefined && { from: was.version }),
            ...(is.version !== undefined && { to: is.version }),
          },
        ]),
    ...(was === undefined || added.length + removed.length === 0
      ? []
      : [{ cluster, change: 'apis' as const, added, removed }]),
    ...(was === undefined || objectThen === objectNow
      ? []
      : [{ cluster, change: 'cluster-object' as const }]),
  ]
}

function apiOf({ group, version, kind }: ServedResource): string {
  return group === '' ? `${version}/${kind}` : `${group}/${version}/${kind}`
}

interface RecordedObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
}

function objectChanges(
  cluster: string,
  facts: readonly [Facts, Facts],
  needs: readonly Need[],
): readonly FactChange[] {
  const [was, is] = facts.map(({ management, clusters }) =>
    byPlace((cluster === managementId ? management : clusters.get(cluster))?.objects ?? []),
  ) as [Objects, Objects]
  const own = needs.filter((need) => need.cluster === cluster)
  return [...new Set([...was.keys(), ...is.keys()])].sort(compareText).flatMap((place): FactChange[] => {
    const [then, now] = [was.get(place), is.get(place)]
    const one = now ?? then
    if (one === undefined || then?.texts === now?.texts) return []
    const change = then === undefined ? 'added' : now === undefined ? 'deleted' : 'modified'
    const { object } = one
    return [{ cluster, change, object: nameOf(object), because: reasonsFor(object, own) }]
  })
}

type Objects = ReadonlyMap<string, { readonly object: RecordedObject; readonly texts: string }>

/** An object that is recorded in two versions of its API is one. */
function byPlace(objects: readonly string[]): Objects {
  const places = new Map<string, { object: RecordedObject; texts: string }>()
  for (const json of objects) {
    const object = JSON.parse(json) as RecordedObject
    const { apiVersion, kind, metadata } = object
    const { namespace = '', name } = metadata
    const place = objectKey({ apiVersion, kind, namespace, name })
    const known = places.get(place)
    places.set(place, { object: known?.object ?? object, texts: `${known?.texts ?? ''}${json}` })
  }
  return places
}

function nameOf({ kind, metadata: { namespace, name } }: RecordedObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

function reasonsFor(object: RecordedObject, needs: readonly Need[]): readonly string[] {
  const asking = needs.filter(
    ({ query }) => isOfQuery(object, query) && isLabelled(object, query.labelSelector),
  )
  return [...new Set(asking.flatMap(({ because }) => because))].sort()
}

function isLabelled({ metadata }: RecordedObject, labelSelector: string): boolean {
  if (labelSelector === '') return true
  const parsed = parseSelector(labelSelector)
  return parsed.ok && matchesLabels(parsed.selector, metadata.labels ?? {})
}
