/** Time for what goes on by itself. */
export interface WatchTimes {
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Ends everything. */
  readonly signal: AbortSignal
  /** Called when a value may be another than the last that was read, or when it cannot be had any more, or again. */
  readonly onChange: () => void
}

/** A value of a cluster that is kept up to date. */
export interface KeptValue<T> {
  /** As it is now; waits for the first answer only. Throws what keeps it from being had. */
  read(): Promise<T>
}

export interface Following<T> {
  readonly update: (value: T) => void
  /** It goes well: the next pause is a short one again. */
  readonly thrive: () => void
}

const shortestPauseMs = 1000
const longestPauseMs = 60_000

/**
 * Runs `follow` again and again, with growing pauses while it does not thrive: it gives values as they come, and returns or
 * throws when it has to start over. What it throws is what reading throws until there is a value again.
 */
export function keepValue<T>(
  { wait, signal, onChange }: WatchTimes,
  follow: (following: Following<T>) => Promise<void>,
): KeptValue<T> {
  const first = Promise.withResolvers<void>()
  let state: { readonly value: T } | { readonly error: unknown } | undefined
  const set = (next: NonNullable<typeof state>): void => {
    const isStillFailing = state !== undefined && 'error' in state && 'error' in next
    const isFirst = state === undefined
    state = next
    first.resolve()
    if (!isFirst && !isStillFailing) onChange()
  }
  const run = async (): Promise<void> => {
    let pauseMs: number = shortestPauseMs
    const following = {
      update: (value: T) => set({ value }),
      thrive: () => (pauseMs = shortestPauseMs),
    }
    while (!signal.aborted) {
      try {
        await follow(following)
      } catch (error) {
        if (!signal.aborted) set({ error })
      }
      await wait(pauseMs, signal)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
    if (state === undefined) set({ error: signal.reason })
  }
  void run()
  return {
    async read() {
      await first.promise
      if (state && 'value' in state) return state.value
      throw state?.error
    },
  }
}
