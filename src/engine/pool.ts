import { InternalError } from '../diagnostics/errors.ts'
import type { Draws } from './instance.ts'
import { lateFault, toDeathFault } from './limits.ts'
import { createHeldFiles } from './held-files.ts'
import type { FileRequest, HeldFiles, Needs } from './held-files.ts'
import { decodeResponse, encodeRequest } from './protocol.ts'
import type { Request, Response } from './protocol.ts'
import { createTextStore } from './text-store.ts'
import { startThread } from './thread.ts'
import type { Thread, ThreadAnswer } from './thread.ts'
import type { World } from './wasi.ts'
import type { ChartInfo, EngineFault, EngineObject } from './types.ts'

export interface Job extends Needs {
  readonly request: Request
  readonly world: World
}

export type JobResult = { readonly draws: Draws } & (
  | { readonly ok: true; readonly response: Response; readonly objects: readonly EngineObject[] }
  | {
      readonly ok: false
      readonly fault: EngineFault
      /** False when a chart or tree could not even be loaded. */
      readonly isLoaded?: boolean
    }
)

/** Why a worker is no more. */
export type ReplacementReason = 'time' | 'death' | 'memory'

export interface PoolOptions {
  readonly module: WebAssembly.Module
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

export interface Pool {
  run(job: Job): Promise<JobResult>
  /** What a chart said of itself when a worker loaded it. */
  chartInfo(digest: string): ChartInfo | undefined
  close(): Promise<void>
}

/** A place for one thread, which is started when it is wanted. */
interface Slot {
  thread: Thread | undefined
  held: HeldFiles
  /** Dropped texts that this instance still believes to be held here. */
  forget: string[]
  busy: boolean
}

interface Entry {
  readonly job: Job
  readonly resolve: (result: JobResult) => void
  readonly reject: (error: unknown) => void
  skipped: number
}

/** How far down the queue an idle worker looks for a job whose files it holds, and how often a job may be passed over. */
const LOOKAHEAD = 128
const SKIPS_LIMIT = 128

const NO_DRAWS: Draws = { random: 0, clock: 0 }

export function createPool(options: PoolOptions): Pool {
  const slots: Slot[] = []
  const queue: Entry[] = []
  const texts = createTextStore(options.textsLimitCharacters)
  const chartInfos = new Map<string, ChartInfo>()
  let closed = false

  const start = (): Thread =>
    startThread(options.workerPath, {
      module: options.module,
      softMemoryLimitBytes: Math.floor(options.memoryLimitBytes * 0.8),
    })

  const retire = async (slot: Slot, reason: ReplacementReason): Promise<void> => {
    const thread = slot.thread
    slot.thread = undefined
    slot.held = createHeldFiles(options.heldFilesLimitBytes)
    slot.forget = []
    options.onWorkerReplaced(reason)
    await thread?.end()
  }

  /** Objects with their texts; undefined when a text is neither here nor sent. */
  const toObjects = (response: Response): EngineObject[] | undefined => {
    const objects: EngineObject[] = []
    for (const { text: blob, ...identity } of response.objects ?? []) {
      let text = texts.get(identity.digest)
      if (text === undefined) {
        if (blob === undefined) return undefined
        text = response.text(blob)
        const dropped = texts.add(identity.digest, text)
        for (const slot of slots) if (slot.thread !== undefined) slot.forget.push(...dropped)
      }
      objects.push({ ...identity, text })
    }
    return objects
  }

  const toResult = (answer: ThreadAnswer, requests: readonly FileRequest[]): JobResult | 'resend' => {
    if (answer.kind === 'late') return { ok: false, fault: lateFault(options.timeLimitMs), draws: NO_DRAWS }
    if (answer.kind === 'died')
      return { ok: false, fault: toDeathFault(answer, options.memoryLimitBytes), draws: NO_DRAWS }
    const responses = answer.responses.map(decodeResponse)
    requests.forEach(({ chart }, index) => {
      const info = responses[index]?.result
      if (chart !== undefined && info !== undefined) chartInfos.set(chart, info as ChartInfo)
    })
    const failed = responses.findIndex((response) => response.fault !== undefined)
    const fault = responses[failed]?.fault
    if (fault !== undefined) {
      const isLoaded = failed === responses.length - 1
      return { ok: false, fault, draws: answer.draws, isLoaded }
    }
    const response = responses.at(-1)
    if (response === undefined) throw new InternalError('the worker answered nothing')
    const objects = toObjects(response)
    return objects === undefined ? 'resend' : { ok: true, response, objects, draws: answer.draws }
  }

  const runIn = async (slot: Slot, job: Job, resend: boolean): Promise<JobResult> => {
    slot.thread ??= start()
    const forget = slot.forget.splice(0)
    const requests: FileRequest[] = [...slot.held.prepare(job), { ...job.request, forget, resend }]
    const task = { frames: requests.map(encodeRequest), world: job.world }
    const answer = await slot.thread.run(task, options.timeLimitMs)
    if (answer.kind === 'late') await retire(slot, 'time')
    else if (answer.kind === 'died') await retire(slot, 'death')
    else if (answer.memoryBytes > options.recycleBytes) await retire(slot, 'memory')
    const result = toResult(answer, requests)
    if (result === 'resend') return runIn(slot, job, true)
    if (!result.ok && result.isLoaded === false) slot.held.drop(job)
    return result
  }

  const execute = async (slot: Slot, { job, resolve, reject }: Entry): Promise<void> => {
    slot.busy = true
    slot.thread?.keepAlive(true)
    try {
      resolve(await runIn(slot, job, false))
    } catch (error) {
      reject(error)
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
        slots.push({
          thread: undefined,
          held: createHeldFiles(options.heldFilesLimitBytes),
          forget: [],
          busy: false,
        })
      }
      const { slot, index } = choose(slots, queue)
      for (const passed of queue.slice(0, index)) passed.skipped++
      for (const entry of queue.splice(index, 1)) void execute(slot, entry)
    }
  }

  return {
    run(job) {
      if (closed) return Promise.reject(new InternalError('the engine is closed'))
      return new Promise<JobResult>((resolve, reject) => {
        queue.push({ job, resolve, reject, skipped: 0 })
        pump()
      })
    },
    chartInfo: (digest) => chartInfos.get(digest),
    async close() {
      closed = true
      for (const { reject } of queue.splice(0)) reject(new InternalError('the engine was closed'))
      await Promise.all(slots.map((slot) => slot.thread?.end() ?? Promise.resolve()))
    },
  }
}

/**
 * Which idle worker takes which job: best one whose files it holds, then one whose files nobody holds, so that each chart is
 * parsed in few instances; then the first. A job that was passed over too often goes next.
 */
function choose(slots: readonly Slot[], queue: readonly Entry[]): { slot: Slot; index: number } {
  let best: { slot: Slot; index: number; score: number } | undefined
  const waiting = (queue[0]?.skipped ?? 0) >= SKIPS_LIMIT ? 1 : Math.min(queue.length, LOOKAHEAD)
  for (let index = 0; index < waiting; index++) {
    const job = queue[index]?.job
    if (job === undefined) break
    const heldByAny = slots.some(({ held }) => held.holdsSome(job))
    for (const slot of slots) {
      if (slot.busy) continue
      const score = slot.held.holdsSome(job) ? 2 : heldByAny ? 0 : 1
      if (best === undefined || score > best.score) best = { slot, index, score }
    }
    if (best?.score === 2) break
  }
  if (best === undefined) throw new InternalError('no idle worker')
  return best
}
