import type { Engine } from '../../engine/types.ts'
import type { Fleet, Profile } from '../../intent/types.ts'
import type { Facts } from '../../observe/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { Knowledge } from '../knowledge.ts'
import type { FoundObject, ManagementObjects } from '../management-objects.ts'
import type { Scripts } from '../scripts.ts'
import type { Hold, TriggeredEvents } from '../types.ts'

export interface EventWorld extends Scripts {
  readonly engine: Engine
  readonly knowledge: Knowledge
  /** What references of triggers resolve to. */
  readonly objects: ManagementObjects
  /** Members of sets that triggers name as sources, cluster ids by set id. */
  readonly membersOf: ReadonlyMap<string, readonly string[]>
}

export interface Generated {
  /** Sorted by id (`EventTrigger/<name>@<source cluster>[#<object>]`, `isHeldBy`). */
  readonly profiles: readonly Profile[]
  /** ConfigMaps and Secrets that were instantiated for them, by `objectKey`. */
  readonly objects: ReadonlyMap<string, FoundObject>
  /** Triggers, or triggers in one source cluster, whose units stay on every cluster as they are. */
  readonly held: readonly { readonly profile: string; readonly hold: Hold }[]
  readonly events: readonly TriggeredEvents[]
}

/** The profiles that event triggers generate from what their event sources find in their source clusters (sveltos.md 5). */
export function generateProfiles(
  _states: readonly ClusterState[],
  _fleet: Pick<Fleet, 'eventSources' | 'eventTriggers'>,
  _facts: Pick<Facts, 'events'>,
  _world: EventWorld,
): Promise<Generated> {
  return Promise.resolve({ profiles: [], objects: new Map(), held: [], events: [] })
}
