import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { createSqliteWork } from '../../src/adapters/queue/sqlite-work.ts'
import { noFleets } from '../../src/app/fleet-settings.ts'
import type { Settings } from '../../src/app/settings.ts'
import { startApp, type AppAdapters, type AppParts, type RunningApp } from '../../src/app/start-app.ts'
import { createLog } from '../../src/app/telemetry/log.ts'
import { createMetrics } from '../../src/app/telemetry/metrics.ts'
import { createRedaction } from '../../src/app/telemetry/redaction.ts'
import { noTracing } from '../../src/app/telemetry/tracing.ts'
import { webhookSecret } from './signed.ts'

/** A key of GitHub's kind; made once, since it takes long. */
export const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

export interface StartedApp extends RunningApp {
  readonly url: string
  readonly metricsUrl: string
  readonly adapters: AppAdapters
  /** Lines of the log so far, parsed. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
}

export interface AppSetting {
  readonly settings?: Partial<Settings>
  readonly adapters?: Partial<AppAdapters>
  readonly parts?: Partial<AppParts>
  /** What it waits for takes so much of its time. Default 1. */
  readonly pace?: number
}

/** The app in this process on a free port, with a real queue in a file and nothing behind the ports of GitHub. */
export async function useApp({ settings, adapters, parts, pace = 1 }: AppSetting = {}): Promise<StartedApp> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-app-'))
  const { queue, state } = await createSqliteWork({ file: join(folder, 'work.sqlite'), pollMs: 20 })
  const logged: Record<string, unknown>[] = []
  const log = createLog({
    level: 'debug',
    redaction: createRedaction([webhookSecret]),
    destination: { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  })
  const all: AppAdapters = {
    ...{ queue, state, log, now: () => Date.now() },
    installations: {
      login: () => Promise.resolve('fleetwright[bot]'),
      listRepositories: () => Promise.resolve([]),
      listFailedDeliveries: () => Promise.resolve([]),
      find: () => unused('find'),
      token: () => unused('token'),
      redeliver: () => unused('redeliver'),
    },
    repositories: { open: () => unused('open'), forget: () => unused('forget') },
    github: () => {
      throw new Error('no test asks GitHub for anything')
    },
    cli: () => unused('cli'),
    ...adapters,
  }
  const app = await startApp(
    { ...testSettings(folder), ...settings },
    all,
    {
      handle: () => Promise.resolve(),
      onGivenUp: () => Promise.resolve(),
      startBackground: () => ({ stop: () => Promise.resolve() }),
      pages: () => [],
      ...parts,
    },
    {
      metrics: createMetrics(() => Date.now()),
      tracing: noTracing,
      name: 'test',
      random: () => 0.5,
      wait: (milliseconds, signal) =>
        setTimeout(milliseconds * pace, undefined, { signal }).catch((error: unknown) => {
          if (!signal.aborted) throw error
        }),
    },
  )
  onTestFinished(async () => {
    await app.stop()
    await queue.close()
    await state.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    ...{ ...app, adapters: all, logged },
    url: `http://127.0.0.1:${app.port}`,
    metricsUrl: `http://127.0.0.1:${app.metricsPort}/metrics`,
  }
}

function testSettings(dataFolder: string): Settings {
  return {
    ...{ appId: 7, privateKey, webhookSecret, dataFolder },
    ...{
      host: '127.0.0.1',
      port: 0,
      metricsPort: 0,
      workers: 1,
      hasStandby: false,
      shutdownGraceMs: 0,
      logLevel: 'debug',
    },
    apiUrl: 'http://127.0.0.1:9',
    repositoriesLimitBytes: 0,
    fleets: noFleets,
    secrets: [webhookSecret],
  }
}

function unused(name: string): Promise<never> {
  return Promise.reject(new Error(`no test asks for ${name}`))
}
