import { ClaimAborted, type Claim, type WorkQueue } from '../review/work-queue-port.ts'
import type { Work } from '../review/types.ts'
import { failureCode, mostBeginnings, pauseAfter } from './backoff.ts'
import type { AppMetrics, WorkOutcome } from './telemetry/metrics.ts'
import type { Tracing } from './telemetry/tracing.ts'
import type { Log, WorkRun } from './types.ts'

export interface WorkLoopOptions {
  readonly queue: WorkQueue
  readonly workers: number
  /** Of this process: no other has it. */
  readonly name: string
  readonly handle: (work: Work, run: WorkRun) => Promise<void>
  /** Work that is tried no more: somebody is told. `error` is undefined when the process ended each time. */
  readonly onGivenUp: (work: Work, error: unknown, run: WorkRun) => Promise<void>
  readonly log: Log
  readonly metrics: AppMetrics
  readonly tracing: Tracing
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** 0 to 1. */
  readonly random: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface WorkLoop {
  /**
   * Claims nothing more. What runs may end within the grace, is then told to stop, and is handed back. Resolves when nothing
   * runs, or a few seconds after the grace in any case.
   */
  stop(graceMs: number): Promise<void>
}

/** How long a worker that finds nothing waits at most. */
const idleMs = 5000
/** After a failure of the queue itself. */
const brokenQueueMs = 1000
/** Of children there are bounds of their own: a handler that takes longer waits for something that will never come. */
const mostWorkMs = 2 * 3_600_000
/** For a handler to end after it was told to, and again for what is left to be handed back. */
const endingMs = 4000

/** Workers that take work from the queue and do it, each one at a time, until they are stopped. Nothing ends them but that. */
export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { queue, workers, name, log, wait } = options
  const stopped = new AbortController()
  const handedBack = new AbortController()
  const running = new Set<Claim>()
  const isStopping = (): boolean => stopped.signal.aborted
  const loops = Promise.all(Array.from({ length: workers }, (_, index) => workOn(`${name}/${index + 1}`)))

  async function workOn(worker: string): Promise<void> {
    while (!isStopping()) {
      try {
        const claim = await queue.claim(worker)
        if (claim === undefined) await queue.wait(idleMs, stopped.signal)
        else if (isStopping()) await claim.again(0)
        else await hold(claim)
      } catch (error) {
        log.error('queue-failed', { worker, error })
        await wait(brokenQueueMs, stopped.signal)
      }
    }
  }

  async function hold(claim: Claim): Promise<void> {
    running.add(claim)
    try {
      await doWork(claim, handedBack.signal, options)
    } finally {
      running.delete(claim)
    }
  }

  return {
    async stop(graceMs) {
      stopped.abort()
      const ended = new AbortController()
      const done = loops.then(() => ended.abort())
      await Promise.race([done, wait(graceMs, ended.signal)])
      handedBack.abort(new ClaimAborted('shutdown'))
      await Promise.race([done, wait(endingMs, ended.signal)])
      // A handler that does not end loses its claim now instead of when its lease runs out.
      const handing = Promise.allSettled([...running].map((claim) => claim.again(0)))
      if (running.size > 0) await Promise.race([handing, wait(endingMs, ended.signal)])
      ended.abort()
    },
  }
}

/** One piece of work from its claim to what becomes of it. Throws only what the queue throws. */
async function doWork(claim: Claim, shutdown: AbortSignal, options: WorkLoopOptions): Promise<void> {
  const { metrics, tracing, now } = options
  const work = claim.work.work as Work
  const { installation, owner, name } = work.repository
  const { attempt, deliveries } = claim
  const repository = `${owner}/${name}`
  const log = options.log.with({
    ...{ work: work.type, key: claim.work.key, installation, repository, attempt, deliveries },
  })
  const ended = new AbortController()
  const stuck = new AbortController()
  void options.wait(mostWorkMs, ended.signal).then(() => {
    if (!ended.signal.aborted) stuck.abort(new WorkStuck())
  })
  const signal = AbortSignal.any([claim.signal, shutdown, stuck.signal])
  const run: WorkRun = { log, signal, attempt }
  const started = now()
  const outcome = await tracing
    .work({ type: work.type, repository, attempt, deliveries }, () =>
      attemptWork({ claim, work, run }, options),
    )
    .finally(() => ended.abort())
  const seconds = (now() - started) / 1000
  metrics.work(work.type, outcome, outcome === 'done' ? seconds : undefined)
  log.info('work', { outcome, seconds })
}

interface Attempt {
  readonly claim: Claim
  readonly work: Work
  readonly run: WorkRun
}

async function attemptWork(attempt: Attempt, options: WorkLoopOptions): Promise<WorkOutcome> {
  const { claim, work, run } = attempt
  if (claim.attempt > mostBeginnings) return giveUp(attempt, undefined, options)
  const failure = await Promise.race([callHandler(attempt, options), whenAborted(run.signal, WorkStuck)])
  if (run.signal.aborted && !(run.signal.reason instanceof WorkStuck)) return afterAbort(claim, run.signal)
  if (failure === undefined) {
    await claim.done()
    return 'done'
  }
  const { error } = failure
  options.metrics.failure(work.type, failureCode(error))
  const pauseMs = pauseAfter(error, claim.attempt, options.random())
  if (pauseMs === undefined) return giveUp(attempt, error, options)
  run.log[failureCode(error) === 'internal' ? 'error' : 'warn']('work-failed', { error, pauseMs })
  await claim.again(pauseMs)
  return 'again'
}

type Failure = { readonly error: unknown } | undefined

/** One that throws before it gives a promise has failed as well. */
async function callHandler({ work, run }: Attempt, { handle }: WorkLoopOptions): Promise<Failure> {
  try {
    await handle(work, run)
    return undefined
  } catch (error) {
    return { error }
  }
}

class WorkStuck extends Error {
  override readonly name = 'WorkStuck'
  override readonly message = 'the work went on for two hours, and did not end when it was told to'
}

/** Resolves when the signal is aborted for this reason, and never otherwise. */
function whenAborted(signal: AbortSignal, reason: typeof WorkStuck): Promise<Failure> {
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        const error: unknown = signal.reason
        if (error instanceof reason) resolve({ error })
      },
      { once: true },
    )
  })
}

/** A handler that was told to stop may have stopped anywhere, whatever it says: nothing is lost by looking again. */
async function afterAbort(claim: Claim, signal: AbortSignal): Promise<WorkOutcome> {
  const reason: unknown = signal.reason
  const why = reason instanceof ClaimAborted ? reason.reason : 'shutdown'
  switch (why) {
    case 'superseded':
      await claim.done()
      return 'superseded'
    case 'lost':
      return 'lost'
    case 'shutdown':
      await claim.again(0)
      return 'handed-back'
  }
}

async function giveUp(
  { claim, work, run }: Attempt,
  error: unknown,
  { onGivenUp, random }: WorkLoopOptions,
): Promise<WorkOutcome> {
  run.log.error('work-given-up', { error })
  try {
    await onGivenUp(work, error, run)
  } catch (failure) {
    if (run.signal.aborted) return afterAbort(claim, run.signal)
    // Beyond any bound it ends here: the log has it, and the next reconciliation looks at the repository again.
    if (claim.attempt <= mostBeginnings + 4) {
      run.log.error('giving-up-failed', { error: failure })
      await claim.again(pauseAfter(failure, 1, random()) ?? 0)
      return 'again'
    }
  }
  if (run.signal.aborted) return afterAbort(claim, run.signal)
  await claim.done()
  return 'given-up'
}
