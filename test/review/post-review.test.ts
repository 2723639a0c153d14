import { describe, expect, test } from 'vitest'
import { createMemoryReviewer } from '../../src/adapters/memory/memory-reviewer.ts'
import { ReviewerError, type Reviewer } from '../../src/report/reviewer-port.ts'
import { planVerdict, toCommitStatus } from '../../src/review/plan-verdict.ts'
import { describeRefusal, postReview } from '../../src/review/review.ts'
import type { ReviewToPost } from '../../src/review/types.ts'
import { pullRequest, unavailable, wrapReviewer } from './posting.ts'

const review: ReviewToPost = {
  ...{ name: 'fleetwright', head: 'head-1', run: 10 },
  verdict: { state: 'failure', title: '2 dangers', summary: 'Two dangers.', annotations: [] },
  comment: { pullRequest: 1, text: 'two clusters', isEmpty: false },
}

const earlier: ReviewToPost = {
  ...{ ...review, run: 1 },
  comment: { pullRequest: 1, text: 'one cluster', isEmpty: false },
}

function scene() {
  const memory = createMemoryReviewer()
  memory.put(pullRequest())
  return memory
}

/** Fails the first calls of a method; `done`: after they did their work. */
function failing(
  reviewer: Reviewer,
  method: keyof Reviewer,
  { times = 1, done = false, error = unavailable() }: { times?: number; done?: boolean; error?: Error } = {},
): Reviewer {
  let left = times
  return wrapReviewer(reviewer, async (called, work) => {
    if (called !== method || left === 0) return work()
    left -= 1
    if (done) await work()
    throw error
  })
}

describe('an answer that is lost', () => {
  test.each(['createComment', 'updateComment'] as const)('of %s leaves one comment', async (method) => {
    const memory = scene()
    if (method === 'updateComment') await postReview(memory, earlier)
    const outcome = await postReview(failing(memory, method, { done: true }), review)
    expect(outcome.comment.status).toBe(method === 'createComment' ? 'created' : 'updated')
    expect(memory.comments(1)).toHaveLength(1)
  })

  test('of something that was not done leads to another attempt', async () => {
    const memory = scene()
    await postReview(failing(memory, 'createComment', { times: 3 }), review)
    expect(memory.comments(1)).toHaveLength(1)
  })

  test('each time ends in a failure, not in a comment for each attempt', async () => {
    const memory = scene()
    const outcome = await postReview(failing(memory, 'createComment', { times: 100 }), review)
    expect(outcome).toMatchObject({
      verdict: { status: 'written', place: 'check' },
      comment: { status: 'failed', error: { reason: 'unavailable' } },
    })
  })
})

test('a list that is older than what was written does not lead to a second comment', async () => {
  const memory = scene()
  const reviewer = { ...memory, listOwnComments: () => Promise.resolve([]) }
  expect((await postReview(reviewer, review)).comment.status).toBe('created')
  expect(memory.comments(1)).toHaveLength(1)
})

test('a list that has the old text of what was changed does not lead to another change', async () => {
  const memory = scene()
  await postReview(memory, earlier)
  const old = await memory.listOwnComments(1, '<!--')
  let changes = 0
  const reviewer = wrapReviewer(
    { ...memory, listOwnComments: () => Promise.resolve(old) },
    (method, work) => {
      if (method === 'updateComment') changes += 1
      return work()
    },
  )
  expect((await postReview(reviewer, review)).comment.status).toBe('updated')
  expect(changes).toBe(1)
})

test('a comment that somebody deletes while it is written is written again', async () => {
  const memory = scene()
  await postReview(memory, earlier)
  const [standing] = memory.comments(1)
  const reviewer = wrapReviewer(memory, async (method, work) => {
    if (method === 'updateComment') await memory.deleteComment(standing?.id ?? 0)
    return work()
  })
  await postReview(reviewer, review)
  expect(memory.comments(1)).toHaveLength(1)
})

test('a check that fails does not keep the comment away', async () => {
  const memory = scene()
  const outcome = await postReview(failing(memory, 'writeCheck', { times: 100 }), review)
  expect(outcome.verdict).toMatchObject({ status: 'failed', place: 'check' })
  expect(outcome.comment.status).toBe('created')
})

test('what is known to be missing is not tried', async () => {
  const memory = scene()
  const called: string[] = []
  const reviewer = wrapReviewer(memory, (method, work) => {
    called.push(method)
    return work()
  })
  const withheld = [
    { place: 'check', permission: 'checks: write' },
    { place: 'status', permission: 'statuses: write' },
    { place: 'comment', permission: 'pull-requests: write' },
  ] as const
  expect(await postReview(reviewer, { ...review, withheld })).toEqual({
    verdict: { status: 'withheld', place: 'summary' },
    comment: { status: 'withheld' },
    withheld,
  })
  expect(called).toEqual([])
  expect(withheld.map(describeRefusal)).toEqual([
    'no check is written: the token lacks `checks: write`',
    'no commit status is written: the token lacks `statuses: write`',
    'no comment is written: the token lacks `pull-requests: write`',
  ])
})

test('a locked conversation is told apart from a missing permission', async () => {
  const memory = scene()
  memory.put(pullRequest({ isLocked: true }))
  memory.withhold('pull-requests: write')
  const reviewer = { ...memory, listOwnComments: () => Promise.resolve([]) }
  expect(await postReview(reviewer, review)).toMatchObject({ comment: { status: 'locked' }, withheld: [] })
})

test('a pull request that is gone has no comment', async () => {
  expect((await postReview(createMemoryReviewer(), review)).comment).toEqual({ status: 'none' })
})

test('a refused request is not repeated', async () => {
  const memory = scene()
  const refused = new ReviewerError('refused', { operation: 'comment', message: 'not like that' })
  const outcome = await postReview(failing(memory, 'createComment', { error: refused }), review)
  expect(outcome.comment).toEqual({ status: 'failed', error: refused })
})

test('a comment that is too long is never sent', async () => {
  const memory = scene()
  const comment = { pullRequest: 1, text: 'x'.repeat(65_536), isEmpty: false }
  await expect(postReview(memory, { ...review, comment })).rejects.toThrow('65536 characters is never sent')
  expect(memory.comments(1)).toEqual([])
})

describe('a verdict', () => {
  test('goes to the first place that is not withheld', () => {
    const check = { place: 'check', permission: 'checks: write' } as const
    const status = { place: 'status', permission: 'statuses: write' } as const
    expect(planVerdict([])).toBe('check')
    expect(planVerdict([check])).toBe('status')
    expect(planVerdict([status])).toBe('check')
    expect(planVerdict([check, status])).toBe('summary')
  })

  test.each([
    ['queued', 'pending'],
    ['in_progress', 'pending'],
    ['success', 'success'],
    ['neutral', 'success'],
    ['skipped', 'success'],
    ['failure', 'failure'],
    ['action_required', 'failure'],
    ['cancelled', 'error'],
    ['timed_out', 'error'],
  ] as const)('%s is %s as a status', (state, expected) => {
    const check = { ...review.verdict, name: 'n', commit: 'c', run: 1, state, url: 'https://example.com' }
    expect(toCommitStatus(check)).toEqual({
      ...{ name: 'n', commit: 'c', state: expected, description: '2 dangers', url: 'https://example.com' },
    })
  })

  test('is one line of 140 characters at most as a status', () => {
    const title = '🦊'.repeat(150)
    const { description } = toCommitStatus({ ...review.verdict, name: 'n', commit: 'c', run: 1, title })
    expect(description).toBe(`${'🦊'.repeat(139)}…`)
  })
})
