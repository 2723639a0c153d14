import { createRevisionIds } from '../adapters/git/revision-ids.ts'
import { viewBranch } from '../branch/branch.ts'
import type { BranchView } from '../branch/types.ts'
import { compareLiveFleet } from '../compare-live.ts'
import type { Review } from '../report/types.ts'
import { openLiveAccess } from './cluster-access.ts'
import { exitCodeOf, secretsOf } from './diff-outcome.ts'
import { writeReview } from './diff-outputs.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter, type Printer } from './printing.ts'
import { compileUntil, readRendered } from './recorded-state.ts'
import { version } from './version.ts'
import { withWorkspace, type Workspace } from './workspace.ts'

type LiveOptions = Options & { readonly against: 'pending' | 'drift' }

/** `fleetwright diff --against pending|drift`: what the fleet is and how it is reached is read from HEAD. */
export async function runLiveDiff(options: LiveOptions, io: Io, args: readonly string[]): Promise<ExitCode> {
  if (args.length > 0)
    throw new UsageError(
      `--against ${options.against} compares the rendered branch with clusters: name no BASE`,
    )
  const output = options.format === 'json' ? 'json' : options.output
  const printer = createPrinter({ ...options, output }, io)
  try {
    return await withWorkspace(
      options,
      io,
      () => undefined,
      async (workspace) => {
        const review = await reviewClusters(workspace, { options, io, printer })
        printer.progress.end()
        await writeReview(review, { options, io, printer, base: workspace.reader })
        const exitCode = exitCodeOf(review, options)
        const isWhole = review.facts.silent.length === 0
        return exitCode === exitCodes.done.code && !isWhole ? exitCodes.environment.code : exitCode
      },
    )
  } finally {
    printer.progress.end()
  }
}

interface LiveRun {
  readonly options: LiveOptions
  readonly io: Io
  readonly printer: Printer
}

async function reviewClusters(workspace: Workspace, run: LiveRun): Promise<Review> {
  const { options, io, printer } = run
  const { progress } = printer
  const access = openLiveAccess(options, io, workspace.config)
  const rendered = await readView(workspace, options)
  const journey = { options, io, workspace, progress, remote: options.remote }
  const compiled = await compileUntil('plan', journey, () => undefined)
  const { clusters, ...bounds } = access
  const { review } = await compareLiveFleet(
    { engine: workspace.engine, clusters, revisions: createRevisionIds(workspace.git) },
    {
      ...{ ...bounds, baseline: options.against, rendered, compiled, dryRun: options.predict !== true },
      ...{ asOf: workspace.asOf, compiler: version, secrets: secretsOf(io) },
      ...(workspace.key && { key: workspace.key }),
      reproduce: commandOf(options),
      onProgress: (done, total) => progress.update('comparing clusters', done, total),
    },
  )
  return review
}

async function readView(workspace: Workspace, { remote }: Options): Promise<BranchView> {
  const rendered = await readRendered(workspace, remote, () => undefined)
  if (rendered?.previous.build === undefined)
    throw new UsageError(
      `there is nothing to compare clusters with: \`${workspace.branch}\` is no rendered branch; compile first`,
    )
  return viewBranch(rendered.previous, (state, paths) => rendered.writer.readFiles(state, paths))
}

function commandOf({ against, branch, remote, cluster, predict }: LiveOptions): string {
  const words = ['fleetwright', 'diff', '--against', against]
  if (branch !== undefined) words.push('--branch', branch)
  if (remote !== undefined) words.push('--remote', remote)
  if (cluster !== undefined) words.push('--cluster', cluster)
  if (predict === true) words.push('--predict')
  return words.join(' ')
}
