import type { Revision } from './types.ts'

export interface RepositoryEntry {
  /** From the repository's root, with `/`. */
  readonly path: string
  readonly type: 'file' | 'symlink' | 'submodule'
  /** Absent where a blobless clone does not hold the file yet, and for submodules. */
  readonly sizeBytes?: number
  /** Git blob id (sha1 of `blob <size>\0<bytes>`), for a folder computed likewise. Empty for submodules. */
  readonly id: string
}

/** Reads one state of a repository: a commit without a checkout, or a folder. */
export interface RepositoryReader {
  readonly revision: Revision
  /** All entries, sorted by path by code unit. Throws EnvironmentError when the repository cannot be read. */
  list(): Promise<readonly RepositoryEntry[]>
  /** Bytes of files, by path. A symlink gives its target's path as bytes. Throws EnvironmentError; a path that is not listed is our bug. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
}
