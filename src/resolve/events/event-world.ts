import type { Engine } from '../../engine/types.ts'
import type { Fleet, Profile } from '../../intent/types.ts'
import type { Knowledge } from '../knowledge.ts'
import type { FoundObject, ManagementObjects } from '../management-objects.ts'
import type { Scripts } from '../scripts.ts'
import type { Hold, TriggeredEvents } from '../types.ts'

/** Intent that decides what events give. */
export type EventFleet = Pick<Fleet, 'eventSources' | 'eventTriggers' | 'profiles' | 'sets' | 'classifiers'>

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
  /** Whether generators may have made more of these before, which are not known now. */
  readonly hidesObjects: boolean
  /** Triggers, or triggers in one source cluster, whose units stay on every cluster as they are. */
  readonly held: readonly { readonly profile: string; readonly hold: Hold }[]
  /** One row for a trigger and a source cluster, sorted by both. */
  readonly events: readonly TriggeredEvents[]
}
