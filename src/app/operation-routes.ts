import type { WorkQueue } from '../review/work-queue-port.ts'
import type { Route } from './server.ts'
import type { AppMetrics } from './telemetry/metrics.ts'

export interface Readiness {
  readonly queue: WorkQueue
  readonly isAuthenticated: () => boolean
  readonly isStopping: () => boolean
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Probes give up after a few seconds, and learn nothing then. */
const queueWithinMs = 2000

/** The process lives: nothing is asked, so that a queue that is gone restarts nobody. */
export const healthRoute: Route = {
  path: '/healthz',
  method: 'GET',
  answer: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
}

/** Whether webhooks should be sent here; with what is missing. */
export function readyRoute({ queue, isAuthenticated, isStopping, wait }: Readiness): Route {
  const isQueueThere = async (): Promise<boolean> => {
    const ended = new AbortController()
    const asked = queue.depth().then(
      () => true,
      () => false,
    )
    const late = wait(queueWithinMs, ended.signal).then(() => false)
    try {
      return await Promise.race([asked, late])
    } finally {
      ended.abort()
    }
  }
  return {
    path: '/readyz',
    method: 'GET',
    async answer() {
      const checks = {
        queue: await isQueueThere(),
        github: isAuthenticated(),
        running: !isStopping(),
      }
      const isReady = Object.values(checks).every(Boolean)
      return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'not ready', checks } }
    },
  }
}

/** On a port of its own: it names clusters, and who reaches PORT need not know them. */
export function metricsRoute(metrics: AppMetrics, queue: WorkQueue): Route {
  return {
    path: '/metrics',
    method: 'GET',
    async answer() {
      const { contentType, text } = await metrics.read(() => queue.depth())
      return { status: 200, body: { contentType, text } }
    },
  }
}
