import type { QueuedWork } from '../../review/work-queue-port.ts'
import { deliveriesKeptMs, joinDeliveries } from './deliveries.ts'
import type { Row, Run } from './sqlite-database.ts'
import { sql } from './sqlite-schema.ts'

/** A row of what is claimed, read. */
export interface ClaimedWork {
  readonly token: string
  readonly work: QueuedWork
  readonly attempt: number
  readonly deliveries: string
}

/** Of the one who claims. */
export interface Claimant {
  readonly token: string
  readonly holder: string
  readonly worker: string
  readonly lease: number
}

/** False for a delivery that was taken before. */
export function addWorks(
  run: Run,
  works: readonly QueuedWork[],
  {
    delivery,
    due,
    now,
  }: { readonly delivery: string | undefined; readonly due: number; readonly now: number },
): boolean {
  if (delivery !== undefined) {
    run.change(sql.forgetDeliveries, { at: now - deliveriesKeptMs })
    if (run.change(sql.takeDelivery, { delivery, at: now }) === 0) return false
  }
  for (const { key, lane, priority, work } of works) {
    const before = run.first(sql.waitingOf, { key })
    run.change(sql.putWaiting, {
      ...{ key, lane, priority, due, attempts: 0, number: nextNumber(run) },
      work: JSON.stringify(work ?? null),
      deliveries: joinDeliveries(
        textOf(before, 'deliveries'),
        delivery === undefined ? undefined : JSON.stringify([delivery]),
      ),
    })
  }
  return true
}

/** The next that is due, moved from what waits to what is claimed. */
export function claimNext(run: Run, now: number, claimant: Claimant): ClaimedWork | undefined {
  const row = run.first(sql.nextWaiting, { now })
  if (!row) return undefined
  const { key, lane, priority, work, due, deliveries } = row
  const attempts = Number(row['attempts']) + 1
  run.change(sql.takeWaiting, { key: String(key) })
  const claimed = { key, lane, priority, work, due, deliveries, attempts, ...claimant } as Record<
    string,
    string | number
  >
  run.change(sql.putClaimed, claimed)
  return {
    token: claimant.token,
    work: {
      ...{ key: String(key), lane: String(lane), priority: Number(priority) },
      work: JSON.parse(String(work)) as unknown,
    },
    attempt: attempts,
    deliveries: String(deliveries),
  }
}

/**
 * Lets what was claimed wait again, in its old place, with the attempt counted: its process died, or lost it. False when it
 * is not claimed under this token any more.
 */
export function giveUp(run: Run, token: string): boolean {
  const row = run.first(sql.takeClaimed, { token })
  if (!row) return false
  // Of those that were due at the same moment it was the first.
  putBack(run, row, { due: Number(row['due']), attempts: Number(row['attempts']), number: 0 })
  return true
}

/**
 * It is due again later, behind what waits by then. Asked for anew meanwhile it is the newer work that waits, as due as it
 * was, with its first attempt before it.
 */
export function putOff(run: Run, token: string, due: number): boolean {
  const row = run.first(sql.takeClaimed, { token })
  if (!row) return false
  const newer = run.first(sql.waitingOf, { key: textOf(row, 'key') ?? '' })
  const attempts = newer ? Number(newer['attempts']) : Number(row['attempts'])
  putBack(run, row, { due, attempts, number: nextNumber(run) })
  return true
}

function putBack(
  run: Run,
  row: Row,
  { due, attempts, number }: { readonly due: number; readonly attempts: number; readonly number: number },
): void {
  const { key, lane, priority, work, deliveries } = row as Record<string, string | number>
  if (key === undefined || lane === undefined || priority === undefined || work === undefined) return
  const newer = run.first(sql.waitingOf, { key })
  run.change(sql.putBack, {
    ...{ key, lane, priority, work, due, attempts, number },
    deliveries: joinDeliveries(String(deliveries), textOf(newer, 'deliveries')),
  })
}

function nextNumber(run: Run): number {
  return Number(run.first(sql.nextNumber, {})?.['last'])
}

function textOf(row: Row | undefined, column: string): string | undefined {
  const value = row?.[column]
  return typeof value === 'string' ? value : undefined
}
