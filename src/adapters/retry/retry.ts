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

export interface Retrying {
  readonly policy: RetryPolicy
  readonly waiting: Waiting
  /** Milliseconds after which, at the earliest, another attempt may do better; undefined when none will. */
  readonly againAfterMs: (error: unknown) => number | undefined
  readonly signal?: AbortSignal
}

/** Tries again later each time and with chance in it, so that many clients do not return together. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { policy, waiting, againAfterMs, signal }: Retrying,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const afterMs = againAfterMs(error)
      if (afterMs === undefined || afterMs > policy.maxRetryAfterMs || attempt >= policy.attempts) throw error
      const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1))
      const delay = ceiling / 2 + waiting.random() * (ceiling / 2)
      await waiting.sleep(Math.max(afterMs, delay), signal)
    }
  }
}
