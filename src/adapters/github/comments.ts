import { assert } from '../../diagnostics/errors.ts'
import { maxCommentLength, ReviewerError, type OwnComment } from '../../report/reviewer-port.ts'
import type { Operation } from './failure.ts'
import { readPages, type Repository } from './repository.ts'

/** 5,000 comments. */
const maxPages = 50

export async function listOwnComments(
  repository: Repository,
  pullRequest: number,
  marker: string,
): Promise<readonly OwnComment[]> {
  const { client, at, name } = repository
  // Who lists them does so to write one.
  const operation = commenting(`read the comments of pull request ${pullRequest} of ${name}`)
  const login = (await repository.identity()).toLowerCase()
  const comments = await readPages(maxPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.issues.listComments({
        ...{ ...at, ...page },
        issue_number: pullRequest,
      })
      return { items: data, link: headers.link }
    }),
  )
  if (comments === undefined) throw tooMany(operation, pullRequest)
  return comments
    .filter(({ user, body }) => user?.login.toLowerCase() === login && body?.startsWith(marker) === true)
    .map(toOwnComment)
    .sort((a, b) => a.id - b.id)
}

export async function createComment(
  { client, at, name }: Repository,
  pullRequest: number,
  body: string,
): Promise<OwnComment> {
  assertLength(body)
  return client.ask(writing(`comment on pull request ${pullRequest} of ${name}`), async (octokit) =>
    toOwnComment((await octokit.rest.issues.createComment({ ...at, issue_number: pullRequest, body })).data),
  )
}

export async function updateComment(
  { client, at, name }: Repository,
  id: number,
  body: string,
): Promise<boolean> {
  assertLength(body)
  return whereThere(() =>
    client.ask(writing(`change comment ${id} of ${name}`), (octokit) =>
      octokit.rest.issues.updateComment({ ...at, comment_id: id, body }),
    ),
  )
}

export async function deleteComment({ client, at, name }: Repository, id: number): Promise<void> {
  await whereThere(() =>
    client.ask(writing(`delete comment ${id} of ${name}`), (octokit) =>
      octokit.rest.issues.deleteComment({ ...at, comment_id: id }),
    ),
  )
}

/** False for something that is gone. */
async function whereThere(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof ReviewerError && error.reason === 'not-found') return false
    throw error
  }
}

function toOwnComment(comment: {
  readonly id: number
  readonly body?: string
  readonly html_url: string
}): OwnComment {
  return { id: comment.id, body: comment.body ?? '', url: comment.html_url }
}

function assertLength(body: string): void {
  assert(body.length <= maxCommentLength, `a comment of ${body.length} characters is never sent`)
}

function commenting(name: string): Operation {
  return { name, permission: 'pull-requests: write' }
}

function writing(name: string): Operation {
  return { ...commenting(name), writes: true }
}

function tooMany({ name }: Operation, pullRequest: number): ReviewerError {
  return new ReviewerError('too-many', {
    operation: name,
    message: `pull request ${pullRequest} has more than ${maxPages * 100} comments, among which none can be found`,
    hint: 'the check has the report; open another pull request to have it as a comment',
  })
}
