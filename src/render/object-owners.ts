import type { Report } from '../diagnostics/types.ts'
import type { Cluster } from '../intent/types.ts'
import { objectKey } from '../kubernetes/object-key.ts'
import { compareText } from '../kubernetes/text-order.ts'
import { compareClaims, ownership } from '../resolve/resolve.ts'
import type { Conflict, PlannedUnit } from '../resolve/types.ts'
import type { ObjectIdentity } from './types.ts'

/** A unit with the objects that it claims. */
export interface UnitClaims {
  readonly unit: PlannedUnit
  readonly objects: readonly ObjectIdentity[]
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
 */
export function settleObjects(units: readonly UnitClaims[], cluster: Cluster, report: Report): ObjectOwners {
  const claimants = new Map<string, { unit: PlannedUnit; object: ObjectIdentity }[]>()
  for (const { unit, objects } of units)
    for (const object of objects) {
      const key = `${unit.deploymentType} ${identityKey(object)}`
      const list = claimants.get(key)
      if (!list) claimants.set(key, [{ unit, object }])
      else if (list.every((claimant) => claimant.unit !== unit)) list.push({ unit, object })
    }
  const lost = new Map<string, ObjectIdentity[]>()
  const conflicts: Conflict[] = []
  for (const list of claimants.values()) {
    if (list.length < 2) continue
    const [owner, ...losers] = list.sort((a, b) => compareClaims(a.unit.claim, b.unit.claim))
    for (const loser of owner ? losers : []) {
      if (owner === undefined || isSharedNamespace(loser.object)) continue
      const objects = lost.get(loser.unit.name)
      if (objects) objects.push(loser.object)
      else lost.set(loser.unit.name, [loser.object])
      const what = describe(loser.object)
      const tie = owner.unit.claim.tier === loser.unit.claim.tier
      conflicts.push({ what, owner: owner.unit.claim, loser: loser.unit.claim, tie })
      report(ownership(what, owner.unit.claim, loser.unit.claim, cluster))
    }
  }
  for (const objects of lost.values()) objects.sort((a, b) => compareText(identityKey(a), identityKey(b)))
  return { lost, conflicts }
}

/** Namespaces live in the cluster's `namespaces` unit, whoever renders them. */
function isSharedNamespace(object: ObjectIdentity): boolean {
  return object.kind === 'Namespace' && object.apiVersion === 'v1'
}

export function identityKey({ apiVersion, kind, namespace = '', name }: ObjectIdentity): string {
  return objectKey({ apiVersion, kind, namespace, name })
}

function describe({ kind, namespace, name }: ObjectIdentity): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
