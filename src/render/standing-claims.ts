import { compareText } from '../kubernetes/text-order.ts'
import { isHeldBy } from '../resolve/resolve.ts'
import type { ClusterPlan, PlannedUnit } from '../resolve/types.ts'
import { claimKey, identityKey, type StandingClaim, type UnitClaims } from './object-owners.ts'
import type { KnownUnits, UnitRecord } from './types.ts'

/**
 * Objects in folders that stay as they are on the branch: nobody else may get them meanwhile, or two units would apply
 * them, and the one would prune what the other has. These are units that are held or only shown, and ones that are not
 * planned any more of profiles that keep theirs. `written` are the units that were worked out.
 */
export function standingClaims(
  plan: ClusterPlan,
  written: readonly UnitClaims[],
  records: ReadonlyMap<string, UnitRecord>,
  known: KnownUnits,
): ReadonlyMap<string, StandingClaim> {
  const { id } = plan.cluster
  const isWritten = new Set(written.flatMap(({ unit }) => (unit.syncMode === 'DryRun' ? [] : [unit.name])))
  const plannedOf = new Map<string, PlannedUnit>(plan.units.map((unit) => [unit.name, unit]))
  const standing = new Map<string, StandingClaim>()
  for (const [name, { profile, local }] of known.units.get(id) ?? []) {
    const unit = plannedOf.get(name)
    const record = records.get(`${id}/${name}`)
    if (record === undefined || isWritten.has(name) || (unit === undefined && !isKept(plan, profile)))
      continue
    const lost = new Set(record.lost.map(identityKey))
    for (const object of record.objects) {
      if (lost.has(identityKey(object))) continue
      standing.set(claimKey(local ? 'Local' : 'Remote', object), { name, ...(unit && { unit }) })
    }
  }
  return standing
}

/**
 * The profile that has a unit on the branch and keeps it, because it is paused or could not be worked out, though a profile
 * that comes after it claims the unit now: a fault in the one must not let the other reconfigure its releases.
 */
export function keepingOwner(
  { name, claim }: PlannedUnit,
  plan: ClusterPlan,
  known: KnownUnits,
): string | undefined {
  const owner = known.units.get(plan.cluster.id)?.get(name)
  if (owner === undefined || owner.profile === claim.profile.id) return undefined
  const comesFirst = owner.tier - claim.tier || compareText(owner.profile, claim.profile.id)
  return isKept(plan, owner.profile) && comesFirst < 0 ? owner.profile : undefined
}

function isKept({ heldProfiles }: ClusterPlan, profile: string): boolean {
  return heldProfiles.some((held) => isHeldBy(held.profile, profile))
}
