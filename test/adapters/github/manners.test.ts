import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAnswerCache } from '../../../src/adapters/github/github.ts'
import { commentMarker } from '../../../src/review/comment-marker.ts'
import { postReview } from '../../../src/review/post-review.ts'
import { found } from '../../contracts/reviewer.ts'
import { createGitHubDouble, type GitHubDouble } from '../../github/github-double.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { createTestReviewer, testStart } from '../../github/test-reviewer.ts'

const marker = commentMarker('fleetwright')
const listing = { method: 'GET', path: /\/issues\/\d+\/comments$/ }
const creating = { method: 'POST', path: /\/issues\/\d+\/comments$/ }

function answers(double: GitHubDouble, { method, path }: { method: string; path: RegExp }): number[] {
  return double.requests
    .filter((each) => each.method === method && path.test(each.path))
    .map((each) => each.status)
}

async function scene() {
  const double = await useGitHubDouble()
  const { number, headCommit: commit } = double.repository().openPullRequest()
  return { double, number, commit, ...createTestReviewer(double) }
}

describe('what is known', () => {
  test('is not sent again: GitHub says that it did not change', async () => {
    const { double, number, reviewer } = await scene()
    const created = await reviewer.createComment(number, `${marker}1`)
    for (let look = 1; look <= 3; look += 1) {
      expect(await reviewer.listOwnComments(number, marker)).toEqual([created])
    }
    expect(answers(double, listing)).toEqual([200, 304, 304])
    await reviewer.updateComment(created.id, `${marker}2`)
    expect(await reviewer.listOwnComments(number, marker)).toMatchObject([{ body: `${marker}2` }])
    expect(answers(double, listing)).toEqual([200, 304, 304, 200])
  })

  test('to one token is not shown to another that shares the cache', async () => {
    const { double, number } = await scene()
    const cache = createAnswerCache()
    const tokens = [double.token, double.createToken('our-app[bot]')]
    for (const token of tokens)
      await createTestReviewer(double, { cache, token }).reviewer.findPullRequests({ number })
    expect(double.requests.map(({ status, headers }) => [status, headers['if-none-match']])).toEqual([
      [200, undefined],
      [200, undefined],
    ])
  })

  test('is forgotten when there is too much of it, the oldest first', () => {
    const cache = createAnswerCache(10)
    const answer = (body: string) => ({ etag: 'e', headers: {}, body })
    cache.set('a', answer('1234'))
    cache.set('b', answer('1234'))
    cache.get('a')
    cache.set('c', answer('1234'))
    cache.set('d', answer('far more than ten'))
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key)?.body)).toEqual([
      ...['1234', undefined, '1234', undefined],
    ])
  })
})

describe('a limit', () => {
  test.each([
    ['says how long it lasts', { type: 'secondary-limit', retryAfter: 42 }, 42_000],
    ['of a 429 says how long it lasts', { type: 'secondary-limit', retryAfter: 42, status: 429 }, 42_000],
    ['says nothing, which means a minute', { type: 'secondary-limit' }, 60_000],
    ['of a 429 says nothing, which means a minute', { type: 'secondary-limit', status: 429 }, 60_000],
    ['of the hour ends soon', { type: 'primary-limit', resetsAt: testStart / 1000 + 9 }, 10_000],
  ] as const)('that %s is waited for, and then asked once more', async (_, fault, pause) => {
    const { double, number, reviewer, sleeps } = await scene()
    double.next(listing, fault)
    expect(await reviewer.listOwnComments(number, marker)).toEqual([])
    expect(answers(double, listing)).toEqual(['status' in fault ? fault.status : 403, 200])
    expect(sleeps).toEqual([pause])
  })

  test('that does not end is asked three times at most', async () => {
    const { double, number, reviewer, sleeps } = await scene()
    double.next({ ...listing, times: 99 }, { type: 'secondary-limit', retryAfter: 30 })
    await expect(reviewer.listOwnComments(number, marker)).rejects.toMatchObject({
      ...{ reason: 'throttled', retryable: true },
    })
    expect(answers(double, listing)).toHaveLength(3)
    expect(sleeps).toEqual([30_000, 30_000])
  })

  test('of the hour that ends late is reported, and nothing else is sent meanwhile', async () => {
    const { double, number, commit, reviewer, sleeps } = await scene()
    double.next({}, { type: 'primary-limit', resetsAt: testStart / 1000 + 1800 })
    await expect(reviewer.findPullRequests({ number })).rejects.toMatchObject({ reason: 'throttled' })
    await expect(reviewer.findPullRequests({ number })).rejects.toThrow(
      'GitHub takes no more requests from this token for 31 minutes',
    )
    expect(await postReview(reviewer, found({ number, commit }))).toMatchObject({
      verdict: { status: 'failed', error: { reason: 'throttled' } },
      comment: { status: 'failed', error: { reason: 'throttled' } },
    })
    expect(double.requests).toHaveLength(1)
    expect(sleeps).toEqual([])
  })

  test('that a write ran into holds up what comes next, and the write is done once', async () => {
    const { double, number, commit, reviewer, sleeps } = await scene()
    double.next(creating, { type: 'secondary-limit', retryAfter: 60 })
    expect((await postReview(reviewer, found({ number, commit }))).comment.status).toBe('created')
    expect(answers(double, creating)).toEqual([403, 201])
    expect(sleeps).toEqual([60_000])
    expect(double.repository().comments).toHaveLength(1)
  })

  test('of GraphQL, which says so with 200, is waited for like any other', async () => {
    const { double, number } = await scene()
    let asked = 0
    const { reviewer, sleeps } = createTestReviewer(double, {
      fetch: (url, init) => {
        if (!url.endsWith('/graphql') || (asked += 1) > 1) return fetch(url, init)
        const headers = {
          ...{ 'content-type': 'application/json', 'x-ratelimit-remaining': '0' },
          'x-ratelimit-reset': String(testStart / 1000 + 9),
        }
        const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit already exceeded' }]
        return Promise.resolve(new Response(JSON.stringify({ errors }), { headers }))
      },
    })
    expect(await reviewer.listOwnComments(number, marker)).toEqual([])
    expect({ asked, sleeps }).toEqual({ asked: 2, sleeps: [10_000] })
  })

  test('is no missing permission', async () => {
    const { double, number, commit, reviewer } = await scene()
    double.next({ method: 'POST', path: /check-runs/ }, { type: 'secondary-limit' })
    const outcome = await postReview(reviewer, found({ number, commit }))
    expect(outcome).toMatchObject({ verdict: { place: 'check' }, withheld: [] })
  })
})

describe('GitHub fails', () => {
  test('and is asked again, later each time', async () => {
    const { double, number, reviewer, sleeps } = await scene()
    double.next({ ...listing, times: 2 }, { type: 'status', status: 502 })
    double.next(listing, { type: 'lost-answer' })
    expect(await reviewer.listOwnComments(number, marker)).toEqual([])
    expect(answers(double, listing)).toEqual([502, 502, 0, 200])
    expect(sleeps).toEqual([500, 1000, 2000])
  })

  test('for good, and that is said after four attempts', async () => {
    const { double, number, reviewer } = await scene()
    double.next({ ...listing, times: 99 }, { type: 'status', status: 503 })
    await expect(reviewer.listOwnComments(number, marker)).rejects.toMatchObject({
      ...{ reason: 'unavailable', retryable: true, mayHaveHappened: false },
      message: `GitHub failed or could not be reached (503): it was not possible to read the comments of pull request ${number} of fleet/demo`,
    })
    expect(answers(double, listing)).toHaveLength(4)
  })

  test('a write, which is left to those who can look first', async () => {
    const { double, number, reviewer } = await scene()
    double.next(creating, { type: 'lost-answer' })
    await expect(reviewer.createComment(number, 'x')).rejects.toMatchObject({
      ...{ reason: 'unavailable', mayHaveHappened: true },
    })
    expect(answers(double, creating)).toEqual([0])
  })

  test('to be there at all', async () => {
    const gone = await createGitHubDouble()
    await gone.close()
    const { reviewer } = createTestReviewer(gone)
    await expect(reviewer.createComment(1, 'x')).rejects.toMatchObject({
      ...{ reason: 'unavailable', mayHaveHappened: false },
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
  })
})

test('many writes keep a second between them, the first few need not', async () => {
  const { number, reviewer, sleeps } = await scene()
  const { id } = await reviewer.createComment(number, '0')
  for (let index = 1; index <= 7; index += 1) await reviewer.updateComment(id, String(index))
  expect(sleeps).toEqual([1000, 1000, 1000])
})

test('more comments than can be looked at are no reason to write another one', async () => {
  const { double, number, commit, reviewer } = await scene()
  for (let index = 0; index <= 5000; index += 1) double.repository().comment(number, 'stranger', 'me too')
  const outcome = await postReview(reviewer, found({ number, commit }))
  expect(outcome.comment).toMatchObject({ status: 'failed', error: { reason: 'too-many' } })
  expect(answers(double, listing)).toHaveLength(50)
})

test('each request says who sends it, with the token of that moment', async () => {
  const { double, number } = await scene()
  const tokens = [double.token, double.createToken('our-app[bot]')]
  let asked = 0
  const { reviewer } = createTestReviewer(double, { token: () => Promise.resolve(tokens[asked++ % 2] ?? '') })
  await reviewer.findPullRequests({ number })
  await reviewer.findPullRequests({ number })
  expect(double.requests.map(({ headers }) => headers.authorization)).toEqual(
    tokens.map((token) => `token ${token}`),
  )
  for (const { headers } of double.requests)
    expect(headers['user-agent']).toMatch(/^fleetwright\/0\.0\.0-test /)
})

/** Forwards what it gets, and counts. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const proxy = createServer((message, response) => {
    asked.push(message.url ?? '')
    const onward = forward(
      message.url ?? '',
      { method: message.method, headers: message.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    message.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked }
}

test('requests go through the proxy of the environment, unless it exempts the host', async () => {
  const { double, number } = await scene()
  const proxy = await startProxy()
  const through = createTestReviewer(double, { environment: { http_proxy: proxy.url } })
  expect(await through.reviewer.findPullRequests({ number })).toHaveLength(1)
  expect(proxy.asked).toEqual([`${double.apiUrl}/repos/fleet/demo/pulls/${number}`])
  const straight = createTestReviewer(double, {
    environment: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' },
  })
  await straight.reviewer.findPullRequests({ number })
  expect(proxy.asked).toHaveLength(1)
})
