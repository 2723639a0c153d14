import type { Installations } from '../review/installations-port.ts'
import { repositoryKey, returnedPrefix, toQueuedWork } from '../review/review.ts'
import type { StateStore } from '../review/state-store-port.ts'
import type { WorkQueue } from '../review/work-queue-port.ts'
import type { Log } from './types.ts'

export interface ScheduleOptions {
  readonly queue: WorkQueue
  readonly state: StateStore
  readonly installations: Installations
  /** Of this process: no other has it. */
  readonly name: string
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** 0 to 1. */
  readonly random: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Default: an hour. */
  readonly everyMs?: number
}

export interface Schedule {
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

const hourMs = 3_600_000
/** Deliveries are remembered that long, by GitHub and by the queue. */
const deliveriesMs = 3 * 24 * hourMs
/** Repositories are not all looked at in the same moment. */
const spreadMs = 60_000
const leaseName = 'schedule'
/** Short: after a crash nothing is looked for until it has run out. */
const leaseMs = 30_000
/** Keys of deliveries that were asked for again already. */
const redeliveredPrefix = 'app/redelivered/'

/**
 * Finds what was missed, at the start and then every hour, on one replica: has each repository looked at, and asks GitHub
 * for deliveries that failed. Who takes over from another begins anew.
 */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { state, name, log, now, random, wait, everyMs = hourMs } = options
  const stopped = new AbortController()
  const ended = (async () => {
    let due = now()
    while (!stopped.signal.aborted) {
      const isMine = await state.lease(leaseName, name, leaseMs).catch((error: unknown) => {
        log.error('schedule-failed', { error })
        return false
      })
      if (!isMine) due = now()
      else if (now() >= due) {
        due = now() + everyMs * (0.9 + random() / 5)
        await lookForMissed(options, stopped.signal)
      } else {
        await lookAtReturned(options).catch((error: unknown) => log.error('schedule-failed', { error }))
      }
      await wait(leaseMs / 3, stopped.signal)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await ended
      await state.lease(leaseName, name, 0).catch(() => false)
    },
  }
}

/** Each half is tried whatever became of the other. */
async function lookForMissed(options: ScheduleOptions, signal: AbortSignal): Promise<void> {
  const { log } = options
  for (const step of [reconcileAll, redeliverFailed]) {
    if (signal.aborted) return
    await step(options, signal).catch((error: unknown) => log.error('schedule-failed', { error }))
  }
}

async function reconcileAll({ queue, installations, log, random }: ScheduleOptions): Promise<void> {
  const repositories = await installations.listRepositories()
  for (const repository of repositories) {
    const work = toQueuedWork({ type: 'reconcile', repository })
    await queue.add([work], {
      afterMs: Math.round(random() * Math.min(spreadMs, repositories.length * 1000)),
    })
  }
  log.info('reconciling', { repositories: repositories.map(repositoryKey) })
}

/**
 * Installations that somebody takes up again, or gives what the app asks for. Notes go first: one that comes meanwhile asks
 * for another look, and whoever takes over after a crash looks at everything.
 */
async function lookAtReturned({ queue, state, installations, log }: ScheduleOptions): Promise<void> {
  for (const [key, asked] of await state.list(returnedPrefix)) {
    await state.put(new Map([[key, undefined]]))
    try {
      const repositories = await installations.listRepositories(Number(key.slice(returnedPrefix.length)))
      const works = repositories.map((repository) => toQueuedWork({ type: 'reconcile', repository }))
      if (works.length > 0) await queue.add(works)
      log.info('installation-returned', { repositories: repositories.map(repositoryKey) })
    } catch (error) {
      await state.put(new Map([[key, asked]]))
      throw error
    }
  }
}

/** Once each: a delivery that fails again is one that this app cannot take, and reconciling finds what it was about. */
async function redeliverFailed(options: ScheduleOptions, signal: AbortSignal): Promise<void> {
  const { installations, state, log, now } = options
  const since = now() - deliveriesMs
  const asked = await state.list(redeliveredPrefix)
  const old = [...asked].filter(([, at]) => !(Number(at) >= since))
  if (old.length > 0) await state.put(new Map(old.map(([key]) => [key, undefined])))
  const failed = await installations.listFailedDeliveries(new Date(since).toISOString())
  for (const { id, guid } of failed) {
    if (signal.aborted) return
    const key = `${redeliveredPrefix}${guid}`
    if (asked.has(key)) continue
    // Noted first: one that is asked for twice would be taken once, one that is never asked for would be missed for an hour.
    await state.put(new Map([[key, String(now())]]))
    try {
      await installations.redeliver(id)
      log.info('redelivered', { delivery: guid })
    } catch (error) {
      await state.put(new Map([[key, undefined]]))
      log.warn('redelivery-failed', { delivery: guid, error })
    }
  }
}
