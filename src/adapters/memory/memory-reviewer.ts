import {
  ReviewerError,
  type Check,
  type CommitStatus,
  type OwnComment,
  type PullRequest,
  type Reviewer,
} from '../../report/reviewer-port.ts'

/** Pull requests that live in memory: for tests, and for dry runs, which show what would be written. */
export interface MemoryReviewer extends Reviewer {
  /** Adds a pull request, or replaces the one of that number. */
  put(pullRequest: PullRequest): void
  /** What somebody else writes. */
  comment(pullRequest: number, author: string, body: string): void
  /** From now on this may not be done any more. */
  withhold(permission: MemoryPermission): void
  /** Everything that stands, the oldest first. */
  comments(pullRequest: number): readonly MemoryComment[]
  /** Each check as it was last written. */
  checks(commit: string): readonly Check[]
  statuses(commit: string): readonly CommitStatus[]
}

export interface MemoryComment extends OwnComment {
  readonly pullRequest: number
  readonly author: string
}

export type MemoryPermission = 'checks: write' | 'statuses: write' | 'pull-requests: write'

export function createMemoryReviewer(login = 'fleetwright[bot]'): MemoryReviewer {
  const pullRequests = new Map<number, PullRequest>()
  const comments = new Map<number, MemoryComment>()
  const checks = new Map<string, Check>()
  const statuses = new Map<string, CommitStatus>()
  const withheld = new Set<MemoryPermission>()
  const needs = (permission: MemoryPermission, operation: string): void => {
    if (withheld.has(permission)) throw forbidden(permission, operation)
  }
  const add = (pullRequest: number, author: string, body: string): MemoryComment => {
    const id = comments.size === 0 ? 1 : Math.max(...comments.keys()) + 1
    const comment = { id, pullRequest, author, body, url: `memory:${pullRequest}#${id}` }
    comments.set(id, comment)
    return comment
  }
  return {
    ...createReading({ login, pullRequests, comments, needs }),
    createComment: promised((number: number, body: string) => {
      needs('pull-requests: write', `comment on pull request ${number}`)
      return toOwnComment(add(number, login, body))
    }),
    updateComment: promised((id: number, body: string) => {
      needs('pull-requests: write', `change comment ${id}`)
      const comment = comments.get(id)
      if (comment) comments.set(id, { ...comment, body })
      return comment !== undefined
    }),
    deleteComment: promised((id: number) => {
      needs('pull-requests: write', `delete comment ${id}`)
      comments.delete(id)
    }),
    writeCheck: promised((check: Check) => {
      needs('checks: write', `write check ${check.name}`)
      const key = JSON.stringify([check.commit, check.name])
      const standing = checks.get(key)
      if (standing && standing.run > check.run) return { status: 'overtaken' as const }
      if (standing && says(standing) === says(check)) return { status: 'unchanged' as const }
      checks.set(key, check)
      return { status: 'written' as const }
    }),
    writeStatus: promised((status: CommitStatus) => {
      needs('statuses: write', `set the status of ${status.commit}`)
      statuses.set(JSON.stringify([status.commit, status.name.toLowerCase()]), status)
    }),
    put: (pullRequest) => void pullRequests.set(pullRequest.number, pullRequest),
    comment: (pullRequest, author, body) => void add(pullRequest, author, body),
    withhold: (permission) => void withheld.add(permission),
    comments: (number) => [...comments.values()].filter(({ pullRequest }) => pullRequest === number),
    checks: (commit) => [...checks.values()].filter((check) => check.commit === commit),
    statuses: (commit) => [...statuses.values()].filter((status) => status.commit === commit),
  }
}

interface Held {
  readonly login: string
  readonly pullRequests: ReadonlyMap<number, PullRequest>
  readonly comments: ReadonlyMap<number, MemoryComment>
  readonly needs: (permission: MemoryPermission, operation: string) => void
}

function createReading({
  login,
  pullRequests,
  comments,
  needs,
}: Held): Pick<Reviewer, 'findPullRequests' | 'listOwnComments'> {
  return {
    findPullRequests: promised((reference: Parameters<Reviewer['findPullRequests']>[0]) => {
      const all = [...pullRequests.values()].sort((a, b) => a.number - b.number)
      if ('number' in reference) return all.filter(({ number }) => number === reference.number)
      const { owner, branch, commit } = reference.head
      return all.filter(
        ({ isOpen, head }) =>
          isOpen &&
          head.branch === branch &&
          head.commit === commit &&
          head.repository?.split('/')[0] === owner,
      )
    }),
    listOwnComments: promised((number: number, marker: string) => {
      needs('pull-requests: write', `read the comments of pull request ${number}`)
      return [...comments.values()]
        .filter(({ pullRequest, author }) => pullRequest === number && author === login)
        .filter(({ body }) => body.startsWith(marker))
        .map(toOwnComment)
    }),
  }
}

/** What throws rejects, as with every other adapter. */
function promised<A extends readonly unknown[], T>(work: (...args: A) => T): (...args: A) => Promise<T> {
  return async (...args) => Promise.resolve(work(...args))
}

function says({ run: _run, ...content }: Check): string {
  return JSON.stringify(content)
}

function toOwnComment({ id, body, url }: MemoryComment): OwnComment {
  return { id, body, url }
}

function forbidden(permission: MemoryPermission, operation: string): ReviewerError {
  return new ReviewerError('forbidden', {
    operation,
    message: `it is not allowed to ${operation}`,
    hint: `add \`${permission}\``,
    permission,
  })
}
