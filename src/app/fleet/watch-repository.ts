import { repositoryKey } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts } from '../types.ts'
import { restAfter, type WatchPace } from './watch-pace.ts'
import { createWatchSession, type WatchSession } from './watch-session.ts'

export interface Watch {
  /** Resolves when nothing of it runs any more, and another replica may watch. */
  stop(): Promise<void>
}

/** Renewals that may fail before somebody else may have the lease. */
const mostMisses = 2

/** Watches the clusters of a repository for as long as this process has the lease to do so. */
export function watchRepository(ports: AppPorts, repository: RepositoryId, pace: WatchPace): Watch {
  const { state, log } = ports
  const { holder, leaseMs, wait } = pace
  const lease = `watch/${repositoryKey(repository)}`
  const stopped = new AbortController()

  /** Undefined: nobody can tell. */
  const renew = (): Promise<boolean | undefined> =>
    state.lease(lease, holder, leaseMs).catch((error: unknown) => {
      log.error('watch-lease-failed', { error })
      return undefined
    })

  async function hold(): Promise<void> {
    const lost = new AbortController()
    const signal = AbortSignal.any([stopped.signal, lost.signal])
    const sessions = watchAgainAndAgain({ ports, repository, pace, signal })
    let misses = 0
    while (!signal.aborted) {
      await wait(leaseMs / 3, signal)
      if (signal.aborted) break
      const isMine = await renew()
      misses = isMine === undefined ? misses + 1 : 0
      if (isMine === false || misses >= mostMisses) lost.abort()
      else await sessions.tick()
    }
    await sessions.ended
  }

  const ended = (async () => {
    while (!stopped.signal.aborted) {
      if ((await renew()) === true) await hold()
      else await wait(leaseMs / 3, stopped.signal)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await ended
      await state.lease(lease, holder, 0).catch(() => false)
    },
  }
}

interface Sessions {
  readonly ports: AppPorts
  readonly repository: RepositoryId
  readonly pace: WatchPace
  readonly signal: AbortSignal
}

/** One session after the other, with growing rests while they do not get anywhere. */
function watchAgainAndAgain({ ports, repository, pace, signal }: Sessions): {
  readonly ended: Promise<void>
  tick(): Promise<void>
} {
  let session: WatchSession | undefined
  const ended = (async () => {
    let ends = 0
    while (!signal.aborted) {
      session = createWatchSession({ ports, repository, holder: pace.holder, signal })
      const { isOver, hasRecorded } = await session.run()
      ends = isOver ? 0 : hasRecorded ? 1 : ends + 1
      if (!isOver) await pace.wait(restAfter(pace, ends), signal)
    }
  })()
  return {
    ended,
    async tick() {
      await session?.tick().catch((error: unknown) => {
        ports.log.error('watch-failed', { error })
      })
    },
  }
}
