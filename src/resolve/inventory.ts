import { readLiveClusters } from '../intent/intent.ts'
import type { Cluster, Fleet } from '../intent/types.ts'
import { canonicalJson, parseExactJson } from '../kubernetes/exact-json.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { ObjectReference } from '../kubernetes/types.ts'
import { everything } from '../observe/observe.ts'
import { managementId, type Facts, type Query } from '../observe/types.ts'
import type { KnownObject, Knowledge } from './knowledge.ts'

/** One cluster of the fleet, as somebody wrote it and as it is. */
export interface InventoryCluster {
  /** What templates and delivery see: what is written over what is live. */
  readonly cluster: Cluster
  /** Absent for a cluster that only lives. */
  readonly written?: Cluster
  /** Its object in the live management cluster; absent where none was observed. */
  readonly live?: Cluster
}

const clusterKinds = [
  { group: 'cluster.x-k8s.io', kind: 'Cluster' },
  { group: 'lib.projectsveltos.io', kind: 'SveltosCluster' },
] as const

/**
 * Clusters of the repository joined with those of the live management cluster, sorted by id. What is written wins: Git is
 * what people review, and a pull request must show what it changes before the controllers have done it.
 */
export function takeStock(
  fleet: Pick<Fleet, 'clusters'>,
  facts: Pick<Facts, 'whatIf'>,
  knowledge: Knowledge,
): readonly InventoryCluster[] {
  const objects = clusterKinds.flatMap((kind) => ask(knowledge, { ...kind, ...everything }))
  const controlPlanes = readLiveClusters(objects).flatMap(({ controlPlane }) =>
    controlPlane === undefined ? [] : ask(knowledge, toQuery(controlPlane)),
  )
  const live = new Map(
    readLiveClusters([...objects, ...controlPlanes]).map((cluster) => [keyOf(cluster), cluster]),
  )
  const written = fleet.clusters.map((cluster): InventoryCluster => {
    const twin = live.get(keyOf(cluster))
    live.delete(keyOf(cluster))
    return { cluster: twin ? join(cluster, twin) : cluster, written: cluster, ...(twin && { live: twin }) }
  })
  const others = withIds([...live.values()], new Set(written.map(({ cluster }) => cluster.id)))
  const known = new Set([...written.map(({ cluster }) => cluster.id), ...others.map(({ id }) => id)])
  const supposed = [...(facts.whatIf?.keys() ?? [])].filter((id) => !known.has(id)).map(supposedCluster)
  return [
    ...written,
    ...others.map((cluster) => ({ cluster, live: cluster })),
    ...supposed.map((cluster) => ({ cluster })),
  ].sort((a, b) => compareText(a.cluster.id, b.cluster.id))
}

/** One that does not exist yet: what it is to be like stands in the facts that were supposed. */
function supposedCluster(id: string): Cluster {
  const [namespace = '', name = ''] = id.split('/')
  const value = {
    apiVersion: 'lib.projectsveltos.io/v1beta1',
    kind: 'SveltosCluster',
    metadata: { name, namespace },
    spec: {},
  }
  const json = JSON.stringify(value)
  return { type: 'configured', namespace, name, id, labels: {}, annotations: {}, json, value, paused: false }
}

function ask(knowledge: Knowledge, query: Omit<Query, 'version' | 'keep'>): readonly KnownObject[] {
  return knowledge.ask(managementId, { ...query, version: '', keep: 'whole' }, 'inventory') ?? []
}

function toQuery({ apiVersion, kind, namespace, name }: ObjectReference): Omit<Query, 'version' | 'keep'> {
  return { group: groupOf(apiVersion), kind, namespace, name, labelSelector: '' }
}

function keyOf({ type, namespace, name }: Cluster): string {
  return `${type}/${namespace}/${name}`
}

/** Decision 11: a name that both kinds share, or that the repository has already, says its kind. */
function withIds(clusters: readonly Cluster[], taken: ReadonlySet<string>): readonly Cluster[] {
  const counts = new Map<string, number>()
  for (const { id } of clusters) counts.set(id, (counts.get(id) ?? 0) + 1)
  return clusters.map((cluster) =>
    taken.has(cluster.id) || (counts.get(cluster.id) ?? 0) > 1
      ? { ...cluster, id: `${cluster.namespace}/${cluster.type}-${cluster.name}` }
      : cluster,
  )
}

/** Only the live object knows whether it is ready; everything else is as written, where it is written. */
function join(written: Cluster, live: Cluster): Cluster {
  const json = canonicalJson(merge(parseExactJson(live.json), parseExactJson(written.json)))
  return {
    ...live,
    ...written,
    annotations: { ...live.annotations, ...written.annotations },
    paused: written.paused || live.paused,
    ...(live.ready !== undefined && { ready: live.ready }),
    json,
    value: JSON.parse(json) as Cluster['value'],
  }
}

/** Maps key by key, everything else as a whole: the second wins. A status is the live object's business. */
function merge(live: unknown, written: unknown, path: readonly string[] = []): unknown {
  if (path.length === 1 && path[0] === 'status' && live !== undefined) return live
  if (written === undefined) return live
  if (!isMap(live) || !isMap(written)) return written
  const keys = [...new Set([...Object.keys(live), ...Object.keys(written)])]
  return Object.fromEntries(keys.map((key) => [key, merge(live[key], written[key], [...path, key])]))
}

/** Numbers beyond 53 bits are objects too (`parseExactJson`); those have no prototype. */
function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  )
}
