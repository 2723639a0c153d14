import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { EnvironmentError } from '../diagnostics/errors.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { isFactsPath } from '../observe/observe.ts'
import type { Review, ReviewedCommit } from '../report/types.ts'
import { exitCodeOf } from './diff-outcome.ts'
import { writeReview } from './diff-outputs.ts'
import { UsageError, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter } from './printing.ts'
import { readFacts, readRendered, readWhatIf } from './recorded-state.ts'
import { reproducing, reviewStates, type DiffRun, type OpenState } from './review-states.ts'
import { withWorkspace, type Workspace } from './workspace.ts'

/** `fleetwright diff --against rendered [HEAD]`: what the next compile would write; with `--what-if`, what that would change. */
export async function runRenderedDiff(options: Options, io: Io, args: readonly string[]): Promise<ExitCode> {
  const [commit = 'HEAD', ...others] = args
  if (others.length > 0)
    throw new UsageError('--against rendered compares one commit with the rendered branch: name HEAD alone')
  if (options.worktree === true && args.length > 0)
    throw new UsageError('--worktree compares the folder as it is: name no HEAD')
  if (options.trust !== undefined && !options.whatIf)
    throw new UsageError('--trust goes with --what-if: the next compile keeps to what the commit itself says')
  const output = options.format === 'json' ? 'json' : options.output
  const printer = createPrinter({ ...options, output }, io)
  const said: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void said.push(diagnostic)
  try {
    return await withWorkspace({ ...options, commit }, io, report, async (workspace) => {
      const run = { options, io, workspace, printer }
      const { review, base: vouching } = await reviewNext(commit, said, run)
      printer.progress.end()
      // Whoever is not trusted has no say in how it is shown.
      const isShownByHead = options.untrusted !== true && options.trust === undefined
      const base = isShownByHead ? workspace.reader : vouching?.ports.reader
      await writeReview(review, { options, io, printer, ...(base && { base }) })
      return exitCodeOf(review, options)
    })
  } finally {
    printer.progress.end()
  }
}

interface Next {
  readonly review: Review
  /** The commit that is to be trusted, else what the rendered branch was compiled from. */
  readonly base: OpenState | undefined
}

async function reviewNext(commit: string, said: readonly Diagnostic[], run: DiffRun): Promise<Next> {
  const { options, io, workspace, printer } = run
  const ofBranch: Diagnostic[] = []
  const rendered = await readRendered(workspace, options.remote, (diagnostic) => ofBranch.push(diagnostic))
  printer.diagnostics(ofBranch)
  const source = rendered?.previous.build?.source.commit
  const { trust } = options
  const base = trust === undefined ? await tryOpen(source, workspace) : await openState(trust, workspace)
  const facts = await readFacts(options, io, rendered)
  const { whatIf: texts } = options
  const whatIf = texts && (await readWhatIf(texts, facts, run))
  const { revision } = workspace.reader
  const name = options.worktree === true ? 'the folder' : commit
  const head = { ...(revision.commit !== undefined && { commit: revision.commit }), name }
  const branch: ReviewedCommit = {
    ...(rendered?.previous.state.commit !== undefined && { commit: rendered.previous.state.commit }),
    name: workspace.branch,
  }
  const review = await reviewStates(
    {
      baseline: texts ? 'what-if' : 'rendered',
      ...(base && { base }),
      isVouched: trust !== undefined,
      head: { ...workspace, said },
      facts: { base: await recordedFacts(rendered), head: facts },
      ...(whatIf && { whatIf }),
      names: texts
        ? { base: head, head: { ...head, name: `${name}, supposing ${texts.join(' and ')}` } }
        : { base: branch, head },
      rendered,
      reproduce: [
        'fleetwright',
        'diff',
        '--against',
        'rendered',
        ...headWords(head),
        ...reproducing(options),
      ].join(' '),
    },
    run,
  )
  return { review, base }
}

function headWords({ commit }: ReviewedCommit): readonly string[] {
  return [commit ?? '--worktree']
}

async function recordedFacts(rendered: Awaited<ReturnType<typeof readRendered>>) {
  if (rendered === undefined) return new Map<string, string>()
  const { previous, writer } = rendered
  return writer.readFiles(previous.state, [...previous.state.files.keys()].filter(isFactsPath))
}

/** A shallow clone lacks it, or history was rewritten: then nobody knows why the branch is as it is. */
async function tryOpen(commit: string | undefined, workspace: Workspace): Promise<OpenState | undefined> {
  if (commit === undefined) return undefined
  try {
    return await openState(commit, workspace)
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined
    throw error
  }
}

/** Throws EnvironmentError. */
async function openState(commit: string, workspace: Workspace): Promise<OpenState> {
  const reader = await createCommitReader(workspace.git, commit)
  await reader.list()
  const said: Diagnostic[] = []
  return { ...(await workspace.openState(reader, (diagnostic) => said.push(diagnostic))), said }
}
