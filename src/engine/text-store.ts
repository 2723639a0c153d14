/**
 * Texts of objects by digest. Most objects of a fleet are equal from cluster to cluster; each distinct text crosses the seam
 * and is held once. Bounded: what was not used for longest goes first, and is sent again when it is met again.
 */
export interface TextStore {
  get(digest: string): string | undefined
  /** Gives the digests that had to go. */
  add(digest: string, text: string): readonly string[]
}

export function createTextStore(limitCharacters: number): TextStore {
  // A Map keeps the order of insertion: what is used moves to the end.
  const texts = new Map<string, string>()
  let characters = 0
  return {
    get(digest) {
      const text = texts.get(digest)
      if (text === undefined) return undefined
      texts.delete(digest)
      texts.set(digest, text)
      return text
    },
    add(digest, text) {
      if (texts.has(digest)) return []
      texts.set(digest, text)
      characters += text.length
      const dropped: string[] = []
      for (const [oldest, { length }] of texts) {
        if (characters <= limitCharacters || oldest === digest) break
        texts.delete(oldest)
        characters -= length
        dropped.push(oldest)
      }
      return dropped
    },
  }
}
