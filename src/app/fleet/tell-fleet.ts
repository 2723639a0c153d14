import { toQueuedWork } from '../../review/review.ts'
import type { WorkContext } from '../work/work-context.ts'
import { watchKeys } from '../work/state-keys.ts'
import { isWatched } from './fleet-facts.ts'

/** A commit of the source branch was compiled: it is watched from now on, and what is proposed for the fleet is made anew. */
export async function tellFleet({ ports, repository }: WorkContext, source: string): Promise<void> {
  if (!isWatched(ports.fleets, repository)) return
  const key = watchKeys(repository).source
  if ((await ports.state.get(key)) !== source) await ports.state.put(new Map([[key, source]]))
  await ports.queue.add([toQueuedWork({ type: 'fleet', repository })])
}
