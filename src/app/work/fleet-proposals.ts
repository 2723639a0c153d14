import { z } from 'zod'
import { readReportFolder } from '../../adapters/disk/report-folder.ts'
import { EnvironmentError, InternalError } from '../../diagnostics/errors.ts'
import {
  declinedKey,
  fleetBranch,
  fleetBranchPrefix,
  parseDeclinedNote,
  planProposals,
  type ProposalEffect,
  withoutProposalMarker,
  type WantedProposal,
} from '../../review/review.ts'
import type { Proposal } from '../../review/proposals-port.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import type { FactsFiles } from '../fleet/fleet-facts.ts'
import { factsFolder, placeFacts, type FactsBase } from './compile-facts.ts'
import { fetchBranch } from './open-repository.ts'
import { childCodes, describeEnd, runChild } from './run-child.ts'
import { movedEachTime } from './run-compile.ts'
import { fleetBranchesPrefix } from './state-keys.ts'
import type { WorkContext } from './work-context.ts'
import { join } from 'node:path'

/** A change of the fleet that somebody is asked about. */
export interface FleetProposal extends WantedProposal {
  /** What its branch is to hold, on top of the rendered branch. */
  readonly commit: string
  /** Of all that is said of it: the same says the same. */
  readonly digest: string
}

/** What is said of a proposal that stands and has not changed since; undefined where it has to be said anew. */
export async function recallText(
  { ports, repository }: WorkContext,
  { reason, digest }: Pick<FleetProposal, 'reason' | 'digest'>,
  standing: readonly Proposal[],
): Promise<Pick<WantedProposal, 'title' | 'body'> | undefined> {
  const branch = fleetBranch(reason)
  const proposal = standing.find(({ head }) => head === branch)
  const said = await ports.state.get(`${fleetBranchesPrefix(repository)}${branch}`)
  if (proposal === undefined || said !== digest) return undefined
  return { title: proposal.title, body: withoutProposalMarker(proposal.body) }
}

const written = z.object({ title: z.string(), body: z.string() })

/** What `diff` has to say of facts against the rendered branch: title and text of a pull request. Throws as `runChild` does. */
export async function describeFacts(
  context: WorkContext,
  base: FactsBase,
  facts: FactsFiles,
): Promise<Pick<WantedProposal, 'title' | 'body'>> {
  await placeFacts(base, facts)
  const { working, source } = base
  const folder = join(working.folder, 'fleetwright-report')
  const result = await runChild(context, {
    ...{ command: 'diff', working },
    args: ['--against=rendered', source, `--facts=${factsFolder}`, `--report=${folder}`],
  })
  const { done, errors, found } = childCodes
  if (![done, errors, found].some((code) => code === result.exitCode)) {
    const { title, summary } = describeEnd(context, result)
    throw new EnvironmentError({
      ...{ adapter: 'child', operation: 'compare what was observed', message: title },
      ...{ retryable: false, hint: summary },
    })
  }
  const texts = await readReportFolder(folder, ['proposal.json'])
  const proposal = written.safeParse(JSON.parse(texts.get('proposal.json') ?? 'null')).data
  if (proposal === undefined) throw new InternalError('a report has a title and a text for a pull request')
  return proposal
}

export interface WantedProposals {
  readonly wanted: readonly FleetProposal[]
  /** Open ones. */
  readonly standing: readonly Proposal[]
  /** For which something waits, whether it can be proposed or not. */
  readonly reasons: readonly string[]
}

export function listStanding({ github }: WorkContext): Promise<readonly Proposal[]> {
  return github.proposals.list(fleetBranchPrefix)
}

/**
 * Brings branches and pull requests to what is wanted: each commit to its branch first, then what is said of it. Branches of
 * ours that nothing is wanted of go in the end. May be cut off anywhere and done again.
 */
export async function proposeFleet(
  context: WorkContext,
  { working, branch: base }: Pick<FactsBase, 'working' | 'branch'>,
  { wanted, standing, reasons }: WantedProposals,
): Promise<void> {
  const { ports, repository, run } = context
  const plan = planProposals({ wanted, standing, declined: await readDeclined(context, wanted), base })
  const prefix = fleetBranchesPrefix(repository)
  const chosen = wanted
    .map((proposal) => ({ ...proposal, branch: fleetBranch(proposal.reason) }))
    .filter(({ branch }) => plan.branches.has(branch))
  for (const proposal of chosen) {
    const key = `${prefix}${proposal.branch}`
    // First: whoever comes after a crash knows that there may be one.
    if ((await ports.state.get(key)) !== proposal.digest) await ports.state.put(new Map([[key, 'begun']]))
    await pushProposal(context, working, proposal)
  }
  for (const effect of plan.effects) {
    run.signal.throwIfAborted()
    await apply(context, effect, base)
  }
  await ports.state.put(new Map(chosen.map(({ branch, digest }) => [`${prefix}${branch}`, digest])))
  const noted = [...(await ports.state.list(prefix)).keys()].map((key) => key.slice(prefix.length))
  const closed = plan.effects.flatMap((effect) => (effect.type === 'close' ? [effect.branch] : []))
  for (const branch of new Set([...noted, ...closed]))
    if (!plan.branches.has(branch)) await removeBranch(context, branch)
  await forgetDeclined(context, reasons)
}

/** What somebody closed stays closed as long as its reason stands; what comes for it after that is another change. */
async function forgetDeclined({ ports, repository }: WorkContext, reasons: readonly string[]): Promise<void> {
  const standing = new Set(reasons.map((reason) => declinedKey(repository, fleetBranch(reason))))
  const noted = await ports.state.list(declinedKey(repository, fleetBranchPrefix))
  const gone = [...noted.keys()].filter((key) => !standing.has(key))
  if (gone.length > 0) await ports.state.put(new Map(gone.map((key) => [key, undefined])))
}

async function readDeclined(
  { ports, repository }: WorkContext,
  wanted: readonly FleetProposal[],
): Promise<ReadonlyMap<string, string>> {
  const branches = wanted.map(({ reason }) => fleetBranch(reason))
  const notes = await Promise.all(
    branches.map(async (branch) => parseDeclinedNote(await ports.state.get(declinedKey(repository, branch)))),
  )
  return new Map(branches.map((branch, index) => [branch, notes[index]?.digest ?? '']))
}

/** What of a proposal is not worth another push: when it was compiled, and how old facts are. */
const told = ['clusters', 'local', 'delivery', '.fleetwright/facts', '.fleetwright/schemas']

async function pushProposal(
  context: WorkContext,
  working: WorkingRepository,
  { branch, commit }: { readonly branch: string; readonly commit: string },
): Promise<void> {
  const expected = await fetchBranch(context, working, branch)
  if (expected !== undefined && (await isSameProposal(working, expected, commit))) return
  context.run.signal.throwIfAborted()
  // The branch is ours: what somebody else put there is not kept, and what comes in between is looked at again.
  if ((await working.push({ branch, commit, expected })) === 'moved') throw movedEachTime(branch)
}

async function isSameProposal(working: WorkingRepository, one: string, other: string): Promise<boolean> {
  const parents = await Promise.all(
    [one, other].map(async (commit) => (await working.git(['rev-parse', `${commit}^@`])).stdout),
  )
  if (parents[0] !== parents[1]) return false
  const { stdout } = await working.git(['diff-tree', '-r', '--name-only', one, other, '--', ...told])
  return stdout === ''
}

async function apply(
  { github: { proposals }, run }: WorkContext,
  effect: ProposalEffect,
  base: string,
): Promise<void> {
  switch (effect.type) {
    case 'close': {
      await proposals.close(effect.number, effect.why)
      run.log.info('proposal-closed', { number: effect.number, branch: effect.branch })
      return
    }
    case 'update': {
      const { number, title, body } = effect
      await proposals.update(number, { title, body })
      run.log.info('proposal-updated', { number })
      return
    }
    case 'open': {
      const { branch, title, body } = effect
      const { number } = await proposals.open({ head: branch, base, title, body })
      // Where one was open already that nobody listed yet.
      await proposals.update(number, { title, body })
      run.log.info('proposal-opened', { number, branch })
    }
  }
}

async function removeBranch({ ports, repository, github }: WorkContext, branch: string): Promise<void> {
  const commit = await github.host.readHead(branch)
  if (commit !== undefined) await github.proposals.deleteBranch(branch, commit)
  await ports.state.put(new Map([[`${fleetBranchesPrefix(repository)}${branch}`, undefined]]))
}
