import { InternalError } from '../diagnostics/errors.ts'
import { createHeldFiles } from './held-files.ts'
import type { FileRequest, Needs } from './held-files.ts'
import { createResultReader } from './job-result.ts'
import type { JobResult, ResultReader } from './job-result.ts'
import { encodeRequest } from './protocol.ts'
import type { Request } from './protocol.ts'
import { chooseSlot, countTogether } from './slot.ts'
import type { Slot, Waiting } from './slot.ts'
import { startThread } from './thread.ts'
import type { ThreadAnswer } from './thread.ts'
import type { ChartInfo } from './types.ts'
import type { World } from './wasi.ts'

export interface Job extends Needs {
  readonly request: Request
  readonly world: World
}

/** Why a worker is no more. */
export type ReplacementReason = 'time' | 'death' | 'memory'

export interface PoolOptions {
  readonly module: Promise<WebAssembly.Module>
  readonly workerPath: string | URL
  readonly workers: number
  readonly timeLimitMs: number
  readonly memoryLimitBytes: number
  /** An instance whose memory grew past this is replaced between two jobs: WebAssembly's memory never shrinks. */
  readonly recycleBytes: number
  /** Sources of charts and trees that one instance holds. */
  readonly heldFilesLimitBytes: number
  readonly textsLimitCharacters: number
  readonly onWorkerReplaced: (reason: ReplacementReason) => void
}

/** Spreads jobs over worker threads, each with one instance of the engine. */
export interface Pool {
  run(job: Job): Promise<JobResult>
  /** What a chart said of itself when a worker loaded it. */
  chartInfo(digest: string): ChartInfo | undefined
  close(): Promise<void>
}

interface Entry extends Waiting {
  readonly job: Job
  readonly resolve: (result: JobResult) => void
  readonly reject: (error: unknown) => void
}

export function createPool(options: PoolOptions): Pool {
  const slots: Slot[] = []
  const queue: Entry[] = []
  let closed = false
  const results = createResultReader({
    ...options,
    onTextsDropped: (digests) => {
      for (const slot of slots) if (slot.thread !== undefined) slot.forget.push(...digests)
    },
  })

  const execute = async (slot: Slot, entries: readonly Entry[]): Promise<void> => {
    slot.busy = true
    slot.thread?.keepAlive(true)
    try {
      const jobs = entries.map(({ job }) => job)
      const answers = await runIn(slot, jobs, { options, results })
      entries.forEach((entry, index) => {
        const result = answers[index] ?? 'alone'
        // What a closing pool ended itself is no fault of the job.
        if (closed) entry.reject(closedError())
        else if (result === 'alone') queue.unshift({ ...entry, isAlone: true })
        else entry.resolve(result)
      })
    } catch (error) {
      for (const { reject } of entries) reject(error)
    } finally {
      slot.busy = false
      // An engine that nobody closed must not keep the process alive.
      slot.thread?.keepAlive(false)
      pump()
    }
  }

  const pump = (): void => {
    while (queue.length > 0 && !closed) {
      if (slots.every(({ busy }) => busy)) {
        if (slots.length >= options.workers) return
        slots.push(createSlot(options))
      }
      const { slot, index } = chooseSlot(slots, queue)
      for (const passed of queue.slice(0, index)) passed.skipped++
      void execute(slot, queue.splice(index, countTogether(queue, index, options.workers)))
    }
  }

  return {
    run(job) {
      if (closed) return Promise.reject(closedError())
      return new Promise<JobResult>((resolve, reject) => {
        queue.push({ job, resolve, reject, skipped: 0, isAlone: false })
        pump()
      })
    },
    chartInfo: (digest) => results.chartInfo(digest),
    async close() {
      closed = true
      for (const { reject } of queue.splice(0)) reject(closedError())
      await Promise.all(slots.map((slot) => slot.thread?.end() ?? Promise.resolve()))
    },
  }
}

function closedError(): InternalError {
  return new InternalError('the engine is closed')
}

function createSlot({ heldFilesLimitBytes }: PoolOptions): Slot {
  return { thread: undefined, held: createHeldFiles(heldFilesLimitBytes), forget: [], busy: false }
}

/** The part of the limit that Go is told of: it collects harder near it, before the hard bound ends the instance. */
const SOFT_LIMIT_SHARE = 0.8

interface PoolParts {
  readonly options: PoolOptions
  readonly results: ResultReader
}

/** Several jobs are answered together or not at all: one that ends the worker must not decide about the others. */
async function runIn(
  slot: Slot,
  jobs: readonly Job[],
  parts: PoolParts,
): Promise<readonly (JobResult | 'alone')[]> {
  const [job, ...others] = jobs
  if (job !== undefined && others.length === 0) return [await runAlone(slot, job, parts)]
  const tasks = jobs.map((each) => prepare(slot, each, false))
  const answer = await send(slot, tasks, parts.options)
  return tasks.map(({ requests }, index) => {
    const own = answer.kind === 'answered' ? answer.answers[index] : undefined
    const result = own === undefined ? 'alone' : parts.results.read(own, requests)
    return result === 'resend' ? 'alone' : result
  })
}

async function runAlone(slot: Slot, job: Job, parts: PoolParts, resend = false): Promise<JobResult> {
  const { options, results } = parts
  const task = prepare(slot, job, resend)
  const answer = await send(slot, [task], options)
  const own = answer.kind === 'answered' ? answer.answers[0] : answer
  if (own === undefined) throw new InternalError('the worker answered no task')
  const result = results.read(own, task.requests)
  if (result === 'resend') return runAlone(slot, job, parts, true)
  if (!result.ok && result.isLoaded === false) slot.held.drop(job)
  return result
}

interface PreparedTask {
  readonly requests: readonly FileRequest[]
  readonly world: World
}

function prepare(slot: Slot, job: Job, resend: boolean): PreparedTask {
  const forget = slot.forget.splice(0)
  return { requests: [...slot.held.prepare(job), { ...job.request, forget, resend }], world: job.world }
}

async function send(slot: Slot, tasks: readonly PreparedTask[], options: PoolOptions): Promise<ThreadAnswer> {
  slot.thread ??= startThread(options.workerPath, {
    module: options.module,
    softMemoryLimitBytes: Math.floor(options.memoryLimitBytes * SOFT_LIMIT_SHARE),
  })
  const messages = tasks.map(({ requests, world }) => ({ frames: requests.map(encodeRequest), world }))
  const answer = await slot.thread.run(messages, options.timeLimitMs)
  const reason = toReplacementReason(answer, options.recycleBytes)
  if (reason !== undefined) await replace(slot, reason, options)
  return answer
}

function toReplacementReason(answer: ThreadAnswer, recycleBytes: number): ReplacementReason | undefined {
  switch (answer.kind) {
    case 'late':
      return 'time'
    case 'died':
      return 'death'
    case 'answered':
      return answer.memoryBytes > recycleBytes ? 'memory' : undefined
  }
}

async function replace(slot: Slot, reason: ReplacementReason, options: PoolOptions): Promise<void> {
  const { thread } = slot
  Object.assign(slot, createSlot(options), { busy: true })
  options.onWorkerReplaced(reason)
  await thread?.end()
}
