import type { Compiled } from './compile.ts'
import type { FleetConfig } from './config/types.ts'
import { readLiveClusters } from './intent/intent.ts'
import type { Cluster } from './intent/types.ts'
import type { ClusterAddress } from './observe/cluster-reader-port.ts'
import type { ObserveTarget } from './observe/observe.ts'
import type { JsonObject } from './engine/types.ts'

/** The clusters of a fleet and how each is reached. */
export interface FleetTargets {
  /** Sorted by cluster. */
  readonly targets: readonly ObserveTarget[]
  /** Clusters that nothing says how to reach, and why that is so; sorted. */
  readonly unaddressed: readonly { readonly cluster: string; readonly reason: string }[]
}

/** Where fleetwright.yaml says that the management cluster is. */
export function configuredManagement({ management }: FleetConfig): ClusterAddress | undefined {
  if (management.context !== undefined) return { type: 'context', context: management.context }
  return management.inCluster === true ? { type: 'in-cluster' } : undefined
}

/**
 * How each cluster of a plan is reached: by the context that fleetwright.yaml gives it, or by the kubeconfig that Cluster
 * API or Sveltos keep in a Secret of the management cluster. Pure.
 */
export function fleetTargets(
  { config, facts, plan }: Compiled,
  management: ClusterAddress | undefined,
): FleetTargets {
  const observed = (facts?.management?.objects ?? []).map((json) => ({
    json,
    value: JSON.parse(json) as JsonObject,
  }))
  const live = new Map(readLiveClusters(observed).map((cluster) => [keyOf(cluster), cluster]))
  const targets: ObserveTarget[] = []
  const unaddressed: { cluster: string; reason: string }[] = []
  for (const { cluster } of plan?.clusters ?? []) {
    const { id } = cluster
    const address = addressOf(cluster, config, management)
    if (typeof address === 'string') {
      unaddressed.push({ cluster: id, reason: address })
      continue
    }
    const { labels = {}, ready } = live.get(keyOf(cluster)) ?? {}
    targets.push({ cluster: id, address, labels, ...(ready !== undefined && { ready }) })
  }
  return { targets, unaddressed }
}

/** An address, or the reason why there is none. */
function addressOf(
  cluster: Cluster,
  config: FleetConfig,
  management: ClusterAddress | undefined,
): ObserveTarget['address'] | string {
  const { id, type, namespace, context, kubeconfigSecret } = cluster
  if (id === config.management.cluster && management) return management
  if (context !== undefined) return { type: 'context', context }
  if (type === 'configured') return 'fleetwright.yaml gives it no context'
  if (kubeconfigSecret === undefined)
    return 'it has no Secret with a kubeconfig: it is in pull mode or uses a workload identity'
  if (management === undefined)
    return `no management cluster is known that has its kubeconfig; set management.context in fleetwright.yaml, or give --context`
  return { type: 'secret', namespace, ...kubeconfigSecret }
}

function keyOf({ type, namespace, name }: Cluster): string {
  return `${type}/${namespace}/${name}`
}
