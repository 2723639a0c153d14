import { ReviewerError } from '../../report/reviewer-port.ts'
import type { Waiting } from '../retry/waiting.ts'

/** Time during which no request is sent, for whatever reason: all requests of a client share it. */
export interface Pause {
  /** Waits for its end. Throws ReviewerError `throttled` at once when that is too far away. */
  over(): Promise<void>
  /** A limit was reached that ends by itself. */
  limit(milliseconds: number): void
  isLimited(): boolean
  /**
   * The other side failed: longer each time, with chance in it, so that many clients do not return together. Reading may well
   * succeed while writing does not.
   */
  back(kind: RequestKind): void
  succeeded(kind: RequestKind): void
}

export type RequestKind = 'reading' | 'writing'

export interface PauseOptions {
  readonly waiting: Waiting
  /** Longest limit whose end is waited for. GitHub's secondary limits end after a minute, the primary one within an hour. */
  readonly maxPauseMs: number
  readonly firstDelayMs: number
  readonly maxDelayMs: number
}

export function createPause({ waiting, maxPauseMs, firstDelayMs, maxDelayMs }: PauseOptions): Pause {
  let until = 0
  let limitedUntil = 0
  const failures = { reading: 0, writing: 0 }
  const extend = (milliseconds: number): number => (until = Math.max(until, waiting.now() + milliseconds))
  return {
    async over() {
      for (let seen = 0; seen !== until;) {
        seen = until
        const left = until - waiting.now()
        if (left <= 0) return
        if (left > maxPauseMs) throw tooLong(left)
        await waiting.sleep(left)
      }
    },
    limit(milliseconds) {
      limitedUntil = Math.max(limitedUntil, extend(milliseconds))
    },
    isLimited: () => limitedUntil > waiting.now(),
    back(kind) {
      failures[kind] += 1
      const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** (failures[kind] - 1))
      extend(ceiling / 2 + waiting.random() * (ceiling / 2))
    },
    succeeded(kind) {
      failures[kind] = 0
    },
  }
}

function tooLong(milliseconds: number): ReviewerError {
  const minutes = Math.ceil(milliseconds / 60_000)
  return new ReviewerError('throttled', {
    operation: 'wait for the end of a rate limit',
    message: `GitHub takes no more requests from this token for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
    hint: 'run again later; where several workflows share a token, give this one its own',
  })
}
