import { resolve } from 'node:path'
import { createFolderReader } from '../adapters/disk/folder-reader.ts'
import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { openGitRepository } from '../adapters/git/git-repository.ts'
import { findBaseBranch, findMergeBase } from '../adapters/git/pull-request-range.ts'
import { findRepositoryRoot } from '../adapters/git/repository-place.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { Review } from '../report/types.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import { runLiveDiff } from './diff-live-command.ts'
import { exitCodeOf } from './diff-outcome.ts'
import { writeReview } from './diff-outputs.ts'
import { runRenderedDiff } from './diff-rendered-command.ts'
import { UsageError, type ExitCode, type Io } from './io.ts'
import type { OpenRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { createPrinter } from './printing.ts'
import { readFacts, readRendered } from './recorded-state.ts'
import { reproducing, reviewStates, type DiffRun } from './review-states.ts'
import { startEngine } from './start-engine.ts'
import { workIn } from './workspace.ts'

/** `fleetwright diff [BASE [HEAD]]`. */
export async function runDiff(options: Options, io: Io, args: readonly string[]): Promise<ExitCode> {
  const { against } = options
  if (against === 'rendered') return runRenderedDiff(options, io, args)
  if (options.trust !== undefined)
    throw new UsageError(
      '--trust goes with --against rendered --what-if: in a change, BASE is what is trusted',
    )
  if (options.whatIf)
    throw new UsageError('--what-if asks what it would change in one commit: add --against rendered')
  if (against !== 'pr') return runLiveDiff({ ...options, against }, io, args)
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
        const review = await reviewRange(opened, base, { options, io, workspace, printer })
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
  readonly names: Pick<Review, 'base' | 'head'>
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

async function reviewRange(range: OpenRange, base: readonly Diagnostic[], run: DiffRun): Promise<Review> {
  const { options, io, workspace, printer } = run
  const ofHead: Diagnostic[] = []
  const ofBranch: Diagnostic[] = []
  const [rendered, head] = await Promise.all([
    readRendered(workspace, options.remote, (diagnostic) => ofBranch.push(diagnostic)),
    workspace.openState(range.head, (diagnostic) => ofHead.push(diagnostic)),
  ])
  printer.diagnostics(ofBranch)
  const facts = await readFacts(options, io, rendered)
  return reviewStates(
    {
      baseline: 'pr',
      base: { ...workspace, said: base },
      head: { ...head, said: ofHead },
      facts: { base: facts, head: facts },
      ...{ names: range.names, rendered, reproduce: commandOf(range, options) },
    },
    run,
  )
}

/** The same report on another machine, from the same facts. */
function commandOf({ names: { base, head } }: OpenRange, options: Options): string {
  const commits = [base.commit ?? base.name, head.commit ?? '--worktree']
  return ['fleetwright', 'diff', ...commits, ...reproducing(options)].join(' ')
}
