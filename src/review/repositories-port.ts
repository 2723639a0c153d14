import type { RepositoryId } from './types.ts'

/** Git repositories that the app works on: bare, without files until somebody reads them, and bounded on disk. */
export interface Repositories {
  /**
   * A private view of a repository: refs of its own over objects that are kept for the next time. What is kept is repaired, or
   * fetched anew, when it is damaged. Throws EnvironmentError, retryable when the host cannot be reached.
   */
  open(repository: RepositoryId, remote: GitRemote): Promise<WorkingRepository>
  /** Removes everything that is kept of it. */
  forget(repository: RepositoryId): Promise<void>
}

export interface GitRemote {
  /** `https://github.com/acme/fleet.git`, without credentials. */
  readonly url: string
  /** Asked for each connection; never handed to a child that reads what others wrote. */
  readonly token: () => Promise<string>
}

export interface WorkingRepository {
  /** A bare repository that is this work's alone. */
  readonly folder: string
  /**
   * Lets git in a child read missing files, and only read, for as long as this is open: names of variables and their values.
   * No credentials are in it that would be worth anything elsewhere or later.
   */
  readonly childEnvironment: Readonly<Record<string, string>>
  /**
   * Brings branches (`refs/heads/main`, `refs/pull/5/head`) or commits by id, with their history and without their files.
   * What the remote has not is absent from the answer. Branches are set in the repository under their own names.
   */
  fetch(wanted: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Git blob id of a file of a commit. */
  fileId(commit: string, path: string): Promise<string | undefined>
  /**
   * Moves a branch at the remote to this commit if it is at `expected` (undefined: if it is not there), else gives `moved`.
   * One that is at the commit already counts as pushed. Throws EnvironmentError when the remote refuses.
   */
  push(push: {
    readonly branch: string
    readonly commit: string
    readonly expected: string | undefined
  }): Promise<'pushed' | 'moved'>
  /** Runs git in it; for merges and reverts. Throws EnvironmentError when it ends with anything but the expected codes (default: 0). */
  git(
    args: readonly string[],
    options?: { readonly codes?: readonly number[]; readonly input?: string },
  ): Promise<{
    readonly exitCode: number
    readonly stdout: string
  }>
  close(): Promise<void>
}
