import { toFileTree } from '../engine/engine.ts'
import type { FileTree } from '../engine/types.ts'

/** Answers about trees that many units share, worked out once each. */
export interface SourceFiles {
  /** The folder `path` of a tree as a tree of its own; the tree itself for `''`. */
  folder(tree: FileTree, path: string): FileTree
}

export function createSourceFiles(): SourceFiles {
  const folders = new Map<string, FileTree>()
  return {
    folder(tree, path) {
      if (path === '') return tree
      const key = `${tree.digest}/${path}`
      const found = folders.get(key) ?? cutOut(tree, `${path}/`)
      folders.set(key, found)
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
