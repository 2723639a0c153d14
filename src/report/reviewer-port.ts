import { EnvironmentError } from '../diagnostics/errors.ts'

/**
 * Longest comment, hidden marker and note included. GitHub documents characters; a text of that many UTF-16 units is below
 * its limit in bytes as well, whatever is in it.
 */
export const maxCommentLength = 65_536

/** What a report leaves free of `maxCommentLength` for the marker and the note in front of it. */
export const reservedCommentLength = 512

/** Longest summary and longest text of a check, in bytes of UTF-8: GitHub says characters, and counts bytes. */
export const maxCheckTextBytes = 65_535

/** What the report of a review leaves free of `maxCheckTextBytes`, for what a shell puts in front of it. */
export const reservedCheckTextBytes = 2048

/** Longest description of a commit status, in characters. */
export const maxStatusLength = 140

/**
 * Where a pull request is reviewed, for one repository and one identity. Every method throws ReviewerError when the other
 * side fails; `forbidden` names the permission that is missing. Reading is tried again by itself, within bounds. Writing is
 * not, unless the method says so: who writes must look first whether it happened (`mayHaveHappened`), and pauses that the
 * other side asked for are kept before the next request.
 */
export interface Reviewer {
  /**
   * The pull request of a number, whatever its state, or the open ones whose head is this very commit of this branch,
   * by number. Empty when there is none.
   */
  findPullRequests(reference: PullRequestReference): Promise<readonly PullRequest[]>
  /**
   * Comments of a pull request that start with the marker and were written by this identity, the oldest first. What others
   * wrote is never among them, whatever it says. Throws `too-many` when there are more comments than can be looked at.
   */
  listOwnComments(pullRequest: number, marker: string): Promise<readonly OwnComment[]>
  createComment(pullRequest: number, body: string): Promise<OwnComment>
  /** False when there is no such comment any more. */
  updateComment(id: number, body: string): Promise<boolean>
  /** A comment that is gone already counts as deleted. */
  deleteComment(id: number): Promise<void>
  /**
   * Brings the check of this name on the commit to this state: one check, whatever happened before, its annotations in
   * batches. May be repeated, and repeats by itself what was interrupted. A check of a later run stays as it is.
   */
  writeCheck(check: Check): Promise<WrittenCheck>
  /** Sets the status of this name on the commit, unless it says so already. May be repeated, and repeats by itself. */
  writeStatus(status: CommitStatus): Promise<void>
}

export type PullRequestReference =
  | { readonly number: number }
  | {
      readonly head: {
        /** Of the repository that the branch is in: a fork has another than the base. */
        readonly owner: string
        readonly branch: string
        readonly commit: string
      }
    }

export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly head: {
    /** `owner/name`; absent when the fork was deleted. */
    readonly repository?: string
    readonly branch: string
    readonly commit: string
  }
  readonly base: { readonly repository: string; readonly branch: string; readonly commit: string }
  readonly isOpen: boolean
  /** By the host's clock, ISO 8601 UTC, of one that is not open, where the host says it. */
  readonly closedAt?: string
  readonly isDraft: boolean
  /** Only collaborators may comment. */
  readonly isLocked: boolean
  /** When the host showed it so, by the host's clock, ISO 8601 UTC; absent in lists. */
  readonly shownAt?: string
}

export interface OwnComment {
  /** Grows with time. */
  readonly id: number
  readonly body: string
  readonly url: string
}

export type Conclusion =
  'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required'

export interface Check {
  /** Equal names on a commit are one check. */
  readonly name: string
  readonly commit: string
  /** Milliseconds since the epoch at which the work began: what began later has the last word. */
  readonly run: number
  readonly state: 'queued' | 'in_progress' | Conclusion
  readonly title: string
  /** Markdown. */
  readonly summary: string
  /** Markdown. */
  readonly text?: string
  /** Where the whole report is. */
  readonly url?: string
  readonly annotations: readonly CheckAnnotation[]
  /** At most three buttons. */
  readonly actions?: readonly CheckAction[]
}

export interface CheckAnnotation {
  readonly path: string
  /** 1-based, both inclusive. */
  readonly startLine: number
  readonly endLine: number
  /** 1-based, of a single line only. */
  readonly startColumn?: number
  readonly endColumn?: number
  readonly level: 'notice' | 'warning' | 'failure'
  readonly title: string
  /** At most 64 KiB. */
  readonly message: string
}

export interface CheckAction {
  /** At most 20 characters. */
  readonly label: string
  /** At most 40 characters. */
  readonly description: string
  /** At most 20 characters; comes back with the event. */
  readonly identifier: string
}

export interface WrittenCheck {
  /** `overtaken`: a later run has written it. */
  readonly status: 'written' | 'unchanged' | 'overtaken'
  readonly url?: string
}

export interface CommitStatus {
  /** Equal names on a commit are one status. */
  readonly name: string
  readonly commit: string
  readonly state: 'pending' | 'success' | 'failure' | 'error'
  readonly description: string
  readonly url?: string
}

/** Why the other side did not do it, by what the protocol said, never by matching text. */
export type ReviewerFailure =
  | 'unauthorized' // the token is missing, wrong or expired
  | 'forbidden' // the token may not do this: `permission` says what is missing
  | 'not-found' // not there, or hidden from this token
  | 'throttled' // a limit, and waiting for its end takes too long
  | 'unavailable' // failed on the other side, no connection, no answer in time
  | 'refused' // the request itself is not taken
  | 'too-many' // more than can be looked at

export class ReviewerError extends EnvironmentError {
  readonly reason: ReviewerFailure
  /** As `permissions:` of a workflow names it: `checks: write`. */
  readonly permission: string | undefined
  /** The request was sent and no answer came: what it asked for may have been done all the same. */
  readonly mayHaveHappened: boolean

  constructor(
    reason: ReviewerFailure,
    details: {
      operation: string
      message: string
      hint?: string
      permission?: string
      mayHaveHappened?: boolean
      cause?: unknown
    },
  ) {
    const { permission, mayHaveHappened = false, ...rest } = details
    super({ adapter: 'github', retryable: ['throttled', 'unavailable'].includes(reason), ...rest })
    this.reason = reason
    this.permission = permission
    this.mayHaveHappened = mayHaveHappened
  }
}
