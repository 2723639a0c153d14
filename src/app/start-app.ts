import type { Work } from '../review/types.ts'
import { createTakeDelivery } from './deliveries.ts'
import { createIdentity, type Identity } from './identity.ts'
import { healthRoute, metricsRoute, readyRoute } from './operation-routes.ts'
import { startSchedule } from './schedule.ts'
import { homeRoute, startServer, type Route, type RunningServer } from './server.ts'
import type { Settings } from './settings.ts'
import type { AppMetrics } from './telemetry/metrics.ts'
import type { Tracing } from './telemetry/tracing.ts'
import type { AppPorts, Log, WorkRun } from './types.ts'
import { createWebhookEndpoint, webhookPath } from './webhook-endpoint.ts'
import { createReceiveWebhook, type ReceiveWebhook } from './webhooks.ts'
import { startWorkLoop } from './work-loop.ts'

/** What does the work, beside the ports. Made in `main.ts`, and by tests. */
export interface AppParts {
  readonly handle: (ports: AppPorts, work: Work, run: WorkRun) => Promise<void>
  /** Work that is tried no more: its check says so. `error` is undefined when the process ended each time. */
  readonly onGivenUp: (ports: AppPorts, work: Work, error: unknown, run: WorkRun) => Promise<void>
  /** What goes on beside the queue: watching clusters. */
  readonly startBackground: (ports: AppPorts, host: AppHost) => { stop(): Promise<void> }
  /** What people may look at. */
  readonly pages: (ports: AppPorts) => readonly Route[]
}

/** What the process gives. */
export interface AppHost {
  readonly metrics: AppMetrics
  readonly tracing: Tracing
  /** Of this process: no other has it. */
  readonly name: string
  /** 0 to 1. */
  readonly random: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Without what is counted, which the host counts. */
export type AppAdapters = Omit<AppPorts, 'metrics' | 'fleets'>

export interface RunningApp {
  readonly port: number
  readonly metricsPort: number
  /** Hands back what runs and ends everything, within the grace and some seconds. The adapters stay open. */
  stop(): Promise<void>
}

/** Starts everything: webhooks are taken at once; work is done as soon as GitHub has taken the key of the app. */
export async function startApp(
  settings: Settings,
  adapters: AppAdapters,
  parts: AppParts,
  host: AppHost,
): Promise<RunningApp> {
  const { metrics, tracing } = host
  const ports: AppPorts = { ...adapters, fleets: settings.fleets, metrics: traced(metrics, tracing) }
  const { queue, state, installations, log } = ports
  const identity = createIdentity({ installations, state, app: settings.appId, log, wait: host.wait })
  const take = createTakeDelivery({ queue, state, identity: () => identity.read(), log })
  const receive = await createReceiveWebhook(
    settings,
    (delivery) => tracing.delivery(delivery, () => take(delivery)),
    log,
  )
  let isStopping = false
  const servers = await listen(settings, log, {
    open: [
      homeRoute({ hasLogin: settings.login !== undefined }),
      healthRoute,
      readyRoute({
        ...{ queue, wait: host.wait, isStopping: () => isStopping },
        isAuthenticated: () => identity.isConfirmed(),
      }),
      webhookRoute(receive, ports, host),
      ...parts.pages(ports),
    ],
    metrics: metricsRoute(metrics, queue),
  })
  const [main, own] = servers
  log.info('listening', { host: settings.host, port: main.port, metricsPort: own.port })
  const work = startWork({ settings, ports, parts, host, identity })
  return {
    port: main.port,
    metricsPort: own.port,
    async stop() {
      isStopping = true
      log.info('stopping')
      identity.stop()
      // Webhooks are taken until the end: who sends them learns only after a while that nobody should.
      await work.stop()
      await Promise.all([main.close(), own.close()])
      log.info('stopped')
      await tracing.close()
    },
  }
}

/** Stages are counted, and are parts of the trace of their work. */
function traced(metrics: AppMetrics, tracing: Tracing): AppMetrics {
  return {
    ...metrics,
    stage(work, stage, seconds) {
      metrics.stage(work, stage, seconds)
      tracing.stage(stage, seconds)
    },
  }
}

function webhookRoute(receive: ReceiveWebhook, { now }: AppPorts, { metrics, wait }: AppHost): Route {
  const answer = createWebhookEndpoint({ receive, metrics, now, wait })
  return { path: webhookPath, method: 'POST', answer }
}

async function listen(
  { host, port, metricsPort }: Settings,
  log: Log,
  routes: { readonly open: readonly Route[]; readonly metrics: Route },
): Promise<readonly [RunningServer, RunningServer]> {
  const main = await startServer({ ...{ host, port, log, setting: 'PORT' }, routes: routes.open })
  try {
    const own = { host, log, port: metricsPort, setting: 'METRICS_PORT', routes: [routes.metrics] }
    return [main, await startServer(own)]
  } catch (error) {
    await main.close()
    throw error
  }
}

interface WorkStart {
  readonly settings: Settings
  readonly ports: AppPorts
  readonly parts: AppParts
  readonly host: AppHost
  readonly identity: Identity
}

/** What is done beside answering, from the moment at which GitHub knows the app. */
function startWork({ settings, ports, parts, host, identity }: WorkStart): { stop(): Promise<void> } {
  const { queue, state, installations, log, now } = ports
  const { metrics, tracing, name, random, wait } = host
  let isStopping = false
  const started = identity.confirmed.then(() => {
    if (isStopping || !identity.isConfirmed()) return undefined
    return {
      schedule: startSchedule({ queue, state, installations, name, log, now, random, wait }),
      background: parts.startBackground(ports, host),
      loop: startWorkLoop({
        ...{ queue, name, log, metrics, tracing, now, random, wait, workers: settings.workers },
        handle: (work, run) => parts.handle(ports, work, run),
        onGivenUp: (work, error, run) => parts.onGivenUp(ports, work, error, run),
      }),
    }
  })
  return {
    async stop() {
      isStopping = true
      const running = await started
      if (running === undefined) return
      const { schedule, background, loop } = running
      await Promise.allSettled([schedule.stop(), background.stop(), loop.stop(settings.shutdownGraceMs)])
    },
  }
}
