import type { BranchState, BranchUpdate } from './types.ts'

export type WriteOutcome =
  | { readonly status: 'written'; readonly commit: string }
  /** Somebody else moved the branch since `base`: read it again, plan again. */
  | { readonly status: 'moved' }

/** Reads and writes the rendered branch. */
export interface BranchWriter {
  /** The branch as it is now, at the remote if there is one. Throws EnvironmentError. */
  read(branch: string): Promise<BranchState>
  /** Texts of files of a state, by path; paths that it lacks are absent. Throws EnvironmentError. */
  readFiles(state: BranchState, paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * Makes one commit and moves the branch to it, atomically; pushes with a lease when there is a remote.
   * Throws EnvironmentError for anything but a moved branch (refused, full disk, no network).
   */
  write(update: BranchUpdate): Promise<WriteOutcome>
}
