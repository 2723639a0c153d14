/** An hour's requests. */
export interface RateLimit {
  readonly limit: number
  readonly remaining: number
  /** Seconds since the epoch. */
  readonly resetsAt: number
}

export interface RateLimits {
  /** From now on requests of this token count, those that changed nothing included. */
  set(token: string, limit: RateLimit): void
  /** One request more. Gives what is left. */
  count(token: string): RateLimit
}

const plenty: RateLimit = { limit: 5000, remaining: 4999, resetsAt: 4_102_444_800 }

export function createRateLimits(): RateLimits {
  const limits = new Map<string, RateLimit>()
  return {
    set: (token, limit) => void limits.set(token, limit),
    count(token) {
      const limit = limits.get(token)
      if (limit === undefined) return plenty
      const next = { ...limit, remaining: Math.max(0, limit.remaining - 1) }
      limits.set(token, next)
      return next
    },
  }
}

export function rateLimitHeaders({ limit, remaining, resetsAt }: RateLimit): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(resetsAt),
  }
}
