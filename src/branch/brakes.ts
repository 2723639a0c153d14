import type { FleetConfig } from '../config/types.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import type { CompletedCluster } from './complete-cluster.ts'
import { deliveryRoots } from './delivery-object.ts'
import { objectIdentity } from './object-file-names.ts'
import { partKey, sha256, unitIndexPath } from './paths.ts'
import { tryParseUnitIndex } from './records.ts'
import type { Slots } from './slots.ts'
import type { Brake, BrakeReason, ClusterRecord, IndexRow, PreviousTree, RecordedUnit } from './types.ts'

/** So few deletions are everyday work, however small the cluster (decision 19). */
const floor = 5

interface After {
  readonly records: ReadonlyMap<string, ClusterRecord>
  readonly completed: ReadonlyMap<string, CompletedCluster>
  readonly slots: Slots
}

interface Means {
  readonly config: FleetConfig
  readonly readFiles: BranchWriter['readFiles']
}

/**
 * What an update would delete beyond what may go unasked: a cluster, an object of a protected kind, more than a share of
 * a cluster's objects, or a delivery object that takes its unit along.
 * The digest names what would be left (decision 19), as delivery applies it: whoever approves has seen what the fleet is
 * to become. Facts and records are not in it, nor which commit was compiled, so that an approval holds until something
 * else would be applied, and no longer.
 */
export async function findBrake(
  previous: PreviousTree,
  after: After,
  means: Means,
): Promise<Brake | undefined> {
  const indexes = await readOldIndexes(previous, after, means.readFiles)
  const reasons: BrakeReason[] = []
  for (const [cluster, record] of previous.clusters) {
    const now = after.records.get(cluster)
    if (!now) {
      const objects = countObjects(record)
      if (objects > 0) reasons.push({ kind: 'cluster', cluster, objects })
      continue
    }
    const deleted = deletedObjects(
      cluster,
      { before: record, completed: after.completed.get(cluster) },
      indexes,
    )
    reasons.push(
      ...clusterReasons(cluster, { record, deleted, config: means.config }),
      ...lostDelivery(cluster, record, now),
    )
  }
  if (reasons.length === 0) return undefined
  return { reasons, digest: deliveredDigest(after.slots) }
}

/**
 * Over Git ids of all that delivery applies, what is taken over from the branch included. 40 hexadecimal digits: with fewer,
 * whoever may propose changes could look for two trees of one digest, a harmless one to have approved and another.
 */
function deliveredDigest({ files, folders }: Slots): string {
  const objects = [...files].filter(([path]) => deliveryRoots.some((root) => path.startsWith(`${root}/`)))
  const list = [...objects, ...folders].map(([path, { id }]) => `${path} ${id}`).sort()
  return sha256(list.join('\n')).slice(0, 40)
}

function clusterReasons(
  cluster: string,
  { record, deleted, config }: { record: ClusterRecord; deleted: readonly IndexRow[]; config: FleetConfig },
): BrakeReason[] {
  const { protect, maxDeletedShare } = config.brakes
  const objects = countObjects(record)
  const isTooMany = deleted.length > floor && deleted.length > maxDeletedShare * objects
  const share: BrakeReason[] = isTooMany ? [{ kind: 'share', cluster, deleted: deleted.length, objects }] : []
  const isProtected = deleted.filter(({ kind }) => protect.includes(kind)).map(describeObject)
  return [
    ...share,
    ...isProtected.sort().map((object): BrakeReason => ({ kind: 'protected', cluster, object })),
  ]
}

function describeObject({ kind, namespace, name }: IndexRow): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

/** Namespaces that were only created where absent are never deleted, so they do not count. */
function countObjects({ units }: ClusterRecord): number {
  const parts = Object.values(units)
    .filter(({ kind }) => kind !== 'namespaces')
    .flatMap((unit) => unit.parts)
  return parts.reduce((sum, { objects }) => sum + objects, 0)
}

/** Objects that no unit of the cluster has any more; one that moves to another unit is not deleted. */
function deletedObjects(
  cluster: string,
  { before, completed }: { before: ClusterRecord; completed: CompletedCluster | undefined },
  indexes: ReadonlyMap<string, readonly IndexRow[]>,
): IndexRow[] {
  const written = [...(completed?.indexes ?? [])].flatMap(([, { objects }]) =>
    objects.filter(({ path }) => path !== undefined),
  )
  // A Namespace that another unit renders too stays, and so does one that is still needed.
  const namespaces = [...(completed?.units ?? [])]
    .filter(([, { kind }]) => kind === 'namespaces')
    .flatMap(([, { ownNamespaces }]) => Object.keys(ownNamespaces))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', name }))
  const stay = new Set([...written, ...namespaces].map(objectIdentity))
  return changedUnits(before, completed)
    .flatMap((name) => indexes.get(unitIndexPath(cluster, name)) ?? [])
    .filter(({ path }) => path !== undefined)
    .filter((row) => !stay.has(objectIdentity(row)))
}

/** Units of the branch whose objects may be deleted: other folders than before, or gone; not what is left behind. */
function changedUnits({ units }: ClusterRecord, completed: CompletedCluster | undefined): string[] {
  return Object.entries(units).flatMap(([name, before]) => {
    const now = completed?.units.get(name)
    if (before.kind === 'namespaces' || (now ? isSameContent(before, now) : before.leave)) return []
    return [name]
  })
}

function isSameContent(before: RecordedUnit, now: RecordedUnit): boolean {
  const ids = ({ parts, ownNamespaces }: RecordedUnit): string =>
    [...parts.map(({ tree }) => tree), ...Object.values(ownNamespaces).sort()].join()
  return ids(before) === ids(now)
}

/** Only the indexes of units that changed are read. */
async function readOldIndexes(
  { state, clusters }: PreviousTree,
  { completed }: After,
  readFiles: BranchWriter['readFiles'],
): Promise<ReadonlyMap<string, readonly IndexRow[]>> {
  const paths = [...clusters].flatMap(([cluster, record]) => {
    const now = completed.get(cluster)
    return now ? changedUnits(record, now).map((name) => unitIndexPath(cluster, name)) : []
  })
  if (paths.length === 0) return new Map()
  const texts = await readFiles(state, paths)
  return new Map(paths.map((path) => [path, tryParseUnitIndex(texts.get(path))?.objects ?? []]))
}

/** Delivery objects that go while the folder that they apply stays: pruning would empty the cluster. */
function lostDelivery(cluster: string, before: ClusterRecord, now: ClusterRecord): BrakeReason[] {
  const objects = new Set(Object.values(now.delivery).map(({ object }) => object))
  const partOf = new Map(
    Object.entries(now.units).flatMap(([name, unit]) =>
      unit.kind === 'namespaces' ? [] : unit.parts.map((part) => [partKey(name, part.name), part] as const),
    ),
  )
  return Object.values(before.delivery).flatMap(({ object, key }) => {
    const part = partOf.get(key)
    return part && !objects.has(object)
      ? [{ kind: 'delivery', cluster, object, objects: part.objects } satisfies BrakeReason]
      : []
  })
}
