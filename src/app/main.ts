/** The GitHub App: the only file of it that touches the process. Loaded by `fleetwright serve`. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { extname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { EnvironmentError } from '../diagnostics/errors.ts'
import { openAdapters } from './adapters.ts'
import type { FleetPageHost, OpenedFleetPage } from './fleet-page/open-fleet-page.ts'
import { startFleets } from './fleets.ts'
import { doWork, tellGivenUp } from './handlers.ts'
import { readSettings, type Settings } from './settings.ts'
import { startApp, type AppHost } from './start-app.ts'
import { createLog } from './telemetry/log.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { createRedaction } from './telemetry/redaction.ts'
import { createTracing, noTracing } from './telemetry/tracing.ts'
import type { Log } from './types.ts'
import { version } from './version.ts'

export { formatManifest, formatRegistrationLink } from './permissions.ts'

/** From source it is TypeScript, as this file is. */
const [cliPath, standbyPath] = ['main', 'standby'].map((name) =>
  fileURLToPath(new URL(`../cli/${name}${extname(import.meta.url)}`, import.meta.url)),
) as [string, string]

const stateWorker = new URL(`./fleet-page/fleet-state-worker${extname(import.meta.url)}`, import.meta.url)

const closeWithinMs = 2000

const exitCodes = { done: 0, cannotStart: 2, ended: 130 } as const

/** Runs the app until a signal ends it. Gives the exit code: 0 after an orderly end, 2 where it could not start. */
export async function serve(env: Readonly<Record<string, string | undefined>>): Promise<0 | 2> {
  const read = readSettings(env, {
    readFile: (path) => readFileSync(path, 'utf8'),
    absolute: (path) => resolve(path),
    cores: availableParallelism(),
  })
  if ('faults' in read) {
    tell(['fleetwright cannot start:', ...read.faults.map((fault) => `  ${fault}`)])
    return exitCodes.cannotStart
  }
  try {
    await runUntilSignal(read.settings, env)
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const redaction = createRedaction(read.settings.secrets)
    const { message, operation, hint } = error
    const lines = [
      `  ${message}`,
      `  while: ${operation}`,
      ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ]
    tell(['fleetwright cannot start:', ...lines.map((line) => redaction.redact(line))])
    return exitCodes.cannotStart
  } finally {
    // Connections that somebody keeps open must not keep the process: everything that matters has ended.
    setTimeout(() => process.exit(), 500).unref()
  }
}

async function runUntilSignal(
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const redaction = createRedaction(settings.secrets)
  const log = createLog({
    ...{ level: settings.logLevel, redaction },
    destination: pino.destination({ fd: 1, sync: true }),
  })
  const now = (): number => Date.now()
  const metrics = createMetrics(now)
  const host: AppHost = {
    metrics,
    tracing:
      settings.traceEndpoint === undefined
        ? noTracing
        : await createTracing({ endpoint: settings.traceEndpoint, version, now }),
    name: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
    random: Math.random,
    wait,
  }
  log.info('starting', { version, node: process.version, name: host.name, workers: settings.workers })
  const stopped = waitForSignal(log)
  const page = await openPage(settings, { env, version, stateWorker, wait })
  const { adapters, ...opened } = await openAdapters(settings, {
    ...{ env, log, metrics, redaction, version, now, nodePath: process.execPath, cliPath, standbyPath },
  })
  try {
    const app = await startApp(
      settings,
      adapters,
      {
        handle: doWork,
        onGivenUp: tellGivenUp,
        startBackground: startFleets,
        pages: (ports) => page?.routes(ports) ?? [],
      },
      host,
    )
    // A fault that nobody caught is one of a single piece of work, which stays claimed by a promise that is gone: its lease
    // and its limits on time end it. The others go on.
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error: unknown) => {
        metrics.failure('process', 'internal')
        log.error('uncaught', { error })
      })
    }
    await stopped
    await app.stop()
  } finally {
    await closeInTime(async () => {
      await Promise.allSettled([page?.close(), opened.close()])
    })
  }
}

/** Requests that are still on their way are not waited for: what they are for was handed back. */
async function closeInTime(close: () => Promise<void>): Promise<void> {
  const closed = new AbortController()
  await Promise.race([close().finally(() => closed.abort()), wait(closeWithinMs, closed.signal)])
}

/** Nothing of it is loaded where nobody can sign in. */
async function openPage(settings: Settings, host: FleetPageHost): Promise<OpenedFleetPage | undefined> {
  if (settings.login === undefined) return undefined
  const { openFleetPage } = await import('./fleet-page/open-fleet-page.ts')
  return openFleetPage(settings, settings.login, host)
}

/** The first asks for an orderly end, the second waits for nobody. */
function waitForSignal(log: Log): Promise<void> {
  return new Promise((stop) => {
    let isAsked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // Those of the command line end a run at once, and with another code.
      process.removeAllListeners(signal)
      process.on(signal, () => {
        log.info('signal', { signal })
        if (isAsked) process.exit(exitCodes.ended)
        isAsked = true
        stop()
      })
    }
  })
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

function tell(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`)
}
