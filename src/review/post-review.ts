import { assert } from '../diagnostics/errors.ts'
import {
  maxCommentLength,
  reservedCommentLength,
  ReviewerError,
  type Reviewer,
} from '../report/reviewer-port.ts'
import { commentMarker } from './comment-marker.ts'
import { hasLaterHead, planComment } from './plan-comment.ts'
import { planVerdict, toCommitStatus } from './plan-verdict.ts'
import type {
  CommentEffect,
  CommentOutcome,
  CommentToPost,
  PostOutcome,
  Refusal,
  ReviewToPost,
  VerdictOutcome,
} from './types.ts'
import { createWrittenComments, type WrittenComments } from './written-comments.ts'

/**
 * Brings check and comment of a pull request to what a run found. Each part that fails or may not be written is in the
 * outcome; the other one is written all the same. May be called again, and by several runs at once: in the end there is one
 * check and one comment (`planComment`), about the current head. Throws InternalError for a comment that is too long.
 */
export async function postReview(reviewer: Reviewer, review: ReviewToPost): Promise<PostOutcome> {
  const withheld = [...(review.withheld ?? [])]
  const verdict = await postVerdict(reviewer, review, withheld)
  const comment = review.comment ? await postComment(reviewer, review, review.comment, withheld) : undefined
  return { verdict, comment: comment ?? { status: 'none' }, withheld }
}

/** Brings the comment alone to what a run found whose verdict stands, however long ago that was written. As `postReview`. */
export async function postLateComment(
  reviewer: Reviewer,
  run: ReviewRun,
  comment: CommentToPost,
): Promise<Pick<PostOutcome, 'comment' | 'withheld'>> {
  const withheld: Refusal[] = []
  return { comment: await postComment(reviewer, run, comment, withheld), withheld }
}

type ReviewRun = Pick<ReviewToPost, 'name' | 'head' | 'run'>

/** Adds what turns out to be missing to `withheld`, and goes on to the next place. */
async function postVerdict(
  reviewer: Reviewer,
  { name, head, run, verdict }: ReviewToPost,
  withheld: Refusal[],
): Promise<VerdictOutcome> {
  const check = { ...verdict, name, commit: head, run }
  for (;;) {
    const place = planVerdict(withheld)
    if (place === 'summary') return { status: 'withheld', place }
    try {
      if (place === 'check') return { place, ...(await reviewer.writeCheck(check)) }
      await reviewer.writeStatus(toCommitStatus(check))
      return { status: 'written', place }
    } catch (error) {
      const failure = toFailure(error)
      const refusal = toRefusal(failure, place)
      if (refusal === undefined) return { status: 'failed', place, error: failure }
      withheld.push(refusal)
    }
  }
}

/** Enough for another run in between, a lost answer, and a look at what stands in the end. */
const maxRounds = 8

async function postComment(
  reviewer: Reviewer,
  review: ReviewRun,
  comment: CommentToPost,
  withheld: Refusal[],
): Promise<CommentOutcome> {
  if (withheld.some(({ place }) => place === 'comment')) return { status: 'withheld' }
  assert(
    comment.text.length <= maxCommentLength - reservedCommentLength,
    `a comment of ${comment.text.length} characters is never sent`,
  )
  const written = createWrittenComments(review)
  let last: ReviewerError | undefined
  for (let round = 1; round <= maxRounds; round += 1) {
    try {
      const outcome = await doRound(reviewer, review, comment, written)
      if (outcome) return outcome
    } catch (error) {
      last = toFailure(error)
      const refusal = toRefusal(last, 'comment')
      if (refusal) {
        withheld.push(refusal)
        return { status: 'withheld' }
      }
      if (!last.retryable) return { status: 'failed', error: last }
    }
  }
  return { status: 'failed', error: last ?? neverAtRest(comment.pullRequest) }
}

/**
 * Looks, plans, and writes if there is something to write. Nothing can be written on condition that it is still as it was
 * seen, so comments are read last: whoever writes looks again after two more requests, and by then sees what crossed its own.
 */
async function doRound(
  reviewer: Reviewer,
  { name, head, run }: ReviewRun,
  { pullRequest: number, text, isEmpty }: CommentToPost,
  written: WrittenComments,
): Promise<CommentOutcome | undefined> {
  let [pullRequest] = await reviewer.findPullRequests({ number })
  const { existing, created } = written.seen(await reviewer.listOwnComments(number, commentMarker(name)))
  if (hasLaterHead(existing, { head, run })) [pullRequest] = await reviewer.findPullRequests({ number })
  if (pullRequest === undefined) return { status: 'none' }
  const plan = planComment({
    ...{ existing, pullRequest },
    own: { name, head, run, text, isEmpty },
    ...(created !== undefined && { created }),
  })
  if (plan.effects.length === 0) return written.outcome(plan.rest)
  try {
    for (const effect of plan.effects) await apply(reviewer, number, effect, written)
  } catch (error) {
    // No permission lets an app comment where the conversation was closed to all but collaborators.
    if (pullRequest.isLocked && toFailure(error).reason === 'forbidden') return { status: 'locked' }
    throw error
  }
  return undefined
}

async function apply(
  reviewer: Reviewer,
  pullRequest: number,
  effect: CommentEffect,
  written: WrittenComments,
): Promise<void> {
  written.attempt(effect)
  switch (effect.type) {
    case 'create':
      written.created(await reviewer.createComment(pullRequest, effect.body))
      return
    case 'update':
      if (await reviewer.updateComment(effect.id, effect.body)) written.updated(effect.id, effect.body)
      return
    case 'delete':
      await reviewer.deleteComment(effect.id)
      written.deleted(effect.id)
      return
  }
}

function toFailure(error: unknown): ReviewerError {
  if (error instanceof ReviewerError) return error
  throw error
}

/** GitHub hides what a token may not see: not found means not permitted as well. */
function toRefusal({ reason, permission }: ReviewerError, place: Refusal['place']): Refusal | undefined {
  if (permission === undefined || !['forbidden', 'not-found'].includes(reason)) return undefined
  // Who may not even read it would be told of the next thing when he may.
  return { place, permission: permission.replace(/^pull-requests: read$/, 'pull-requests: write') }
}

function neverAtRest(pullRequest: number): ReviewerError {
  return new ReviewerError('unavailable', {
    operation: `comment on pull request ${pullRequest}`,
    message: `the comment on pull request ${pullRequest} was changed by others each time that it was written`,
    hint: 'let one run at a time report on a pull request (a concurrency group), then run again',
  })
}
