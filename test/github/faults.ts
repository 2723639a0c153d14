/** Which requests something happens to. */
export interface FaultTarget {
  readonly method?: string
  /** Of the path below the API's root; for Git the whole one: `/fleet/demo.git/git-upload-pack`. */
  readonly path?: RegExp
  /** Of what is sent to the API. */
  readonly body?: RegExp
  /** How many of them. Default 1. */
  readonly times?: number
}

export type Fault =
  /** Fails before anything is done. */
  | { readonly type: 'status'; readonly status: 403 | 500 | 502 | 503 }
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
  /** Waits for somebody before it is done, or between the deed and the answer (`holdRequest`). */
  | { readonly type: 'hold'; readonly at: 'request' | 'answer'; readonly until: () => Promise<HeldEnd> }

/** What becomes of a request that was held: it goes on, or the connection breaks. */
export type HeldEnd = 'go-on' | 'break-off'

/** What goes wrong by chance. */
export type Mishap = 'bad-gateway' | 'secondary-limit' | 'lost-answer' | 'lost-request'

export interface Misbehaviour {
  /** Of all requests; 0.1 is a tenth. */
  readonly share: number
  readonly kinds: readonly Mishap[]
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  /** Seconds that a secondary limit asks for. Default 1. */
  readonly retryAfter?: number
}

export interface Faults {
  /** From now on, beside what was added; undefined ends it. */
  misbehave(how: Misbehaviour | undefined): void
  add(target: FaultTarget, fault: Fault): void
  /** The first one that is for this request, used up by it. */
  take(asked: { readonly method: string; readonly path: string; readonly text: string }): Fault | undefined
  /** The same for requests of Git, to which nothing happens by chance. */
  takeGit(method: string, path: string): Fault | undefined
}

export function createFaults(): Faults {
  const waiting: { readonly target: FaultTarget; readonly fault: Fault; left: number }[] = []
  let misbehaviour: Misbehaviour | undefined
  const takeNamed = (asked: Parameters<Faults['take']>[0]): Fault | undefined => {
    const found = waiting.find(({ target, left }) => left > 0 && isFor(target, asked))
    if (found) found.left -= 1
    return found?.fault
  }
  return {
    misbehave: (how) => void (misbehaviour = how),
    add(target, fault) {
      waiting.push({ target, fault, left: target.times ?? 1 })
    },
    take: (asked) => takeNamed(asked) ?? (misbehaviour && chance(misbehaviour)),
    takeGit: (method, path) => takeNamed({ method, path, text: '' }),
  }
}

function isFor(
  { method, path, body }: FaultTarget,
  asked: { readonly method: string; readonly path: string; readonly text: string },
): boolean {
  return (
    (method ?? asked.method) === asked.method &&
    (path?.test(asked.path) ?? !asked.path.includes('.git/')) &&
    (body?.test(asked.text) ?? true)
  )
}

function chance({ share, kinds, random, retryAfter = 1 }: Misbehaviour): Fault | undefined {
  if (random() >= share) return undefined
  const kind = kinds[Math.floor(random() * kinds.length)]
  switch (kind) {
    case undefined:
      return undefined
    case 'bad-gateway':
      return { type: 'status', status: 502 }
    case 'secondary-limit':
      return { type: 'secondary-limit', retryAfter }
    case 'lost-answer':
    case 'lost-request':
      return { type: kind }
  }
}
