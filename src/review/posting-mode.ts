import type { RequestBudget } from './budget-port.ts'

/** What is posted: everything, or the check alone, and when the rest may follow, in milliseconds since the epoch. */
export type PostingMode =
  { readonly type: 'full' } | { readonly type: 'checks-only'; readonly untilMs: number }

/** Comments are left out below this share of the hour's requests, so that what is left is enough for checks. */
const reservedShare = 0.1

/** For so long after the host asked for fewer requests at once: it counts what is created more than what is read. */
const restMs = 120_000

/** Whether there are requests enough for comments. Without a budget, as some Enterprise servers have none, there are. Pure. */
export function planPosting(budget: RequestBudget | undefined, nowMs: number): PostingMode {
  if (budget === undefined) return { type: 'full' }
  const { remaining, limit, resetsAt, limitedAt } = budget
  const ends = [
    ...(remaining < limit * reservedShare ? [resetsAt] : []),
    ...(limitedAt === undefined ? [] : [limitedAt + restMs]),
  ].filter((end) => end > nowMs)
  return ends.length === 0 ? { type: 'full' } : { type: 'checks-only', untilMs: Math.max(...ends) }
}
