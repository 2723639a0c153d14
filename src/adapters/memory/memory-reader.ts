import { assert } from '../../diagnostics/errors.ts'
import type { RepositoryEntry, RepositoryReader } from '../../source/repository-reader-port.ts'
import type { Revision } from '../../source/types.ts'
import { blobId } from '../git/blob-id.ts'

/** A file as text or bytes, or the target of a symbolic link. */
export type MemoryFile = string | Uint8Array | { readonly link: string } | { readonly submodule: true }

/**
 * A repository held in memory, by path. Used by tests, by dry runs and for trees that were fetched.
 * @example createMemoryReader({ 'fleet/app.yaml': 'kind: ClusterProfile' })
 */
export function createMemoryReader(
  files: Readonly<Record<string, MemoryFile>>,
  revision: Revision = {},
): RepositoryReader {
  const contents = new Map<string, Uint8Array>()
  const entries: RepositoryEntry[] = []
  for (const path of Object.keys(files).sort()) {
    const file = files[path] ?? ''
    if (isSubmodule(file)) {
      entries.push({ path, type: 'submodule', id: '' })
      continue
    }
    const isLink = typeof file === 'object' && 'link' in file
    const bytes = typeof file === 'string' ? encode(file) : 'link' in file ? encode(file.link) : file
    contents.set(path, bytes)
    entries.push({ path, type: isLink ? 'symlink' : 'file', sizeBytes: bytes.length, id: blobId(bytes) })
  }
  return {
    revision,
    list: () => Promise.resolve(entries),
    read: (paths) =>
      Promise.resolve(
        new Map(
          paths.map((path) => {
            const bytes = contents.get(path)
            assert(bytes, `${path} was asked for but never listed`)
            return [path, bytes]
          }),
        ),
      ),
  }
}

function isSubmodule(file: MemoryFile): file is { readonly submodule: true } {
  return typeof file === 'object' && 'submodule' in file
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
