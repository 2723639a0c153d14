import type { Report } from '../diagnostics/types.ts'

/** What scripts of intent see of the world, and where their faults go. */
export interface Scripts {
  /** Wall clock that they see, milliseconds since the epoch: the compile's. */
  readonly clockMs: number
  /** Monotonic milliseconds, for time limits alone. */
  readonly elapsedMs: () => number
  readonly report: Report
}
