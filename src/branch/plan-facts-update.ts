import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import { isRecordedPath, joinRecorded, observedPath, parseFacts } from '../observe/observe.ts'
import type { BranchWriter } from './branch-writer-port.ts'
import { foreignBranch } from './diagnostics.ts'
import { isFactsOnly, isOnlyAge, type SlotChanges } from './slot-changes.ts'
import { createObjectNamer } from './slots.ts'
import type { Person, PreviousTree, UpdatePlan } from './types.ts'

/** What was observed, as files by path (`isRecordedPath`). */
export interface RecordedFiles {
  readonly files: ReadonlyMap<string, string>
  /** What the branch had when observing began: what others recorded since then stays. */
  readonly base: ReadonlyMap<string, string>
}

export interface FactsUpdateOptions {
  readonly config: FleetConfig
  readonly committer: Person
  /** ISO 8601 UTC of the observation: the time of the commit. */
  readonly date: string
  /** Version of this package. */
  readonly compiler: string
  readonly readFiles: BranchWriter['readFiles']
}

/**
 * Plans a commit of nothing but what was observed, on top of whatever the branch has; a branch that does not exist begins
 * with it. Ages alone are no reason for a commit before they moved by a quarter of what makes facts too old (decision 2).
 * Reports a branch that is somebody else's. Pure but for what it reads with.
 */
export async function planFactsUpdate(
  previous: PreviousTree,
  { files, base }: RecordedFiles,
  options: FactsUpdateOptions,
  report: Report,
): Promise<UpdatePlan> {
  const { state, build, clusters } = previous
  const { config, committer, date, compiler, readFiles } = options
  if (state.commit !== undefined && !build && !isFactsOnly(state) && !config.rendered.adopt) {
    report(foreignBranch(state.branch))
    return { status: 'refused' }
  }
  const paths = [...state.files.keys()].filter(isRecordedPath)
  const wanted = joinRecorded({ base, ours: files, theirs: await readFiles(state, paths) })
  const changes = compareFiles(previous, wanted)
  if (changes.removals.length === 0 && changes.writes.size === 0) return { status: 'unchanged', clusters }
  if (await isOnlyAge(previous, changes, { config, readFiles })) return { status: 'unchanged', clusters }
  return {
    status: 'changed',
    changes: [],
    clusters,
    update: {
      branch: state.branch,
      ...(state.commit !== undefined && { base: state.commit }),
      message: formatMessage(previous, changes, { digest: factsDigest(wanted), compiler }),
      ...{ author: committer, committer, date, ...changes },
    },
  }
}

function compareFiles({ state }: PreviousTree, wanted: ReadonlyMap<string, string>): SlotChanges {
  const namer = createObjectNamer(state.format)
  const rows = [...wanted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, text, id: namer.blob(text) }))
    .filter(({ path, id }) => state.files.get(path) !== id)
  return {
    removals: [...state.files.keys()].filter((path) => isRecordedPath(path) && !wanted.has(path)).sort(),
    writes: new Map(rows.map(({ path, id }) => [path, id])),
    texts: new Map(rows.map(({ id, text }) => [id, text])),
  }
}

function factsDigest(files: ReadonlyMap<string, string>): string {
  return parseFacts(files, () => undefined).digest
}

/** One line a file that says something new of a cluster. */
function formatMessage(
  { state }: PreviousTree,
  { removals, writes }: SlotChanges,
  { digest, compiler }: { readonly digest: string; readonly compiler: string },
): string {
  const lines = [
    ...[...writes.keys()].map((path) => `${state.files.has(path) ? '~' : '+'} ${subjectOf(path)}`),
    ...removals.map((path) => `- ${subjectOf(path)}`),
  ].filter((line) => !line.endsWith(' '))
  const only = writes.has(observedPath) ? 'ages' : 'what was delivered'
  const subject = lines.length === 0 ? only : `${lines.length} changed`
  const trailers = `Facts-Digest: ${digest}\nCompiler: fleetwright ${compiler}`
  return `${[`Record facts: ${subject}`, ...(lines.length > 0 ? [lines.join('\n')] : []), trailers].join('\n\n')}\n`
}

/** `fleet/prod`, `management`; empty for files that follow from others. */
function subjectOf(path: string): string {
  return /^\.fleetwright\/facts\/(.+)\.json$/.exec(path)?.[1] ?? ''
}

/** Whether a commit says of itself that it records facts and nothing else. */
export function isFactsMessage(message: string): boolean {
  return /^Facts-Digest: /m.test(message) && !/^Engine: /m.test(message)
}
