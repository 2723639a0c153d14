import type { RepositoryPath } from './linked-files.ts'

/**
 * One byte string for files that came without an archive, so that they have a digest and a place in the cache:
 * the mark, one JSON line of `[path, size]` sorted by path, then the contents in that order. The lock file holds digests
 * of this form: a change of it is a change of every pin.
 */
const mark = 'fleetwright-tree 1\n'

export function packTree(files: ReadonlyMap<RepositoryPath, Uint8Array>): Uint8Array {
  const paths = [...files.keys()].sort()
  const listing = paths.map((path) => [path, files.get(path)?.length ?? 0])
  const head = new TextEncoder().encode(`${mark}${JSON.stringify(listing)}\n`)
  return Buffer.concat([head, ...paths.map((path) => files.get(path) ?? new Uint8Array())])
}

/** Undefined when the bytes are no packed tree. Paths are as hostile as those of any archive. */
export function tryUnpackTree(bytes: Uint8Array): [path: RepositoryPath, content: Uint8Array][] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!buffer.subarray(0, mark.length).equals(Buffer.from(mark))) return undefined
  const end = buffer.indexOf('\n', mark.length)
  if (end < 0) return undefined
  const listing = tryParseListing(buffer.subarray(mark.length, end).toString('utf8'))
  if (listing === undefined) return undefined
  const files: [RepositoryPath, Uint8Array][] = []
  let at = end + 1
  for (const [path, size] of listing) {
    files.push([path, buffer.subarray(at, at + size)])
    at += size
  }
  return at === buffer.length ? files : undefined
}

function tryParseListing(text: string): [string, number][] | undefined {
  let listing: unknown
  try {
    listing = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(listing)) return undefined
  const isEntry = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) &&
    typeof entry[0] === 'string' &&
    typeof entry[1] === 'number' &&
    Number.isSafeInteger(entry[1]) &&
    entry[1] >= 0
  return listing.every(isEntry) ? listing : undefined
}
