import { Buffer } from 'node:buffer'
import { toFileTree } from '../engine/engine.ts'
import type { FileTree } from '../engine/types.ts'

/** Answers about trees that many units share, worked out once each. */
export interface SourceFiles {
  /** The folder `path` of a tree as a tree of its own; the tree itself for `''`. */
  folder(tree: FileTree, path: string): FileTree
  /** Whether any template of a chart may call `lookup`; over-cautious on purpose. */
  looksUp(tree: FileTree): boolean
}

export function createSourceFiles(): SourceFiles {
  const folders = new Map<string, FileTree>()
  const lookups = new Map<string, boolean>()
  return {
    folder(tree, path) {
      if (path === '') return tree
      const key = `${tree.digest}/${path}`
      const found = folders.get(key) ?? cutOut(tree, `${path}/`)
      folders.set(key, found)
      return found
    },
    looksUp(tree) {
      const found = lookups.get(tree.digest) ?? mentions(tree, 'lookup')
      lookups.set(tree.digest, found)
      return found
    },
  }
}

function cutOut(tree: FileTree, prefix: string): FileTree {
  const files = [...tree.files].flatMap(([path, bytes]) =>
    path.startsWith(prefix) ? [[path.slice(prefix.length), bytes] as const] : [],
  )
  return toFileTree(new Map(files))
}

/** Archives inside a chart hide their templates: they count as mentioning anything. */
function mentions(tree: FileTree, word: string): boolean {
  return [...tree.files].some(
    ([path, bytes]) =>
      path.endsWith('.tgz') || (/templates\/|^values\.yaml$/.test(path) && Buffer.from(bytes).includes(word)),
  )
}
