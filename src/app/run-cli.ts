import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { programEnvironment } from '../adapters/child/program-environment.ts'
import { runStarted, startProgram, type Bounds } from '../adapters/child/run-bounded.ts'
import { createStandby, type StandbyTask } from '../adapters/child/standby.ts'
import type { CliCall, FleetSettings, RunCli } from './types.ts'

export interface RunCliOptions {
  /** `cli/main.js` of this version. */
  readonly cliPath: string
  /** `cli/standby.js` of this version; absent: none waits. */
  readonly standbyPath?: string
  /** Absolute; what children download and remember is below it. */
  readonly cacheFolder: string
  readonly settings: FleetSettings
  /** Of the program: PATH, proxies and certificates are taken from it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Node, which runs the command line: `process.execPath`. */
  readonly nodePath: string
}

/** Share of the memory that V8 may fill: the engine's is beside it, and so are git's processes. */
const heapShare = 0.6

const mebibyte = 2 ** 20

/** More than the largest report in all its formats. */
const maxOutputBytes = 64 * mebibyte

/** The command line as children, and one that waits. */
export interface CliRunner {
  readonly run: RunCli
  /** Ends what waits; children that run are ended by their signals. */
  readonly close: () => void
}

/**
 * The command line as a child: it sees what programs need to run, what the operator set for this repository, and what the
 * call adds. It gets nothing of this program's own, and no file of the user that runs it. Each does one task and ends; the
 * next one is started before it is wanted.
 */
export function createRunCli(options: RunCliOptions): CliRunner {
  const { standbyPath, settings } = options
  const standby = createStandby()
  const run: RunCli = async (call) => {
    call.signal.throwIfAborted()
    const { timeLimitMs, memoryLimitBytes } = settings.of(call.repository)
    const bounds: Bounds = {
      memoryLimitBytes,
      maxOutputBytes,
      ...(call.onLine === undefined && { timeLimitMs }),
    }
    const node = { file: options.nodePath, args: [`--max-old-space-size=${heapMebibytes(memoryLimitBytes)}`] }
    const { empty, task } = await describeTask(options, call)
    const { folder, args, env } = task
    const waiting = standbyPath !== undefined && {
      ...{ file: node.file, args: [...node.args, standbyPath] },
      ...{ folder: empty, env: baseEnvironment(options, empty) },
    }
    // What Node reads when it starts cannot be told later, and who is listened to is in no hurry.
    const canWait = waiting !== false && call.onLine === undefined && isToldLater(waiting.env, env)
    const started =
      (canWait && standby.take(waiting, task)) ||
      startProgram({ file: node.file, args: [...node.args, options.cliPath, ...args], folder, env })
    try {
      return await runStarted(started, {
        ...{ bounds, signal: call.signal, onErrorLine: createProgressReader(call.onProgress) },
        ...(call.onLine && { onLine: call.onLine }),
      })
    } finally {
      if (canWait) standby.prepare(waiting)
    }
  }
  return { run, close: standby.close }
}

function heapMebibytes(memoryLimitBytes: number): number {
  return Math.max(64, Math.floor((memoryLimitBytes * heapShare) / mebibyte))
}

async function describeTask(
  options: RunCliOptions,
  call: CliCall,
): Promise<{ readonly empty: string; readonly task: StandbyTask }> {
  const { env, privateHosts = [] } = options.settings.of(call.repository)
  const { cache, empty } = await childFolders(options, call)
  return {
    empty,
    task: {
      args: [...call.command.split(' '), ...call.args, ...['--progress', 'json']],
      folder: call.folder,
      env: {
        ...baseEnvironment(options, empty),
        ...(call.isUntrusted !== true && env),
        ...call.env,
        FLEETWRIGHT_CACHE: cache,
        // The network that the app is in is the operator's: nobody who may push to a repository reaches into it.
        FLEETWRIGHT_PRIVATE_HOSTS: privateHosts.join(','),
        FLEETWRIGHT_STOP_WITH_INPUT: '1',
        CI: '1',
      },
    },
  }
}

function baseEnvironment({ environment }: RunCliOptions, empty: string): Record<string, string> {
  return { ...programEnvironment(environment), ...withoutFilesOf(empty) }
}

/** Whether no variable that Node reads only when it starts is another one. */
function isToldLater(
  before: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): boolean {
  const names = [...Object.keys(before), ...Object.keys(env)].filter((name) =>
    /^(?:NODE_|SSL_|OPENSSL_|UV_|TZ$|LANG$|LC_)/.test(name),
  )
  return names.every((name) => before[name] === env[name])
}

/**
 * One cache for an installation, and another for what strangers wrote: what credentials brought is not theirs to render. Nor
 * is it another repository's: one that reaches more than others do has a cache of its own. Nothing is ever put into the empty
 * one.
 */
async function childFolders(
  { cacheFolder, settings }: RunCliOptions,
  { repository, isUntrusted = false }: CliCall,
): Promise<{ readonly cache: string; readonly empty: string }> {
  const { env, privateHosts = [] } = settings.of(repository)
  const reachesMore =
    privateHosts.length > 0 || (!isUntrusted && env['FLEETWRIGHT_CREDENTIALS'] !== undefined)
  const whose = isUntrusted ? 'strangers' : 'own'
  const cache = join(
    ...[cacheFolder, String(repository.installation)],
    ...(reachesMore ? [`${whose}-of`, repository.name.toLowerCase()] : [whose]),
  )
  const empty = join(cacheFolder, 'empty')
  await Promise.all([cache, empty].map((folder) => mkdir(folder, { recursive: true })))
  return { cache, empty }
}

/** Where credentials would be looked for. The operator's settings may name other places. */
function withoutFilesOf(empty: string): Record<string, string> {
  return {
    HOME: empty,
    USERPROFILE: empty,
    NETRC: join(empty, 'netrc'),
    DOCKER_CONFIG: empty,
    HELM_REGISTRY_CONFIG: join(empty, 'registry.json'),
  }
}

/** True for lines of progress, which are then no part of what was said. */
function createProgressReader(onProgress: CliCall['onProgress']): (line: string) => boolean {
  return (line) => {
    if (!line.startsWith('{"stage":')) return false
    const progress = tryParseProgress(line)
    if (progress === undefined) return false
    onProgress?.(progress.stage, progress.done, progress.total)
    return true
  }
}

interface WrittenProgress {
  readonly stage: string
  readonly done: number
  readonly total: number
}

function tryParseProgress(line: string): WrittenProgress | undefined {
  try {
    const { stage, done, total } = JSON.parse(line) as Partial<WrittenProgress>
    return typeof stage === 'string' && typeof done === 'number' && typeof total === 'number'
      ? { stage, done, total }
      : undefined
  } catch {
    return undefined
  }
}
