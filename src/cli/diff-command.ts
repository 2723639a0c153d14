import { resolve } from 'node:path'
import { createFolderReader } from '../adapters/disk/folder-reader.ts'
import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { openGitRepository } from '../adapters/git/git-repository.ts'
import { findBaseBranch, findMergeBase, readChangedLines } from '../adapters/git/pull-request-range.ts'
import { findRepositoryRoot } from '../adapters/git/repository-place.ts'
import { viewBranch } from '../branch/branch.ts'
import type { BranchView } from '../branch/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { ReviewedCommit } from '../report/types.ts'
import { reviewChange, type ReviewedChange } from '../review-change.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import { runLiveDiff } from './diff-live-command.ts'
import { exitCodeOf, secretsOf } from './diff-outcome.ts'
import { writeReview } from './diff-outputs.ts'
import { UsageError, type ExitCode, type Io } from './io.ts'
import type { OpenRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { createPrinter, type Printer } from './printing.ts'
import { readFacts, readRendered } from './recorded-state.ts'
import { startEngine } from './start-engine.ts'
import { version } from './version.ts'
import { parseWantedClusters } from './wanted-clusters.ts'
import { workIn, type Workspace } from './workspace.ts'

/** `fleetwright diff [BASE [HEAD]]`. */
export async function runDiff(options: Options, io: Io, args: readonly string[]): Promise<ExitCode> {
  if (options.against !== 'pr') return runLiveDiff({ ...options, against: options.against }, io, args)
  if (options.worktree === true && args.length > 1)
    throw new UsageError('--worktree compares the folder as it is: name no HEAD')
  const printer = createPrinter(
    { ...options, output: options.format === 'json' ? 'json' : options.output },
    io,
  )
  const engine = startEngine(options, io)
  const range = openRange(options, io, args)
  // What is wrong with it is said where it is waited for.
  range.catch(() => undefined)
  const base: Diagnostic[] = []
  try {
    return await workIn(
      { options, io, engine, opened: range, report: (diagnostic) => base.push(diagnostic) },
      async (workspace) => {
        const opened = await range
        const { review } = await reviewRange(opened, { options, io, workspace, printer, base })
        printer.progress.end()
        await writeReview(review, { options, io, printer, base: opened.reader })
        return exitCodeOf(review, options)
      },
    )
  } finally {
    printer.progress.end()
  }
}

/** Both states that are compared; `reader` reads the base, which is trusted. */
interface OpenRange extends OpenRepository {
  readonly head: RepositoryReader
  readonly names: { readonly base: ReviewedCommit; readonly head: ReviewedCommit }
}

async function openRange(
  options: Options,
  io: Io,
  [baseName, headName = 'HEAD']: readonly string[],
): Promise<OpenRange> {
  const folder = await findRepositoryRoot(resolve(io.cwd, options.repo))
  const git = openGitRepository(folder)
  const onto = baseName ?? (await findBaseBranch(folder))
  if (onto === undefined)
    throw new UsageError(
      'there is no `main` or `master` to compare with; name the base: fleetwright diff BASE',
    )
  const commit = await findMergeBase(folder, onto, headName)
  const [reader, head] = await Promise.all([
    createCommitReader(git, commit),
    options.worktree === true ? createFolderReader(folder) : createCommitReader(git, headName),
  ])
  const headCommit = head.revision.commit
  return {
    ...{ folder, git, reader, head },
    names: {
      base: { commit, name: onto },
      head: {
        ...(headCommit !== undefined && { commit: headCommit }),
        name: options.worktree === true ? 'the folder' : headName,
      },
    },
  }
}

interface DiffRun {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly printer: Printer
  /** What reading the lock file of the base had to say. */
  readonly base: readonly Diagnostic[]
}

async function reviewRange(range: OpenRange, run: DiffRun): Promise<ReviewedChange> {
  const { options, io, workspace, printer, base } = run
  const { folder, git, reader, head, names } = range
  const ofHead: Diagnostic[] = []
  const ofBranch: Diagnostic[] = []
  const [rendered, headState, changedLines] = await Promise.all([
    readRendered(workspace, options.remote, (diagnostic) => ofBranch.push(diagnostic)),
    workspace.openState(head, (diagnostic) => ofHead.push(diagnostic)),
    readChangedLines(folder, reader.revision.commit ?? '', head.revision.commit),
  ])
  printer.diagnostics(ofBranch)
  const readCommit = (commit: string): Promise<RepositoryReader> => createCommitReader(git, commit)
  const facts = await readFacts(options, io, rendered)
  return reviewChange(
    {
      base: { ...workspace.ports, readCommit },
      head: { ...headState.ports, readCommit },
    },
    {
      rendered:
        rendered === undefined
          ? emptyView(workspace.branch)
          : viewBranch(rendered.previous, (state, paths) => rendered.writer.readFiles(state, paths)),
      facts,
      asOf: workspace.asOf,
      compiler: version,
      committer: workspace.committer,
      fetch: { base: workspace.fetch, head: headState.fetch },
      ...(workspace.key && { key: workspace.key }),
      ...(options.cluster !== undefined && { isWanted: parseWantedClusters(options.cluster) }),
      ...{ names, changedLines, said: { base, head: ofHead } },
      untrusted: options.untrusted === true,
      reproduce: commandOf(range, options),
      secrets: secretsOf(io),
      onProgress: (side, stage, done, total) => printer.progress.update(`${side}: ${stage}`, done, total),
    },
  )
}

/** For a fleet that was never compiled. */
function emptyView(branch: string): BranchView {
  return {
    previous: {
      state: { branch, format: 'sha1', folders: new Map(), files: new Map() },
      clusters: new Map(),
      untouched: new Map(),
      tampered: [],
    },
    readFiles: () => Promise.resolve(new Map()),
  }
}

/** The same report on another machine, from the same facts. */
function commandOf({ names }: OpenRange, options: Options): string {
  const words = ['fleetwright', 'diff', names.base.commit ?? names.base.name]
  if (names.head.commit !== undefined) words.push(names.head.commit)
  else words.push('--worktree')
  if (options.facts !== undefined) words.push('--facts', options.facts)
  if (options.branch !== undefined) words.push('--branch', options.branch)
  if (options.remote !== undefined) words.push('--remote', options.remote)
  if (options.cluster !== undefined) words.push('--cluster', options.cluster)
  return words.join(' ')
}
