import { createHash } from 'node:crypto'
import type { FileTree } from './types.ts'

/** Names files by their content: equal digests mean equal paths and equal bytes. The map is not to be changed afterwards. */
export function toFileTree(files: ReadonlyMap<string, Uint8Array>): FileTree {
  const hash = createHash('sha256')
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) ?? new Uint8Array()
    // No path holds NUL, and the length tells content from the next path: two trees cannot give one stream.
    hash.update(`${path}\0${content.length}\0`)
    hash.update(content)
  }
  return { digest: hash.digest('hex'), files }
}

export function toSizeBytes(tree: FileTree): number {
  let size = 0
  for (const [path, content] of tree.files) size += path.length + content.length
  return size
}
