import type { RequestBudget } from '../../review/budget-port.ts'
import type { Answer } from './limits.ts'

/** Keeps what answers say of the budget; shared by all clients of an installation, as GitHub counts them together. */
export interface BudgetGauge {
  read(): RequestBudget | undefined
  observe(answer: Pick<Answer, 'headers'>): void
  /** Too many requests at once, whatever is left of the hour. */
  limited(nowMs: number, forMs: number): void
}

/** `onBudget` is told of each change, for metrics. */
export function createBudgetGauge(onBudget?: (budget: RequestBudget) => void): BudgetGauge {
  let known: RequestBudget | undefined
  let limited: Pick<RequestBudget, 'limitedAt' | 'limitedForMs'> = {}
  const keep = (next: Omit<RequestBudget, 'limitedAt' | 'limitedForMs'>): void => {
    known = { ...next, ...limited }
    onBudget?.(known)
  }
  return {
    read: () => known,
    observe({ headers }) {
      // GraphQL and search have budgets of their own.
      if ((headers['x-ratelimit-resource'] ?? 'core') !== 'core') return
      const [remaining, limit, reset] = ['remaining', 'limit', 'reset'].map((name) =>
        Number(headers[`x-ratelimit-${name}`] ?? Number.NaN),
      )
      if (!isCount(remaining) || !isCount(limit) || !isCount(reset)) return
      keep({ remaining, limit, resetsAt: reset * 1000 })
    },
    limited(nowMs, forMs) {
      limited = { limitedAt: nowMs, limitedForMs: forMs }
      // Before any answer said what is left, nothing is known to be missing.
      keep(known ?? { remaining: 1, limit: 1, resetsAt: nowMs })
    },
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value)
}
