import { EnvironmentError } from '../diagnostics/errors.ts'
import { ReviewerError } from '../report/reviewer-port.ts'

/** How often something is tried, and how long it rests in between. */
interface Patience {
  readonly attempts: number
  readonly firstMs: number
  readonly mostMs: number
}

/** What may be gone later: more than two hours in all. */
const world: Patience = { attempts: 16, firstMs: 2000, mostMs: 15 * 60_000 }
/** The world says no: it hardly changes its mind, but somebody may be setting something up. */
const refused: Patience = { attempts: 4, firstMs: 10_000, mostMs: 5 * 60_000 }
/** A fault of ours, or something that nobody thought of. */
const unexpected: Patience = { attempts: 6, firstMs: 5000, mostMs: 10 * 60_000 }

/** Work that was begun so often, by whoever, is not begun again: it may be what ends the process. */
export const mostBeginnings = world.attempts + 4

/** Milliseconds until the next attempt, or undefined when there was enough of it. `attempt`: 1 for the first; `random`: 0 to 1. */
export function pauseAfter(error: unknown, attempt: number, random: number): number | undefined {
  const patience = patienceFor(error)
  if (attempt >= patience.attempts) return undefined
  const most = Math.min(patience.mostMs, patience.firstMs * 2 ** Math.min(attempt - 1, 30))
  // Half of it by chance: what failed together does not come back together.
  return Math.round(most * (0.5 + random / 2))
}

function patienceFor(error: unknown): Patience {
  if (!(error instanceof EnvironmentError)) return unexpected
  return error.retryable ? world : refused
}

/** For metrics: few, and none made of what somebody else wrote. */
export function failureCode(error: unknown): string {
  if (error instanceof ReviewerError) return `github/${error.reason}`
  if (error instanceof EnvironmentError) return error.adapter
  return 'internal'
}
