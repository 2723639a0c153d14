import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
/** How a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256'

/** The id that Git gives a file. */
export function gitBlobId(bytes: Uint8Array | string, format: ObjectFormat = 'sha1'): string {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest('hex')
}

/**
 * The id that Git gives a folder that holds only these files. Git sorts names by bytes; ours are ASCII where this is
 * used, so code units sort alike.
 */
export function gitFolderId(
  files: readonly (readonly [name: string, blobId: string])[],
  format: ObjectFormat = 'sha1',
): string {
  return gitTreeId(
    files.map(([name, id]) => ({ mode: '100644', name, id })),
    format,
  )
}

export interface TreeEntry {
  readonly mode: '100644' | '40000'
  readonly name: string
  readonly id: string
}

/** The id of a Git tree object. A folder sorts as if its name ended with `/`. */
export function gitTreeId(entries: readonly TreeEntry[], format: ObjectFormat = 'sha1'): string {
  const sorted = entries
    .map((entry) => ({ entry, key: Buffer.from(entry.mode === '40000' ? `${entry.name}/` : entry.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
  const pieces = sorted.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode} ${entry.name}\0`),
    Buffer.from(entry.id, 'hex'),
  ])
  const body = Buffer.concat(pieces)
  return createHash(format).update(`tree ${body.length}\0`).update(body).digest('hex')
}

/** Ids of every folder of a set of files, by path; the root is `''`. */
export function gitFolders(
  files: ReadonlyMap<string, string>,
  format: ObjectFormat = 'sha1',
): Map<string, string> {
  const children = new Map<string, Map<string, TreeEntry>>([['', new Map()]])
  const folderOf = (path: string): Map<string, TreeEntry> => {
    let folder = children.get(path)
    if (!folder) {
      folder = new Map()
      children.set(path, folder)
      if (path !== '')
        folderOf(parentOf(path)).set(baseOf(path), { mode: '40000', name: baseOf(path), id: '' })
    }
    return folder
  }
  for (const [path, id] of files) {
    folderOf(parentOf(path)).set(baseOf(path), { mode: '100644', name: baseOf(path), id })
  }
  const ids = new Map<string, string>()
  // Deepest first, so that a folder's id is known before its parent's.
  const depth = (path: string): number => (path === '' ? -1 : path.split('/').length)
  for (const path of [...children.keys()].sort((a, b) => depth(b) - depth(a))) {
    const entries = [...(children.get(path)?.values() ?? [])].map((entry) =>
      entry.mode === '40000'
        ? { ...entry, id: ids.get(path === '' ? entry.name : `${path}/${entry.name}`) ?? '' }
        : entry,
    )
    ids.set(path, gitTreeId(entries, format))
  }
  return ids
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
