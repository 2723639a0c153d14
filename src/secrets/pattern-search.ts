import type { Interval } from './intervals.ts'

export interface Pattern<About> {
  /** At least `shortestPattern` UTF-16 code units. */
  readonly text: string
  readonly about: About
}

export interface Hit<About> extends Interval {
  readonly about: About
}

/** Finds many texts at once. */
export interface PatternSearch<About> {
  /** Every occurrence of every pattern, overlapping ones too, by where their anchors stand. */
  find(text: string): readonly Hit<About>[]
}

/** Length of the stretch of a pattern by which it is found. */
export const shortestPattern = 6

interface Entry<About> extends Pattern<About> {
  /** Where the anchor stands in the pattern. */
  readonly offset: number
}

const nothing: readonly never[] = []
const base = 0x01000193
/** What a code unit weighs once it leaves the window. */
const leaving = Array.from({ length: shortestPattern }).reduce<number>((weight) => Math.imul(weight, base), 1)

/**
 * Rabin and Karp's search with one window for all patterns: a rolling hash of six code units, a bit for each anchor, and
 * the patterns of an anchor compared where its bit is set. One pass whatever the number of patterns; a hundred thousand
 * alternatives of a regular expression would be tried one by one.
 */
export function createPatternSearch<About>(patterns: Iterable<Pattern<About>>): PatternSearch<About> {
  const buckets = new Map<number, Entry<About>[]>()
  for (const pattern of patterns) addTo(buckets, pattern)
  if (buckets.size === 0) return { find: () => nothing }
  const bits = Math.min(24, Math.max(16, Math.ceil(Math.log2(buckets.size * 16))))
  const filter = new Uint32Array(2 ** (bits - 5))
  const shift = 32 - bits
  for (const hash of buckets.keys()) {
    const slot = Math.imul(hash, 0x9e3779b1) >>> shift
    filter[slot >>> 5] = (filter[slot >>> 5] ?? 0) | (1 << (slot & 31))
  }
  return {
    find(text) {
      let hits: Hit<About>[] | undefined
      let hash = 0
      for (let at = 0; at < text.length; at++) {
        hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0
        if (at >= shortestPattern) {
          hash = (hash - Math.imul(text.charCodeAt(at - shortestPattern), leaving)) | 0
        }
        const slot = Math.imul(hash, 0x9e3779b1) >>> shift
        if (((filter[slot >>> 5] ?? 0) & (1 << (slot & 31))) === 0) continue
        for (const entry of buckets.get(hash) ?? nothing) {
          const start = at - shortestPattern + 1 - entry.offset
          if (start < 0 || !text.startsWith(entry.text, start)) continue
          hits ??= []
          hits.push({ start, end: start + entry.text.length, about: entry.about })
        }
      }
      return hits ?? nothing
    },
  }
}

/** Of four places in a pattern the one that the fewest others share: the beginnings of keys and of JSON are all alike. */
function addTo<About>(buckets: Map<number, Entry<About>[]>, { text, about }: Pattern<About>): void {
  const room = text.length - shortestPattern
  if (room < 0) return
  const offsets = [...new Set([0.5, 0.25, 0.75, 0].map((share) => Math.floor(room * share)))]
  let best = { offset: 0, hash: 0, size: Number.POSITIVE_INFINITY }
  for (const offset of offsets) {
    const hash = hashOf(text, offset)
    const size = buckets.get(hash)?.length ?? 0
    if (size < best.size) best = { offset, hash, size }
    if (size === 0) break
  }
  const bucket = buckets.get(best.hash)
  const entry = { text, about, offset: best.offset }
  if (bucket === undefined) buckets.set(best.hash, [entry])
  else bucket.push(entry)
}

function hashOf(text: string, offset: number): number {
  let hash = 0
  for (let at = offset; at < offset + shortestPattern; at++) {
    hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0
  }
  return hash
}
