import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryReviewer, type MemoryReviewer } from '../../src/adapters/memory/memory-reviewer.ts'
import type { Reviewer } from '../../src/report/reviewer-port.ts'
import { readMarkedBody } from '../../src/review/comment-marker.ts'
import { postReview } from '../../src/review/post-review.ts'
import type { ReviewToPost } from '../../src/review/types.ts'
import { pullRequest, unavailable, wrapReviewer } from './posting.ts'

/**
 * Runs in the order in which they begin; each commit becomes the head before its first run. Runs on one commit may find
 * other facts and say something else, but agree on whether there is anything to say, and do not come back to what an earlier
 * one said: who is silent, or says what stands already, leaves no trace.
 */
const runs = fc.array(fc.record({ isNewHead: fc.boolean(), isEmpty: fc.boolean(), saysElse: fc.boolean() }), {
  minLength: 1,
  maxLength: 5,
})
/** For each write: whether its answer is lost. */
const losses = fc.infiniteStream(fc.integer({ min: 0, max: 5 }).map((value) => value === 0))

interface Scene {
  readonly memory: MemoryReviewer
  readonly reviews: readonly ReviewToPost[]
  readonly head: string
}

/** Lets all runs loose, in whatever order the scheduler has their requests happen. */
async function play(
  scheduler: fc.Scheduler,
  plan: readonly { readonly isNewHead: boolean; readonly isEmpty: boolean; readonly saysElse: boolean }[],
  wrap: (reviewer: Reviewer) => Reviewer,
): Promise<Scene> {
  const memory = createMemoryReviewer()
  const reviews: ReviewToPost[] = []
  let head = 'head-0'
  let hasNothing = plan[0]?.isEmpty === true
  let text = 'as run 0 says'
  const begun: Promise<unknown>[] = []
  memory.put(pullRequest({ commit: head }))
  const begin = scheduler.scheduleSequence(
    plan.map(({ isNewHead, isEmpty, saysElse }, index) => ({
      label: `run ${index + 1}`,
      builder: () => {
        if (isNewHead) {
          hasNothing = isEmpty
          memory.put(pullRequest({ commit: (head = `head-${index + 1}`) }))
        }
        if (saysElse) text = `as run ${index + 1} says`
        const review: ReviewToPost = {
          ...{ name: 'fleetwright', head, run: index + 1 },
          verdict: { state: 'success', title: text, summary: text, annotations: [] },
          comment: {
            ...{ pullRequest: 1, isEmpty: hasNothing },
            text: hasNothing ? 'No changes any more.' : text,
          },
        }
        reviews.push(review)
        begun.push(postReview(wrap(memory), review))
        return Promise.resolve()
      },
    })),
  )
  await scheduler.waitFor(begin.task)
  await scheduler.waitFor(Promise.all(begun))
  return { memory, reviews, head }
}

function lastAbout({ reviews, head }: Scene): ReviewToPost | undefined {
  return reviews.filter((review) => review.head === head).at(-1)
}

test('runs whose looks and writes do not cross leave one comment, and the last run on the head has its say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, losses, async (scheduler, plan, lost) => {
      const scene = await play(scheduler, plan, (memory) =>
        wrapReviewer(memory, async (method, work) => {
          // What follows on a list happens with it.
          if (method === 'listOwnComments') return scheduler.schedule(Promise.resolve(), method).then(work)
          const result = await work()
          if (method.endsWith('Comment') && lost.next().value === true) throw unavailable()
          return result
        }),
      )
      const last = lastAbout(scene)
      const comments = scene.memory.comments(1)
      expect(comments.length).toBeLessThanOrEqual(1)
      const [{ state, text } = { state: undefined, text: undefined }] = comments.map(({ body }) =>
        readMarkedBody(body),
      )
      if (last?.comment?.isEmpty !== true) expect(text).toBe(last?.comment?.text)
      // Who is silent cannot stop those before it, who then say of what they wrote that it is no longer current.
      else if (state?.outdated !== true) expect([undefined, 'No changes any more.']).toContain(text)
    }),
    { numRuns: 500 },
  )
})

test('however requests cross, one comment is left at most, and none speaks of an older commit as if it were the head', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, async (scheduler, plan) => {
      const scene = await play(scheduler, plan, (memory) =>
        wrapReviewer(memory, async (method, work) => {
          await scheduler.schedule(Promise.resolve(), method)
          return work()
        }),
      )
      const comments = scene.memory.comments(1)
      expect(comments.length).toBeLessThanOrEqual(1)
      for (const { body } of comments) {
        const { state } = readMarkedBody(body)
        expect([scene.head, state.outdated === true && state.head]).toContain(state.head)
      }
    }),
    { numRuns: 500 },
  )
})
