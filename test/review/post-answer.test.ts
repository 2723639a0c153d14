import { describe, expect, test } from 'vitest'
import { createMemoryReviewer, type MemoryReviewer } from '../../src/adapters/memory/memory-reviewer.ts'
import { ReviewerError, type Reviewer } from '../../src/report/reviewer-port.ts'
import { readAnswerMark } from '../../src/review/answer-marker.ts'
import { createAnswerPost } from '../../src/review/post-answer.ts'
import { pullRequest, unavailable, wrapReviewer } from './posting.ts'

const place = { pullRequest: 1, command: 77 }
const working = { head: 'abc123', state: 'working' } as const
const done = { head: 'abc123', state: 'done' } as const
const doneBody = '<!-- fleetwright-answer 77 {"head":"abc123","state":"done"} -->\nall of it'

function scene(): MemoryReviewer {
  const memory = createMemoryReviewer()
  memory.put(pullRequest())
  return memory
}

/** Fails the first calls of a method; `late`: after they did their work. */
function failing(
  reviewer: Reviewer,
  method: keyof Reviewer,
  { times = 1, late = false, error = unavailable() } = {},
): Reviewer {
  let left = times
  return wrapReviewer(reviewer, async (called, work) => {
    if (called !== method || left === 0) return work()
    left -= 1
    if (late) await work()
    throw error
  })
}

const bodies = (memory: MemoryReviewer): readonly string[] => memory.comments(1).map(({ body }) => body)

describe('an answer', () => {
  test('says first what is being done, and is edited in place', async () => {
    const memory = scene()
    const post = createAnswerPost(memory, place)
    expect(await post.standing()).toBeUndefined()
    const first = await post.say(working, 'a moment')
    expect(await post.say(done, 'all of it')).toEqual(first)
    expect(bodies(memory)).toEqual([doneBody])
  })

  test('of an attempt that was killed is found, and ended', async () => {
    const memory = scene()
    await createAnswerPost(memory, place).say(working, 'a moment')
    const again = createAnswerPost(memory, place)
    expect(await again.standing()).toEqual(working)
    await again.say(done, 'all of it')
    expect(bodies(memory)).toEqual([doneBody])
  })

  test('to another command, or written by somebody else, is another one', async () => {
    const memory = scene()
    await createAnswerPost(memory, { ...place, command: 7 }).say(done, 'seven')
    memory.comment(1, 'mallory', doneBody)
    const post = createAnswerPost(memory, place)
    expect(await post.standing()).toBeUndefined()
    await post.say(done, 'all of it')
    expect(memory.comments(1).map(({ author }) => author)).toEqual([
      'fleetwright[bot]',
      'mallory',
      'fleetwright[bot]',
    ])
  })

  test.each(['createComment', 'updateComment'] as const)(
    'is one, though the answer to %s is lost',
    async (method) => {
      const memory = scene()
      const post = createAnswerPost(failing(memory, method, { late: true, times: 2 }), place)
      await post.say(working, 'a moment')
      await post.say(done, 'all of it')
      expect(bodies(memory)).toEqual([doneBody])
    },
  )

  test('is one, though a list is older than what was written', async () => {
    const memory = scene()
    const post = createAnswerPost({ ...memory, listOwnComments: () => Promise.resolve([]) }, place)
    await post.say(done, 'all of it')
    expect(bodies(memory)).toEqual([doneBody])
  })

  test('that two attempts wrote at once is one in the end: the oldest', async () => {
    const memory = scene()
    const other = wrapReviewer(memory, async (method, work) => {
      if (method === 'createComment') await memory.createComment(1, doneBody)
      return work()
    })
    await createAnswerPost(other, place).say(done, 'all of it')
    expect(memory.comments(1)).toMatchObject([{ id: 1, body: doneBody }])
  })

  test('that somebody deletes is written again', async () => {
    const memory = scene()
    const post = createAnswerPost(memory, place)
    await post.say(working, 'a moment')
    memory.comment(1, 'ada', 'hm')
    await memory.deleteComment(1)
    await post.say(done, 'all of it')
    expect(bodies(memory)).toEqual(['hm', doneBody])
  })

  test('ends with what failed when it fails each time', async () => {
    const post = createAnswerPost(failing(scene(), 'createComment', { times: 100 }), place)
    await expect(post.say(done, 'all of it')).rejects.toMatchObject({ reason: 'unavailable' })
  })

  test('is left out where the conversation is locked, and not where something else is missing', async () => {
    const error = new ReviewerError('forbidden', { operation: 'write', message: 'no' })
    const memory = scene()
    const post = createAnswerPost(failing(memory, 'createComment', { times: 9, error }), place)
    await expect(post.say(done, 'all of it')).rejects.toBe(error)
    memory.put(pullRequest({ isLocked: true }))
    expect(await post.say(done, 'all of it')).toEqual({ status: 'locked' })
  })

  test('whose first line somebody changed says nothing of itself', () => {
    expect(readAnswerMark(doneBody)).toEqual(done)
    expect(readAnswerMark(doneBody.replace('done', 'gone'))).toBeUndefined()
    expect(readAnswerMark('all of it')).toBeUndefined()
  })
})
