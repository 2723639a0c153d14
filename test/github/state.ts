import { createHash } from 'node:crypto'
import type { GitRepository } from '../git-repository.ts'
import type { AppState, InstallationState } from './apps.ts'

export interface Account {
  readonly login: string
  readonly id: number
  readonly type: 'User' | 'Bot'
}

/** Names of the API: `{ issues: 'write' }`. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>

/** Whose a token is, and what it may do. */
export interface Identity {
  readonly account: Account
  permissions: Permissions
  /** The app itself, by a token that it signed. */
  readonly app?: AppState
  readonly installation?: InstallationState
  /** `owner/name` of those that it is for; all of the installation otherwise. */
  readonly scope?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
  /** Signed in by way of this app: may do what the roles of the repository allow. */
  readonly signedInBy?: AppState
}

export interface CommentState {
  readonly id: number
  readonly issue: number
  readonly author: Account
  body: string
  readonly createdAt: string
  updatedAt: string
  readonly reactions: { readonly id: number; readonly user: Account; readonly content: string }[]
}

export interface PullRequestState {
  readonly number: number
  title: string
  body: string | null
  readonly author: Account
  /** `owner/name` of the repository that the head is in; undefined when the fork is gone. */
  readonly headRepository: string | undefined
  readonly headBranch: string
  headCommit: string
  readonly baseBranch: string
  readonly baseCommit: string
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
  locked: boolean
  readonly labels: string[]
  readonly createdAt: string
  updatedAt: string
}

export interface IssueState {
  readonly number: number
  title: string
  body: string | null
  readonly author: Account
  state: 'open' | 'closed'
  readonly createdAt: string
  updatedAt: string
}

export interface CheckRunState {
  readonly id: number
  /** Slug. */
  readonly app: string
  readonly suite: number
  readonly headSha: string
  name: string
  externalId: string | undefined
  detailsUrl: string | undefined
  status: string
  conclusion: string | null
  /** Default: before anybody said anything. */
  completedAt?: string
  output: { title: string | null; summary: string | null; text: string | null }
  readonly annotations: Readonly<Record<string, unknown>>[]
  actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[]
}

export interface StatusState {
  readonly id: number
  readonly sha: string
  readonly context: string
  readonly state: string
  readonly description: string | null
  readonly targetUrl: string | null
  readonly creator: Account
}

export interface WorkflowRunState {
  readonly id: number
  readonly name: string
  readonly event: string
  readonly headRepository: string
  readonly headBranch: string
  readonly headSha: string
  readonly conclusion: string
  readonly artifacts: readonly ArtifactState[]
}

export interface ArtifactState {
  readonly id: number
  readonly name: string
  /** A zip archive. */
  readonly archive: Uint8Array
  readonly expired: boolean
}

/** What somebody may do in a repository; a custom one has a name of its own and builds on one of these. */
export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'

export interface CollaboratorState {
  readonly role: Role
  readonly customName?: string
}

/** What apps are told of: the payload as far as the state says it; the rest is filled in from the description. */
export interface Happening {
  readonly event: string
  readonly action?: string
  readonly sender: Account
  readonly repository?: RepositoryState
  readonly payload: Readonly<Record<string, unknown>>
  /** Slug of the only app that hears of it. */
  readonly only?: string
}

/** A repository as tests arrange it, and look at it afterwards. What changes by its methods, apps are told of. */
export interface RepositoryState {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly isPrivate: boolean
  isArchived: boolean
  readonly comments: CommentState[]
  readonly pullRequests: PullRequestState[]
  readonly issues: IssueState[]
  readonly checkRuns: CheckRunState[]
  readonly statuses: StatusState[]
  readonly workflowRuns: WorkflowRunState[]
  /** By login in lower case. */
  readonly collaborators: Map<string, CollaboratorState>
  /** What is cloned and pushed to at `<url>/<owner>/<name>.git`; bare, with one branch `main` to begin with. */
  git(): GitRepository
  hasGit(): boolean
  /** Commits files on a branch, and moves the open pull requests that come from it. */
  commit(branch: string, files: Readonly<Record<string, string>>, by?: string): string
  openPullRequest(details?: Partial<Omit<PullRequestState, 'number'>>): PullRequestState
  openIssue(details: Pick<IssueState, 'title' | 'body' | 'author'>): IssueState
  /** What somebody else writes, below a pull request or an issue. */
  comment(issue: number, author: string, body: string): CommentState
  /** What people do on the pages of the repository. */
  as(login: string): Person
  /** After a push: branches as they were before. Moves pull requests, and tells apps. */
  pushed(before: ReadonlyMap<string, string>, by: Account): void
  branches(): ReadonlyMap<string, string>
  addWorkflowRun(
    details: Partial<Omit<WorkflowRunState, 'id' | 'artifacts'>> & {
      readonly artifacts?: readonly Omit<ArtifactState, 'id' | 'expired'>[]
    },
  ): WorkflowRunState
}

/** Somebody before a browser, or at a keyboard. */
export interface Person {
  /** Commits files on a branch and pushes them. */
  push(branch: string, files: Readonly<Record<string, string>>): string
  openPullRequest(details?: Partial<Omit<PullRequestState, 'number' | 'author'>>): PullRequestState
  /** The head becomes this commit, whether there is such a commit or not. */
  moveHead(pullRequest: number, commit: string): void
  close(pullRequest: number, how?: { readonly merged?: boolean }): void
  reopen(pullRequest: number): void
  markReady(pullRequest: number): void
  label(pullRequest: number, label: string): void
  comment(issue: number, body: string): CommentState
  editComment(id: number, body: string): void
  /** A button of a check. */
  press(checkRun: number, identifier: string): void
  rerunCheck(checkRun: number): void
  /** All checks of an app on a commit. */
  rerunSuite(app: string, commit: string): void
  /** A merge queue wants to know whether this commit may be merged into the branch. */
  queue(group: { readonly head: string; readonly base: string; readonly baseCommit: string }): void
  /** `repository_dispatch`. */
  dispatch(type: string, payload?: Readonly<Record<string, unknown>>): void
}

/** A commit that no repository has to have. */
export function commitOf(seed: string): string {
  return createHash('sha1').update(seed).digest('hex')
}

/** Equal for equal names, so that one that the double does not know has one too. */
export function repositoryNumber(named: { readonly owner: string; readonly name: string }): number {
  return Number.parseInt(commitOf(fullName(named)).slice(0, 7), 16)
}

export function fullName({ owner, name }: { readonly owner: string; readonly name: string }): string {
  return `${owner}/${name}`
}
