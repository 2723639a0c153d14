import type { OwnComment } from '../report/reviewer-port.ts'
import { isBy, markedBody, readMarkedBody, type CommentState } from './comment-marker.ts'
import type { CommentEffect, CommentPlan, CommentSituation } from './types.ts'

/**
 * What has to happen to the comments of a pull request, so that in the end one comment stands and tells of the current head.
 * It is asked before writing and again after it, until there is nothing to do. Pure; whoever asks, in whatever order, they
 * all move to the same end:
 *
 * - the oldest comment stays, the others go;
 * - it gets the text of the latest run on the current head, be that this one or the one that wrote a younger comment;
 * - a run whose commit is no longer the head writes nothing of its own. If the head moved while it wrote, it takes back the
 *   comment that it created, or marks the one that it changed, and leaves the rest to the run for that head.
 */
export function planComment(situation: CommentSituation): CommentPlan {
  const { pullRequest, own } = situation
  return pullRequest.head.commit === own.head ? planCurrent(situation) : planStale(situation)
}

/** A later run has spoken of another commit: the head may have moved since it was read. */
export function hasLaterHead(
  existing: readonly OwnComment[],
  own: { readonly head: string; readonly run: number },
): boolean {
  return existing.map(parsed).some(({ state }) => state.head !== own.head && state.run > own.run)
}

function planCurrent({ existing, pullRequest, own }: CommentSituation): CommentPlan {
  const ownState = { head: own.head, run: own.run }
  const ownBody = markedBody(own.name, ownState, own.text)
  const [keep] = existing
  if (keep === undefined) {
    if (own.isEmpty) return { effects: [], rest: 'silent' }
    // Editing calls nobody, a new comment does.
    if (pullRequest.isDraft || !pullRequest.isOpen) return { effects: [], rest: 'quiet' }
    return { effects: [{ type: 'create', body: ownBody }], rest: 'unchanged' }
  }
  const latest = latestAbout(own.head, existing)
  const stands = latest && (latest.state.run > own.run || isSameText(latest.text, own.text))
  return { effects: unite(existing, stands ? latest.body : ownBody), rest: 'unchanged' }
}

function planStale({ existing, pullRequest, own, created }: CommentSituation): CommentPlan {
  const { commit } = pullRequest.head
  const current = latestAbout(commit, existing)
  if (current) return { effects: unite(existing, current.body), rest: 'stale' }
  const effects = existing.map(parsed).flatMap(({ id, state, text }): CommentEffect[] => {
    if (!isBy(state, own) || state.outdated === true) return []
    if (id === created) return [{ type: 'delete', id }]
    const body = markedBody(
      own.name,
      { ...state, outdated: true },
      `${outdatedNote(own.head, commit)}${text}`,
    )
    return [{ type: 'update', id, body }]
  })
  return { effects, rest: 'stale' }
}

interface ParsedComment extends OwnComment {
  readonly state: CommentState
  readonly text: string
}

function parsed(comment: OwnComment): ParsedComment {
  return { ...comment, ...readMarkedBody(comment.body) }
}

/** Of several by the same run, the oldest. */
function latestAbout(head: string, comments: readonly OwnComment[]): ParsedComment | undefined {
  return comments
    .map(parsed)
    .filter(({ state }) => state.head === head && state.outdated !== true)
    .reduce<ParsedComment | undefined>(
      (best, each) => (best === undefined || each.state.run > best.state.run ? each : best),
      undefined,
    )
}

/** One comment with this body: the oldest. */
function unite([keep, ...others]: readonly OwnComment[], body: string): CommentEffect[] {
  if (keep === undefined) return []
  return [
    ...(isSameText(keep.body, body) ? [] : [{ type: 'update' as const, id: keep.id, body }]),
    ...others.map(({ id }) => ({ type: 'delete' as const, id })),
  ]
}

/** As GitHub may give it back: other line ends, no space at the end. */
function isSameText(one: string, other: string): boolean {
  const normal = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd()
  return normal(one) === normal(other)
}

function outdatedNote(about: string, head: string): string {
  return `> [!NOTE]\n> This is about \`${about.slice(0, 12)}\`. The pull request has moved on to \`${head.slice(0, 12)}\`.\n\n`
}
