import type { ClusterReaders } from './observe/cluster-reader-port.ts'
import {
  condenseDelivered,
  deliveredNeeds,
  formatDelivered,
  observe,
  parseFacts,
  tryParseDelivered,
  type Delivered,
  type DeliveredUnit,
  type ObservedCluster,
} from './observe/observe.ts'
import { managementId } from './observe/types.ts'
import type { ObservedFleet, ObserveFleetOptions } from './observe-fleet.ts'

export interface ObservedDelivery {
  /** `delivered.json`; absent where there is nothing to say. */
  readonly text?: string
  /** Clusters that answer, but not to this. */
  readonly failures: readonly ObservedCluster[]
}

/**
 * Reads what became of what was delivered, from the clusters that just answered. Of clusters whose delivery could not be
 * read, what `before` says stays.
 */
export async function observeDelivered(
  fleet: ObservedFleet,
  before: string | undefined,
  options: Pick<ObserveFleetOptions, 'asOf' | 'concurrency' | 'clusterDeadlineMs'>,
  readers: ClusterReaders,
): Promise<ObservedDelivery> {
  const { compiled, targets, management } = fleet
  const ids = (compiled.plan?.clusters ?? []).map(({ cluster }) => cluster.id)
  const answering = new Set(fleet.clusters.filter(({ failure }) => !failure).map(({ id }) => id))
  const needs = deliveredNeeds(compiled.config, ids)
  const asked = needs.filter(({ cluster }) => answering.has(cluster))
  const { files, clusters } = await observe(
    {
      ...{ targets: targets.targets, needs: asked, previous: new Map(), now: options.asOf },
      ...{ concurrency: options.concurrency, clusterDeadlineMs: options.clusterDeadlineMs },
      only: new Set(asked.map(({ cluster }) => cluster)),
      ...(management && { management }),
    },
    readers,
  )
  const facts = parseFacts(files, () => undefined)
  const read = clusters.filter(({ failure }) => !failure).map(({ id }) => id)
  const found = read.map((id) => {
    const answers = id === managementId ? facts.management : facts.clusters.get(id)
    return condenseDelivered(id, answers?.objects ?? [])
  })
  const sources = new Set(needs.map(({ cluster }) => cluster))
  const isComplete = (id: string): boolean =>
    [managementId, id].every((source) => !sources.has(source) || read.includes(source))
  const old = tryParseDelivered(before) ?? new Map<string, ReadonlyMap<string, DeliveredUnit>>()
  const joined = [...new Set([...ids, ...old.keys()])].map((id) => {
    const kept = isComplete(id) ? [] : [...(old.get(id) ?? [])]
    return [id, new Map([...kept, ...found.flatMap((units) => [...(units.get(id) ?? [])])])] as const
  })
  const delivered: Delivered = new Map(joined.filter(([, units]) => units.size > 0))
  return {
    failures: clusters.filter(({ failure }) => failure),
    ...(delivered.size > 0 && { text: formatDelivered(delivered) }),
  }
}
