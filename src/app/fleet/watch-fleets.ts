import { repositoryKey } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { AppPorts } from '../types.ts'
import { isWatched } from './fleet-facts.ts'
import type { WatchPace } from './watch-pace.ts'
import { watchRepository, type Watch } from './watch-repository.ts'

/** Watches the clusters of the fleets that the operator named, each on one replica, wherever the app is installed. */
export function watchFleets(ports: AppPorts, pace: WatchPace): { stop(): Promise<void> } {
  const { fleets, installations, log } = ports
  const stopped = new AbortController()
  const watches = new Map<string, Watch>()

  async function look(): Promise<void> {
    const found = new Map<string, RepositoryId>()
    for (const repository of await installations.listRepositories())
      if (isWatched(fleets, repository)) found.set(repositoryKey(repository), repository)
    const gone = [...watches].filter(([key]) => !found.has(key))
    for (const [key] of gone) watches.delete(key)
    for (const [key, repository] of found)
      if (!watches.has(key)) watches.set(key, watchRepository(ports, repository, pace))
    await Promise.all(gone.map(([, watch]) => watch.stop()))
  }

  const ended = (async () => {
    while (fleets.watched.length > 0 && !stopped.signal.aborted) {
      await look().catch((error: unknown) => log.error('watch-failed', { error }))
      await pace.wait(pace.lookMs, stopped.signal)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await ended
      await Promise.all([...watches.values()].map((watch) => watch.stop()))
    },
  }
}
