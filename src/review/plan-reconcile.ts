import type { OpenPullRequest, StandingCheck } from './repository-host-port.ts'
import type { RepositoryId, Work } from './types.ts'

export interface ReconcileSituation {
  readonly repository: RepositoryId
  readonly pullRequests: readonly OpenPullRequest[]
  /** Numbers of those whose comment could not be written with their check. */
  readonly unsaid?: ReadonlySet<number>
  /** The branch of the intent. */
  readonly source: {
    readonly branch: string
    readonly head: string
    /** Check of its compile on this head, if there is one. */
    readonly check?: StandingCheck
  }
  readonly rendered: {
    readonly branch: string
    /** It is not where the app left it. */
    readonly isMoved: boolean
  }
  /** Its clusters are watched. */
  readonly isWatched?: boolean
  /** Head whose check somebody asked for (`ReconcileWork`). */
  readonly again?: string
  /** Base of the merge group that was checked on that head, if it is one's. */
  readonly groupBase?: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Longer than any work takes: what says so for longer is done by nobody. */
export const stuckAfterMs = 45 * 60_000

/**
 * What stands on GitHub → what was missed: heads without a check of ours that is completed, and a source that was not compiled.
 * A comment that could not be written may be by now; that of a draft waits for whoever takes it out of that.
 * A check that is not completed counts as being worked on until it is too old for that; asking for the same work once more
 * would begin it anew. Pure.
 */
export function planReconcile(situation: ReconcileSituation): readonly Work[] {
  const { repository, pullRequests, unsaid, source, rendered, again, groupBase, now } = situation
  const isAsked = (commit: string): boolean => again !== undefined && commit === again
  const reviews = pullRequests.flatMap(({ number, head, base, check, isDraft }): Work[] => {
    if (base.branch === rendered.branch) return []
    const work = { type: 'review', repository, pullRequest: number } as const
    if (isAsked(head.commit)) return [{ ...work, again: true }]
    const isUnsaid = !isDraft && unsaid?.has(number) === true
    return isMissed(check, now) || isUnsaid ? [work] : []
  })
  const groups: readonly Work[] =
    again !== undefined && groupBase !== undefined
      ? [{ type: 'merge-group', repository, head: again, base: groupBase, again: true }]
      : []
  // Nobody asks again for what clusters said, unless they say something else.
  const fleets: readonly Work[] =
    situation.isWatched === true && again === undefined ? [{ type: 'fleet', repository }] : []
  const works = [...groups, ...reviews, ...fleets]
  const compile = { type: 'compile', repository, branch: source.branch } as const
  if (isAsked(source.head)) return [{ ...compile, again: true }, ...works]
  const isCompiled = !isMissed(source.check, now) && !rendered.isMoved
  return isCompiled ? works : [compile, ...works]
}

function isMissed(check: StandingCheck | undefined, now: number): boolean {
  if (check === undefined) return true
  return check.state !== 'completed' && now - (check.run ?? 0) > stuckAfterMs
}
