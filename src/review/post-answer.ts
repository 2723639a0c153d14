import { assert } from '../diagnostics/errors.ts'
import {
  maxCommentLength,
  reservedCommentLength,
  ReviewerError,
  type OwnComment,
  type Reviewer,
} from '../report/reviewer-port.ts'
import { answerMarker, markedAnswer, readAnswerMark, type AnswerMark } from './answer-marker.ts'

export interface AnswerPlace {
  readonly pullRequest: number
  /** Id of the comment that holds the command. */
  readonly command: number
}

/** The one comment that answers a command. */
export interface AnswerPost {
  /** What an earlier attempt wrote of itself; undefined where none stands. Throws ReviewerError. */
  standing(): Promise<AnswerMark | undefined>
  /**
   * Brings the answer to this text: writes it first, edits it in place afterwards, and finds what a lost answer or a killed
   * attempt left. In the end one stands, the oldest. Throws ReviewerError, and InternalError for a text that is too long.
   */
  say(mark: AnswerMark, text: string): Promise<AnswerOutcome>
}

export type AnswerOutcome =
  | { readonly status: 'posted'; readonly url: string }
  /** The conversation is open to collaborators only. */
  | { readonly status: 'locked' }

/** Enough for a lost answer, a list that is too old, and a look at what stands in the end. */
const maxRounds = 6

export function createAnswerPost(reviewer: Reviewer, { pullRequest, command }: AnswerPlace): AnswerPost {
  let created: OwnComment | undefined
  let known: OwnComment | undefined
  const deleted = new Set<number>()

  async function list(): Promise<readonly OwnComment[]> {
    const listed = await reviewer.listOwnComments(pullRequest, answerMarker(command))
    return withCreated(listed, created).filter(({ id }) => !deleted.has(id))
  }

  /** One step towards one comment with this body; undefined while another look is needed. */
  async function step(body: string): Promise<OwnComment | undefined> {
    if (known !== undefined) {
      const { id, url } = known
      if (await reviewer.updateComment(id, body)) return { id, url, body }
      // Somebody deleted it.
      deleted.add(id)
      known = undefined
      return undefined
    }
    const [keep, ...others] = await list()
    if (keep === undefined) {
      created = await reviewer.createComment(pullRequest, body)
      // Somebody else may have done so at the same time: the next look tells.
      return undefined
    }
    for (const { id } of others) {
      await reviewer.deleteComment(id)
      deleted.add(id)
    }
    known = keep
    return keep.body === body ? keep : undefined
  }

  return {
    async standing() {
      const [keep] = await list()
      return keep && readAnswerMark(keep.body)
    },
    async say(mark, text) {
      const longest = maxCommentLength - reservedCommentLength
      assert(text.length <= longest, `an answer of ${text.length} characters is never sent`)
      const body = markedAnswer(command, mark, text)
      let last: ReviewerError | undefined
      for (let round = 1; round <= maxRounds; round += 1) {
        try {
          const standing = await step(body)
          if (standing) return { status: 'posted', url: standing.url }
        } catch (error) {
          last = toFailure(error)
          if (last.reason === 'forbidden' && (await isLocked(reviewer, pullRequest)))
            return { status: 'locked' }
          if (!last.retryable) throw last
        }
      }
      throw last ?? neverAtRest(pullRequest)
    },
  }
}

/** Lists come from replicas: one without younger comments may be too old to know what was just created. */
function withCreated(listed: readonly OwnComment[], created: OwnComment | undefined): readonly OwnComment[] {
  if (created === undefined || listed.some(({ id }) => id >= created.id)) return listed
  return [...listed, created]
}

async function isLocked(reviewer: Reviewer, number: number): Promise<boolean> {
  const [pullRequest] = await reviewer.findPullRequests({ number })
  return pullRequest?.isLocked === true
}

function toFailure(error: unknown): ReviewerError {
  if (error instanceof ReviewerError) return error
  throw error
}

function neverAtRest(pullRequest: number): ReviewerError {
  return new ReviewerError('unavailable', {
    operation: `answer on pull request ${pullRequest}`,
    message: `the answer on pull request ${pullRequest} was deleted by others each time that it was written`,
  })
}
