import type { FleetCluster, FleetState } from './types.ts'

type Observed = NonNullable<FleetCluster['observed']>

/** A state, and what was observed of its clusters by id → the state with whichever of both is younger. Pure. */
export function withAges(state: FleetState, observed: ReadonlyMap<string, Observed>): FleetState {
  const clusters = state.clusters.map((cluster) => {
    const row = observed.get(cluster.id)
    return row !== undefined && !isOlder(row, cluster.observed) ? { ...cluster, observed: row } : cluster
  })
  return { ...state, clusters }
}

/** What never answered is older than what did. Of one time, the first may say that it does not answer since. */
function isOlder(row: Observed, other: Observed | undefined): boolean {
  const timeOf = (one: Observed | undefined): number => Date.parse(one?.observedAt ?? '') || 0
  return timeOf(row) < timeOf(other)
}
