import { z } from 'zod'
import { observedPath } from '../../observe/observe.ts'
import { withAges, type FleetState } from '../../report/report.ts'
import { parseKept } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import { isWatched } from '../fleet/fleet-facts.ts'
import type { AppPorts } from '../types.ts'
import { factsPrefix } from '../work/state-keys.ts'

const row = z.object({
  observedAt: z.string().optional(),
  reachable: z.boolean(),
  reason: z.string().optional(),
})

/** When the clusters of a watched fleet answered last, as it was kept; undefined where nobody watches. */
export function readObservedAges(
  { state, fleets }: Pick<AppPorts, 'state' | 'fleets'>,
  repository: RepositoryId,
): Promise<string | undefined> {
  if (!isWatched(fleets, repository)) return Promise.resolve(undefined)
  return state.get(`${factsPrefix(repository)}${observedPath}`)
}

/** Puts ages into states, once for each pair: many look at the same. */
export function createAging(): (state: FleetState, ages: string | undefined) => FleetState {
  let last: { readonly of: FleetState; readonly ages: string; readonly aged: FleetState } | undefined
  return (state, ages) => {
    if (ages === undefined) return state
    if (last?.of !== state || last.ages !== ages)
      last = { of: state, ages, aged: withAges(state, parseRows(ages)) }
    return last.aged
  }
}

/** Nothing of a text that is none, and of each row what can be read. */
function parseRows(text: string): Parameters<typeof withAges>[1] {
  const rows = parseKept(z.record(z.string(), z.unknown()), text) ?? {}
  const read = Object.entries(rows).flatMap(([id, written]) => {
    const { data } = row.safeParse(written)
    if (data === undefined) return []
    const { observedAt, reachable, reason } = data
    return [
      [
        id,
        {
          reachable,
          ...(observedAt !== undefined && { observedAt }),
          ...(reason !== undefined && { reason }),
        },
      ] as const,
    ]
  })
  return new Map(read)
}
