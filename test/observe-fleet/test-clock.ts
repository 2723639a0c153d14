interface Wait {
  readonly milliseconds: number
  readonly dueMs: number
  readonly end: () => void
}

/** Time that goes on only when the test says so, and that tells what is waited for. */
export function createTestClock(start = '2026-01-02T00:00:00Z') {
  let nowMs = Date.parse(start)
  const waits = new Set<Wait>()
  let listeners: (() => void)[] = []
  return {
    turn,
    now: () => new Date(nowMs).toISOString().replace('.000Z', 'Z'),
    wait(milliseconds: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const end = (): void => {
          waits.delete(wait)
          resolve()
        }
        const wait: Wait = { milliseconds, dueMs: nowMs + milliseconds, end }
        if (signal.aborted) {
          resolve()
          return
        }
        waits.add(wait)
        signal.addEventListener('abort', end)
        for (const listener of listeners) listener()
      })
    },
    isWaiting: (isMeant: (milliseconds: number) => boolean): boolean =>
      [...waits].some(({ milliseconds }) => isMeant(milliseconds)),
    /** Resolves once somebody waits for such a time. */
    async waited(isMeant: (milliseconds: number) => boolean): Promise<void> {
      for (;;) {
        if ([...waits].some(({ milliseconds }) => isMeant(milliseconds))) return
        await new Promise<void>((resolve) => (listeners = [...listeners, resolve]))
        listeners = []
      }
    },
    /** Lets so much time go by, once everything that needs none is done; ends what was waited for until then. */
    async advance(milliseconds: number): Promise<void> {
      await turn()
      nowMs += milliseconds
      for (const wait of [...waits]) if (wait.dueMs <= nowMs) wait.end()
      await turn()
    },
  }
}

/** Everything that waits for nothing but promises is done then. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
