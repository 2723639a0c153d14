/** A stretch of a text, in UTF-16 code units; `end` is exclusive. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** Sorted and apart: those that overlap become one, those that only touch do not. Empty ones go. */
export function joined(intervals: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = []
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start >= end) continue
    const last = result.at(-1)
    if (last !== undefined && start < last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, end) }
    } else result.push({ start, end })
  }
  return result
}

/** What of the first is in none of the second; both are sorted and apart. */
export function without(intervals: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  if (others.length === 0) return intervals
  return intervals.flatMap(({ start, end }) => {
    const rest: Interval[] = []
    let at = start
    for (const other of others) {
      if (other.end <= at || other.start >= end) continue
      if (other.start > at) rest.push({ start: at, end: other.start })
      at = other.end
    }
    if (at < end) rest.push({ start: at, end })
    return rest
  })
}
