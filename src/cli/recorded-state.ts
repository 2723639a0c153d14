import { resolve } from 'node:path'
import { readFactsFolder } from '../adapters/disk/facts-folder.ts'
import { createGitBranchWriter } from '../adapters/git/branch-writer.ts'
import { isRepository } from '../adapters/git/repository-place.ts'
import { readPreviousTree } from '../branch/branch.ts'
import type { BranchWriter } from '../branch/branch-writer-port.ts'
import type { PreviousTree } from '../branch/types.ts'
import { compile, type Compiled, type Stage } from '../compile.ts'
import type { Report } from '../diagnostics/types.ts'
import { isFactsPath, recordEvents, type Supposition } from '../observe/observe.ts'
import { nothingKnown } from '../render/render.ts'
import { readCloudEvents } from './cloud-events.ts'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import type { Progress } from './progress.ts'
import { version } from './version.ts'
import { parseWhatIf } from './what-if.ts'
import { checkSomeWanted, parseWantedClusters } from './wanted-clusters.ts'
import type { Workspace } from './workspace.ts'

/**
 * The rendered branch as it is now, read and not written. Undefined where there is no repository, and, reported, when it
 * cannot be used.
 */
export async function readRendered(
  workspace: Pick<Workspace, 'git' | 'branch'>,
  remote: string | undefined,
  report: Report,
): Promise<{ readonly previous: PreviousTree; readonly writer: BranchWriter } | undefined> {
  if (!(await isRepository(workspace.git.folder))) return undefined
  const writer = createGitBranchWriter({
    repository: workspace.git,
    ...(remote !== undefined && { remote }),
  })
  const state = await writer.read(workspace.branch)
  const previous = await readPreviousTree(state, (of, paths) => writer.readFiles(of, paths), report)
  return previous && { previous, writer }
}

/** Recorded facts: those of `--facts`, else those of the rendered branch. */
export async function readFacts(
  options: Options,
  io: Io,
  rendered: Awaited<ReturnType<typeof readRendered>>,
): Promise<ReadonlyMap<string, string>> {
  if (options.facts !== undefined) return readFactsFolder(resolve(io.cwd, options.facts))
  if (rendered === undefined) return new Map()
  const { previous, writer } = rendered
  const paths = [...previous.state.files.keys()].filter(isFactsPath)
  return writer.readFiles(previous.state, paths)
}

interface Journey {
  readonly options: Options
  readonly io: Io
  readonly workspace: Workspace
  readonly progress: Progress
  readonly remote?: string | undefined
}

/** Compiles up to a stage and writes nothing, from what the rendered branch records. */
export async function compileUntil(stage: Stage, journey: Journey, report: Report): Promise<Compiled> {
  const { options, io, workspace, progress, remote } = journey
  const rendered = await readRendered(workspace, remote, report)
  const build = rendered?.previous.build
  const events = await readCloudEvents(options.cloudEvent, io)
  const facts = recordEvents(await readFacts(options, io, rendered), events)
  const whatIf = options.whatIf && (await readWhatIf(options.whatIf, facts, journey))
  const compiled = await compile(
    workspace.ports,
    {
      facts,
      ...(whatIf && { whatIf }),
      sets: new Map(Object.entries(build?.sets ?? {})),
      asOf: workspace.asOf,
      compiler: version,
      fetch: {
        ...workspace.fetch,
        pins: new Map(Object.entries(build?.pins ?? {})),
        onProgress: ({ key }) => progress.update(`fetching ${key}`, 0, 0),
      },
      known: nothingKnown,
      until: stage,
      ...(workspace.key && { key: workspace.key }),
      ...(options.cluster !== undefined && { isWanted: parseWantedClusters(options.cluster) }),
      onProgress: (name, done, total) => progress.update(name, done, total),
    },
    report,
  )
  if (options.cluster !== undefined && compiled.plan) checkSomeWanted(options.cluster, compiled.plan)
  return compiled
}

/** Names of clusters are those of the fleet and of the facts, so that both have to be read first. */
export async function readWhatIf(
  texts: readonly string[],
  facts: ReadonlyMap<string, string>,
  { io, workspace }: Pick<Journey, 'io' | 'workspace'>,
): Promise<readonly Supposition[]> {
  const { fetch, asOf, ports } = workspace
  const base = { facts, sets: new Map<string, readonly string[]>(), asOf, compiler: version, fetch }
  const read = await compile(ports, { ...base, known: nothingKnown, until: 'plan' }, () => undefined)
  const known = (read.plan?.clusters ?? []).map(({ cluster }) => cluster.id)
  return parseWhatIf(texts, known, { io, engine: workspace.engine })
}
