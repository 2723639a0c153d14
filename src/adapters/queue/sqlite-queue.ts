import { randomUUID } from 'node:crypto'
import type { Claim, QueueDepth, WorkQueue } from '../../review/work-queue-port.ts'
import { attempt } from './attempt.ts'
import { parseDeliveries } from './deliveries.ts'
import { createHeldClaims, type HeldClaims } from './held-claims.ts'
import { isDead, processIdentity } from './process-identity.ts'
import { addWorks, claimNext, giveUp, putOff, type ClaimedWork } from './sqlite-claims.ts'
import type { Run, SqliteDatabase } from './sqlite-database.ts'
import { sql } from './sqlite-schema.ts'
import { createWaiters, type Waiters } from './waiters.ts'

export interface SqliteQueueOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly leaseMs: number
  readonly renewMs: number
  /** How often other processes' changes are looked for. */
  readonly pollMs: number
}

/** What the methods share. */
interface Store extends SqliteQueueOptions {
  readonly database: SqliteDatabase
  readonly held: HeldClaims
  readonly waiters: Waiters
  readonly holder: string
}

export function createSqliteQueue(database: SqliteDatabase, options: SqliteQueueOptions): WorkQueue {
  const { now, leaseMs, renewMs } = options
  const held = createHeldClaims({
    ...{ leaseMs, renewMs },
    renew: (tokens) =>
      database.write('renew claims', (run) => {
        const lease = now() + leaseMs
        const ours = tokens.filter((token) => run.change(sql.renew, { lease, token }) > 0)
        return new Map(ours.map((token) => [token, 'ours' as const]))
      }),
  })
  const waiters = createWaiters(() => {
    watch.start()
  })
  const store: Store = { ...options, database, held, waiters, holder: processIdentity() }
  const watch = createWatch(store)
  return {
    async add(works, { delivery, afterMs = 0 } = {}) {
      const isNew = await database.write('add work', (run) =>
        addWorks(run, works, { delivery, now: now(), due: now() + afterMs }),
      )
      if (isNew) {
        lookForNewer(store)
        waiters.wake()
      }
      return isNew
    },
    claim: (worker) => claim(store, worker, watch),
    async wait(milliseconds, signal) {
      if (hasClaimable(store)) return
      await waiters.wait(milliseconds, signal)
    },
    depth: () => attempt(() => depth(store)),
    async close() {
      watch.end()
      held.close()
      waiters.wake()
      await database.close()
    },
  }
}

async function claim(store: Store, worker: string, watch: Watch): Promise<Claim | undefined> {
  const { database, held, holder, leaseMs, now } = store
  if (!hasClaimable(store)) return undefined
  const token = randomUUID()
  const since = performance.now()
  const claimed = await database.write('claim work', (run) => {
    giveUpEnded(store, run)
    return claimNext(run, now(), { token, holder, worker, lease: now() + leaseMs })
  })
  if (!claimed) return undefined
  const signal = held.hold(token, claimed.work.key, since)
  lookForNewer(store)
  watch.start()
  return toClaim(store, claimed, signal)
}

/** What waits under the key of a claim came while it was claimed. */
function lookForNewer({ database, held }: Store): void {
  for (const [token, key] of held.all) if (database.read(sql.waitingOf, { key })) held.supersede(token)
}

/** Both ends do nothing for a claim that was lost: whoever has it by now says what becomes of it. */
function toClaim({ database, held, waiters, now }: Store, claimed: ClaimedWork, signal: AbortSignal): Claim {
  const { token, work, attempt, deliveries } = claimed
  const end = async (operation: string, change: (run: Run) => unknown): Promise<void> => {
    try {
      await database.write(operation, change)
    } finally {
      // Where the end could not be written nobody does the work any more all the same: its lease runs out.
      held.drop(token)
    }
    waiters.wake()
  }
  return {
    ...{ work, attempt, signal, deliveries: parseDeliveries(deliveries) },
    done: () => end('finish work', (run) => run.first(sql.takeClaimed, { token })),
    again: (afterMs) => end('put work off', (run) => putOff(run, token, now() + afterMs)),
  }
}

/** Of processes that are dead, and those whose lease ran out: nobody knows what became of them. */
function giveUpEnded({ now, holder }: Store, run: Run): void {
  for (const { token } of run.all(sql.endedClaims, { now: now() })) giveUp(run, String(token))
  for (const other of run.all(sql.holders, {})) {
    const name = String(other['holder'])
    if (name === holder || !isDead(name)) continue
    for (const { token } of run.all(sql.claimsOf, { holder: name })) giveUp(run, String(token))
  }
}

function hasClaimable({ database, now, holder }: Store): boolean {
  if (database.read(sql.hasClaimable, { now: now() })?.['found'] === 1) return true
  const dead = database
    .readWhile(sql.holders, {}, () => true)
    .find((other) => other['holder'] !== holder && isDead(String(other['holder'])))
  return dead !== undefined
}

function depth({ database, now }: Store): QueueDepth {
  const row = database.read(sql.depth)
  const due = row?.['due']
  return {
    waiting: Number(row?.['waiting'] ?? 0),
    active: Number(row?.['active'] ?? 0),
    oldestMs: typeof due === 'number' ? Math.max(0, now() - due) : 0,
  }
}

interface Watch {
  start(): void
  end(): void
}

/**
 * Looks what other processes changed while somebody waits or works here: wakes those who wait when something can be claimed,
 * and tells claims that they are superseded. SQLite cannot call; asking it whether the file changed reads one page.
 */
function createWatch(store: Store): Watch {
  const { database, held, waiters, now, pollMs } = store
  let timer: NodeJS.Timeout | undefined
  let isEnded = false
  let seen = -1
  const schedule = (): void => {
    if (isEnded || timer !== undefined || (waiters.size === 0 && held.all.size === 0)) return
    timer = setTimeout(look, waiters.size > 0 ? untilNext() : pollMs)
  }
  const untilNext = (): number => {
    try {
      const due = database.read(sql.nextDue, { now: now() })?.['due']
      return typeof due === 'number' ? Math.min(pollMs, Math.max(1, due - now())) : pollMs
    } catch {
      return pollMs
    }
  }
  const look = (): void => {
    timer = undefined
    try {
      const version = database.version()
      if (version !== seen) lookForNewer(store)
      seen = version
      if (waiters.size > 0 && hasClaimable(store)) waiters.wake()
    } catch {
      // Who waits asks the queue next, and is told what is wrong.
      waiters.wake()
    }
    schedule()
  }
  return {
    start: schedule,
    end() {
      isEnded = true
      clearTimeout(timer)
    },
  }
}
