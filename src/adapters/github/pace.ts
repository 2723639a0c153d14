import type { Waiting } from '../retry/waiting.ts'

/** Lets some through at once and then one in each interval; the form of a group of the throttling plugin. */
export interface Pace {
  key(id: string): {
    schedule<T, A extends readonly unknown[]>(
      options: unknown,
      work: (...args: A) => Promise<T>,
      ...args: A
    ): Promise<T>
  }
}

export interface PaceOptions {
  readonly burst: number
  readonly intervalMs: number
}

/** GitHub asks for a second between writes where there are many: the first few of a run need not wait. */
export function createPace({ burst, intervalMs }: PaceOptions, waiting: Waiting): Pace {
  /** When the next would be due if all had kept the interval. */
  let due = 0
  const schedule = async <T, A extends readonly unknown[]>(
    _options: unknown,
    work: (...args: A) => Promise<T>,
    ...args: A
  ): Promise<T> => {
    const now = waiting.now()
    due = Math.max(due, now - burst * intervalMs) + intervalMs
    const wait = due - now
    if (wait > 0) await waiting.sleep(wait)
    return work(...args)
  }
  return { key: () => ({ schedule }) }
}

/** The first 5 at once, and then one in a second, as GitHub asks of those who create much. */
export function createWritePace(waiting: Waiting): Pace {
  return createPace({ burst: 5, intervalMs: 1000 }, waiting)
}
