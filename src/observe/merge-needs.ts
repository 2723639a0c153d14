import { queryKey } from './queries.ts'
import type { Need } from './types.ts'

/** One need a cluster and query, with all that ask for it; sorted by cluster and query. */
export function mergeNeeds(needs: readonly Need[]): readonly Need[] {
  const merged = Map.groupBy(needs, ({ cluster, query }) => `${cluster}\0${queryKey(query)}`)
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...others]]) => {
      if (first === undefined) return []
      const because = new Set([first, ...others].flatMap((need) => need.because))
      return { ...first, because: [...because].sort() }
    })
}
