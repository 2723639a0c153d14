import { createHash } from 'node:crypto'
import { formatFailedCheck } from '../../report/report.ts'
import type { PullRequest } from '../../report/reviewer-port.ts'
import {
  checkNames,
  describeRefusal,
  formatNote,
  headKey,
  mergeNote,
  parseHeadNote,
  postLateComment,
  postReview,
  toQueuedWork,
  type PostingMode,
} from '../../review/review.ts'
import type { CommentOutcome, Refusal, ReviewWork } from '../../review/types.ts'
import type { DoWork } from '../types.ts'
import { version } from '../version.ts'
import { listApprovals } from './approvals.ts'
import { runDiffReport, toCheckEnd, type DiffOutcome } from './diff-report.ts'
import { forgetNotes, readNotesOf, type Notes } from './closed-pull-requests.ts'
import { findConfigFile, guessRenderedBranch, readFleetConfig, type FleetSpec } from './fleet-config.ts'
import { fetchBranch, fetchRefs, inRepository, type OpenedRepository } from './open-repository.ts'
import { commitsNotThere, isFromFork } from './pull-request-commits.ts'
import { compileAgain, leaveOpenCheck, openCheck, postingMode, type RunningCheck } from './running-check.ts'
import { reviewedKey, unsaidKey } from './state-keys.ts'
import { tellingWhy } from './telling-why.ts'
import { formatUnsaid, readUnsaid, type UnsaidComment } from './unsaid-comment.ts'
import { createContext, measured, type WorkContext } from './work-context.ts'

/** Brings check and comment of a pull request to what its head does to the fleet. */
export const reviewWork: DoWork<ReviewWork> = async (ports, work, run) => {
  const context = createContext(ports, work, run)
  const noted = await readNotesOf(context, [work.pullRequest])
  const [pullRequest] = await context.github.reviewer.findPullRequests({ number: work.pullRequest })
  if (pullRequest === undefined || !pullRequest.isOpen) return leave(context, work, noted)
  await noteHead(context, pullRequest)
  // By what it goes to: what its branch is called is whoever's choice who pushed it.
  if (pullRequest.base.branch === (await guessRenderedBranch(context))) return
  await inRepository(context, async (opened) => {
    const change = await readChange(context, opened, pullRequest)
    if (change !== undefined) await reviewChange(context, change, work)
  })
}

/** Of one that is closed nobody looks at the check. */
async function leave(context: WorkContext, { pullRequest }: ReviewWork, noted: Notes): Promise<void> {
  const place = { name: checkNames.review, subject: `review/${pullRequest}` }
  await leaveOpenCheck(context, place, 'The pull request was closed.')
  await forgetNotes(context, noted)
}

/**
 * A command counts for the head that stood when it was said; what moved the head was noted when it was delivered. By the clock
 * that dates comments: ours may be another one.
 */
async function noteHead(
  { ports, repository }: WorkContext,
  { number, head, shownAt }: PullRequest,
): Promise<void> {
  const key = headKey(repository, number)
  const noted = await ports.state.get(key)
  if (shownAt === undefined || parseHeadNote(noted)?.commit === head.commit) return
  const coming = formatNote({ commit: head.commit, since: shownAt })
  await ports.state.put(new Map([[key, mergeNote(noted, coming)]]))
}

/** What is reviewed, as it stands now. */
interface Change {
  readonly opened: OpenedRepository
  readonly pullRequest: PullRequest
  readonly base: string
  readonly head: string
  readonly isUntrusted: boolean
  readonly config: FleetSpec
  /** Digest of all that the report depends on. */
  readonly digest: string
  /** Base and head have no commit in common. */
  readonly isUnrelated: boolean
}

/** Undefined where there is nothing to review: no fleet, or a pull request onto what is rendered. */
async function readChange(
  context: WorkContext,
  opened: OpenedRepository,
  pullRequest: PullRequest,
): Promise<Change | undefined> {
  const { working } = opened
  const head = pullRequest.head.commit
  const baseRef = `refs/heads/${pullRequest.base.branch}`
  const guess = await guessRenderedBranch(context)
  const guessed = `refs/heads/${guess}`
  const fetched = await fetchRefs(context, working, [baseRef, head, guessed])
  const base = fetched.get(baseRef)
  if (base === undefined || !fetched.has(head)) throw commitsNotThere(pullRequest)
  const isFleet = (await findConfigFile(working, base)) ?? (await findConfigFile(working, head))
  if (isFleet === undefined) return undefined
  const config = await readFleetConfig(context, working, base)
  const { branch } = config.rendered
  if (pullRequest.base.branch === branch) return undefined
  const rendered = branch === guess ? fetched.get(guessed) : await fetchBranch(context, working, branch)
  const met = await working.git(['merge-base', base, head], { codes: [0, 1] })
  const isUntrusted = isFromFork(pullRequest)
  const approvals = [...(await listApprovals(context.ports, context.repository)).keys()]
  return {
    ...{ opened, pullRequest, base, head, isUntrusted, config },
    isUnrelated: met.exitCode === 1,
    digest: digestOf([version, head, met.stdout.trim(), rendered, isUntrusted, config, approvals]),
  }
}

function digestOf(values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

async function reviewChange(context: WorkContext, change: Change, work: ReviewWork): Promise<void> {
  const { ports, repository, github } = context
  const { head, digest } = change
  const { pullRequest, again } = work
  const isKnown = again !== true && (await ports.state.get(reviewedKey(repository, pullRequest))) === digest
  const unsaid = again === true ? undefined : await readUnsaid(context, { pullRequest, digest })
  const isDone =
    (isKnown || unsaid !== undefined) &&
    (await github.host.findCheck(head, checkNames.review))?.state === 'completed'
  ports.metrics.cache('review', isDone)
  if (isDone) return unsaid && conclude(context, work, await sayLate(context, change, unsaid))
  const place = { name: checkNames.review, commit: head, subject: `review/${pullRequest}` }
  const check = await openCheck(context, place)
  if (change.isUnrelated)
    return check.end({ ...formatFailedCheck({ kind: 'unrelated' }), actions: [compileAgain] })
  const outcome = await tellingWhy(check, () =>
    runDiffReport(context, { ...change, working: change.opened.working }, check),
  )
  if (outcome.kind === 'failed') return check.end({ ...outcome.check, actions: [compileAgain] })
  const said = await post(context, change, { check, outcome })
  await check.ended()
  await conclude(context, work, said)
}

/** The rest was done: only who operates the app learns what was not. */
function tellWithheld({ ports, run, kind }: WorkContext, withheld: readonly Refusal[]): void {
  for (const refusal of withheld) {
    run.log.warn('not-permitted', { what: describeRefusal(refusal) })
    ports.metrics.failure(kind, 'github/forbidden')
  }
}

interface Reviewed {
  readonly check: RunningCheck
  readonly outcome: Extract<DiffOutcome, { kind: 'report' }>
}

/** The check stands. */
interface Said {
  readonly comment: UnsaidComment
  /** Undefined where it was not tried. */
  readonly outcome: CommentOutcome | undefined
  readonly mode: PostingMode
}

/** The comment waits where few requests are left: the check costs the fewest, and says the most. */
async function post(context: WorkContext, change: Change, { check, outcome }: Reviewed): Promise<Said> {
  const { github, run } = context
  const { report } = outcome
  const { annotations = [], ...end } = await toCheckEnd(context, outcome, change.config.review.commands.allow)
  await check.settle()
  run.signal.throwIfAborted()
  const mode = postingMode(context)
  const comment: UnsaidComment = {
    ...{ digest: change.digest, run: check.startedAt },
    ...{ text: report.comment, isEmpty: report.isSilent },
  }
  const posted = await measured(context, 'post', () =>
    postReview(github.reviewer, {
      ...{ name: checkNames.review, head: change.head, run: check.startedAt },
      verdict: { ...end, annotations },
      ...(mode.type === 'full' && { comment: { ...comment, pullRequest: change.pullRequest.number } }),
    }),
  )
  tellWithheld(context, posted.withheld)
  if (posted.verdict.status === 'failed') throw posted.verdict.error
  run.log.info('review-posted', {
    ...{ head: change.head, verdict: posted.verdict.status, comment: posted.comment.status },
    ...{ clusters: report.clusters, dangers: report.dangers, mode: mode.type },
  })
  return { comment, mode, outcome: mode.type === 'full' ? posted.comment : undefined }
}

async function sayLate(context: WorkContext, change: Change, comment: UnsaidComment): Promise<Said> {
  const { github, run } = context
  const mode = postingMode(context)
  if (mode.type !== 'full') return { comment, mode, outcome: undefined }
  const { head, pullRequest } = change
  const place = { name: checkNames.review, head, run: comment.run }
  const posted = await measured(context, 'post', () =>
    postLateComment(github.reviewer, place, { ...comment, pullRequest: pullRequest.number }),
  )
  tellWithheld(context, posted.withheld)
  run.log.info('review-said-late', { head, comment: posted.comment.status })
  return { comment, mode, outcome: posted.comment }
}

/**
 * Remembers what was said, or what is left to say: for when there are requests enough, for when the app is given what it lacks,
 * which reconciling finds, or for when a draft is ready. Throws where trying again at once may help.
 */
async function conclude(
  { ports, repository }: WorkContext,
  work: ReviewWork,
  { comment, outcome, mode }: Said,
): Promise<void> {
  const key = unsaidKey(repository, work.pullRequest)
  if (outcome !== undefined && !['withheld', 'failed', 'quiet'].includes(outcome.status)) {
    const reviewed = [reviewedKey(repository, work.pullRequest), comment.digest] as const
    return ports.state.put(new Map<string, string | undefined>([reviewed, [key, undefined]]))
  }
  await ports.state.put(new Map([[key, formatUnsaid(comment)]]))
  if (outcome?.status === 'failed') throw outcome.error
  if (mode.type === 'full') return
  // Last: this very work is superseded by it.
  const { again: _again, ...later } = work
  await ports.queue.add([toQueuedWork(later)], { afterMs: Math.max(0, mode.untilMs - ports.now()) })
}
