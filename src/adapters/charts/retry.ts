import { SourceFailure } from '../../sources/source-remote-port.ts'
import { withRetries, type RetryPolicy } from '../retry/retry.ts'
import type { Waiting } from '../retry/waiting.ts'

/** A failure that a remote itself put a time on. */
export class RetryLater extends SourceFailure {
  readonly afterMs: number

  constructor(afterMs: number, details: ConstructorParameters<typeof SourceFailure>[0]) {
    super({ ...details, retryable: true })
    this.afterMs = afterMs
  }
}

/** Tries again what is marked retryable. */
export function withSourceRetries<T>(
  work: () => Promise<T>,
  policy: RetryPolicy,
  waiting: Waiting,
): Promise<T> {
  return withRetries(work, { policy, waiting, againAfterMs })
}

function againAfterMs(error: unknown): number | undefined {
  if (!(error instanceof SourceFailure) || !error.retryable) return undefined
  return error instanceof RetryLater ? error.afterMs : 0
}
