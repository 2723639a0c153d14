import { describe, expect, test } from 'vitest'
import { postReview } from '../../../src/review/post-review.ts'
import { readMarkedBody } from '../../../src/review/comment-marker.ts'
import { bodyOf, found, otherCommit } from '../../contracts/reviewer.ts'
import type { GitHubDouble } from '../../github/github-double.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { createTestReviewer } from '../../github/test-reviewer.ts'

const creating = { method: 'POST', path: /\/comments$/ }
const changing = { method: 'PATCH', path: /\/comments\// }

function sent(double: GitHubDouble, target: { readonly method: string; readonly path: RegExp }): number {
  return double.requests.filter(({ method, path }) => method === target.method && target.path.test(path))
    .length
}

describe('one comment is left', () => {
  test('when the answer is lost after it was created, and it was sent once', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    const pull = double.repository().openPullRequest()
    const review = found({ number: pull.number, commit: pull.headCommit })
    double.next(creating, { type: 'lost-answer' })
    expect((await postReview(reviewer, review)).comment.status).toBe('created')
    expect(double.repository().comments.map(({ body }) => body)).toEqual([bodyOf(review)])
    expect(sent(double, creating)).toBe(1)
  })

  test('when the request is lost before anything was done', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    const pull = double.repository().openPullRequest()
    double.next({ ...creating, times: 2 }, { type: 'lost-request' })
    await postReview(reviewer, found({ number: pull.number, commit: pull.headCommit }))
    expect(double.repository().comments).toHaveLength(1)
    expect(sent(double, creating)).toBe(3)
  })

  test.each([500, 502, 503] as const)('when GitHub fails with %d', async (status) => {
    const double = await useGitHubDouble()
    const { reviewer, sleeps } = createTestReviewer(double)
    const pull = double.repository().openPullRequest()
    double.next({ ...creating, times: 2 }, { type: 'status', status })
    await postReview(reviewer, found({ number: pull.number, commit: pull.headCommit }))
    expect(double.repository().comments).toHaveLength(1)
    expect(sleeps).toEqual([500, 1000])
  })

  test('when two runs begin at once, each with its own connection', async () => {
    const double = await useGitHubDouble()
    const pull = double.repository().openPullRequest()
    const at = { number: pull.number, commit: pull.headCommit }
    const [one, two] = [found(at), found(at, { run: 2000, text: 'what the later run found' })]
    await Promise.all([one, two].map((review) => postReview(createTestReviewer(double).reviewer, review)))
    expect(double.repository().comments.map(({ body }) => body)).toEqual([bodyOf(two)])
  })

  test('when another run creates its own between the look and the write, and the answer is lost too', async () => {
    const double = await useGitHubDouble()
    const pull = double.repository().openPullRequest()
    const at = { number: pull.number, commit: pull.headCommit }
    const later = found(at, { run: 2000, text: 'what the later run found' })
    double.next(creating, {
      type: 'meanwhile',
      happens: () => {
        double.next(creating, { type: 'lost-answer' })
        return postReview(createTestReviewer(double).reviewer, later)
      },
    })
    await postReview(createTestReviewer(double).reviewer, found(at))
    expect(double.repository().comments.map(({ body }) => body)).toEqual([bodyOf(later)])
  })

  test('when the replica that is asked lags behind', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    const pull = double.repository().openPullRequest()
    const at = { number: pull.number, commit: pull.headCommit }
    const listing = { method: 'GET', path: /\/comments$/ }
    double.next(creating, {
      type: 'meanwhile',
      happens: () => {
        double.next({ ...listing, times: 9 }, { type: 'old-answer' })
      },
    })
    await postReview(reviewer, found(at))
    expect(double.repository().comments).toHaveLength(1)
  })
})

describe('a head that moves while a comment is written', () => {
  test('takes back the comment that was created', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    const pull = double.repository().openPullRequest()
    double.next(creating, { type: 'meanwhile', happens: () => (pull.headCommit = otherCommit) })
    const outcome = await postReview(reviewer, found({ number: pull.number, commit: pull.headCommit }))
    expect(outcome.comment).toEqual({ status: 'stale' })
    expect(double.repository().comments).toEqual([])
  })

  test('marks the comment that was changed, until the run for that head has its say', async () => {
    const double = await useGitHubDouble()
    const { reviewer } = createTestReviewer(double)
    const pull = double.repository().openPullRequest()
    const at = { number: pull.number, commit: pull.headCommit }
    await postReview(reviewer, found(at))
    double.next(changing, { type: 'meanwhile', happens: () => (pull.headCommit = otherCommit) })
    await postReview(reviewer, found(at, { run: 2000, text: 'more' }))
    const [marked] = double.repository().comments.map(({ body }) => readMarkedBody(body))
    expect(marked?.state).toEqual({ head: at.commit, run: 2000, outdated: true })
    const next = found({ ...at, commit: otherCommit }, { run: 3000 })
    await postReview(reviewer, next)
    expect(double.repository().comments.map(({ body }) => body)).toEqual([bodyOf(next)])
  })
})

test('a locked conversation is told apart from a missing permission', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  const pull = double.repository().openPullRequest({ locked: true })
  expect(await postReview(reviewer, found({ number: pull.number, commit: pull.headCommit }))).toMatchObject({
    verdict: { place: 'check' },
    comment: { status: 'locked' },
    withheld: [],
  })
})

test('a person who has a token of his own is known by it, and gets a status, since checks are for apps', async () => {
  const double = await useGitHubDouble()
  const token = double.createToken('ada', { checks: 'write', pull_requests: 'write', statuses: 'write' })
  const { reviewer } = createTestReviewer(double, { token })
  const repository = double.repository()
  const pull = repository.openPullRequest()
  const review = found({ number: pull.number, commit: pull.headCommit })
  repository.comment(pull.number, 'github-actions[bot]', bodyOf(found({ number: 1, commit: 'x' })))
  expect(await postReview(reviewer, review)).toMatchObject({
    verdict: { status: 'written', place: 'status' },
    comment: { status: 'created' },
    withheld: [{ place: 'check', permission: 'checks: write' }],
  })
  expect(repository.comments.map(({ author }) => author.login)).toEqual(['github-actions[bot]', 'ada'])
  expect(repository.statuses).toMatchObject([{ context: 'fleetwright', state: 'success' }])
})

test('who may not even read a pull request is told what commenting on it needs', async () => {
  const double = await useGitHubDouble()
  const repository = double.repository('fleet/secret', { isPrivate: true })
  const pull = repository.openPullRequest()
  const token = double.createToken('our-app[bot]', { checks: 'write' })
  const { reviewer } = createTestReviewer(double, { token, repository: { owner: 'fleet', name: 'secret' } })
  expect(await postReview(reviewer, found({ number: pull.number, commit: pull.headCommit }))).toMatchObject({
    comment: { status: 'withheld' },
    withheld: [{ place: 'comment', permission: 'pull-requests: write' }],
  })
})

test('a comment over the limit is never sent', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  const { number } = double.repository().openPullRequest()
  const { id } = await reviewer.createComment(number, 'x'.repeat(65_536))
  const tooLong = 'x'.repeat(65_537)
  await expect(reviewer.createComment(number, tooLong)).rejects.toThrow('65537 characters is never sent')
  await expect(reviewer.updateComment(id, tooLong)).rejects.toThrow('65537 characters is never sent')
  expect(double.requests.filter(({ method }) => method !== 'GET')).toHaveLength(1)
})

test('a status that says so already is not set again, whatever is lost', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double)
  const status = {
    ...{ name: 'fleetwright', commit: otherCommit, state: 'success' as const, description: 'fine' },
    url: 'https://example.com/report',
  }
  double.next({ method: 'POST', path: /\/statuses\// }, { type: 'lost-answer' })
  await reviewer.writeStatus(status)
  await reviewer.writeStatus(status)
  expect(double.repository().statuses).toMatchObject([{ targetUrl: 'https://example.com/report' }])
})
