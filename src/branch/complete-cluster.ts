import { assert } from '../diagnostics/errors.ts'
import { isHeldBy } from '../resolve/resolve.ts'
import type { ClusterRecord, RecordedUnit, TreeCluster, TreeUnit, UnitIndex } from './types.ts'
import { keepUnit, kindsOf, writeUnit, type Completion } from './write-unit.ts'

export interface CompletedCluster {
  /** By name. */
  readonly units: Map<string, RecordedUnit>
  /** Indexes that were made in this run, by unit. */
  readonly indexes: Map<string, UnitIndex>
  /** Planned units that are neither rendered nor on the branch. */
  readonly awaited: ReadonlySet<string>
  /** Units that stay although they were not rendered. */
  readonly held: ReadonlySet<string>
  /** Units whose objects are to be left alone for now. */
  readonly suspended: ReadonlySet<string>
}

/**
 * Fills what stays as it is from the branch: units that are unchanged or held keep folder, index and record; a held
 * cluster or profile keeps units that are not planned any more as well.
 */
export function completeCluster(cluster: TreeCluster, completion: Completion): CompletedCluster {
  const before = completion.previous.clusters.get(cluster.id)?.units ?? {}
  const units = new Map<string, RecordedUnit>()
  const indexes = new Map<string, UnitIndex>()
  const awaited = new Set<string>()
  const held = new Set<string>()
  const keep = (name: string, record: RecordedUnit | undefined): void => {
    if (!record) {
      awaited.add(name)
      return
    }
    units.set(name, record)
    keepUnit(cluster.id, name, record, completion.slots)
  }
  for (const unit of cluster.hold ? [] : cluster.units) {
    const record = before[unit.name]
    if (unit.kind === 'files') {
      const written = writeUnit(cluster.id, unit, completion)
      units.set(unit.name, written.record)
      indexes.set(unit.name, written.index)
    } else if (unit.kind === 'unchanged') keep(unit.name, unchangedRecord(unit, record))
    else {
      keep(unit.name, record)
      held.add(unit.name)
    }
  }
  for (const name of staying(cluster, before, units)) {
    keep(name, before[name])
    held.add(name)
  }
  return { units, indexes, awaited, held, suspended: suspendedUnits(cluster, units) }
}

/** Units of the branch that nothing plans and that stay all the same. */
function staying(
  cluster: TreeCluster,
  before: ClusterRecord['units'],
  units: ReadonlyMap<string, RecordedUnit>,
): string[] {
  return Object.keys(before)
    .filter((name) => !units.has(name))
    .filter((name) => cluster.hold !== undefined || isKept(cluster.heldProfiles, before[name]?.profile ?? ''))
}

/** Settings may change while inputs don't: an owner, an order, a timeout. What follows from the objects stays. */
function unchangedRecord(
  unit: TreeUnit & { kind: 'unchanged' },
  record: RecordedUnit | undefined,
): RecordedUnit {
  assert(record, `${unit.name} is said to be unchanged but is not on the branch`)
  assert(record.inputs === unit.settings.inputs, `${unit.name} is said to be unchanged but has other inputs`)
  const { chart, impure, looked, blocked, since, parts, ownNamespaces, index } = record
  const { namespaces, groups, defines, secrets, isEncrypted, leftOut } = record
  return {
    ...unit.settings,
    ...(chart && { chart }),
    ...(impure && { impure }),
    ...(looked && { looked }),
    ...(blocked && { blocked }),
    ...kindsOf(unit.kinds ?? record.kinds),
    ...{ since, parts, ownNamespaces, index },
    ...{ namespaces, groups, defines, secrets, isEncrypted, leftOut },
  }
}

/** Only a pause asks to leave the cluster alone; the other holds leave the files alone. */
function suspendedUnits(cluster: TreeCluster, units: ReadonlyMap<string, RecordedUnit>): Set<string> {
  if (cluster.hold?.reason === 'cluster-paused') return new Set(units.keys())
  const paused = cluster.heldProfiles.filter(({ hold }) => hold.reason === 'profile-paused')
  const pausedUnits = cluster.units.flatMap((unit) =>
    unit.kind === 'held' && unit.hold.reason === 'profile-paused' ? [unit.name] : [],
  )
  const ofPaused = [...units].flatMap(([name, { profile }]) => (isKept(paused, profile) ? [name] : []))
  return new Set([...pausedUnits, ...ofPaused])
}

function isKept(held: TreeCluster['heldProfiles'], profile: string): boolean {
  return held.some((one) => isHeldBy(one.profile, profile))
}
