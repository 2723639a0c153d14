import { InternalError } from '../diagnostics/errors.ts'
import type { HeldFiles, Needs } from './held-files.ts'
import type { Request } from './protocol.ts'
import type { Thread } from './thread.ts'

/** A place for one worker thread, which is started when it is wanted. */
export interface Slot {
  thread: Thread | undefined
  held: HeldFiles
  /** Dropped texts that this instance still believes to be held by the host. */
  forget: string[]
  busy: boolean
}

/** A job that waits. */
export interface Waiting {
  readonly job: Needs & { readonly request: Pick<Request, 'blobs'> }
  /** How often later jobs went before it. */
  skipped: number
  /** It may not cross with others, since those that it crossed with were not all answered. */
  readonly isAlone: boolean
}

/** How far down the queue an idle worker looks for a job whose files it holds, and how often a job may be passed over. */
const LOOKAHEAD = 128
const SKIPS_LIMIT = 128

/**
 * Which idle worker takes which job: best one whose files it holds, then one whose files nobody holds, so that each chart is
 * parsed in few instances; then the first. A job that was passed over too often goes next.
 */
export function chooseSlot(slots: readonly Slot[], queue: readonly Waiting[]): { slot: Slot; index: number } {
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

/** So many jobs may cross at once, none of them with more text than this: each is over in less time than a message takes. */
const TOGETHER_LIMIT = 64
const SMALL_CHARACTERS = 32 * 1024

/**
 * How many jobs of the queue, from `index` on, are worth one message: small ones that need no files, and no more than this
 * worker's share of what waits.
 */
export function countTogether(queue: readonly Waiting[], index: number, workers: number): number {
  const most = Math.min(TOGETHER_LIMIT, Math.ceil(queue.length / workers))
  const others = queue.slice(index, index + most).findIndex((waiting) => !isSmall(waiting))
  return Math.max(1, others === -1 ? most : others)
}

function isSmall({ job, isAlone }: Waiting): boolean {
  const { charts, trees, request } = job
  if (isAlone || charts.length > 0 || trees.length > 0) return false
  return request.blobs.reduce((sum, blob) => sum + blob.length, 0) <= SMALL_CHARACTERS
}
