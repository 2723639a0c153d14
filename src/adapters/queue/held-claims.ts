import { ClaimAborted } from '../../review/work-queue-port.ts'

/** What this process has claimed: keeps the leases up, and tells a claim when it is no longer worth anything. */
export interface HeldClaims {
  /** `since`: what `performance.now()` said before it was claimed. */
  hold(token: string, key: string, since: number): AbortSignal
  /** The same key was asked for again. */
  supersede(token: string): void
  /** Its end was said. */
  drop(token: string): void
  /** Keys by tokens. */
  readonly all: ReadonlyMap<string, string>
  /** Ends the timers; what is held is given up. */
  close(): void
}

export interface HeldClaimsOptions {
  readonly leaseMs: number
  readonly renewMs: number
  /**
   * Puts the leases off and gives what became of those that are still ours. May throw: it is tried again next time, since the
   * store may come back before the leases have run out.
   */
  readonly renew: (tokens: readonly string[]) => Promise<ReadonlyMap<string, 'ours' | 'superseded'>>
}

interface Held {
  readonly key: string
  readonly controller: AbortController
  timer: NodeJS.Timeout
}

/**
 * A lease counts from before it was asked for, and by this process' own clock, so that a claim is told `lost` before anybody
 * else can have it, also when renewals fail or hang.
 */
export function createHeldClaims(options: HeldClaimsOptions): HeldClaims {
  const { leaseMs, renewMs } = options
  const held = new Map<string, Held>()
  const lose = (token: string): void => {
    end(token)?.controller.abort(new ClaimAborted('lost'))
  }
  const end = (token: string): Held | undefined => {
    const claim = held.get(token)
    clearTimeout(claim?.timer)
    held.delete(token)
    return claim
  }
  const expiry = (token: string, since: number): NodeJS.Timeout =>
    setTimeout(lose, Math.max(0, since + leaseMs - performance.now()), token)
  const supersede = (token: string): void => {
    held.get(token)?.controller.abort(new ClaimAborted('superseded'))
  }
  const renewAll = async (): Promise<void> => {
    const since = performance.now()
    const tokens = [...held.keys()]
    if (tokens.length === 0) return
    const states = await options.renew(tokens)
    for (const token of tokens) {
      const claim = held.get(token)
      const state = states.get(token)
      if (state === undefined) lose(token)
      else if (claim) {
        clearTimeout(claim.timer)
        claim.timer = expiry(token, since)
        if (state === 'superseded') supersede(token)
      }
    }
  }
  const renewal = createRepeated(renewAll, renewMs)
  let isClosed = false
  return {
    hold(token, key, since) {
      const controller = new AbortController()
      if (isClosed) {
        controller.abort(new ClaimAborted('shutdown'))
        return controller.signal
      }
      held.set(token, { key, controller, timer: expiry(token, since) })
      renewal.start()
      return controller.signal
    },
    supersede,
    drop: (token) => void end(token),
    get all() {
      return new Map([...held].map(([token, { key }]) => [token, key]))
    },
    close() {
      isClosed = true
      renewal.end()
      for (const token of [...held.keys()]) end(token)?.controller.abort(new ClaimAborted('shutdown'))
    },
  }
}

/** Again and again, never twice at once. */
function createRepeated(
  call: () => Promise<void>,
  everyMs: number,
): { readonly start: () => void; readonly end: () => void } {
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  const tick = (): void => {
    if (isRunning) return
    isRunning = true
    void call()
      .catch(() => undefined)
      .finally(() => {
        isRunning = false
      })
  }
  return {
    start() {
      // Who waits for the work keeps the process alive, not the timer.
      timer ??= setInterval(tick, everyMs).unref()
    },
    end() {
      clearInterval(timer)
    },
  }
}
