import type { FaultTarget, HeldEnd } from './faults.ts'
import type { GitHubDouble } from './github-double.ts'

/** One request that is held, so that a test decides what happens meanwhile. */
export interface HeldRequest {
  /** Resolves when it is there: before it is done, or between the deed and the answer. */
  readonly reached: Promise<void>
  release(end?: HeldEnd): void
}

/** Holds the next request of that kind; Git's are held before they are done only. */
export function holdRequest(
  double: Pick<GitHubDouble, 'next'>,
  target: FaultTarget,
  at: 'request' | 'answer' = 'request',
): HeldRequest {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<HeldEnd>()
  double.next(target, {
    ...{ type: 'hold', at },
    until() {
      reached.resolve()
      return released.promise
    },
  })
  return { reached: reached.promise, release: (end = 'go-on') => released.resolve(end) }
}
