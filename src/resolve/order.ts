import { compareText } from '../kubernetes/text-order.ts'
import type { ProfileUnits } from './plan-profile.ts'
import type { PlannedUnit, ProfileClaim } from './types.ts'

/** Units of one profile on one cluster, as claimed. */
export interface ClaimedUnits {
  readonly claim: ProfileClaim
  readonly units: ProfileUnits
}

/**
 * Fills in `dependsOn` and sorts: charts and kustomizations in list order, Local policies before Remote ones in list
 * order (sveltos.md 1.7), and all of a profile after all of the profiles that it depends on (1.6).
 */
export function orderUnits(
  owned: readonly PlannedUnit[],
  claimed: readonly ClaimedUnits[],
  nameOf: ReadonlyMap<PlannedUnit, string>,
): readonly PlannedUnit[] {
  const edges = new Map<string, Set<string>>(owned.map((unit) => [unit.name, new Set<string>()]))
  const owner = new Map(owned.map((unit) => [unit.name, unit.claim.profile.id]))
  const depend = (claim: ProfileClaim, unit: PlannedUnit, on: PlannedUnit): void => {
    const name = nameOf.get(unit)
    const other = nameOf.get(on)
    // The order that a profile asks for binds the units that it owns.
    if (name === undefined || other === undefined || name === other || owner.get(name) !== claim.profile.id)
      return
    edges.get(name)?.add(other)
  }
  for (const { claim, units } of claimed) {
    for (const list of [units.resources, units.charts, units.kustomizations])
      list.forEach((unit, index) => {
        const previous = list[index - 1]
        if (previous) depend(claim, unit, previous)
      })
    for (const prerequisite of prerequisites(claim, claimed))
      for (const unit of allUnits(units))
        for (const on of allUnits(prerequisite.units)) depend(claim, unit, on)
  }
  const order = topological(edges)
  const rank = new Map(order.map((name, index) => [name, index]))
  return owned
    .map((unit) => ({ ...unit, dependsOn: earlier(unit.name, edges, rank) }))
    .sort((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0))
}

function prerequisites(claim: ProfileClaim, claimed: readonly ClaimedUnits[]): readonly ClaimedUnits[] {
  const { kind, namespace, spec } = claim.profile
  return claimed.filter(
    ({ claim: { profile } }) =>
      profile.kind === kind && profile.namespace === namespace && spec.dependsOn.includes(profile.name),
  )
}

function allUnits({ resources, charts, kustomizations }: ProfileUnits): readonly PlannedUnit[] {
  return [...resources, ...charts, ...kustomizations]
}

/** Dependencies that the order honours; what would close a cycle is left out (intent reports cycles). */
function earlier(
  name: string,
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  rank: ReadonlyMap<string, number>,
): string[] {
  const own = rank.get(name) ?? 0
  return [...(edges.get(name) ?? [])].filter((other) => (rank.get(other) ?? own) < own).sort()
}

/** Names with dependencies first; among free ones by name. Depth first, so that a cycle ends at the name met first. */
export function topological(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const done = new Set<string>()
  const visit = (name: string): void => {
    if (done.has(name) || !edges.has(name) || open.has(name)) return
    open.add(name)
    for (const other of [...(edges.get(name) ?? [])].sort(compareText)) visit(other)
    open.delete(name)
    done.add(name)
  }
  const open = new Set<string>()
  for (const name of [...edges.keys()].sort(compareText)) visit(name)
  return [...done]
}
