import { createConfigHistory } from '../adapters/git/config-history.ts'
import { createCommitReader } from '../adapters/git/commit-reader.ts'
import { readChangedLines } from '../adapters/git/pull-request-range.ts'
import { viewBranch } from '../branch/branch.ts'
import type { BranchView } from '../branch/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { PreviewOptions } from '../preview.ts'
import type { Review } from '../report/types.ts'
import { reviewChange } from '../review-change.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import { secretsOf } from './diff-outcome.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import type { Printer } from './printing.ts'
import type { readRendered } from './recorded-state.ts'
import { version } from './version.ts'
import { checkSomeWanted, parseWantedClusters } from './wanted-clusters.ts'
import type { Readable, Workspace } from './workspace.ts'

/** One state of the repository, and what reading its lock file had to say. */
export interface OpenState extends Readable {
  readonly said: readonly Diagnostic[]
}

/** Two states that are compared, and what each knows of the clusters. */
export interface ComparedStates extends Pick<PreviewOptions, 'baseline' | 'facts' | 'whatIf' | 'isVouched'> {
  /** Absent where it cannot be read any more. */
  readonly base?: OpenState
  readonly head: OpenState
  readonly names: Pick<Review, 'base' | 'head'>
  /** Absent where there is no repository, or its branch cannot be used. */
  readonly rendered: Awaited<ReturnType<typeof readRendered>>
  /** Command that gives the same report on another machine. */
  readonly reproduce: string
}

export interface DiffRun {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly printer: Printer
}

export async function reviewStates(states: ComparedStates, run: DiffRun): Promise<Review> {
  const { options, io, workspace, printer } = run
  const { base, head, names, rendered } = states
  const readCommit = (commit: string): Promise<RepositoryReader> => createCommitReader(workspace.git, commit)
  const { review, plans } = await reviewChange(
    {
      ...(base && { base: { ...base.ports, readCommit } }),
      head: { ...head.ports, readCommit },
      history: createConfigHistory(workspace.git),
    },
    {
      ...{ baseline: states.baseline, facts: states.facts, names, reproduce: states.reproduce },
      ...(states.whatIf && { whatIf: states.whatIf }),
      isVouched: states.isVouched === true,
      rendered:
        rendered === undefined
          ? emptyView(workspace.branch)
          : viewBranch(rendered.previous, (state, paths) => rendered.writer.readFiles(state, paths)),
      asOf: workspace.asOf,
      compiler: version,
      committer: workspace.committer,
      fetch: { base: base?.fetch ?? {}, head: head.fetch },
      ...(workspace.key && { key: workspace.key }),
      ...(options.cluster !== undefined && { isWanted: parseWantedClusters(options.cluster) }),
      changedLines: await linesBetween(workspace.folder, base?.ports.reader, head.ports.reader),
      said: { base: base?.said ?? [], head: head.said },
      untrusted: options.untrusted === true,
      secrets: secretsOf(io),
      onProgress: (side, stage, done, total) => printer.progress.update(`${side}: ${stage}`, done, total),
    },
  )
  // One that the head takes away is in the base alone.
  if (options.cluster !== undefined && plans.length > 0)
    checkSomeWanted(options.cluster, { clusters: plans.flatMap(({ clusters }) => clusters) })
  return review
}

/** Lines that the head has otherwise than the base, for annotations. */
async function linesBetween(
  folder: string,
  base: RepositoryReader | undefined,
  head: RepositoryReader,
): Promise<Review['changedLines']> {
  const [from, to] = [base?.revision.commit, head.revision.commit]
  return from === undefined || from === to ? new Map() : readChangedLines(folder, from, to)
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

/** Options that decide what a report says, as they were given. */
export function reproducing(options: Options): readonly string[] {
  const { facts, branch, remote, cluster, trust, whatIf = [] } = options
  const given = {
    ...{ '--facts': facts, '--branch': branch, '--remote': remote, '--cluster': cluster },
    '--trust': trust,
  }
  return [
    ...Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...whatIf.flatMap((text) => ['--what-if', text]),
  ]
}
