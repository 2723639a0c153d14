import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { programEnvironment } from '../adapters/child/program-environment.ts'
import { runBounded, type Bounds } from '../adapters/child/run-bounded.ts'
import type { CliCall, FleetSettings, RunCli } from './types.ts'

export interface RunCliOptions {
  /** `cli/main.js` of this version. */
  readonly cliPath: string
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

/**
 * The command line as a child: it sees what programs need to run, what the operator set for this repository, and what the
 * call adds. It gets nothing of this program's own, and no file of the user that runs it.
 */
export function createRunCli(options: RunCliOptions): RunCli {
  const { cliPath, cacheFolder, settings, environment, nodePath } = options
  return async (call) => {
    const { timeLimitMs, memoryLimitBytes, env, privateHosts = [] } = settings.of(call.repository)
    const place = await childFolders(cacheFolder, call)
    const readProgress = createProgressReader(call.onProgress)
    const { onLine } = call
    const bounds: Bounds = { memoryLimitBytes, maxOutputBytes, ...(onLine === undefined && { timeLimitMs }) }
    const heap = Math.max(64, Math.floor((memoryLimitBytes * heapShare) / mebibyte))
    return runBounded({
      file: nodePath,
      args: [
        `--max-old-space-size=${heap}`,
        cliPath,
        ...call.command.split(' '),
        ...call.args,
        ...['--progress', 'json'],
      ],
      folder: call.folder,
      env: {
        ...programEnvironment(environment),
        ...withoutFilesOf(place.empty),
        ...(call.isUntrusted !== true && env),
        ...call.env,
        FLEETWRIGHT_CACHE: place.cache,
        // The network that the app is in is the operator's: nobody who may push to a repository reaches into it.
        FLEETWRIGHT_PRIVATE_HOSTS: privateHosts.join(','),
        FLEETWRIGHT_STOP_WITH_INPUT: '1',
        CI: '1',
      },
      bounds,
      signal: call.signal,
      onErrorLine: readProgress,
      ...(onLine && { onLine }),
    })
  }
}

/**
 * One cache for an installation, and another for what strangers wrote: what credentials brought is not theirs to render.
 * Nothing is ever put into the empty one.
 */
async function childFolders(
  cacheFolder: string,
  { repository, isUntrusted = false }: CliCall,
): Promise<{ readonly cache: string; readonly empty: string }> {
  const cache = join(cacheFolder, String(repository.installation), isUntrusted ? 'strangers' : 'own')
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
