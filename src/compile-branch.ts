import {
  keepClusters,
  knownUnits,
  planUpdate,
  updateBranch,
  viewBranch,
  type BranchReading,
  type UpdateOutcome,
} from './branch/branch.ts'
import type { BranchWriter } from './branch/branch-writer-port.ts'
import type { BranchView, Person, PreviousTree, Tree, UpdatePlan } from './branch/types.ts'
import type { Compiled, CompileOptions } from './compile.ts'
import { compileAttempt, type AttemptPorts } from './compile-attempt.ts'
import { assert } from './diagnostics/errors.ts'
import type { Diagnostic, Report } from './diagnostics/types.ts'
import type { Pin } from './sources/types.ts'
import { deliveredPath, isFactsPath, recordEvents, type Supposition } from './observe/observe.ts'
import type { RecordedEvent } from './observe/types.ts'

export interface CompileBranchPorts extends AttemptPorts {
  readonly writer: BranchWriter
}

export interface CompileBranchOptions extends Omit<
  CompileOptions,
  'facts' | 'sets' | 'known' | 'until' | 'whatIf' | 'incomplete'
> {
  readonly branch: string
  /** What the branch was a moment ago; absent, it is read first. */
  readonly ahead?: BranchReading
  /** Recorded facts; default: those of the rendered branch. */
  readonly facts?: ReadonlyMap<string, string>
  /** CloudEvents that came since; they are recorded with the facts. */
  readonly events?: readonly RecordedEvent[]
  /** What became of what was delivered, to be recorded with the tree; default: it stays as the branch has it. */
  readonly delivered?: string
  /** What was fetched at the time, by source key; default: what the last build pinned. */
  readonly pins?: ReadonlyMap<string, Pin>
  /** With `isWanted`: clusters that the commit has no more and that are wanted, to go from the branch. Default: none. */
  readonly isWantedGone?: (cluster: string) => boolean
  /** Renders everything anew, whatever the branch has. */
  readonly fresh?: boolean
  readonly committer: Person
  /** Digests of deletions that somebody approved. */
  readonly allowDelete: readonly string[]
}

export interface CompiledBranch {
  /** Absent when the branch cannot be used; the reason was reported. */
  readonly compiled?: Compiled
  readonly outcome: UpdateOutcome
}

/**
 * Compiles a commit and brings the rendered branch up to it: one commit, or none when nothing changed. Units whose
 * inputs are those on the branch are taken over. Another writer in between makes it start over with what is there then.
 * Files that cannot be read count as the last build had them; writes nothing when something else holds everything. Throws EnvironmentError when a port fails.
 */
export async function compileBranch(
  ports: CompileBranchPorts,
  options: CompileBranchOptions,
  report: Report,
): Promise<CompiledBranch> {
  const { writer } = ports
  let compiled: Compiled | undefined
  // Only the attempt that counts may speak: what an earlier one said of the branch is outdated.
  let said: Diagnostic[] = []
  const outcome = await updateBranch(
    writer,
    {
      branch: options.branch,
      ...(options.ahead && { ahead: options.ahead }),
      report: (diagnostic) => said.push(diagnostic),
    },
    async (previous): Promise<UpdatePlan> => {
      said = said.filter(({ code }) => code.startsWith('branch/'))
      const attempt = (diagnostic: Diagnostic): void => void said.push(diagnostic)
      const planned = await planBranch(
        viewBranch(previous, (of, paths) => writer.readFiles(of, paths)),
        ports,
        options,
        attempt,
      )
      compiled = planned.compiled
      return planned.plan
    },
  )
  said.forEach(report)
  return { ...(compiled && { compiled }), outcome }
}

export interface PlanBranchOptions extends Omit<CompileBranchOptions, 'branch' | 'ahead' | 'allowDelete'> {
  /** Digests of deletions that somebody approved; `all` where nothing is written. */
  readonly allowDelete: readonly string[] | 'all'
  /** Worlds that are not. Never for a branch that is written. */
  readonly whatIf?: readonly Supposition[]
}

export interface PlannedBranch {
  /** Absent when it cannot be compiled; the reason was reported. */
  readonly compiled?: Compiled
  readonly plan: UpdatePlan
}

/** Compiles a commit onto a branch as it is or is imagined, and plans the one commit; writes nothing. */
export async function planBranch(
  view: BranchView,
  ports: AttemptPorts,
  options: PlanBranchOptions,
  report: Report,
): Promise<PlannedBranch> {
  const { previous } = view
  const compiled = await compileAttempt(ports, await compileOptions(view, options), previous, report)
  if (compiled === undefined) return { plan: { status: 'refused' } }
  const { config } = compiled
  assert(compiled.tree, 'a compile that goes to its end gives a tree')
  const tree = withOthers(compiled.tree, previous, options)
  const plan = await planUpdate(
    previous,
    options.delivered === undefined
      ? tree
      : { ...tree, files: new Map([...tree.files, [deliveredPath, options.delivered]]) },
    {
      config,
      committer: options.committer,
      allowDelete: options.allowDelete,
      print: async (objects) => {
        const printed = await ports.engine.printObjects(objects)
        assert(printed.ok, 'delivery objects can be printed')
        return printed.value.map(({ text }) => text)
      },
      readFiles: (_state, paths) => view.readFiles(paths),
    },
    report,
  )
  return { compiled, plan }
}

const unselected = { reason: 'not-selected', message: 'it was not selected' } as const

/** Where some clusters are compiled, those that the commit has no more stay as all others do. */
function withOthers(tree: Tree, previous: PreviousTree, options: PlanBranchOptions): Tree {
  const { isWanted, isWantedGone = () => false } = options
  if (isWanted === undefined) return tree
  return keepClusters(tree, previous, unselected, (cluster) => !isWantedGone(cluster))
}

async function compileOptions(
  { previous, readFiles }: BranchView,
  options: PlanBranchOptions,
): Promise<CompileOptions> {
  const { state, build } = previous
  const known = knownUnits(previous, (_state, paths) => readFiles(paths))
  const factsPaths = [...state.files.keys()].filter(isFactsPath)
  return {
    ...options,
    facts: recordEvents(options.facts ?? (await readFiles(factsPaths)), options.events ?? []),
    sets: new Map(Object.entries(build?.sets ?? {})),
    // Even a fresh render is told the present that its inputs were told before (decision 5), and what stays on the branch.
    known: options.fresh === true ? { ...known, clusters: new Map(), anew: true } : known,
    fetch: { ...options.fetch, pins: options.pins ?? new Map(Object.entries(build?.pins ?? {})) },
  }
}
