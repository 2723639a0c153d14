import type { RequestBudget } from './budget-port.ts'

/** What is posted: everything, or the check alone, and when the rest may follow, in milliseconds since the epoch. */
export type PostingMode =
  { readonly type: 'full' } | { readonly type: 'checks-only'; readonly untilMs: number }

/** Comments are left out below this share of the hour's requests, so that what is left is enough for checks. */
const reservedShare = 0.1

/**
 * After the host asked for fewer requests at once: it counts what is created more than what is read, so twice as long as it
 * asked for. Where little was asked for, longer would leave comments out for as long as it asks now and then.
 */
const rest = { leastMs: 10_000, mostMs: 120_000 } as const

/** Whether there are requests enough for comments. Without a budget, as some Enterprise servers have none, there are. Pure. */
export function planPosting(budget: RequestBudget | undefined, nowMs: number): PostingMode {
  if (budget === undefined) return { type: 'full' }
  const { remaining, limit, resetsAt, limitedAt, limitedForMs = rest.mostMs } = budget
  const restMs = Math.min(rest.mostMs, Math.max(rest.leastMs, 2 * limitedForMs))
  const ends = [
    ...(remaining < limit * reservedShare ? [resetsAt] : []),
    ...(limitedAt === undefined ? [] : [limitedAt + restMs]),
  ].filter((end) => end > nowMs)
  return ends.length === 0 ? { type: 'full' } : { type: 'checks-only', untilMs: Math.max(...ends) }
}
