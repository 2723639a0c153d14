/**
 * The whole rendered branch as a value. A folder's files are texts, or the folder is taken over from the previous
 * tree as it stands there (unchanged inputs, or a hold).
 */
export interface Tree {
  /** By folder path, sorted: `clusters/<namespace>/<name>/<unit>`, `delivery/flux/<namespace>/<name>`, `.fleetwright`, … */
  readonly folders: ReadonlyMap<string, TreeFolder>
}

export type TreeFolder =
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, string> }
  /** The folder of the same path in the previous tree, whatever it holds. */
  | { readonly kind: 'kept' }

/** State of a branch before an update. */
export interface BranchState {
  /** Commit id; absent when the branch does not exist. */
  readonly commit?: string
  readonly message?: string
  /** All files, by path: Git blob ids. Empty when the branch does not exist. */
  readonly files: ReadonlyMap<string, string>
}

/** One commit to be made on top of `base`. */
export interface BranchUpdate {
  readonly branch: string
  /** Commit that the update was planned on; the write fails when the branch is elsewhere by then. */
  readonly base?: string
  readonly message: string
  readonly author: { readonly name: string; readonly email: string }
  /** ISO 8601 UTC; both author and committer time, so that equal updates are equal commits. */
  readonly date: string
  /** Files to write, by path. */
  readonly writes: ReadonlyMap<string, string>
  /** Paths to remove, sorted. */
  readonly removals: readonly string[]
}
