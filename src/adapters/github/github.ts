import type { Reviewer } from '../../report/reviewer-port.ts'
import { realWaiting, type Waiting } from '../retry/waiting.ts'
import { writeCheck } from './checks.ts'
import { createGitHubClient } from './client.ts'
import { createComment, deleteComment, listOwnComments, updateComment } from './comments.ts'
import { createAnswerCache, type AnswerCache } from './conditional-fetch.ts'
import { findPullRequests } from './pull-requests.ts'
import { createRepository } from './repository.ts'
import { writeStatus } from './statuses.ts'
import { createTransport, type Fetch } from './transport.ts'

export { createAnswerCache, type AnswerCache } from './conditional-fetch.ts'

export interface GitHubReviewerOptions {
  /** `https://api.github.com`, or `https://<host>/api/v3` of an Enterprise server, as GITHUB_API_URL has it. */
  readonly apiUrl: string
  readonly repository: { readonly owner: string; readonly name: string }
  /** Asked before each request: tokens of installations expire. */
  readonly token: () => Promise<string>
  /** `fleetwright/1.2.3`. */
  readonly userAgent: string
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Instead of HTTP through these proxies. */
  readonly fetch?: Fetch
  /** Of answers, shared by reviewers that last; one for each otherwise. */
  readonly cache?: AnswerCache
  readonly waiting?: Waiting
  /** Longest limit whose end is waited for. Default 3 minutes. */
  readonly maxPauseMs?: number
}

export interface GitHubReviewer extends Reviewer {
  /** Ends open connections. */
  close(): Promise<void>
}

/** Reviews in one repository on GitHub, with one token. */
export function createGitHubReviewer(options: GitHubReviewerOptions): GitHubReviewer {
  const { apiUrl, token, userAgent, environment, waiting = realWaiting, maxPauseMs = 180_000 } = options
  const transport = createTransport({
    ...{ environment, connectTimeoutMs: 10_000, stallTimeoutMs: 30_000, deadlineMs: 60_000 },
  })
  const client = createGitHubClient({
    ...{ apiUrl, token, userAgent, waiting, maxPauseMs },
    fetch: options.fetch ?? transport.fetch,
    cache: options.cache ?? createAnswerCache(),
  })
  const repository = createRepository(client, options.repository)
  return {
    findPullRequests: (reference) => findPullRequests(repository, reference),
    listOwnComments: (pullRequest, marker) => listOwnComments(repository, pullRequest, marker),
    createComment: (pullRequest, body) => createComment(repository, pullRequest, body),
    updateComment: (id, body) => updateComment(repository, id, body),
    deleteComment: (id) => deleteComment(repository, id),
    writeCheck: (check) => writeCheck(repository, check),
    writeStatus: (status) => writeStatus(repository, status),
    close: () => transport.close(),
  }
}
