import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  formatCompileCheck,
  formatCompileProposal,
  formatRewrittenCheck,
  type CompileFate,
  type CompileOutput,
} from '../../report/report.ts'
import { approvalKey, checkNames, type Approval } from '../../review/review.ts'
import type { CompileWork } from '../../review/types.ts'
import { tellFleet } from '../fleet/tell-fleet.ts'
import type { DoWork } from '../types.ts'
import { version } from '../version.ts'
import { listApprovals } from './approvals.ts'
import { formatCompiled, parseCompiled } from './compiled-note.ts'
import { findConfigFile, noteRenderedBranch, readFleetConfig, type FleetSpec } from './fleet-config.ts'
import { fetchBranch, inRepository, type OpenedRepository } from './open-repository.ts'
import { propose, withdraw } from './propose.ts'
import { movedEachTime, runCompile } from './run-compile.ts'
import { childCodes, runChild } from './run-child.ts'
import {
  approveDeletions,
  compileAgain,
  leaveOpenCheck,
  openCheck,
  type CheckEnd,
  type RunningCheck,
} from './running-check.ts'
import {
  formatRewrites,
  isFoughtOver,
  listForeignCommits,
  noteCompile,
  readRewrites,
  type Rewrites,
} from './rewritten-branch.ts'
import { findSpentApprovals } from './spent-approvals.ts'
import { compiledKey, fleetRewritesKey, proposedKey, rewritesKey, waitingKey } from './state-keys.ts'
import { tellingWhy } from './telling-why.ts'
import { createContext, measured, type WorkContext } from './work-context.ts'

/** Branch of ours from which what a push renders is proposed. */
const proposalBranch = 'fleetwright/source'

/** Brings the rendered branch, or the proposal for it, to what the head of the source branch comes to. */
export const compileWork: DoWork<CompileWork> = async (ports, work, run) => {
  const context = createContext(ports, work, run)
  await inRepository(context, async (opened) => {
    const { hosted } = opened
    if (hosted.isArchived || work.branch !== hosted.defaultBranch) return
    const compile = await readState(context, opened, work)
    if (compile !== undefined) await compileState(context, compile, work)
  })
}

/** What is compiled, as it stands now. */
interface Compile {
  readonly opened: OpenedRepository
  readonly source: string
  readonly config: FleetSpec
  /** Commit of the rendered branch. */
  readonly rendered: string | undefined
  readonly approvals: readonly Approval[]
}

/** Undefined where there is no fleet. */
async function readState(
  context: WorkContext,
  opened: OpenedRepository,
  { branch }: CompileWork,
): Promise<Compile | undefined> {
  const { working } = opened
  const source = await fetchBranch(context, working, branch)
  const isFleet = source !== undefined && (await findConfigFile(working, source)) !== undefined
  if (!isFleet) {
    const place = { name: checkNames.compile, subject: `compile/${branch}` }
    await leaveOpenCheck(context, place, 'The branch has no fleet any more.')
    return undefined
  }
  const config = await readFleetConfig(context, working, source)
  await noteRenderedBranch(context, config.rendered.branch)
  return {
    ...{ opened, source, config },
    rendered: await fetchBranch(context, working, config.rendered.branch),
    approvals: [...(await listApprovals(context.ports, context.repository)).values()],
  }
}

async function compileState(context: WorkContext, compile: Compile, work: CompileWork): Promise<void> {
  const { ports, repository, github } = context
  const key = compiledKey(repository, work.branch)
  const isKnown =
    work.again !== true && parseCompiled(await ports.state.get(key))?.digest === digestOf(compile)
  const standing = isKnown ? await github.host.findCheck(compile.source, checkNames.compile) : undefined
  const isDone = standing?.state === 'completed'
  ports.metrics.cache('compile', isDone)
  if (isDone) return
  const rewrites = await findRewrites(context, compile, work)
  if (rewrites !== undefined && isFoughtOver(rewrites, ports.now()))
    return leaveToOthers(context, compile, { work, rewrites })
  const place = { name: checkNames.compile, commit: compile.source, subject: `compile/${work.branch}` }
  const check = await openCheck(context, place)
  const done = await tellingWhy(check, () => compileAndWrite(context, compile, { check, work }))
  if ('failed' in done) return check.end({ ...done.failed, actions: [compileAgain] })
  await measured(context, 'post', () => check.end(done.end))
  const { rendered, waiting, spent, written } = done
  context.run.log.info('compiled', { source: compile.source, state: done.end.state, rendered })
  const approvals = compile.approvals.filter((each) => !spent.includes(each))
  const digest = digestOf({ ...compile, rendered, approvals })
  await ports.state.put(
    new Map([
      [
        key,
        formatCompiled({
          digest,
          ...(rendered !== undefined && { rendered }),
          ...(done.source !== undefined && { source: done.source }),
        }),
      ],
      [waitingKey(repository, work.branch), waiting],
      ...(await noteCompile(context, { ...compile, branch: work.branch, written, rewrites })),
      // Somebody wants it all the same: what clusters say too.
      ...(work.again === true ? [[fleetRewritesKey(repository), undefined] as const] : []),
      // What was allowed once is not allowed again: who brings back what went, and takes it away, asks anew.
      ...spent.map((each) => [approvalKey(repository, each.digest), undefined] as const),
    ]),
  )
  await tellFleet(context, compile.source)
}

/** Those that others made necessary; undefined where nobody but the app wrote the branch, or somebody wants it all the same. */
async function findRewrites(
  context: WorkContext,
  { source, rendered }: Compile,
  { branch, again }: CompileWork,
): Promise<Rewrites | undefined> {
  const left = await readLeft(context, branch)
  const isTheirs = left !== undefined && left !== rendered
  return isTheirs && again !== true ? readRewrites(context, { branch, source }) : undefined
}

/** Commit that the last compile left the rendered branch at. */
async function readLeft({ ports, repository }: WorkContext, branch: string): Promise<string | undefined> {
  return parseCompiled(await ports.state.get(compiledKey(repository, branch)))?.rendered
}

/** Writing it once more would be answered in the same way: it is said once, and for the next commit it is tried again. */
async function leaveToOthers(
  context: WorkContext,
  { opened, source, config, rendered }: Compile,
  { work, rewrites }: { readonly work: CompileWork; readonly rewrites: Rewrites },
): Promise<void> {
  const { ports, repository, run } = context
  const { branch } = config.rendered
  if (rewrites.isLeft) return
  const after = await readLeft(context, work.branch)
  const commits =
    rendered !== undefined && after !== undefined
      ? await listForeignCommits(opened.working, { after, tip: rendered })
      : []
  run.log.warn('rendered-branch-rewritten', { branch, source, commits: commits.map(({ id }) => id) })
  const place = { name: checkNames.compile, commit: source, subject: `compile/${work.branch}` }
  const check = await openCheck(context, place)
  const told = { branch, source: work.branch, count: rewrites.at.length, commits }
  await check.end({ ...formatRewrittenCheck(told), actions: [compileAgain] })
  await ports.state.put(
    new Map([
      [rewritesKey(repository, work.branch), formatRewrites({ ...rewrites, isLeft: true })],
      // Whoever brings the branch back to where it was left has the check say so.
      [
        compiledKey(repository, work.branch),
        formatCompiled({ digest: '', ...(after && { rendered: after }) }),
      ],
    ]),
  )
}

/** All that a compile depends on; the facts are on the rendered branch. */
function digestOf({ source, config, rendered, approvals }: Omit<Compile, 'opened'>): string {
  const digests = approvals.map(({ digest }) => digest).sort()
  const values = [version, source, config.app.onPush, rendered, digests]
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

type Done =
  | { readonly failed: Pick<CheckEnd, 'state' | 'title' | 'summary'> }
  | {
      readonly end: CheckEnd
      /** Where the rendered branch is left. */
      readonly rendered: string | undefined
      /** Commit that the rendered branch got. */
      readonly written?: string
      /** Commit that comes to what the rendered branch holds, as far as that is known. */
      readonly source: string | undefined
      /** Digest of the tree whose deletions wait. */
      readonly waiting: string | undefined
      /** Approvals that the rendered branch was written with. */
      readonly spent: readonly Approval[]
    }

interface Doing {
  readonly check: RunningCheck
  readonly work: CompileWork
}

/** Somebody else's commit in between means compiling again. */
const mostRounds = 5

async function compileAndWrite(context: WorkContext, first: Compile, doing: Doing): Promise<Done> {
  const { branch } = first.config.rendered
  const { working } = first.opened
  let compile = first
  doing.check.begin()
  for (let round = 1; round <= mostRounds; round += 1) {
    const outcome = await runCompile(context, { ...compile, working }, (stage, done, total) =>
      doing.check.progress(stage, done, total),
    )
    if (outcome.kind === 'failed') return { failed: outcome.check }
    const fate = await write(context, compile, outcome.output)
    if (fate !== 'moved') return finish(context, { compile, output: outcome.output, fate, doing })
    context.run.log.info('rendered-branch-moved', { branch, round })
    compile = { ...compile, rendered: await fetchBranch(context, working, branch) }
  }
  throw movedEachTime(branch)
}

/** The new commit goes where the configuration wants it. */
async function write(
  context: WorkContext,
  compile: Compile,
  output: CompileOutput,
): Promise<CompileFate | 'moved'> {
  const { opened, source, config, rendered } = compile
  const { branch, brake, diagnostics } = output
  // Nothing can be proposed to a branch that is not there.
  const isProposed = config.app.onPush === 'pull-request' && rendered !== undefined
  if (brake) return { kind: 'braked', digest: brake.digest, allowed: config.review.commands.allow }
  const { commit } = branch
  if (!branch.changed || commit === undefined) {
    const isRefused = diagnostics.some(({ severity, holds }) => severity === 'error' && holds === 'all')
    if (isRefused) return { kind: 'refused' }
    await endProposal(context, isProposed, 'There is nothing left to propose.')
    return { kind: 'unchanged', ...(commit !== undefined && { commit }) }
  }
  context.run.signal.throwIfAborted()
  if (isProposed) return proposeCommit(context, compile, { output, commit })
  const push = { branch: branch.name, commit, expected: rendered }
  if ((await measured(context, 'push', () => opened.working.push(push))) === 'moved') return 'moved'
  context.run.log.info('rendered-branch-written', { branch: branch.name, commit, source })
  await endProposal(context, false, `\`${branch.name}\` is written directly now.`)
  return { kind: 'written', commit, url: `${opened.hosted.url}/commit/${commit}` }
}

async function proposeCommit(
  context: WorkContext,
  compile: Compile,
  { output, commit }: { readonly output: CompileOutput; readonly commit: string },
): Promise<CompileFate> {
  const { ports, repository } = context
  const { opened, source, config } = compile
  // First: whoever comes after a crash knows that there may be one.
  await ports.state.put(new Map([[proposedKey(repository), proposalBranch]]))
  const url = `${opened.hosted.url}/commit/${source}`
  const review = await compareWithRendered(context, compile)
  const proposed = await measured(context, 'push', () =>
    propose(context, {
      ...{ working: opened.working, branch: proposalBranch, onto: config.rendered.branch, commit },
      ...formatCompileProposal(output, { source, url, ...(review && { review }) }),
    }),
  )
  if (proposed.status === 'declined') return { kind: 'declined' }
  const { number, url: page } = proposed.proposal
  return { kind: 'proposed', number, url: page }
}

const proposalOutput = z.object({ title: z.string(), body: z.string() })

/** What the proposal would change, as a review tells it; undefined where that could not be found out. */
async function compareWithRendered(
  context: WorkContext,
  { opened, source, config, rendered }: Compile,
): Promise<z.infer<typeof proposalOutput> | undefined> {
  const { working } = opened
  // The compile left its own commit there.
  await working.git(['update-ref', `refs/heads/${config.rendered.branch}`, rendered ?? ''])
  const args = ['--against=rendered', '--format=proposal', source]
  const { exitCode, stdout } = await runChild(context, { command: 'diff', args, working })
  if (exitCode !== childCodes.done && exitCode !== childCodes.errors) return undefined
  return proposalOutput.safeParse(JSON.parse(stdout)).data
}

/** Where it is known that there never was one, nobody is asked. */
async function endProposal(context: WorkContext, isProposed: boolean, why: string): Promise<void> {
  const { ports, repository } = context
  const key = proposedKey(repository)
  if (!isProposed && (await ports.state.get(key)) === undefined) return
  await withdraw(context, proposalBranch, why)
  await ports.state.put(new Map([[key, undefined]]))
}

interface Finished {
  readonly compile: Compile
  readonly output: CompileOutput
  readonly fate: CompileFate
  readonly doing: Doing
}

async function finish(context: WorkContext, { compile, output, fate, doing }: Finished): Promise<Done> {
  const { opened, approvals } = compile
  const before = parseCompiled(
    await context.ports.state.get(compiledKey(context.repository, doing.work.branch)),
  )
  const left = before?.rendered
  const rendered = fate.kind === 'written' ? fate.commit : compile.rendered
  const spent = await findSpentApprovals(opened.working, { after: left, tip: rendered }, approvals)
  // It is spent when it is merged.
  const proposed = { after: undefined, tip: fate.kind === 'proposed' ? output.branch.commit : undefined }
  const told = [...spent, ...(await findSpentApprovals(opened.working, proposed, approvals))]
  const isBraked = fate.kind === 'braked'
  const isBrought = fate.kind === 'written' || fate.kind === 'unchanged'
  return {
    end: {
      ...formatCompileCheck(output, { fate, approvals: told }),
      actions: [compileAgain, ...(isBraked ? [approveDeletions(fate.digest)] : [])],
    },
    ...{ rendered, spent, waiting: isBraked ? fate.digest : undefined },
    source: isBrought ? compile.source : left === rendered ? before?.source : undefined,
    ...(fate.kind === 'written' && { written: fate.commit }),
  }
}
