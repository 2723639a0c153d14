import type { BranchWriter } from './branch-writer-port.ts'

/** A commit that fleetwright made, as it was recorded. */
export interface RenderedCommit {
  readonly commit: string
  readonly message: string
  /** Texts of everything below `.fleetwright/` but records of single clusters, by path. */
  readonly files: ReadonlyMap<string, string>
}

/** A path whose content is not what the inputs give. */
export interface Difference {
  readonly path: string
  readonly kind: 'changed' | 'missing' | 'unexpected'
}

/** Reads rendered commits of the past, and a place to make them again that nobody else sees. */
export interface RenderedHistory {
  /** A rendered commit by name. Throws EnvironmentError when there is no such commit. */
  read(name: string): Promise<RenderedCommit>
  /** Writes on top of the parent of `commit`, into a scratch repository. */
  writerBefore(commit: string, branch: string): Promise<BranchWriter>
  /** What `again`, made in the scratch repository (absent: its parent is equal), has otherwise than `commit`; sorted by path. */
  compare(commit: string, again: string | undefined): Promise<readonly Difference[]>
  /** Removes the scratch repository. */
  close(): Promise<void>
}
