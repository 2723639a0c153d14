import type { Check, OwnComment, PullRequest, ReviewerError } from '../report/reviewer-port.ts'

/** What a run has to say about one commit. */
export interface ReviewToPost {
  /** Of check, status and comment; several fleets in one repository have several names. */
  readonly name: string
  /** Commit that was reviewed. */
  readonly head: string
  /** Milliseconds since the epoch at which the run began: of two runs on one commit, the later has the last word. */
  readonly run: number
  readonly verdict: Omit<Check, 'name' | 'commit' | 'run'>
  /** Absent where there is no pull request to comment on: pushes and merge queues. */
  readonly comment?: CommentToPost
  /** What is known to be missing before anything is tried: forks get a token that may only read. */
  readonly withheld?: readonly Refusal[]
}

export interface CommentToPost {
  readonly pullRequest: number
  /** Markdown, at most `maxCommentLength - reservedCommentLength`. Where nothing changes, the text that says so. */
  readonly text: string
  /** Nothing changes: not worth a comment unless there is one already. */
  readonly isEmpty: boolean
}

/** Something that the token may not write. */
export interface Refusal {
  readonly place: 'check' | 'status' | 'comment'
  /** `checks: write`. */
  readonly permission: string
}

/** What happens to the comments of a pull request. */
export type CommentEffect =
  | { readonly type: 'create'; readonly body: string }
  | { readonly type: 'update'; readonly id: number; readonly body: string }
  | { readonly type: 'delete'; readonly id: number }

/** What stands when nothing has to be done. */
export type CommentRest =
  /** The comment says what this run has to say, or what a later one had. */
  | 'unchanged'
  /** Nothing changes, and there is no comment that would have to say so. */
  | 'silent'
  /** A draft, or closed: nobody is called to look at it. */
  | 'quiet'
  /** The pull request has moved on to another commit: its comment belongs to the run for that one. */
  | 'stale'

export interface CommentPlan {
  /** In the order in which they happen. Empty: `rest` says what stands. */
  readonly effects: readonly CommentEffect[]
  readonly rest: CommentRest
}

export interface CommentSituation {
  /** Own comments with the marker, the oldest first. */
  readonly existing: readonly OwnComment[]
  readonly pullRequest: PullRequest
  readonly own: Pick<ReviewToPost, 'name' | 'head' | 'run'> & Omit<CommentToPost, 'pullRequest'>
  /** Comment that this very run created. */
  readonly created?: number
}

export type CommentOutcome =
  | { readonly status: 'created' | 'updated'; readonly url: string }
  | { readonly status: CommentRest; readonly url?: string }
  /** There was nothing to comment on, or there is none any more. */
  | { readonly status: 'none' }
  /** The conversation is open to collaborators only. */
  | { readonly status: 'locked' }
  /** `withheld` says what is missing. */
  | { readonly status: 'withheld' }
  | { readonly status: 'failed'; readonly error: ReviewerError }

export type VerdictOutcome =
  | { readonly status: 'written' | 'unchanged' | 'overtaken'; readonly place: 'check'; readonly url?: string }
  | { readonly status: 'written'; readonly place: 'status' }
  /** Neither may be written: the verdict stands where the shell can put it, such as the summary of the job. */
  | { readonly status: 'withheld'; readonly place: 'summary' }
  | { readonly status: 'failed'; readonly place: 'check' | 'status'; readonly error: ReviewerError }

export interface PostOutcome {
  readonly verdict: VerdictOutcome
  readonly comment: CommentOutcome
  /** Everything that the token may not do and this would have needed, in the order in which it was found out. */
  readonly withheld: readonly Refusal[]
}

/** A repository, and the installation of the app by which it is reached. Installations share nothing. */
export interface RepositoryId {
  readonly installation: number
  readonly owner: string
  readonly name: string
}

/**
 * Something to be done, by levels and not by edges: whoever does it looks what stands then, so that ten of a kind may be one,
 * and so that doing it twice changes nothing the second time.
 */
export type Work =
  | ReviewWork
  | CompileWork
  | MergeGroupWork
  | CommandWork
  | ApprovalWork
  | FleetWork
  | ReconcileWork
  | ForgetWork

interface InRepository {
  readonly repository: RepositoryId
}

/** Check and comment of a pull request for the head that it has then. */
export interface ReviewWork extends InRepository {
  readonly type: 'review'
  readonly pullRequest: number
  /** Somebody asked for it: also when this head was reviewed. */
  readonly again?: true
}

/** The branch of the intent is compiled onto the rendered branch. */
export interface CompileWork extends InRepository {
  readonly type: 'compile'
  readonly branch: string
  readonly again?: true
}

/** The check of what a merge queue wants to merge. */
export interface MergeGroupWork extends InRepository {
  readonly type: 'merge-group'
  readonly head: string
  readonly base: string
  /** Somebody asked for it: also when its check is completed. */
  readonly again?: true
}

/** A comment that may be a command. Its text is read then: only what was not edited counts. */
export interface CommandWork extends InRepository {
  readonly type: 'command'
  readonly pullRequest: number
  readonly comment: number
}

/** A button of a check was pressed. */
export interface ApprovalWork extends InRepository {
  readonly type: 'approve'
  readonly check: number
  /** Commit of the check. */
  readonly head: string
  /** Its identifier, which names the tree that was shown with it (`approvalIdentifier`). */
  readonly button: string
  /** Login of who pressed it. */
  readonly by: string
}

/** Facts were recorded that differ from those of the rendered branch, or may do so no more. */
export interface FleetWork extends InRepository {
  readonly type: 'fleet'
}

/** Looks what was missed: open pull requests and heads against what was posted and compiled. */
export interface ReconcileWork extends InRepository {
  readonly type: 'reconcile'
  /** Head whose check somebody asked for: also when it stands. GitHub does not say which pull request of a fork, or which merge group, that is. */
  readonly again?: string
}

/** The app was taken out of the repository: everything that is kept of it goes. */
export interface ForgetWork extends InRepository {
  readonly type: 'forget'
}

/** What a webhook says, as far as something follows from it. */
export type FleetEvent =
  | PullRequestEvent
  | PushEvent
  | RerequestEvent
  | RequestedActionEvent
  | CommentEvent
  | InstallationEvent
  | MergeGroupEvent
  | DispatchEvent
  | RepositoryEvent
  | { readonly type: 'ping' }

export type ParsedDelivery =
  | { readonly type: 'event'; readonly event: FleetEvent }
  /** Nothing follows from it. */
  | { readonly type: 'ignored' }
  /** Not as GitHub documents it; for the log. */
  | { readonly type: 'malformed'; readonly why: string }

interface OfRepository extends InRepository {
  readonly defaultBranch: string
  /** Login of who caused it. */
  readonly sender?: string
}

export interface PullRequestEvent extends OfRepository {
  readonly type: 'pull-request'
  /** `edited` only where the base was changed. */
  readonly action:
    'opened' | 'synchronize' | 'reopened' | 'ready_for_review' | 'labeled' | 'closed' | 'edited'
  readonly number: number
  readonly head: {
    readonly commit: string
    readonly branch: string
    /** The branch is in the repository itself, not in a fork. */
    readonly isOwn: boolean
  }
  readonly base: string
  /** Login of who opened it. */
  readonly author?: string
  readonly body: string
  readonly isMerged: boolean
  /** ISO 8601 UTC, as GitHub's clock has it, in seconds. */
  readonly updatedAt: string
}

/** Of a branch; tags are ignored. */
export interface PushEvent extends OfRepository {
  readonly type: 'push'
  readonly branch: string
  readonly isDeleted: boolean
}

interface OfCheck extends OfRepository {
  /** App that the check belongs to. */
  readonly app: number
  readonly commit: string
  readonly branch?: string
  /** Empty for forks. */
  readonly pullRequests: readonly number[]
}

/** "Re-run" of one check, or of all. */
export interface RerequestEvent extends OfCheck {
  readonly type: 'rerequest'
  /** Absent for all. */
  readonly checkName?: string
}

/** A button of a check. */
export interface RequestedActionEvent extends OfCheck {
  readonly type: 'requested-action'
  readonly check: number
  readonly checkName: string
  readonly identifier: string
  readonly isBot: boolean
}

/** Somebody said something new below a pull request. */
export interface CommentEvent extends OfRepository {
  readonly type: 'comment'
  readonly pullRequest: number
  readonly comment: number
  readonly body: string
  readonly isBot: boolean
}

/** The app may now work on repositories, or may no more. */
export interface InstallationEvent {
  readonly type: 'installation'
  readonly added: readonly RepositoryId[]
  readonly removed: readonly RepositoryId[]
  /** Id of an installation whose repositories may be worked on again, and are not named. */
  readonly returned?: number
}

export interface MergeGroupEvent extends OfRepository {
  readonly type: 'merge-group'
  readonly action: 'checks_requested' | 'destroyed'
  readonly head: string
  readonly base: string
  readonly baseBranch: string
}

export interface DispatchEvent extends OfRepository {
  readonly type: 'dispatch'
  readonly eventType: string
}

export interface RepositoryEvent extends OfRepository {
  readonly type: 'repository'
  readonly action: 'renamed' | 'transferred' | 'archived' | 'unarchived' | 'deleted' | 'default-branch'
  /** As it was called. */
  readonly formerly?: RepositoryId
}

/** What must be known to tell what follows from an event. */
export interface KnownToApp {
  /** Of the app's bot: `fleetwright[bot]`. */
  readonly login: string
  /** Id of the app. */
  readonly app: number
  /** As the repository's configuration named it when it was read last; `rendered` where nobody read it yet. */
  readonly renderedBranch: string
}

export interface PlannedWork {
  readonly works: readonly Work[]
  /** Keys and values for the StateStore, to be merged with what it has (`mergeNote`). */
  readonly notes: ReadonlyMap<string, string>
}
