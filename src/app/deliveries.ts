import { mergeNote, parseDelivery, planWork, renderedBranchKey, toQueuedWork } from '../review/review.ts'
import type { FleetEvent, KnownToApp, Work } from '../review/types.ts'
import type { StateStore } from '../review/state-store-port.ts'
import type { WorkQueue } from '../review/work-queue-port.ts'
import type { DeliveryOutcome } from './telemetry/metrics.ts'
import type { Log } from './types.ts'

/** A webhook whose signature holds. */
export interface Delivery {
  /** `X-GitHub-Delivery`. */
  readonly id: string
  /** `X-GitHub-Event`. */
  readonly event: string
  readonly payload: unknown
}

export type TakeDelivery = (delivery: Delivery) => Promise<Exclude<DeliveryOutcome, 'refused' | 'failed'>>

export interface DeliveryPorts {
  readonly queue: WorkQueue
  readonly state: StateStore
  /** Who the app is; fails while nobody knows. */
  readonly identity: () => Promise<{ readonly login: string; readonly app: number }>
  readonly log: Log
}

interface Batch {
  readonly notes: Map<string, string>
  readonly written: Promise<void>
}

/**
 * A delivery → work in the queue. When it resolves, the work is not lost any more. Throws when it could not be kept: the
 * delivery must then be answered with a failure, so that GitHub remembers it as one.
 */
export function createTakeDelivery({ queue, state, identity, log }: DeliveryPorts): TakeDelivery {
  let last: Promise<void> = Promise.resolve()
  let next: Batch | undefined
  return async ({ id, event: name, payload }) => {
    const own = log.with({ delivery: id, webhook: name })
    const parsed = parseDelivery(name, payload)
    if (parsed.type === 'malformed') own.warn('delivery-malformed', { why: parsed.why })
    if (parsed.type !== 'event') return parsed.type
    const known = await knownOf(parsed.event)
    const { works, notes } = planWork(parsed.event, known)
    if (works.length === 0 && notes.size === 0) return 'ignored'
    // First: whoever does the work reads them. A note that came before is the same afterwards.
    await note(notes)
    if (works.length === 0) return 'ignored'
    const isNew = await queue.add(
      works.map((work: Work) => toQueuedWork(work)),
      { delivery: id },
    )
    own.info(isNew ? 'delivery-queued' : 'delivery-known', { works: works.map(({ type }) => type) })
    return isNew ? 'queued' : 'duplicate'
  }

  async function knownOf(event: FleetEvent): Promise<KnownToApp> {
    const { login, app } = await identity()
    const branch = 'repository' in event ? await state.get(renderedBranchKey(event.repository)) : undefined
    return { login, app, renderedBranch: branch ?? 'rendered' }
  }

  /** Two that read the same would write over each other: what comes while notes are written is written together after them. */
  function note(notes: ReadonlyMap<string, string>): Promise<void> {
    if (notes.size === 0) return Promise.resolve()
    next ??= startBatch()
    for (const [key, coming] of notes) next.notes.set(key, mergeNote(next.notes.get(key), coming))
    return next.written
  }

  function startBatch(): Batch {
    const batch = new Map<string, string>()
    const written = last.then(() => {
      next = undefined
      return merge(batch)
    })
    last = written.catch(() => undefined)
    return { notes: batch, written }
  }

  async function merge(notes: ReadonlyMap<string, string>): Promise<void> {
    const merged = await Promise.all(
      [...notes].map(async ([key, coming]) => [key, mergeNote(await state.get(key), coming)] as const),
    )
    await state.put(new Map(merged))
  }
}
