import { createHash } from 'node:crypto'
import { buildPath, tryParseBuildRecord } from '../../branch/branch.ts'
import { parseDuration } from '../../config/config.ts'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import { factReasons, observedPath, type FactReason, type FactReasons } from '../../observe/observe.ts'
import { formatRefusedFacts } from '../../report/report.ts'
import { toQueuedWork, type WantedIssue } from '../../review/review.ts'
import { ClaimAborted } from '../../review/work-queue-port.ts'
import type { FleetWork } from '../../review/types.ts'
import { isWatched, readObserved, readRecorded, type FactsFiles } from '../fleet/fleet-facts.ts'
import type { DoWork } from '../types.ts'
import { version } from '../version.ts'
import { listApprovals } from './approvals.ts'
import { compileFacts, type CompiledFacts, type FactsBase } from './compile-facts.ts'
import { parseCompiled } from './compiled-note.ts'
import { findConfigFile, readFleetConfig, type FleetSpec } from './fleet-config.ts'
import { tellFleetIssues } from './fleet-issues.ts'
import {
  describeFacts,
  listStanding,
  proposeFleet,
  recallText,
  type FleetProposal,
  type WantedProposals,
} from './fleet-proposals.ts'
import { leaveFleetBranch, noteFleetWrite, readFleetRewrites } from './fleet-rewrites.ts'
import { fetchBranch, inRepository, type OpenedRepository } from './open-repository.ts'
import { movedEachTime } from './run-compile.ts'
import { readRewrites } from './rewritten-branch.ts'
import { tellSilentClusters } from './silent-clusters.ts'
import { compiledKey, factsPrefix } from './state-keys.ts'
import { createContext, measured, type WorkContext } from './work-context.ts'

/**
 * Brings what was observed of the clusters to the rendered branch: at once where nothing that is delivered follows from it, or
 * where the configuration says so; else by one pull request for each cluster that is another one than the branch records.
 */
export const fleetWork: DoWork<FleetWork> = async (ports, work, run) => {
  if (!isWatched(ports.fleets, work.repository)) return
  // Nobody has observed anything yet, or what kept it was lost: that is no change of any cluster.
  if ((await ports.state.get(`${factsPrefix(work.repository)}${observedPath}`)) === undefined) return
  const context = createContext(ports, work, { ...run, signal: untilLost(run.signal) })
  await inRepository(context, async (opened) => {
    const fleet = await readFleet(context, opened)
    if (fleet !== undefined) await bringFleet(context, fleet)
  })
}

/**
 * What changes all the time would begin all the time and never end: being superseded only means that this is done once more
 * afterwards.
 */
function untilLost(signal: AbortSignal): AbortSignal {
  const lost = new AbortController()
  const onAbort = (): void => {
    const reason: unknown = signal.reason
    if (reason instanceof ClaimAborted && reason.reason === 'superseded') return
    lost.abort(reason)
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return lost.signal
}

interface Fleet {
  readonly opened: OpenedRepository
  readonly observed: FactsFiles
  /** Of the source branch. */
  readonly config: FleetSpec
  readonly head: string
}

/** Undefined where there is no fleet. Issues about silent clusters are for where there is one, rendered or not. */
async function readFleet(context: WorkContext, opened: OpenedRepository): Promise<Fleet | undefined> {
  const { hosted, working } = opened
  if (hosted.isArchived) return undefined
  const head = await fetchBranch(context, working, hosted.defaultBranch)
  if (head === undefined || (await findConfigFile(working, head)) === undefined) return undefined
  const config = await readFleetConfig(context, working, head)
  // Now, so that a cluster that answers is not taken for silent because all this took time.
  const observed = await readObserved(context.ports.state, context.repository)
  if (!observed.has(observedPath)) return undefined
  const maxAgeMs = parseDuration(config.facts.maxAge)
  if (maxAgeMs !== undefined) await tellSilentClusters(context, observed, maxAgeMs)
  return { opened, observed, config, head }
}

/** Somebody else's commit in between means doing it again. */
const mostRounds = 5

async function bringFleet(context: WorkContext, fleet: Fleet): Promise<void> {
  const { branch } = fleet.config.rendered
  const { working } = fleet.opened
  for (let round = 1; round <= mostRounds; round += 1) {
    const base = await readBase(context, fleet)
    if (base === undefined) return
    const recorded = await readRecorded(working, base.commit, fleet.observed)
    const facts = factReasons(recorded, fleet.observed)
    const brought = await bring(context, { fleet, base, facts })
    if (brought === undefined) return
    const sourceBranch = fleet.opened.hosted.defaultBranch
    const rewrites =
      brought.commit === base.commit ? undefined : await readFleetRewrites(context, base, brought.commit)
    const left = rewrites && (await leaveFleetBranch(context, base, { rewrites, sourceBranch }))
    if (left) return tellFleetIssues(context, [...brought.refused, left])
    const pushed = await pushBase(context, base, brought.commit)
    if (pushed === 'moved') {
      context.run.log.info('rendered-branch-moved', { branch, round })
      continue
    }
    if (pushed === 'pushed' && rewrites) await noteFleetWrite(context, base, { rewrites, sourceBranch })
    // Nobody reads a log: the check of the source says what is held, and why.
    // Only once: what could not be recorded is as new the next time, and each compile asks for this work again.
    if (brought.hasOtherErrors && pushed === 'pushed') await compileOnto(context, sourceBranch)
    await measured(context, 'propose', () => proposeFleet(context, base, brought.proposals))
    await tellFleetIssues(context, brought.refused)
    return
  }
  throw movedEachTime(branch)
}

/** Of the same source, onto a branch that has moved: nobody asked for it, so that nothing is done in spite of a bound. */
async function compileOnto({ ports, repository }: WorkContext, branch: string): Promise<void> {
  await ports.queue.add([toQueuedWork({ type: 'compile', repository, branch })])
}

/**
 * What the rendered branch comes of and is, so that nothing but facts differs: what else is new in the source branch
 * has a check of its own, and may wait for somebody. Undefined where nothing was compiled yet.
 */
async function readBase(
  context: WorkContext,
  { opened, config, head }: Fleet,
): Promise<FactsBase | undefined> {
  const { working } = opened
  const { branch } = config.rendered
  const commit = await fetchBranch(context, working, branch)
  const blob = commit === undefined ? undefined : await working.fileId(commit, buildPath)
  if (commit === undefined || blob === undefined) return undefined
  const build = tryParseBuildRecord((await working.git(['cat-file', 'blob', blob])).stdout)
  const left = parseCompiled(
    await context.ports.state.get(compiledKey(context.repository, opened.hosted.defaultBranch)),
  )
  // What changes nothing yet is not written, and may be what a cluster needs that changes.
  const source = (left?.rendered === commit ? left.source : undefined) ?? build?.source.commit
  if (source === undefined || !/^[0-9a-f]{40,64}$/.test(source)) return undefined
  // Whoever may write that branch could name any commit, a fork's too: only the source branch is compiled with what is trusted.
  const { exitCode } = await working.git(['merge-base', '--is-ancestor', source, head], {
    codes: [0, 1, 128],
  })
  if (exitCode !== 0) {
    context.run.log.warn('rendered-branch-foreign', { commit, source })
    return undefined
  }
  const approvals = [...(await listApprovals(context.ports, context.repository)).values()]
  return { working, branch, source, commit, approvals }
}

interface Bringing {
  readonly fleet: Fleet
  readonly base: FactsBase
  readonly facts: FactReasons
}

interface Brought {
  /** What the rendered branch is to be. */
  readonly commit: string
  readonly proposals: WantedProposals
  /** What cannot be taken over whatever somebody says. */
  readonly refused: readonly WantedIssue[]
  /** What was observed holds something else than was held before, or nothing any more. */
  readonly hasOtherErrors: boolean
}

/** Facts that were taken so far, and those that somebody is to be asked about. */
interface Taking {
  readonly onto: FactsBase
  readonly accepted: readonly FactReason[]
  readonly waiting: readonly WaitingReason[]
  /** As they are with what was taken. */
  readonly errors: readonly string[]
}

interface WaitingReason {
  readonly reason: FactReason
  /** What it came to, on that commit. */
  readonly compiled: CompiledFacts
  readonly onto: string
}

/**
 * All at once first: mostly nothing follows from any of them. Undefined where nothing can be said, since the branch is not what
 * its own source comes to: then compiling tells.
 */
async function bring(context: WorkContext, { fleet, base, facts }: Bringing): Promise<Brought | undefined> {
  const { app } = fleet.config
  const aged = await compileFacts(context, base, facts.aged)
  const { defaultBranch } = fleet.opened.hosted
  const rewrites = await readRewrites(context, { branch: defaultBranch, source: fleet.head })
  const isWritten = app.onPush === 'commit' && rewrites?.isLeft !== true
  if (aged.kind === 'refused' || aged.isBraked || (aged.effect !== '' && !isWritten)) {
    context.run.log.warn('rendered-branch-behind', { commit: base.commit, source: base.source })
    return undefined
  }
  const isCommitted = app.onFleetChange === 'commit'
  const onto = { ...base, commit: aged.commit }
  const nothing: Taking = { onto, accepted: [], waiting: [], errors: aged.errors }
  const take = (taking: Taking, reasons: readonly FactReason[]): Promise<Taking> =>
    takeFacts(context, taking, { reasons, facts, isCommitted })
  let taking = facts.reasons.length === 0 ? nothing : await take(nothing, facts.reasons)
  if (taking.waiting.length > 1) {
    taking = nothing
    for (const reason of facts.reasons) taking = await take(taking, [reason])
  }
  const standing = await listStanding(context)
  const wanted: FleetProposal[] = []
  const refused: WantedIssue[] = []
  for (const waiting of taking.waiting) {
    const proposal = await propose(context, { taking, waiting, facts, standing })
    if ('subject' in proposal) refused.push(proposal)
    else wanted.push(proposal)
  }
  return {
    commit: taking.onto.commit,
    proposals: { wanted, standing, reasons: taking.waiting.map(({ reason }) => reason.reason) },
    refused,
    hasOtherErrors: taking.errors.join('\n') !== aged.errors.join('\n'),
  }
}

/** Takes what changes nothing that is delivered, and what the configuration lets through. */
async function takeFacts(
  context: WorkContext,
  taking: Taking,
  of: {
    readonly reasons: readonly FactReason[]
    readonly facts: FactReasons
    readonly isCommitted: boolean
  },
): Promise<Taking> {
  const { onto, accepted, waiting } = taking
  const { reasons, facts, isCommitted } = of
  const compiled = await compileFacts(context, onto, facts.with([...accepted, ...reasons]))
  const isTaken =
    compiled.kind === 'compiled' && !compiled.isBraked && (isCommitted || compiled.effect === '')
  if (!isTaken)
    return {
      ...taking,
      waiting: [...waiting, ...reasons.map((reason) => ({ reason, compiled, onto: onto.commit }))],
    }
  const { commit, effect, errors } = compiled
  const names = reasons.map(({ reason }) => reason)
  context.run.log.info('facts-taken', { reasons: names, errors: errors.length, hasEffect: effect !== '' })
  return {
    ...{ onto: { ...onto, commit }, accepted: [...accepted, ...reasons], waiting, errors },
  }
}

const brakedNote =
  'More is deleted than `brakes` lets a compile delete by itself. Whoever merges this approves it.\n\n'

async function propose(
  context: WorkContext,
  of: {
    readonly taking: Taking
    readonly waiting: WaitingReason
    readonly facts: FactReasons
    readonly standing: WantedProposals['standing']
  },
): Promise<FleetProposal | WantedIssue> {
  const { taking, waiting, facts, standing } = of
  const { onto, accepted } = taking
  const { reason } = waiting.reason
  const files = facts.with([...accepted, waiting.reason])
  const isCompiled = waiting.onto === onto.commit
  const compiled = isCompiled ? waiting.compiled : await compileFacts(context, onto, files)
  if (compiled.kind === 'refused') {
    context.run.log.warn('facts-refused', { reason })
    return { subject: `facts ${reason}`, ...formatRefusedFacts(reason, compiled.output) }
  }
  const { commit, effect: content, isBraked } = compiled
  const digest = digestOf([version, onto.source, content, [...waiting.reason.files]])
  const own = { reason, content, commit, digest }
  const said = await recallText(context, own, standing)
  if (said) return { ...own, ...said }
  const { title, body } = await describeFacts(context, onto, files)
  return { ...own, title, body: `${isBraked ? brakedNote : ''}${body}` }
}

function digestOf(values: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(values, (_, value: unknown) => value ?? null))
    .digest('hex')
}

/** Facts from which nothing follows are recorded at once. Where the branch is not to be written, they wait. */
async function pushBase(
  context: WorkContext,
  base: FactsBase,
  commit: string,
): Promise<'pushed' | 'moved' | 'unchanged' | 'refused'> {
  const { working, branch, commit: expected } = base
  if (commit === expected) return 'unchanged'
  context.run.signal.throwIfAborted()
  try {
    const pushed = await measured(context, 'push', () => working.push({ branch, commit, expected }))
    if (pushed === 'pushed') context.run.log.info('rendered-branch-written', { branch, commit })
    return pushed
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.retryable) throw error
    context.run.log.warn('facts-not-recorded', { branch, error })
    return 'refused'
  }
}
