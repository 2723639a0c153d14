import type { PullRequest } from '../report/reviewer-port.ts'

/** A repository as its host describes it. Throws ReviewerError, as Reviewer does. */
export interface RepositoryHost {
  describe(): Promise<HostedRepository>
  /** Commit of a branch, or undefined. */
  readHead(branch: string): Promise<string | undefined>
  /** All open pull requests with the check that this app has on each head, in few requests. */
  listOpenPullRequests(checkName: string): Promise<readonly OpenPullRequest[]>
  /** A check by its id, of this app; undefined when it is gone. */
  readCheck(id: number): Promise<StandingCheck | undefined>
  /** The newest check of this name and app on a commit. */
  findCheck(commit: string, name: string): Promise<StandingCheck | undefined>
}

export interface HostedRepository {
  readonly defaultBranch: string
  readonly isPrivate: boolean
  readonly isArchived: boolean
  /** Where people look: `https://github.com/acme/fleet`. */
  readonly url: string
}

export interface OpenPullRequest extends PullRequest {
  /** The check that stands on the head, if there is one. */
  readonly check?: StandingCheck
}

export interface StandingCheck {
  readonly id: number
  readonly name: string
  readonly commit: string
  readonly state: 'queued' | 'in_progress' | 'completed'
  /** Milliseconds since the epoch at which the run that wrote it began, as `Check.run`. */
  readonly run?: number
  /** By the host's clock, ISO 8601 UTC; absent while it is open, and in lists. */
  readonly completedAt?: string
  /** The summary as it was written. */
  readonly summary: string
}
