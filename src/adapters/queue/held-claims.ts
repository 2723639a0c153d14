import { ClaimAborted } from '../../review/work-queue-port.ts'

/** What this process has claimed: keeps the leases up, and tells a claim when it is no longer worth anything. */
export interface HeldClaims {
  /** `since`: what `performance.now()` said before it was claimed. */
  hold(token: string, key: string, since: number): AbortSignal
  /** The same key was asked for again. */
  supersede(key: string): void
  /** Ends what is known of it; undefined keys that are not held are fine. */
  drop(token: string): void
  readonly keys: ReadonlySet<string>
  readonly size: number
  /** Ends the timer; what is held is given up. */
  close(): void
}

export interface HeldClaimsOptions {
  readonly leaseMs: number
  readonly renewMs: number
  /** Puts the leases off and gives those of the tokens that are still ours. May throw: it is tried again next time. */
  readonly renew: (tokens: readonly string[]) => Promise<ReadonlySet<string>>
}

interface Held {
  readonly key: string
  readonly controller: AbortController
  /** Of the monotonic clock: the lease lasts at least so long. */
  until: number
}

/**
 * A lease counts from before it was asked for, and by this process' own clock, so that a claim is told `lost` before anybody
 * else can have it, also when renewals fail or hang.
 */
export function createHeldClaims(options: HeldClaimsOptions): HeldClaims {
  const { leaseMs, renewMs } = options
  const held = new Map<string, Held>()
  const renewal = createRenewal(held, options)
  let timer: NodeJS.Timeout | undefined
  const tick = (): void => {
    loseEnded(held)
    if (held.size > 0) return void renewal.start()
    clearInterval(timer)
    timer = undefined
  }
  return {
    hold(token, key, since) {
      const controller = new AbortController()
      held.set(token, { key, controller, until: since + leaseMs })
      timer ??= setInterval(tick, renewMs)
      return controller.signal
    },
    supersede(key) {
      for (const claim of held.values())
        if (claim.key === key) claim.controller.abort(new ClaimAborted('superseded'))
    },
    drop(token) {
      held.delete(token)
    },
    get keys() {
      return new Set([...held.values()].map(({ key }) => key))
    },
    get size() {
      return held.size
    },
    close() {
      clearInterval(timer)
      for (const { controller } of held.values()) controller.abort(new ClaimAborted('shutdown'))
      held.clear()
    },
  }
}

/** One renewal at a time, of all that is held. */
function createRenewal(
  held: Map<string, Held>,
  { leaseMs, renew }: HeldClaimsOptions,
): { readonly start: () => void } {
  let isRenewing = false
  const renewAll = async (): Promise<void> => {
    const before = performance.now()
    const tokens = [...held.keys()]
    const ours = await renew(tokens)
    for (const token of tokens) {
      const claim = held.get(token)
      if (!claim) continue
      if (ours.has(token)) claim.until = before + leaseMs
      else lose(held, token)
    }
  }
  return {
    start() {
      if (isRenewing) return
      isRenewing = true
      void renewAll()
        // The store may come back before the lease has run out.
        .catch(() => undefined)
        .finally(() => {
          isRenewing = false
        })
    },
  }
}

function loseEnded(held: Map<string, Held>): void {
  const now = performance.now()
  for (const [token, { until }] of [...held]) if (until <= now) lose(held, token)
}

function lose(held: Map<string, Held>, token: string): void {
  held.get(token)?.controller.abort(new ClaimAborted('lost'))
  held.delete(token)
}
