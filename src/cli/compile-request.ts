import { resolve } from 'node:path'
import { createFolderWriter } from '../adapters/disk/folder-writer.ts'
import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { createGitBranchWriter } from '../adapters/git/branch-writer.ts'
import { readBranch, type BranchReading, type UpdateOutcome } from '../branch/branch.ts'
import type { BranchWriter } from '../branch/branch-writer-port.ts'
import type { Compiled } from '../compile.ts'
import { compileBranch, type CompiledBranch } from '../compile-branch.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import {
  formatChanges,
  formatClusters,
  formatCount,
  formatEmitted,
  toCompileOutput,
  toCompileReport,
  toEmitted,
  toRepeated,
} from '../report/report.ts'
import type { CompileReport } from '../report/types.ts'
import { readCloudEvents } from './cloud-events.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import { guessBranch, type OpenRepository } from './open-repository.ts'
import type { ObservedFirst } from './observe-first.ts'
import type { Options } from './options.ts'
import { createPrinter, exitCodeOf, formatJson, formatSaid, unsilenced, type Printer } from './printing.ts'
import { compileUntil, readFacts, readRendered } from './recorded-state.ts'
import { factsValidUntil, rememberRun, type Repeatable } from './said-run.ts'
import { version } from './version.ts'
import { checkSomeWanted, parseWantedClusters } from './wanted-clusters.ts'
import { workIn, type Workspace, type WorkspaceRequest } from './workspace.ts'
import { emptyPlan } from '../resolve/resolve.ts'

/** A compile that has to be made, with what was begun for it already. */
export interface CompileRequest extends Omit<WorkspaceRequest, 'report'> {
  readonly repeatable?: Repeatable
}

/** Compiles, writes and says what came of it. */
export async function runCompileRequest(request: CompileRequest): Promise<ExitCode> {
  const { options, io, opened, repeatable } = request
  const printer = createPrinter(options, io)
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  const ahead = opened?.then((repository) => readAhead(repository, options)).catch(() => undefined)
  try {
    return await workIn({ ...request, report }, async (workspace) => {
      const run = { options, io, workspace, printer, diagnostics, repeatable, ahead: await ahead }
      return options.emit === undefined ? await writeBranch(run) : await emit(options.emit, run)
    })
  } finally {
    printer.progress.end()
  }
}

interface CompileRun {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly printer: Printer
  readonly diagnostics: Diagnostic[]
  readonly repeatable: Repeatable | undefined
  /** Undefined where it was not read, or could not be: it is read when it is needed. */
  readonly ahead: ReadAhead | undefined
}

interface ReadAhead {
  readonly branch: string
  readonly reading: BranchReading
}

/** Reads the branch while the engine starts, without which nobody knows for sure which one it is. */
async function readAhead({ git, reader }: OpenRepository, options: Options): Promise<ReadAhead> {
  const branch = await guessBranch(options, reader)
  const writer = createGitBranchWriter({
    repository: git,
    ...(options.push !== undefined && { remote: options.push }),
  })
  return { branch, reading: await readBranch(writer, branch) }
}

async function emit(stage: NonNullable<Options['emit']>, run: CompileRun): Promise<ExitCode> {
  const { options, io, workspace, printer, diagnostics } = run
  const compiled = await compileUntil(
    stage,
    { options, io, workspace, progress: printer.progress, remote: options.push },
    (diagnostic) => diagnostics.push(diagnostic),
  )
  const shown = unsilenced(diagnostics, compiled.config)
  printer.diagnostics(shown)
  printer.text(formatEmitted(stage, compiled))
  printer.json(toEmitted(stage, compiled))
  return exitCodeOf(shown)
}

async function writeBranch(run: CompileRun): Promise<ExitCode> {
  const { options, workspace, printer, diagnostics } = run
  const target = openTarget(run)
  const { branch, lastCommit } = target
  const observed = options.observe === true ? await observe(run) : undefined
  const { compiled, outcome } = workspace.isLockRead
    ? await compileOnto(target, observed, run)
    : ({ outcome: { status: 'refused' } } satisfies CompiledBranch)
  if (options.cluster !== undefined && compiled?.plan) checkSomeWanted(options.cluster, compiled.plan)
  const shown = unsilenced(diagnostics, compiled?.config ?? workspace.config)
  const commit = outcome.status === 'written' ? outcome.commit : lastCommit()
  const records =
    outcome.status === 'written'
      ? outcome.plan.clusters
      : 'clusters' in outcome
        ? outcome.clusters
        : undefined
  const result = toCompileReport({
    plan: compiled?.plan ?? emptyPlan,
    rendered: compiled?.rendered?.clusters ?? [],
    ...(records && { records }),
    diagnostics: shown,
    branch: {
      name: branch,
      ...(commit !== undefined && { commit }),
      changed: outcome.status === 'written',
    },
    ...(outcome.status === 'braked' && { brake: outcome.brake }),
  })
  printer.diagnostics(shown)
  if (compiled) printer.text(formatClusters(result, { color: printer.color }))
  printer.text(describeOutcome(outcome, result, options))
  printer.json(toCompileOutput(result))
  await remember({ run, compiled, outcome, shown, result })
  if (outcome.status === 'braked') return exitCodes.brake.code
  if (outcome.status === 'refused') return exitCodes.errors.code
  const exitCode = exitCodeOf(shown)
  return exitCode === exitCodes.done.code && observed?.everyoneAnswered === false
    ? exitCodes.environment.code
    : exitCode
}

/** Loaded when it is asked for: clients of clusters take a tenth of a second. */
async function observe(run: CompileRun): Promise<ObservedFirst | undefined> {
  const { observeFirst } = await import('./observe-first.ts')
  return observeFirst(run)
}

/** Keeps what the next run would say if nothing changes until then. */
async function remember(done: {
  readonly run: CompileRun
  readonly compiled: Compiled | undefined
  readonly outcome: UpdateOutcome
  readonly shown: readonly Diagnostic[]
  readonly result: CompileReport
}): Promise<void> {
  const { run, compiled, outcome, shown } = done
  const { branch } = done.result
  const isDone = outcome.status === 'written' || outcome.status === 'unchanged'
  if (!run.repeatable || !isDone || branch.commit === undefined || !compiled?.facts) return
  // What could not be reached may be there the next time.
  if (shown.some(({ code }) => code === 'sources/unavailable')) return
  const result = toRepeated(done.result)
  const outcomeText = describeOutcome({ status: 'unchanged', clusters: new Map() }, result, run.options)
  const text = (color: boolean): string => formatClusters(result, { color }) + outcomeText
  await rememberRun(run.repeatable, branch.commit, {
    diagnostics: { plain: formatSaid(shown, false), color: formatSaid(shown, true) },
    text: { plain: text(false), color: text(true) },
    json: formatJson(toCompileOutput(result)),
    exitCode: exitCodeOf(shown) === exitCodes.errors.code ? 1 : 0,
    ...factsValidUntil(compiled.facts, compiled.config.facts.maxAgeMs, run.workspace.asOf),
  })
}

interface Target {
  readonly writer: BranchWriter
  readonly branch: string
  readonly ahead?: BranchReading
  /** Where it stood when it was last read. */
  readonly lastCommit: () => string | undefined
}

/** The branch to write. */
function openTarget({ options, io, workspace, ahead }: CompileRun): Target {
  const out = options.out === undefined ? undefined : resolve(io.cwd, options.out)
  const writer =
    out === undefined
      ? createGitBranchWriter({
          repository: workspace.git,
          ...(options.push !== undefined && { remote: options.push }),
        })
      : createFolderWriter(out)
  const branch = out ?? workspace.branch
  const reading = ahead?.branch === branch ? ahead.reading : undefined
  let commit = reading?.state.commit
  return {
    branch,
    ...(reading && { ahead: reading }),
    lastCommit: () => commit,
    writer: {
      ...writer,
      async read(name) {
        const state = await writer.read(name)
        commit = state.commit
        return state
      },
    },
  }
}

async function compileOnto(
  { writer, branch, ahead }: Target,
  observed: ObservedFirst | undefined,
  run: CompileRun,
): Promise<CompiledBranch> {
  const { options, io, workspace, printer, diagnostics } = run
  const { progress } = printer
  const events = await readCloudEvents(options.cloudEvent, io)
  const facts = observed?.facts ?? (await chosenFacts(run))
  return compileBranch(
    {
      ...workspace.ports,
      writer,
      readCommit: (commit) => createCommitReader(workspace.folder, commit),
    },
    {
      branch,
      ...(ahead && { ahead }),
      asOf: workspace.asOf,
      compiler: version,
      committer: workspace.committer,
      allowDelete: options.allowDelete ?? [],
      fetch: { ...workspace.fetch, onProgress: ({ key }) => progress.update(`fetching ${key}`, 0, 0) },
      onProgress: (stage, done, total) => progress.update(stage, done, total),
      events,
      ...(facts && { facts }),
      ...(observed?.delivered !== undefined && { delivered: observed.delivered }),
      ...(workspace.key && { key: workspace.key }),
      ...(options.cluster !== undefined && { isWanted: parseWantedClusters(options.cluster) }),
    },
    (diagnostic) => diagnostics.push(diagnostic),
  )
}

/** Undefined: those of the branch that is written. A folder has none of its own at first, and takes those of the branch. */
async function chosenFacts({
  options,
  io,
  workspace,
}: CompileRun): Promise<ReadonlyMap<string, string> | undefined> {
  if (options.facts === undefined && options.out === undefined) return undefined
  const rendered =
    options.facts === undefined ? await readRendered(workspace, options.push, () => undefined) : undefined
  return readFacts(options, io, rendered)
}

function describeOutcome(outcome: UpdateOutcome, { branch }: CompileReport, options: Options): string {
  const where = options.push === undefined ? branch.name : `${branch.name} of ${options.push}`
  switch (outcome.status) {
    case 'written': {
      const { changes } = outcome.plan
      const at = options.out === undefined ? ` is now at ${outcome.commit.slice(0, 12)}` : ' was written'
      return `${where}${at}: ${formatCount(changes.length, 'cluster')} changed\n${formatChanges(changes)}`
    }
    case 'unchanged':
      return `${where} is up to date\n`
    case 'braked':
      return `${where} was not written: a brake stopped it\n`
    case 'refused':
      return `${where} was not written\n`
  }
}
