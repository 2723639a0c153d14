import { resolve } from 'node:path'
import { readRecordedFolder, writeRecordedFolder } from '../adapters/disk/facts-folder.ts'
import { knownUnits, updateFacts } from '../branch/branch.ts'
import type { BranchWriter } from '../branch/branch-writer-port.ts'
import type { PreviousTree } from '../branch/types.ts'
import type { Diagnostic, Report } from '../diagnostics/types.ts'
import { deliveredPath, isRecordedPath } from '../observe/observe.ts'
import type { ObserveFleetOptions } from '../observe-fleet.ts'
import { nothingKnown } from '../render/render.ts'
import type { ObserveReport } from '../report/report.ts'
import { UsageError, type Io } from './io.ts'
import type { Options } from './options.ts'
import { readRendered } from './recorded-state.ts'
import { version } from './version.ts'
import type { Workspace } from './workspace.ts'

/** Where facts are recorded, and what is recorded there. */
export interface FactsPlace {
  readonly facts: ReadonlyMap<string, string>
  readonly delivered?: string
  /** What the last build knew, for compiling. */
  readonly build: Pick<ObserveFleetOptions, 'sets' | 'known'> & {
    readonly pins: ObserveFleetOptions['fetch']['pins']
  }
  /** Undefined when the branch must not be written, which was reported. */
  record(recorded: Recording): Promise<ObserveReport['recorded']>
}

export interface Recording {
  readonly facts: ReadonlyMap<string, string>
  readonly delivered?: string
  /** ISO 8601 UTC. */
  readonly observedAt: string
}

/** The rendered branch, or the folder of `--out`. Undefined when the branch cannot be used, which was reported. */
export async function openFactsPlace(
  { options, io, workspace }: { readonly options: Options; readonly io: Io; readonly workspace: Workspace },
  report: Report,
): Promise<FactsPlace | undefined> {
  // What is wrong with a branch that can be written all the same is said when it is written.
  const said: Diagnostic[] = []
  const rendered = await readRendered(workspace, options.push, (one) => said.push(one))
  const ofBranch = rendered && (await readRecorded(rendered.previous, rendered.writer))
  const build = toBuild(rendered)
  if (options.factsOut !== undefined) {
    const folder = resolve(io.cwd, options.factsOut)
    const own = await readRecordedFolder(folder)
    return { ...split(own.size > 0 ? own : (ofBranch ?? own)), build, record: recordInto(folder) }
  }
  if (rendered === undefined || ofBranch === undefined) {
    if (options.worktree === true)
      throw new UsageError('there is no Git repository to record facts in; give a folder with --out')
    said.forEach(report)
    return undefined
  }
  return { ...split(ofBranch), build, record: recordOnto(rendered, ofBranch, { workspace, report }) }
}

type Rendered = NonNullable<Awaited<ReturnType<typeof readRendered>>>

function toBuild(rendered: Rendered | undefined): FactsPlace['build'] {
  const build = rendered?.previous.build
  const readFiles: BranchWriter['readFiles'] = async (state, paths) =>
    (await rendered?.writer.readFiles(state, paths)) ?? new Map<string, string>()
  return {
    sets: new Map(Object.entries(build?.sets ?? {})),
    pins: new Map(Object.entries(build?.pins ?? {})),
    known: rendered ? knownUnits(rendered.previous, readFiles) : nothingKnown,
  }
}

function readRecorded(previous: PreviousTree, writer: BranchWriter): Promise<ReadonlyMap<string, string>> {
  const paths = [...previous.state.files.keys()].filter(isRecordedPath)
  return writer.readFiles(previous.state, paths)
}

function split(recorded: ReadonlyMap<string, string>): Pick<FactsPlace, 'facts' | 'delivered'> {
  const delivered = recorded.get(deliveredPath)
  return {
    facts: new Map([...recorded].filter(([path]) => path !== deliveredPath)),
    ...(delivered !== undefined && { delivered }),
  }
}

function toFiles({ facts, delivered }: Recording): ReadonlyMap<string, string> {
  return delivered === undefined ? facts : new Map([...facts, [deliveredPath, delivered]])
}

function recordInto(folder: string): FactsPlace['record'] {
  return async (recording) => {
    const changed = await writeRecordedFolder(folder, toFiles(recording))
    return { name: folder, changed }
  }
}

/** Each commit says what is new since the one before it; what others record in between stays. */
function recordOnto(
  { previous, writer }: Rendered,
  recorded: ReadonlyMap<string, string>,
  { workspace, report }: { readonly workspace: Workspace; readonly report: Report },
): FactsPlace['record'] {
  const { branch, config, committer } = workspace
  let base = recorded
  let tip = previous.state.commit
  return async (recording) => {
    const files = toFiles(recording)
    const options = { branch, config, committer, date: recording.observedAt, compiler: version }
    const outcome = await updateFacts(writer, { files, base }, options, report)
    if (outcome.status === 'refused') return undefined
    if (outcome.status === 'written') {
      base = files
      tip = outcome.commit
    }
    return { name: branch, ...(tip !== undefined && { commit: tip }), changed: outcome.status === 'written' }
  }
}
