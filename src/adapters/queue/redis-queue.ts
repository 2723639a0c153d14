import { randomUUID } from 'node:crypto'
import type { Claim, QueuedWork, WorkQueue } from '../../review/work-queue-port.ts'
import { deliveriesKeptMs } from './deliveries.ts'
import { createHeldClaims, type HeldClaims } from './held-claims.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { DrawnPointer, Pointers } from './redis-pointers.ts'
import { createWaiters, type Waiters } from './waiters.ts'

export interface RedisQueueOptions {
  readonly leaseMs: number
  readonly renewMs: number
  /** How often it is looked for what got lost on its way, and for claims that nobody keeps up. */
  readonly pollMs: number
}

interface Store extends RedisQueueOptions {
  readonly connection: RedisConnection
  readonly pointers: Pointers
  readonly held: HeldClaims
  readonly waiters: Waiters
  /** Of what is held, by token. */
  readonly drawn: Map<string, { readonly pointer: DrawnPointer; readonly lane: string }>
}

/** A pointer is on its way to BullMQ for so long at most, unless the process that brings it died. */
const onItsWayMs = 1000

export async function createRedisQueue(
  connection: RedisConnection,
  pointers: Pointers,
  options: RedisQueueOptions & { readonly close: () => Promise<void> },
): Promise<WorkQueue> {
  const drawn: Store['drawn'] = new Map()
  const held = createHeldClaims({ ...options, renew: (tokens) => renew(store, tokens) })
  const waiters = createWaiters(() => {
    watch.start()
  })
  const store: Store = { ...options, connection, pointers, held, waiters, drawn }
  const watch = createWatch(store)
  await connection.listen((message) => {
    const [said, token = ''] = message.split(' ')
    if (said === 'superseded') held.supersede(token)
    else waiters.wake()
  })
  return {
    async add(works, { delivery = '', afterMs = 0 } = {}) {
      const args = works.flatMap(({ key, lane, priority, work }) => [
        ...[key, lane, priority, JSON.stringify(work ?? null)],
      ])
      const made = await connection.run('add', [delivery, afterMs, deliveriesKeptMs, ...args], 'add work')
      if (made === null) return false
      await pointers.ring(made)
      return true
    },
    claim: (worker) => claim(store, worker),
    async wait(milliseconds, signal) {
      const waited = waiters.wait(milliseconds, signal)
      try {
        // Asked after it waits, so that nothing is said in between.
        if (!signal.aborted && (await pointers.nextIn()) === 0) waiters.wake()
      } catch (error) {
        waiters.wake()
        throw error
      }
      await waited
    },
    async depth() {
      const [waiting, active, oldestMs] = (await connection.run('depth', [], 'read the queue')) as number[]
      return { waiting: waiting ?? 0, active: active ?? 0, oldestMs: oldestMs ?? 0 }
    },
    async close() {
      watch.end()
      held.close()
      waiters.wake()
      await pointers.close()
      await options.close()
    },
  }
}

/** Draws until a pointer gives work. Those that are stale go; those whose lane is taken come again when it is free. */
async function claim(store: Store, worker: string): Promise<Claim | undefined> {
  const { connection, pointers, held, drawn, leaseMs } = store
  await sweep(store)
  for (;;) {
    const token = randomUUID()
    const pointer = await pointers.draw(token)
    if (!pointer) return undefined
    const since = performance.now()
    const args = [pointer.key, pointer.number, token, worker, leaseMs]
    const [fields, made] = (await connection.run('take', args, 'claim work')) as [string[], unknown]
    await pointers.ring(made)
    const [lane, priority, work, attempt, deliveries] = fields
    if (lane === undefined || work === undefined) {
      await pointer.drop()
      continue
    }
    drawn.set(token, { pointer, lane })
    const claimed: QueuedWork = {
      ...{ key: pointer.key, lane, priority: Number(priority) },
      work: JSON.parse(work) as unknown,
    }
    return {
      ...{ work: claimed, attempt: Number(attempt) },
      deliveries: (deliveries ?? '').split('\n').filter((id) => id !== ''),
      signal: held.hold(token, pointer.key, since),
      done: () => end(store, token, { script: 'done', lane, pointer, args: [] }),
      again: (afterMs) => end(store, token, { script: 'again', lane, pointer, args: [afterMs] }),
    }
  }
}

/**
 * The script decides; what follows tidies up. A crash after it leaves a pointer that is stale by now, and pointers in
 * `unrung`. Nothing happens to a claim that was lost: whoever has it by now says what becomes of it.
 */
async function end(
  { connection, pointers, held, drawn }: Store,
  token: string,
  how: {
    readonly script: 'done' | 'again'
    readonly lane: string
    readonly pointer: DrawnPointer
    readonly args: readonly number[]
  },
): Promise<void> {
  try {
    const made = await connection.run(how.script, [how.lane, token, ...how.args], 'finish work')
    await Promise.all([pointers.ring(made), how.pointer.drop()])
  } finally {
    // Where the end could not be said nobody does the work any more all the same: its lease runs out.
    held.drop(token)
    drawn.delete(token)
  }
}

async function renew(
  { connection, drawn, leaseMs }: Store,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, 'ours' | 'superseded'>> {
  const asked = tokens.flatMap((token) => {
    const lane = drawn.get(token)?.lane
    return lane === undefined ? [] : [{ token, lane }]
  })
  const args = asked.flatMap(({ lane, token }) => [lane, token])
  const states = (await connection.run('renew', [leaseMs, ...args], 'renew claims')) as number[]
  const ours = new Map<string, 'ours' | 'superseded'>()
  for (const [index, { token }] of asked.entries()) {
    const state = states[index]
    if (state === 1 || state === 2) ours.set(token, state === 1 ? 'ours' : 'superseded')
    else drawn.delete(token)
  }
  await Promise.all([...ours.keys()].map(async (token) => drawn.get(token)?.pointer.keep(leaseMs)))
  return ours
}

async function sweep({ connection, pointers }: Store): Promise<void> {
  await pointers.ring(await connection.run('sweep', [onItsWayMs], 'look for work'))
}

/** Looks now and then while somebody waits, since messages of Redis may be missed while a connection is down. */
function createWatch(store: Store): { readonly start: () => void; readonly end: () => void } {
  const { pointers, waiters, pollMs } = store
  let timer: NodeJS.Timeout | undefined
  let isEnded = false
  const look = async (): Promise<void> => {
    try {
      await sweep(store)
      const next = await pointers.nextIn()
      if (next === 0) waiters.wake()
      schedule(next)
    } catch {
      // Who waits asks the queue next, and is told what is wrong.
      waiters.wake()
      schedule(undefined)
    }
  }
  const schedule = (next: number | undefined): void => {
    timer = undefined
    if (isEnded || waiters.size === 0) return
    timer = setTimeout(() => void look(), Math.min(pollMs, Math.max(1, next ?? pollMs)))
  }
  return {
    start() {
      if (timer === undefined) schedule(0)
    },
    end() {
      isEnded = true
      clearTimeout(timer)
    },
  }
}
