import { countOf } from '../review/counts.ts'

/**
 * The page's clusters and the groups of them that share something. Hundreds of diffs concern the same hundreds of clusters:
 * their names stand in the page once, and everything else refers to them by number.
 */
export interface ClusterSets {
  /** Number of the group, the same for the same clusters. */
  numberOf(clusters: readonly string[]): number
  /** How a reader is told of them: by name where they are few, else by their count, which leads to the names. */
  refer(clusters: readonly string[]): ClusterReference
  /** Every cluster that was asked about, in the order of their indices. */
  clusters(): readonly string[]
  /** Of every group the indices of its clusters, by number: `0-36,40`. */
  ranges(): readonly string[]
  /** Those that `refer` did not spell out. */
  listed(): readonly { readonly number: number; readonly names: readonly string[] }[]
}

export interface ClusterReference {
  readonly number: number
  readonly text: string
  /** The names are listed apart. */
  readonly isListed: boolean
}

/** So many names are read at a glance. */
const mostNames = 3

/** `clusters`: those that are known from the start, in the order in which the page shows them. */
export function createClusterSets(clusters: readonly string[]): ClusterSets {
  const indices = new Map<string, number>()
  const numbers = new Map<string, number>()
  // Lists of a comparison are values that never change, and folds share them.
  const known = new WeakMap<readonly string[], number>()
  const listed = new Map<number, readonly string[]>()
  const indexOf = (cluster: string): number => {
    const index = indices.get(cluster) ?? indices.size
    indices.set(cluster, index)
    return index
  }
  const numberOf = (names: readonly string[]): number => {
    const seen = known.get(names)
    if (seen !== undefined) return seen
    const ranges = toRanges(names.map(indexOf).sort((a, b) => a - b))
    const number = numbers.get(ranges) ?? numbers.size
    numbers.set(ranges, number)
    known.set(names, number)
    return number
  }
  clusters.forEach(indexOf)
  return {
    numberOf,
    refer: (names) => {
      const number = numberOf(names)
      if (names.length <= mostNames) return { number, text: names.join(', '), isListed: false }
      listed.set(number, names)
      return { number, text: countOf(names.length, 'cluster'), isListed: true }
    },
    clusters: () => [...indices.keys()],
    ranges: () => [...numbers.keys()],
    listed: () =>
      [...listed].map(([number, names]) => ({ number, names })).sort((a, b) => a.number - b.number),
  }
}

function toRanges(sorted: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const index of sorted) {
    const last = ranges.at(-1)
    if (last && index <= last[1] + 1) last[1] = index
    else ranges.push([index, index])
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',')
}
