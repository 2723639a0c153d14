import type { Report } from '../diagnostics/types.ts'
import type { Cluster } from '../intent/types.ts'
import { objectKey } from '../kubernetes/object-key.ts'
import { compareText } from '../kubernetes/text-order.ts'
import { compareClaims, ownership } from '../resolve/resolve.ts'
import type { Conflict, PlannedUnit } from '../resolve/types.ts'
import { objectHeld } from './diagnostics.ts'
import type { ObjectIdentity } from './types.ts'

/** A unit with the objects that it claims. */
export interface UnitClaims {
  readonly unit: PlannedUnit
  readonly objects: readonly ObjectIdentity[]
}

/** A unit whose folder holds an object and stays as it is. */
export interface StandingClaim {
  readonly name: string
  /** Absent where nothing plans it any more. */
  readonly unit?: PlannedUnit
}

export interface ObjectOwners {
  /** Objects that a unit has to leave to another, sorted by key, by unit name. */
  readonly lost: ReadonlyMap<string, readonly ObjectIdentity[]>
  readonly conflicts: readonly Conflict[]
}

/**
 * Settles which unit owns each object of a cluster (sveltos.md 1.14): the lower tier of the profiles, then the profile
 * whose id sorts first, then the lower tier of the reference, then the earlier entry. A unit keeps its other objects.
 * Objects of the management cluster (Local) and of the cluster itself are different objects.
 * What stands in folders that stay as they are is nobody else's, whatever the tiers say.
 */
export function settleObjects(
  units: readonly UnitClaims[],
  standing: ReadonlyMap<string, StandingClaim>,
  cluster: Cluster,
  report: Report,
): ObjectOwners {
  const claimants = new Map<string, { unit: PlannedUnit; object: ObjectIdentity }[]>()
  for (const { unit, objects } of units)
    for (const object of objects) {
      const key = claimKey(unit.deploymentType, object)
      const list = claimants.get(key)
      if (!list) claimants.set(key, [{ unit, object }])
      else if (list.every((claimant) => claimant.unit !== unit)) list.push({ unit, object })
    }
  const lost = new Map<string, ObjectIdentity[]>()
  const conflicts: Conflict[] = []
  const lose = ({ unit, object }: { unit: PlannedUnit; object: ObjectIdentity }): void => {
    const objects = lost.get(unit.name)
    if (objects) objects.push(object)
    else lost.set(unit.name, [object])
  }
  for (const [key, list] of claimants) {
    const stands = standing.get(key)
    if (list.length < 2 && stands === undefined) continue
    list.sort((a, b) => compareClaims(a.unit.claim, b.unit.claim))
    const owner = stands === undefined ? list[0]?.unit : stands.unit
    for (const loser of stands === undefined ? list.slice(1) : list) {
      if (isSharedNamespace(loser.object)) continue
      lose(loser)
      const what = describe(loser.object)
      if (owner === undefined || compareClaims(owner.claim, loser.unit.claim) > 0) {
        report(objectHeld({ cluster: cluster.id, unit: loser.unit }, what, stands?.name ?? ''))
        continue
      }
      const tie = owner.claim.tier === loser.unit.claim.tier
      conflicts.push({ what, owner: owner.claim, loser: loser.unit.claim, tie })
      report(ownership(what, owner.claim, loser.unit.claim, cluster))
    }
  }
  for (const objects of lost.values()) objects.sort((a, b) => compareText(identityKey(a), identityKey(b)))
  return { lost, conflicts }
}

/** Namespaces live in the cluster's `namespaces` unit, whoever renders them. */
function isSharedNamespace(object: ObjectIdentity): boolean {
  return object.kind === 'Namespace' && object.apiVersion === 'v1'
}

/** Names an object of the cluster itself or of the management cluster. */
export function claimKey(deploymentType: PlannedUnit['deploymentType'], object: ObjectIdentity): string {
  return `${deploymentType} ${identityKey(object)}`
}

export function identityKey({ apiVersion, kind, namespace = '', name }: ObjectIdentity): string {
  return objectKey({ apiVersion, kind, namespace, name })
}

function describe({ kind, namespace, name }: ObjectIdentity): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
