/** In which time watches do what they do by themselves. */
export interface WatchPace {
  /** Of this process: no other has it. */
  readonly holder: string
  /** How long a replica that is gone keeps the others from watching. It is renewed in a third of that. */
  readonly leaseMs: number
  /** How often it is looked where the app is installed. */
  readonly lookMs: number
  /** After the first end of a child; twice as long after each other. */
  readonly restMs: number
  /** 0 to 1. */
  readonly random: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

const longestRestMs = 5 * 60_000

/** Rest after so many ends in a row. */
export function restAfter({ restMs, random }: WatchPace, ends: number): number {
  // Half of it by chance: what failed together does not come back together.
  return Math.min(longestRestMs, restMs * 2 ** Math.min(ends - 1, 30)) * (0.5 + random() / 2)
}
