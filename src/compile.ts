import { createHash } from 'node:crypto'
import { layOut } from './branch/branch.ts'
import type { Tree } from './branch/types.ts'
import { parseConfig, withTrusted } from './config/config.ts'
import type { FleetConfig } from './config/types.ts'
import type { Report } from './diagnostics/types.ts'
import type { Engine } from './engine/types.ts'
import { foresee } from './foresee.ts'
import { parseIntent } from './intent/intent.ts'
import type { Cluster, Fleet } from './intent/types.ts'
import { mergeNeeds, overlay, parseFacts, type Supposition } from './observe/observe.ts'
import type { Facts, Need } from './observe/types.ts'
import { render, type EvaluateLua } from './render/render.ts'
import type { KnownUnits, Rendered } from './render/types.ts'
import { resolve, type Evaluated } from './resolve/resolve.ts'
import type { Hold, Plan } from './resolve/types.ts'
import { readConfigDocument, readRepository } from './source/source.ts'
import type { RepositoryReader } from './source/repository-reader-port.ts'
import type { Repository } from './source/types.ts'
import {
  fetchSources,
  formatLock,
  wantedSources,
  type FetchOptions,
  type SourcePorts,
  type Vouched,
} from './sources/sources.ts'
import type { Fetched } from './sources/types.ts'

/** What the journey reads from; the effects are all in here. */
export interface CompilePorts {
  readonly reader: RepositoryReader
  readonly engine: Engine
  readonly evaluateLua: EvaluateLua
  /** Monotonic milliseconds, for the time limits of scripts alone. */
  readonly elapsedMs: () => number
  /** Where charts and other sources come from, for a fleet whose Secrets may hold credentials. */
  readonly sources: (
    fleet: Fleet,
    config: FleetConfig,
    vouched?: Vouched,
  ) => Omit<SourcePorts, 'repository' | 'kustomizations'>
}

/** What else decides the tree. Equal commits, facts and options give equal bytes. */
export interface CompileOptions {
  /** Recorded facts, text by path on the rendered branch. */
  readonly facts: ReadonlyMap<string, string>
  /** Members that sets selected at the last compile. */
  readonly sets: ReadonlyMap<string, readonly string[]>
  /** ISO 8601 UTC that the ages of facts are counted to. */
  readonly asOf: string
  /** Version of this package. */
  readonly compiler: string
  readonly fetch: FetchOptions
  /** `FLEETWRIGHT_KEY`. */
  readonly key?: Uint8Array
  /** What the rendered branch has already and need not be rendered again. */
  readonly known: KnownUnits
  /** Clusters to compile; the others stay as they are. Default: all. */
  readonly isWanted?: (cluster: Cluster, labels: Readonly<Record<string, string>>) => boolean
  /** Some files are read as an earlier commit had them: nothing that is deployed may go away meanwhile. */
  readonly incomplete?: Hold
  /** Worlds that are not. Never for a branch. */
  readonly whatIf?: readonly Supposition[]
  /** What scripts gave in compiles before, kept for the next one: whoever compiles again hands in the same. */
  readonly outcomes?: Evaluated
  /** Configuration of the base of a pull request: what could loosen anything is taken from it (decision 9). */
  readonly trusted?: FleetConfig
  /** Last stage to go through; default `tree`. */
  readonly until?: Stage
  readonly onProgress?: (stage: Stage, done: number, total: number) => void
}

/** Stages in the order of the journey, as `--emit` names them. */
export type Stage = 'intent' | 'facts' | 'plan' | 'sources' | 'manifests' | 'tree'

/** Every value of the journey that was reached. */
export interface Compiled {
  readonly config: FleetConfig
  readonly repository: Repository
  readonly fleet: Fleet
  readonly facts?: Facts
  readonly plan?: Plan
  readonly fetched?: Fetched
  readonly rendered?: Rendered
  readonly tree?: Tree
  /** What the stages so far want to know of clusters, answered or not, sorted by cluster and query. */
  readonly needs: readonly Need[]
}

/**
 * The whole journey: commit + facts → the tree of the rendered branch. Pure but for its ports; reports every fault of
 * every cluster and goes on. Throws EnvironmentError when a port fails.
 * @example const { tree } = await compile(ports, options, (diagnostic) => diagnostics.push(diagnostic))
 */
export async function compile(
  ports: CompilePorts,
  options: CompileOptions,
  report: Report,
): Promise<Compiled> {
  const { reader, engine } = ports
  const { asOf, until = 'tree' } = options
  const progress = (stage: Stage) => (done: number, total: number) => options.onProgress?.(stage, done, total)

  const ownConfig = parseConfig(await readConfigDocument(reader, engine, report), report)
  const config = options.trusted ? withTrusted(ownConfig, options.trusted) : ownConfig
  const repository = await readRepository(reader, config.intent, engine, report)
  const fleet = parseIntent(repository, config, report)
  if (until === 'intent') return { config, repository, fleet, needs: [] }

  const observed: Facts = { ...parseFacts(options.facts, report), sets: options.sets }
  const facts = overlay(observed, options.whatIf ?? [])
  if (until === 'facts') return { config, repository, fleet, facts, needs: [] }

  // What asks for the present gets the commit's time, so that the same commit gives the same answer.
  const now = repository.revision.committedAt ?? asOf
  const { isWanted, known, key, outcomes } = options
  const plan = await resolve(fleet, facts, {
    ...{ engine, asOf, now, maxAgeMs: config.facts.maxAgeMs, elapsedMs: ports.elapsedMs, report },
    ...(isWanted && { isWanted }),
    ...(outcomes && { outcomes }),
    ...(options.incomplete && { incomplete: options.incomplete }),
  })
  const planned = { config, repository, fleet, facts, plan, needs: plan.needs }
  if (until === 'plan') return planned

  const remotes = ports.sources(fleet, config, options.fetch.vouched)
  const sourcePorts = { ...remotes, repository: reader, kustomizations: engine }
  const fetched = await fetchSources(wantedSources(plan), sourcePorts, options.fetch, report)
  if (until === 'sources') return { ...planned, fetched }

  const renderInputs = { plan, sources: fetched.sources, facts }
  const rendered = await render(renderInputs, {
    ...{ engine, evaluateLua: ports.evaluateLua, now, known, report, onProgress: progress('manifests') },
    ...(key && { key }),
  })
  const needs = mergeNeeds([...plan.needs, ...rendered.needs])
  const compilation = { fleet, facts, plan, rendered: rendered.clusters }
  await foresee(compilation, { engine, now, elapsedMs: ports.elapsedMs, report })
  if (until === 'manifests') return { ...planned, fetched, rendered, needs }

  const digests = {
    facts: facts.digest,
    lock: digestOf(formatLock(options.fetch.lock?.entries ?? new Map())),
    config: digestOf(config.document?.json ?? ''),
  }
  const provenance = {
    ...{ source: repository.revision, compiler: options.compiler, engine: engine.versions, asOf, digests },
    ...{ pins: fetched.pins, sets: plan.sets },
  }
  const tree = layOut(plan, rendered.clusters, { config, provenance, files: options.facts }, report)
  return { ...planned, fetched, rendered, tree, needs }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
