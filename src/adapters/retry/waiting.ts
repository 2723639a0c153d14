import { setTimeout as sleep } from 'node:timers/promises'

/** Time and chance, so that tests decide both. */
export interface Waiting {
  /** Rejects as soon as the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** From 0 up to, not including, 1. */
  random(): number
  /** Milliseconds since the epoch. */
  now(): number
}

export const realWaiting: Waiting = {
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { ...(signal && { signal }) })
  },
  random: () => Math.random(),
  now: () => Date.now(),
}
