import { createHash } from 'node:crypto'
import { createRepository, type GitRepository } from '../git-repository.ts'

export interface Account {
  readonly login: string
  readonly id: number
  readonly type: 'User' | 'Bot'
}

/** Whose a token is, and what it may do: `{ issues: 'write' }`, in the names of the API. People may do what roles allow. */
export interface Identity {
  readonly account: Account
  permissions: Readonly<Record<string, 'read' | 'write'>>
}

export interface CommentState {
  readonly id: number
  readonly issue: number
  readonly author: Account
  body: string
  readonly createdAt: string
  updatedAt: string
}

export interface PullRequestState {
  readonly number: number
  /** `owner/name` of the repository that the head is in; undefined when the fork is gone. */
  readonly headRepository: string | undefined
  readonly headBranch: string
  headCommit: string
  readonly baseBranch: string
  readonly baseCommit: string
  state: 'open' | 'closed'
  draft: boolean
  locked: boolean
}

export interface CheckRunState {
  readonly id: number
  readonly app: string
  readonly headSha: string
  name: string
  externalId: string | undefined
  detailsUrl: string | undefined
  status: string
  conclusion: string | null
  output: { title: string | null; summary: string | null; text: string | null }
  readonly annotations: Readonly<Record<string, unknown>>[]
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

/** A repository as tests arrange it, and look at it afterwards. */
export interface RepositoryState {
  readonly owner: string
  readonly name: string
  readonly isPrivate: boolean
  readonly comments: CommentState[]
  readonly pullRequests: PullRequestState[]
  readonly checkRuns: CheckRunState[]
  readonly statuses: StatusState[]
  readonly workflowRuns: WorkflowRunState[]
  /** What is cloned and pushed to at `<url>/<owner>/<name>.git`; bare, with one branch `main` to begin with. */
  git(): GitRepository
  /** Commits files on a branch, and moves the open pull requests that come from it. */
  commit(branch: string, files: Readonly<Record<string, string>>): string
  openPullRequest(details?: Partial<Omit<PullRequestState, 'number'>>): PullRequestState
  /** What somebody else writes. */
  comment(pullRequest: number, author: string, body: string): CommentState
  addWorkflowRun(
    details: Partial<Omit<WorkflowRunState, 'id' | 'artifacts'>> & {
      readonly artifacts?: readonly Omit<ArtifactState, 'id' | 'expired'>[]
    },
  ): WorkflowRunState
}

/** Ids, accounts and time of a double: all grow by one. */
export interface World {
  nextId(): number
  now(): string
  account(login: string): Account
}

export function createWorld(): World {
  let id = 1000
  let seconds = 0
  const accounts = new Map<string, Account>()
  return {
    nextId: () => (id += 1),
    now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, (seconds += 1))).toISOString().replace('.000', ''),
    account(login) {
      const known = accounts.get(login)
      if (known) return known
      const type = login.endsWith('[bot]') ? ('Bot' as const) : ('User' as const)
      const account = { login, id: accounts.size + 1, type }
      accounts.set(login, account)
      return account
    },
  }
}

/** A commit that no repository has to have. */
export function commitOf(seed: string): string {
  return createHash('sha1').update(seed).digest('hex')
}

export function createRepositoryState(
  world: World,
  { owner, name, isPrivate }: { owner: string; name: string; isPrivate: boolean },
): RepositoryState {
  let repository: GitRepository | undefined
  const git = (): GitRepository => {
    if (repository) return repository
    repository = createRepository()
    repository.git('config', 'http.receivepack', 'true')
    return repository
  }
  let numbers = 0
  const pullRequests: PullRequestState[] = []
  const comments: CommentState[] = []
  const workflowRuns: WorkflowRunState[] = []
  const publish = ({ number, headCommit }: PullRequestState): void => {
    if (repository && hasCommit(repository, headCommit)) {
      repository.git('update-ref', `refs/pull/${number}/head`, headCommit)
    }
  }
  return {
    ...{ owner, name, isPrivate, comments, pullRequests, workflowRuns },
    ...{ checkRuns: [], statuses: [] },
    git,
    commit(branch, files) {
      git().git('symbolic-ref', 'HEAD', `refs/heads/${branch}`)
      const commit = git().commit(files)
      git().git('symbolic-ref', 'HEAD', 'refs/heads/main')
      for (const pull of pullRequests) {
        if (pull.state !== 'open' || pull.headBranch !== branch || pull.headRepository !== `${owner}/${name}`)
          continue
        pull.headCommit = commit
        publish(pull)
      }
      return commit
    },
    openPullRequest(details = {}) {
      numbers += 1
      const pull: PullRequestState = {
        number: numbers,
        headRepository: `${owner}/${name}`,
        headBranch: `change-${numbers}`,
        headCommit: commitOf(`${owner}/${name}#${numbers}`),
        baseBranch: 'main',
        baseCommit: commitOf('main'),
        ...{ state: 'open', draft: false, locked: false },
        ...details,
      }
      pullRequests.push(pull)
      publish(pull)
      return pull
    },
    comment(issue, login, body) {
      const at = world.now()
      const author = world.account(login)
      const comment = { id: world.nextId(), issue, author, body, createdAt: at, updatedAt: at }
      comments.push(comment)
      return comment
    },
    addWorkflowRun({ artifacts = [], ...details }) {
      const run = {
        id: world.nextId(),
        ...{ name: 'fleetwright', event: 'pull_request', conclusion: 'success' },
        headRepository: `${owner}/${name}`,
        headBranch: 'main',
        headSha: commitOf('main'),
        ...details,
        artifacts: artifacts.map((artifact) => ({ ...artifact, id: world.nextId(), expired: false })),
      }
      workflowRuns.push(run)
      return run
    },
  }
}

function hasCommit(repository: GitRepository, commit: string): boolean {
  try {
    repository.git('cat-file', '-e', `${commit}^{commit}`)
    return true
  } catch {
    return false
  }
}
