import { mkdtemp, rm } from 'node:fs/promises'
import { Buffer } from 'node:buffer'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createDiskCache } from '../adapters/charts/disk-cache.ts'
import { createLazySourceRemote } from '../adapters/charts/lazy-remote.ts'
import { createConfigHistory } from '../adapters/git/config-history.ts'
import { readRemoteUrls } from '../adapters/git/repository-place.ts'
import type { Person } from '../branch/types.ts'
import type { CompilePorts } from '../compile.ts'
import { defaultConfig, readConfigInForce } from '../config/config.ts'
import type { BrokenConfig, FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import type { Engine } from '../engine/types.ts'
import type { Fleet } from '../intent/types.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import {
  emptyLock,
  lockPath,
  parseLock,
  type FetchOptions,
  type SourcePorts,
  type Vouched,
} from '../sources/sources.ts'
import type { Lock } from '../sources/types.ts'
import { createLuaEvaluator } from './evaluate-lua.ts'
import { createFleetCredentials } from './fleet-credentials.ts'
import { UsageError, type Io } from './io.ts'
import { openRepository, type OpenRepository } from './open-repository.ts'
import type { Options } from './options.ts'
import { startEngine } from './start-engine.ts'

/** One state of the repository, ready to be compiled. */
export interface Readable {
  /** Ports that read it. */
  readonly ports: CompilePorts
  /** With the lock file of that state. */
  readonly fetch: FetchOptions
  /** False when the lock file is there and cannot be read, which was reported. */
  readonly isLockRead: boolean
}

/** A repository, opened: what every command that compiles needs of the machine. */
export interface Workspace extends OpenRepository, Readable {
  readonly engine: Engine
  /** Read ahead, without its faults, which the compile reports: with them, what counts in its place. */
  readonly config: FleetConfig
  /** Why that is not what the commit itself says. */
  readonly broken?: BrokenConfig
  readonly branch: string
  readonly key: Uint8Array | undefined
  readonly asOf: string
  readonly committer: Person
  /** Another state of the same repository. */
  readonly openState: (reader: RepositoryReader, report: Report) => Promise<Readable>
}

/**
 * Opens the repository of `--repo` for `work`, and afterwards ends the engine and the connections and removes what was
 * temporary, also when the run is interrupted. Throws EnvironmentError and UsageError.
 */
export function withWorkspace<T>(
  options: Options,
  io: Io,
  report: Report,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  return workIn({ options, io, report }, work)
}

export interface WorkspaceRequest {
  readonly options: Options
  readonly io: Io
  readonly report: Report
  /** The repository, where it is being opened already. */
  readonly opened?: Promise<OpenRepository>
  /** The engine, where it is being started already; it is closed here. */
  readonly engine?: Promise<Engine>
}

/** As `withWorkspace`. */
export async function workIn<T>(
  request: WorkspaceRequest,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { options, io, engine = startEngine(options, io) } = request
  const closing: (() => Promise<unknown>)[] = [async () => (await engine).close()]
  try {
    const temporary = await mkdtemp(join(io.temporaryFolder, 'fleetwright-'))
    const forget = io.removeOnInterrupt(temporary)
    closing.push(() => rm(temporary, { recursive: true, force: true }).then(forget))
    const [workspace] = await Promise.all([openWorkspace({ ...request, engine, temporary, closing }), engine])
    return await work(workspace)
  } finally {
    await Promise.allSettled(closing.map((close) => close()))
  }
}

interface Opening extends WorkspaceRequest {
  readonly engine: Promise<Engine>
  readonly temporary: string
  readonly closing: (() => Promise<unknown>)[]
}

async function openWorkspace(opening: Opening): Promise<Workspace> {
  const { options, io, report, opened = openRepository(options, io) } = opening
  const { folder, git, reader } = await opened
  const key = readKey(io)
  const asOf = readTime(options, io)
  const ownUrls = await readRemoteUrls(git)
  const engine = await opening.engine
  const { config, broken } = await readConfigInForce(reader, { engine, history: createConfigHistory(git) })
  const elapsedMs = (): number => performance.now()
  const openState: Workspace['openState'] = async (state, say) => {
    const lock = await readLock(state, say)
    const now = state.revision.committedAt ?? asOf
    return {
      ports: {
        reader: state,
        engine,
        evaluateLua: createLuaEvaluator({ ...(key && { key }), now, elapsedMs }),
        elapsedMs,
        sources: (fleet, fleetConfig, vouched) => openSources(fleet, fleetConfig, { ...opening, vouched }),
      },
      fetch: {
        ...(lock !== 'unreadable' && { lock }),
        locked: options.locked === true,
        offline: options.offline === true,
        ownUrls,
      },
      isLockRead: lock !== 'unreadable',
    }
  }
  return {
    ...{ folder, git, reader, engine, config, asOf, key, openState },
    ...(broken && { broken }),
    ...(await openState(reader, report)),
    branch: options.branch ?? config.rendered.branch,
    committer: {
      name: io.env['GIT_COMMITTER_NAME'] ?? 'fleetwright',
      email: io.env['GIT_COMMITTER_EMAIL'] ?? 'noreply@fleetwright.dev',
    },
  }
}

function openSources(
  fleet: Fleet,
  config: FleetConfig,
  { options, io, temporary, closing, vouched }: Opening & { readonly vouched: Vouched | undefined },
): Omit<SourcePorts, 'repository' | 'kustomizations'> {
  const cacheHome = io.env['XDG_CACHE_HOME'] ?? join(io.homeFolder, '.cache')
  const remote = createLazySourceRemote({
    // Who is not trusted gets nothing that this machine may fetch and he may not.
    environment: vouched?.isUntrusted === true ? withoutCredentials(io.env) : io.env,
    ...(vouched?.isUntrusted !== true && { homeFolder: io.homeFolder }),
    temporaryFolder: temporary,
    egress: {
      allowPrivate: privateHosts(io.env) ?? config.sources.allowedHosts,
      ...(vouched?.isUntrusted === true && { allowedHosts: vouched.hosts }),
    },
  })
  closing.push(() => remote.close())
  return {
    remote,
    cache: createDiskCache(resolve(io.cwd, options.cache ?? join(cacheHome, 'fleetwright'))),
    credentials: createFleetCredentials(fleet),
  }
}

/** Whoever runs this for others has a network of his own, which their configuration does not open. */
function privateHosts(env: Io['env']): readonly string[] | undefined {
  return env['FLEETWRIGHT_PRIVATE_HOSTS']?.split(',').filter((host) => host !== '')
}

/** How programs are found and the network is reached. */
function withoutCredentials(env: Io['env']): Io['env'] {
  const kept = /^(?:path|systemroot|(?:https?|no)_proxy)$/i
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name)))
}

/** The lock file of the commit, so that two runs of one commit agree whatever lies in the folder. */
async function readLock(reader: RepositoryReader, report: Report): Promise<Lock | 'unreadable'> {
  const entry = (await reader.list()).find(({ path, type }) => path === lockPath && type === 'file')
  if (entry === undefined) return emptyLock
  const bytes = (await reader.read([lockPath])).get(lockPath)
  return (
    parseLock({ path: lockPath, text: Buffer.from(bytes ?? []).toString('utf8') }, report) ?? 'unreadable'
  )
}

/** Shorter keys can be guessed, and with them what fingerprints hide. */
const shortestKey = 16

function readKey(io: Io): Uint8Array | undefined {
  const text = io.env['FLEETWRIGHT_KEY']
  if (text === undefined || text === '') return undefined
  if (text.length < shortestKey)
    throw new UsageError(`FLEETWRIGHT_KEY must have ${shortestKey} characters or more`)
  return Buffer.from(text)
}

function readTime({ asOf }: Options, io: Io): string {
  const date = asOf === undefined ? io.now() : new Date(asOf)
  if (Number.isNaN(date.getTime()))
    throw new UsageError(`--as-of must be a time as 2026-01-31T12:00:00Z, not \`${asOf ?? ''}\``)
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The rendered branch that HEAD's configuration names, for commands that need nothing else of the repository. */
export async function readConfiguredBranch(options: Options, io: Io): Promise<string> {
  const opened = openRepository(options, io)
  const { reader } = await opened
  const hasConfig = (await reader.list()).some(({ path }) => /^fleetwright\.ya?ml$/.test(path))
  // The engine, which reads YAML, takes a second to start.
  if (!hasConfig) return defaultConfig.rendered.branch
  return workIn({ options, io, report: ignore, opened }, ({ branch }) => Promise.resolve(branch))
}

function ignore(): void {
  // The compile itself reports what the configuration has.
}
