import type { FleetQuery } from './fleet-query.ts'
import type { FleetCluster, FleetConflict, FleetUnit } from './types.ts'

/** Clusters that a query asks for, in their order. */
export function selectClusters(
  clusters: readonly FleetCluster[],
  conflicts: readonly FleetConflict[],
  query: FleetQuery,
): readonly FleetCluster[] {
  const inConflict = new Set(conflicts.map(({ cluster }) => cluster))
  const isWanted = clusterMatcher(query.cluster)
  const hasAddOn = unitMatcher(query.addOn)
  return clusters.filter(
    (cluster) =>
      isWanted(cluster) &&
      (query.addOn === '' || cluster.units.some(hasAddOn)) &&
      (!query.isTroubledOnly || isHeld(cluster) || inConflict.has(cluster.id)),
  )
}

/** It, or one of its add-ons, stays as it is. */
export function isHeld({ hold, units }: FleetCluster): boolean {
  return hold !== undefined || units.some((unit) => unit.hold !== undefined)
}

/** Add-ons whose name, or whose chart's name, has this in it. */
export function unitMatcher(text: string): (unit: Pick<FleetUnit, 'name' | 'chart'>) => boolean {
  const wanted = text.toLowerCase()
  return ({ name, chart = '' }) => name.toLowerCase().includes(wanted) || chart.toLowerCase().includes(wanted)
}

/** Each word holds: `key=value` for a label, anything else for a part of the name or of a label's key. */
function clusterMatcher(text: string): (cluster: FleetCluster) => boolean {
  const words = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
  return ({ id, labels }) =>
    words.every((word) =>
      word.includes('=')
        ? labels.some(([key, value]) => `${key}=${value}`.toLowerCase() === word)
        : id.toLowerCase().includes(word) || labels.some(([key]) => key.toLowerCase().includes(word)),
    )
}
