import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { createRepositories } from '../adapters/git/repositories/repositories.ts'
import {
  createBudgetGauge,
  createGitHubPorts,
  createWritePace,
  type BudgetGauge,
  type ConnectedGitHubPorts,
  type Pace,
} from '../adapters/github/github-ports.ts'
import { createGitHubInstallations } from '../adapters/github/installations.ts'
import { createRedisWork } from '../adapters/queue/redis-work.ts'
import { createSqliteWork } from '../adapters/queue/sqlite-work.ts'
import { realWaiting } from '../adapters/retry/waiting.ts'
import { EnvironmentError } from '../diagnostics/errors.ts'
import { repositoryKey } from '../review/review.ts'
import type { Installations } from '../review/installations-port.ts'
import type { StateStore } from '../review/state-store-port.ts'
import type { RepositoryId } from '../review/types.ts'
import type { WorkQueue } from '../review/work-queue-port.ts'
import { createRunCli } from './run-cli.ts'
import type { Settings } from './settings.ts'
import type { AppAdapters } from './start-app.ts'
import type { AppMetrics } from './telemetry/metrics.ts'
import type { Redaction } from './telemetry/redaction.ts'
import type { GitHubPorts, Log } from './types.ts'

/** What adapters need of the process. */
export interface AdapterHost {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly metrics: AppMetrics
  readonly redaction: Redaction
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly nodePath: string
  /** `cli/main.js` of this version. */
  readonly cliPath: string
  /** `cli/standby.js` of this version. */
  readonly standbyPath: string
}

export interface OpenedAdapters {
  readonly adapters: AppAdapters
  close(): Promise<void>
}

/** Repositories whose connections to GitHub are kept. */
const mostConnected = 500

/** Everything that the app reaches: the queue, GitHub, Git, and the command line. Throws EnvironmentError where it cannot. */
export async function openAdapters(settings: Settings, host: AdapterHost): Promise<OpenedAdapters> {
  const { dataFolder, fleets, repositoriesLimitBytes } = settings
  const { env, log, now, nodePath, cliPath, standbyPath } = host
  await makeFolder(dataFolder)
  const { queue, state } = await openWork(settings, now)
  const github = openGitHub(settings, host)
  const cli = createRunCli({
    ...{ cliPath, nodePath, settings: fleets, environment: env },
    ...(settings.hasStandby && { standbyPath }),
    cacheFolder: join(dataFolder, 'cache'),
  })
  const adapters: AppAdapters = {
    ...{ queue, state, log, now },
    installations: github.installations,
    github: github.of,
    repositories: await createRepositories({
      ...{ folder: join(dataFolder, 'repositories'), maxBytes: repositoriesLimitBytes, now },
      environment: env,
    }),
    cli: cli.run,
  }
  return {
    adapters,
    async close() {
      cli.close()
      // One that cannot be closed must not keep the others open.
      await Promise.allSettled([github.close(), queue.close(), state.close()])
    },
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    // Repositories and downloads are nobody else's to read.
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new EnvironmentError({
      ...{ adapter: 'disk', operation: `make ${folder}`, retryable: false, cause },
      message: `${folder} cannot be made`,
      hint: 'set FLEETWRIGHT_DATA to a folder that the app may write to',
    })
  }
}

function openWork(
  { redisUrl, dataFolder }: Settings,
  now: () => number,
): Promise<{ readonly queue: WorkQueue; readonly state: StateStore }> {
  return redisUrl === undefined
    ? createSqliteWork({ file: join(dataFolder, 'work.sqlite'), now })
    : createRedisWork({ url: redisUrl })
}

interface OpenedGitHub {
  readonly installations: Installations
  readonly of: (repository: RepositoryId) => GitHubPorts
  close(): Promise<void>
}

function openGitHub(
  { appId, privateKey, apiUrl }: Settings,
  { env, metrics, redaction, version }: AdapterHost,
): OpenedGitHub {
  const shared = { apiUrl, userAgent: `fleetwright/${version}`, environment: env }
  const app = createGitHubInstallations({ ...shared, appId: String(appId), privateKey })
  const installations: Installations = {
    ...app,
    async token(repository) {
      const token = await app.token(repository)
      redaction.hide(token)
      return token
    },
  }
  // GitHub counts the requests of an installation, whatever they are about.
  const limits = new Map<number, { readonly budget: BudgetGauge; readonly writePace: Pace }>()
  const limitsOf = (installation: number): { readonly budget: BudgetGauge; readonly writePace: Pace } => {
    const known = limits.get(installation) ?? {
      budget: createBudgetGauge(({ remaining }) => metrics.githubRemaining(installation, remaining)),
      writePace: createWritePace(realWaiting),
    }
    limits.set(installation, known)
    return known
  }
  const connected = new LRUCache<string, ConnectedGitHubPorts>({
    max: mostConnected,
    dispose: (ports) => void ports.close(),
  })
  const connect = (repository: RepositoryId): ConnectedGitHubPorts =>
    createGitHubPorts({
      ...{ ...shared, repository, app: { id: appId, login: () => installations.login() } },
      token: () => installations.token(repository),
      refused: (token) => app.refused(repository, token),
      ...limitsOf(repository.installation),
    })
  return {
    installations,
    of(repository) {
      const key = repositoryKey(repository)
      const known = connected.get(key)
      if (known !== undefined) return known
      const ports = connect(repository)
      connected.set(key, ports)
      return ports
    },
    async close() {
      const open = [...connected.values()]
      await Promise.allSettled([app.close(), ...open.map((ports) => ports.close())])
    },
  }
}
