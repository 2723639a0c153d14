import type { RepositoryReader } from '../source/repository-reader-port.ts'

/** Earlier states of a branch, as far as its configuration file goes. */
export interface ConfigHistory {
  /**
   * Commits from `commit` back that have another configuration file than the one before, the newest first, and not very many.
   * Only what was the branch itself: no commit of a branch that was merged into it. Throws EnvironmentError.
   */
  readonly commits: (commit: string) => Promise<readonly string[]>
  /** Throws EnvironmentError. */
  readonly read: (commit: string) => Promise<RepositoryReader>
}
