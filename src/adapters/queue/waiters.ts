/** Those who wait until there may be something to claim. */
export interface Waiters {
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  wake(): void
  readonly size: number
}

export function createWaiters(onChange: () => void = () => undefined): Waiters {
  const waiting = new Set<() => void>()
  return {
    wait(milliseconds, signal) {
      if (signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          waiting.delete(end)
          resolve()
        }
        const timer = setTimeout(end, milliseconds)
        signal.addEventListener('abort', end, { once: true })
        waiting.add(end)
        onChange()
      })
    },
    wake() {
      for (const end of [...waiting]) end()
    },
    get size() {
      return waiting.size
    },
  }
}
