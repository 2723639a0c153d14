import type { Reviewer } from '../../report/reviewer-port.ts'
import { writeCheck } from './checks.ts'
import { createComment, deleteComment, listOwnComments, updateComment } from './comments.ts'
import { createConnection, type ConnectionOptions } from './connection.ts'
import { findPullRequests } from './pull-requests.ts'
import { createRepository, type Repository } from './repository.ts'
import { writeStatus } from './statuses.ts'

export { createAnswerCache, type AnswerCache } from './conditional-fetch.ts'

export interface GitHubReviewerOptions extends ConnectionOptions {
  readonly repository: { readonly owner: string; readonly name: string }
  /** Asked before each request: tokens of installations expire. */
  readonly token: () => Promise<string>
}

export interface GitHubReviewer extends Reviewer {
  /** Ends open connections. */
  close(): Promise<void>
}

/** Reviews in one repository on GitHub, with one token. */
export function createGitHubReviewer(options: GitHubReviewerOptions): GitHubReviewer {
  const connection = createConnection(options)
  const client = connection.createClient({ identity: { token: options.token } })
  const repository = createRepository(client, options.repository)
  return { ...createReviewerOf(repository), close: () => connection.close() }
}

export function createReviewerOf(repository: Repository): Reviewer {
  return {
    findPullRequests: (reference) => findPullRequests(repository, reference),
    listOwnComments: (pullRequest, marker) => listOwnComments(repository, pullRequest, marker),
    createComment: (pullRequest, body) => createComment(repository, pullRequest, body),
    updateComment: (id, body) => updateComment(repository, id, body),
    deleteComment: (id) => deleteComment(repository, id),
    writeCheck: (check) => writeCheck(repository, check),
    writeStatus: (status) => writeStatus(repository, status),
  }
}
