import { Queue, Worker, type Job } from 'bullmq'
import type { RedisConnection } from './redis-connection.ts'

/** What BullMQ carries: which work is meant, and in which of its states. */
export interface Pointer {
  readonly key: string
  readonly number: string
}

/** A pointer that this process has drawn. Until it is dropped no other process gets it, as long as it is kept. */
export interface DrawnPointer extends Pointer {
  keep(milliseconds: number): Promise<void>
  drop(): Promise<void>
}

export interface Pointers {
  /** Gives BullMQ what a script gave, and wakes those who wait. What it does not get, a sweep gives it later. */
  ring(flat: unknown): Promise<void>
  draw(token: string): Promise<DrawnPointer | undefined>
  /** Milliseconds until the first can be drawn; undefined when there is none. */
  nextIn(): Promise<number | undefined>
  close(): Promise<void>
}

/** BullMQ, worked by hand: it orders pointers by priority and age, holds them back, and gives each to one. */
export async function createPointers(connection: RedisConnection, leaseMs: number): Promise<Pointers> {
  const { client, prefix, guard, run } = connection
  const queue = new Queue<Pointer>('work', {
    ...{ connection: client, prefix },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    // Nobody reads them.
    streams: { events: { maxLen: 10 } },
  })
  const worker = new Worker<Pointer>('work', null, {
    ...{ connection: client, prefix, autorun: false, lockDuration: leaseMs, stalledInterval: leaseMs },
    // A pointer whose process died is drawn again, however often: what becomes of work is not its business.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  })
  queue.on('error', () => undefined)
  worker.on('error', () => undefined)
  await guard('start BullMQ', () => Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]))
  await worker.startStalledCheckTimer()
  return {
    async ring(flat) {
      const pointers = parsePointers(flat)
      if (pointers.length === 0) return
      try {
        await guard('queue work', () =>
          queue.addBulk(
            pointers.map(({ key, number, priority, delay }) => ({
              ...{ name: 'work', data: { key, number } },
              opts: { jobId: `n${number}`, priority, delay },
            })),
          ),
        )
        await run(
          'rung',
          pointers.map(({ key, number }) => `${number}:${key}`),
          'queue work',
        )
      } catch {
        // The work itself is kept already, and these stand in `unrung`.
      }
    },
    async draw(token) {
      const job = (await guard('draw work', () => worker.getNextJob(token, { block: false }))) as
        Job<Pointer> | undefined
      return job && toDrawn(connection, job, token)
    },
    async nextIn() {
      const counts = await guard('look for work', () => queue.getJobCounts('wait', 'prioritized', 'delayed'))
      if ((counts['wait'] ?? 0) + (counts['prioritized'] ?? 0) > 0) return 0
      if ((counts['delayed'] ?? 0) === 0) return undefined
      const [first] = await guard('look for work', () => queue.getDelayed(0, 0))
      return first ? Math.max(0, first.timestamp + first.delay - Date.now()) : undefined
    },
    async close() {
      const closing = guard('close the queue', () => Promise.all([worker.close(true), queue.close()]))
      await closing.catch(() => undefined)
    },
  }
}

/** BullMQ's own lock only says who drew it. Where it is lost, the pointer is drawn twice, and is stale for the second one. */
function toDrawn({ guard }: RedisConnection, job: Job<Pointer>, token: string): DrawnPointer {
  const { key, number } = job.data
  return {
    ...{ key, number },
    async keep(milliseconds) {
      await guard('keep work', () => job.extendLock(token, milliseconds)).catch(() => undefined)
    },
    async drop() {
      await guard('drop work', () => job.moveToCompleted(undefined, token, false)).catch(() => undefined)
    },
  }
}

function parsePointers(
  flat: unknown,
): readonly (Pointer & { readonly priority: number; readonly delay: number })[] {
  if (!Array.isArray(flat)) return []
  const fields = flat.map(String)
  const pointers = []
  for (let index = 0; index + 3 < fields.length; index += 4) {
    const [number = '', priority, delay, key = ''] = fields.slice(index, index + 4)
    pointers.push({ key, number, priority: Number(priority), delay: Number(delay) })
  }
  return pointers
}
