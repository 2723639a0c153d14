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
  /** Of the tree that was shown with the button. */
  readonly digest: string
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
}

/** The app was taken out of the repository: everything that is kept of it goes. */
export interface ForgetWork extends InRepository {
  readonly type: 'forget'
}

/** `12/acme/fleet`. */
export function repositoryKey({ installation, owner, name }: RepositoryId): string {
  return `${installation}/${owner}/${name}`.toLowerCase()
}
