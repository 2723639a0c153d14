import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { missingPermission } from '../../../src/adapters/github/failure.ts'
import { ReviewerError, type Reviewer } from '../../../src/report/reviewer-port.ts'
import { commentMarker } from '../../../src/review/comment-marker.ts'
import { reviewPermissions } from '../../github/github-double.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'
import { createTestReviewer } from '../../github/test-reviewer.ts'

async function failureOf(work: Promise<unknown>): Promise<ReviewerError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ReviewerError) return error
  throw new Error(`no ReviewerError: ${String(error)}`)
}

describe('a permission that is missing', () => {
  const check = {
    ...{ name: 'fleetwright', commit: 'a'.repeat(40), run: 1, state: 'success' as const },
    ...{ title: 't', summary: 's', annotations: [] },
  }
  const calls: readonly [string, string, (reviewer: Reviewer) => Promise<unknown>][] = [
    ['checks', 'checks: write', (reviewer) => reviewer.writeCheck(check)],
    [
      'statuses',
      'statuses: write',
      (reviewer) => reviewer.writeStatus({ ...check, state: 'success', description: 'fine' }),
    ],
    ['pull_requests', 'pull-requests: write', (reviewer) => reviewer.createComment(1, 'x')],
    ['pull_requests', 'pull-requests: write', (reviewer) => reviewer.listOwnComments(1, commentMarker('x'))],
    ['pull_requests', 'pull-requests: read', (reviewer) => reviewer.findPullRequests({ number: 1 })],
  ]
  test.each(calls)('%s is named %s', async (name, permission, call) => {
    const double = await useGitHubDouble()
    double.repository('fleet/secret', { isPrivate: true }).openPullRequest()
    const { [name]: _, ...permissions } = reviewPermissions
    const token = double.createToken('our-app[bot]', permissions)
    const repository = { owner: 'fleet', name: 'secret' }
    const failure = await failureOf(call(createTestReviewer(double, { token, repository }).reviewer))
    expect(failure).toMatchObject({ reason: 'forbidden', permission, retryable: false })
    expect(failure.message).toMatch(
      /^GitHub does not let the token .* of fleet\/secret \(403\): Resource not accessible by integration$/,
    )
    expect(failure.hint).toBe(`add \`${permission}\` to the permissions of the job or the app`)
  })

  test.each([
    [undefined, 'checks: write'],
    ['', 'checks: write'],
    ['checks=write', 'checks: write'],
    ['issues=write; checks=write', 'checks: write'],
    ['checks=read', 'checks: write'],
    ['repository_projects=write; organization_projects=admin', 'repository-projects: write'],
    ['contents=write,workflows=write', 'contents: write, workflows: write'],
  ])('is read out of %j as %s, where `checks: write` is expected', (header, expected) => {
    expect(missingPermission(header, 'checks: write')).toBe(expected)
  })
})

test('a token that GitHub does not know is said to be the fault, by every method', async () => {
  const double = await useGitHubDouble()
  const { reviewer } = createTestReviewer(double, { token: 'ghs_expired' })
  const failure = await failureOf(reviewer.findPullRequests({ number: 1 }))
  expect(failure).toMatchObject({
    ...{ reason: 'unauthorized', retryable: false },
    message: 'GitHub does not take the token (401): it was not possible to read pull request 1 of fleet/demo',
  })
})

test('a repository that is not there, or hidden, is told apart from a pull request that is not there', async () => {
  const double = await useGitHubDouble()
  const hidden = createTestReviewer(double, { repository: { owner: 'fleet', name: 'nothing' } })
  expect(await failureOf(hidden.reviewer.listOwnComments(1, commentMarker('x')))).toMatchObject({
    ...{ reason: 'not-found', permission: 'pull-requests: write' },
  })
  expect(await createTestReviewer(double).reviewer.findPullRequests({ number: 7 })).toEqual([])
})

test('no failure shows the token, whatever the other side sends back', async () => {
  const token = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'
  const statuses = [400, 401, 403, 404, 409, 410, 422, 429, 451, 500, 502]
  const double = await useGitHubDouble()
  for (const status of statuses) {
    const { reviewer } = createTestReviewer(double, {
      token,
      fetch: (_url, init) => {
        const message = `you sent ${JSON.stringify(init.headers)} and \u001b[31m${token}`
        const body = JSON.stringify({ message, errors: [{ message }, message] })
        return Promise.resolve(
          new Response(body, { status, headers: { 'content-type': 'application/json' } }),
        )
      },
    })
    const failure = await failureOf(reviewer.createComment(1, 'x'))
    const shown = [inspect(failure, { depth: 9 }), failure.stack, failure.message, failure.hint].join('\n')
    expect(shown).not.toContain(token)
    expect(failure.message).not.toContain('\u001b')
    expect(failure.message.length).toBeLessThan(600)
  }
})

test.each([
  ['has no GraphQL', new Response('', { status: 404 })],
  ['does not answer there', Response.json({ errors: [{ type: 'FORBIDDEN', message: 'not for you' }] })],
])('a server that %s says who a person is all the same', async (_, response) => {
  const double = await useGitHubDouble()
  const token = double.createToken('ada')
  const { number } = double.repository().openPullRequest()
  double.repository().comment(number, 'ada', `${commentMarker('x')}1`)
  const { reviewer } = createTestReviewer(double, {
    token,
    fetch: (url, init) => (url.endsWith('/graphql') ? Promise.resolve(response) : fetch(url, init)),
  })
  expect(await reviewer.listOwnComments(number, commentMarker('x'))).toHaveLength(1)
})
