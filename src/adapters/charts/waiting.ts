import { setTimeout as sleep } from 'node:timers/promises'

/** Time and chance, so that tests decide both. */
export interface Waiting {
  sleep(milliseconds: number): Promise<void>
  /** From 0 up to, not including, 1. */
  random(): number
  /** Milliseconds since the epoch. */
  now(): number
}

export const realWaiting: Waiting = {
  sleep: async (milliseconds) => {
    await sleep(milliseconds)
  },
  random: () => Math.random(),
  now: () => Date.now(),
}
