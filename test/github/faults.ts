/** Which requests something happens to. */
export interface FaultTarget {
  readonly method?: string
  /** Of the path below the API's root. */
  readonly path?: RegExp
  /** How many of them. Default 1. */
  readonly times?: number
}

export type Fault =
  /** Fails before anything is done. */
  | { readonly type: 'status'; readonly status: 500 | 502 | 503 }
  /** Done, and then the connection breaks. */
  | { readonly type: 'lost-answer' }
  /** Not done, and the connection breaks. */
  | { readonly type: 'lost-request' }
  /** The hour's requests are used up until then, in seconds since the epoch. */
  | { readonly type: 'primary-limit'; readonly resetsAt: number; readonly status?: 403 | 429 }
  /** Too much at once; without seconds GitHub means a minute. */
  | { readonly type: 'secondary-limit'; readonly retryAfter?: number; readonly status?: 403 | 429 }
  /** Something else happens before the request is looked at. */
  | { readonly type: 'meanwhile'; readonly happens: () => unknown }
  /** Something else happens between the deed and the answer. */
  | { readonly type: 'afterwards'; readonly happens: () => unknown }
  /** Answered with what the same request was answered with before: a replica that lags behind. */
  | { readonly type: 'old-answer' }

export interface Faults {
  add(target: FaultTarget, fault: Fault): void
  /** The first one that is for this request, used up by it. */
  take(method: string, path: string): Fault | undefined
}

export function createFaults(): Faults {
  const waiting: { readonly target: FaultTarget; readonly fault: Fault; left: number }[] = []
  return {
    add(target, fault) {
      waiting.push({ target, fault, left: target.times ?? 1 })
    },
    take(method, path) {
      const found = waiting.find(
        ({ target, left }) =>
          left > 0 && (target.method ?? method) === method && (target.path?.test(path) ?? true),
      )
      if (found) found.left -= 1
      return found?.fault
    },
  }
}
