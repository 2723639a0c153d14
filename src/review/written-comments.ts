import type { OwnComment } from '../report/reviewer-port.ts'
import { isBy, readMarkedBody } from './comment-marker.ts'
import type { CommentEffect, CommentOutcome, CommentRest } from './types.ts'

/**
 * What one run has done to the comments so far. Reads come from replicas and may be older than what was just written, and an
 * answer may be lost: both must not lead to a second comment.
 */
export interface WrittenComments {
  /** Before it is tried. */
  attempt(effect: CommentEffect): void
  created(comment: OwnComment): void
  updated(id: number, body: string): void
  deleted(id: number): void
  /** A list as it is with all that was written, and which comment of it this run created. */
  seen(listed: readonly OwnComment[]): {
    readonly existing: readonly OwnComment[]
    readonly created?: number
  }
  /** Of the run, once nothing is left to do. */
  outcome(rest: CommentRest): CommentOutcome
}

export function createWrittenComments(run: { readonly head: string; readonly run: number }): WrittenComments {
  let attempted: 'created' | 'updated' | undefined
  let createdComment: OwnComment | undefined
  let existing: readonly OwnComment[] = []
  const bodies = new Map<number, { readonly before: string | undefined; readonly after: string }>()
  const deletedIds = new Set<number>()
  const isOurs = ({ body }: OwnComment): boolean => isBy(readMarkedBody(body).state, run)
  return {
    attempt({ type }) {
      if (type === 'create') attempted = 'created'
      else if (type === 'update') attempted ??= 'updated'
    },
    created(comment) {
      createdComment = comment
    },
    updated(id, body) {
      bodies.set(id, { before: existing.find((each) => each.id === id)?.body, after: body })
    },
    deleted(id) {
      deletedIds.add(id)
    },
    seen(listed) {
      const comments = withCreated(listed, createdComment)
        .filter(({ id }) => !deletedIds.has(id))
        .map((comment) => {
          const change = bodies.get(comment.id)
          return change?.before === comment.body ? { ...comment, body: change.after } : comment
        })
      existing = comments
      // There was none when it was created, so whatever is ours now came of that, answered or not.
      const created = attempted === 'created' ? comments.find(isOurs) : undefined
      return { existing, ...(created && { created: created.id }) }
    },
    outcome(rest) {
      const [standing] = existing
      const isWritten = attempted !== undefined && standing !== undefined && isOurs(standing)
      if (isWritten && rest !== 'stale') return { status: attempted ?? 'updated', url: standing.url }
      return { status: rest, ...(standing && { url: standing.url }) }
    },
  }
}

/** A list with younger comments knew it, and it was deleted since; any other list may be too old for it. */
function withCreated(listed: readonly OwnComment[], created: OwnComment | undefined): readonly OwnComment[] {
  if (created === undefined || listed.some(({ id }) => id >= created.id)) return listed
  return [...listed, created]
}
