import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import { clusterNameShared, configuredClusterShadowed } from './fleet-diagnostics.ts'
import { toCluster } from './kinds/configured-cluster.ts'
import type { Cluster } from './types.ts'

/**
 * Joins the clusters of the repository and of fleetwright.yaml and gives each its id: `<namespace>/<name>`, with `capi-` or
 * `sveltos-` in front of the name where both kinds share it, which is an error all the same (decision 11).
 */
export function takeInventory(written: readonly Cluster[], config: FleetConfig, report: Report): Cluster[] {
  const byName = new Map<string, Cluster[]>()
  for (const cluster of written) {
    const key = `${cluster.namespace}/${cluster.name}`
    byName.set(key, [...(byName.get(key) ?? []), cluster])
  }
  const named = [...byName].flatMap(([id, clusters]) => {
    const [first, second] = clusters
    if (first?.document === undefined || second?.document === undefined) return clusters
    report(clusterNameShared(second.document, first.document, id))
    return clusters.map((cluster) => ({
      ...cluster,
      id: `${cluster.namespace}/${cluster.type}-${cluster.name}`,
    }))
  })
  const { document } = config
  const configured = config.clusters.flatMap((entry) => {
    const shadow = byName.get(`${entry.namespace}/${entry.name}`)?.[0]
    if (document === undefined) return []
    if (shadow?.document === undefined) return [toCluster(entry, document)]
    report(configuredClusterShadowed(document, entry.index, shadow.document))
    return []
  })
  return [...named, ...configured].sort((a, b) => (a.id < b.id ? -1 : 1))
}
