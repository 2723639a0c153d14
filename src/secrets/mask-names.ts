import { Buffer } from 'node:buffer'
import { createHash, createHmac } from 'node:crypto'

/** `⟨secret a1b2⟩`. Brackets that no YAML, JSON or URL is likely to hold. */
const opening = '⟨secret '
const closing = '⟩'
const mask = /⟨secret ([0-9a-f]{1,64})⟩/g

/** Digits that are shown where nothing else begins alike. */
const shortest = 4

/** Gives every value a name of its own: equal values have equal names, different ones never do. */
export interface MaskNames {
  /** `⟨secret a1b2⟩`: of a text its UTF-8 bytes count. */
  nameOf(value: string | Uint8Array): string
}

/**
 * With a key: as many digits of the keyed fingerprint as tell all values apart, so that a change always shows. Without:
 * the ordinal in the order given; an unkeyed hash could be guessed (decision 6). A value that comes later gets a name that
 * nothing else has.
 */
export function createMaskNames(values: readonly Uint8Array[], key: Uint8Array | undefined): MaskNames {
  const digestOf = (bytes: Uint8Array): string =>
    // Fingerprints of other purposes are made with the same key: none may be taken for the other.
    key === undefined
      ? createHash('sha256').update(bytes).digest('hex')
      : createHmac('sha256', key).update('fleetwright mask\0').update(bytes).digest('hex')
  const digests = [...new Set(values.map(digestOf))]
  const length = key === undefined ? 0 : commonLength(digests)
  const names = new Map<string, string>()
  const used = new Set<string>()
  const nameOf = (digest: string): string => {
    const known = names.get(digest)
    if (known !== undefined) return known
    let shown = key === undefined ? String(used.size + 1) : digest.slice(0, length)
    while (used.has(shown)) shown = digest.slice(0, shown.length + 1)
    used.add(shown)
    names.set(digest, opening + shown + closing)
    return opening + shown + closing
  }
  digests.forEach(nameOf)
  return { nameOf: (value) => nameOf(digestOf(toBytes(value))) }
}

/** How many digits tell all apart. */
function commonLength(digests: readonly string[]): number {
  const sorted = [...digests].sort()
  return sorted.reduce((length, digest, index) => {
    const before = sorted[index - 1] ?? ''
    let common = 0
    while (common < before.length && before[common] === digest[common]) common++
    return Math.max(length, common + 1)
  }, shortest)
}

/** Halves of surrogate pairs would all become one character. */
function toBytes(value: string | Uint8Array): Uint8Array {
  if (typeof value !== 'string') return value
  return value.isWellFormed() ? Buffer.from(value) : Buffer.from(`utf16\0${value}`, 'utf16le')
}

/** Where a text has masks already. */
export function masksIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  if (!text.includes(opening)) return []
  return [...text.matchAll(mask)].map((match) => ({ start: match.index, end: match.index + match[0].length }))
}

const wholeMask = /^⟨secret ([0-9a-f]{1,64})⟩$/

/**
 * One mask for a value that is exchanged for another, where nothing of either shows.
 * @example joinMasks('⟨secret a1b2⟩', '⟨secret c3d4⟩') // '⟨secret a1b2 → c3d4⟩'
 */
export function joinMasks(before: unknown, after: unknown): string | undefined {
  const [from, to] = [before, after].map((value) =>
    typeof value === 'string' ? wholeMask.exec(value)?.[1] : undefined,
  )
  return from === undefined || to === undefined ? undefined : `${opening}${from} → ${to}${closing}`
}

/**
 * What somebody wrote to look like a mask gets a word more: else a value could be exchanged for the text that stands for it,
 * and nothing would show.
 */
export function withoutForgedMasks(text: string): string {
  return text.includes('⟨') ? text.replace(/⟨((?:written )*)secret /g, '⟨written $1secret ') : text
}
