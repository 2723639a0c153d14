import { SourceFailure } from '../../sources/source-remote-port.ts'
import type { Waiting } from './waiting.ts'

export interface RetryPolicy {
  /** In all, the first included. */
  readonly attempts: number
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** A remote that wants to be left alone for longer is reported at once. */
  readonly maxRetryAfterMs: number
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 4,
  firstDelayMs: 500,
  maxDelayMs: 10_000,
  maxRetryAfterMs: 30_000,
}

/** A failure that a remote itself put a time on. */
export class RetryLater extends SourceFailure {
  readonly afterMs: number

  constructor(afterMs: number, details: ConstructorParameters<typeof SourceFailure>[0]) {
    super({ ...details, retryable: true })
    this.afterMs = afterMs
  }
}

/** Tries again what is marked retryable, later each time and with chance in it, so that many clients do not return together. */
export async function withRetries<T>(
  work: () => Promise<T>,
  policy: RetryPolicy,
  waiting: Waiting,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof SourceFailure) || !error.retryable || attempt >= policy.attempts) throw error
      if (error instanceof RetryLater && error.afterMs > policy.maxRetryAfterMs) throw error
      const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1))
      const delay = ceiling / 2 + waiting.random() * (ceiling / 2)
      await waiting.sleep(error instanceof RetryLater ? Math.max(error.afterMs, delay) : delay)
    }
  }
}
