import type { Review } from '../types.ts'
import type { MarkName } from './cluster-name.ts'

/** What the page calls a unit of a cluster: its name, with `⟨name⟩` where units differ by the names of their clusters alone. */
export type NameUnit = (cluster: string, unit: string) => string

/**
 * Add-ons of many clusters read like one, also where each is named after its cluster. Equal names come first: in the cluster
 * `web`, the add-on `helm-web-nginx` is the one of all other clusters.
 */
export function createUnitNames({ fleet, comparison }: Review, mark: MarkName): NameUnit {
  const pairs = [
    ...fleet.flatMap(({ id, units }) => units.map(({ unit }) => ({ cluster: id, unit }))),
    ...comparison.changes,
  ]
  const clustersOfUnits = new Map<string, Set<string>>()
  const count = (name: string, cluster: string): void => {
    const clusters = clustersOfUnits.get(name)
    if (clusters) clusters.add(cluster)
    else clustersOfUnits.set(name, new Set([cluster]))
  }
  for (const { cluster, unit } of pairs) count(unit, cluster)
  const isShared = (name: string): boolean => (clustersOfUnits.get(name)?.size ?? 0) > 1
  for (const { cluster, unit } of pairs) {
    const marked = mark(cluster, unit)
    if (marked !== unit && !isShared(unit)) count(marked, cluster)
  }
  return (cluster, unit) => {
    if (isShared(unit)) return unit
    const marked = mark(cluster, unit)
    return isShared(marked) ? marked : unit
  }
}

/** Of what is folded over clusters: it says what the unit of the first of them is called. Empty where it is of no unit. */
export function nameOfFirst(
  { clusters, unit }: { readonly clusters: readonly string[]; readonly unit?: string },
  nameUnit: NameUnit,
): string {
  return unit === undefined ? '' : nameUnit(clusters[0] ?? '', unit)
}
