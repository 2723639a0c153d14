import type { EventTrigger } from '../../intent/types.ts'
import { isEmptySelector, matchesLabels } from '../../kubernetes/label-selector.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { Hold } from '../types.ts'

/** A cluster whose events count for a trigger, or may count. */
export interface SourceCluster {
  readonly state: ClusterState
  /** Whether it is known to be a source, so that what its events depend on is to be observed. */
  readonly isCertain: boolean
  /** Set when its events cannot be told now: what they gave stays. */
  readonly hold?: Hold
  /** Set when its facts are too old, which matters where they are asked. */
  readonly stale?: Hold
}

/** What decides which clusters are sources. */
export interface SourceWorld {
  /** Members of sets, cluster ids by set id. */
  readonly membersOf: ReadonlyMap<string, readonly string[]>
  /** Clusters whose facts cannot be read. */
  readonly unreadable: ReadonlySet<string>
}

/**
 * The clusters whose events count for a trigger: those that its selector takes by their labels, classified ones too, and
 * members of its sets. A cluster whose labels are not known may be one, and is held. One that is not ready, or did not
 * answer of late, is one all the same: its last facts speak for it. One that is paused is left alone, as in Sveltos.
 */
export function sourceClusters(
  trigger: EventTrigger,
  states: readonly ClusterState[],
  { membersOf, unreadable }: SourceWorld,
): readonly SourceCluster[] {
  const { sourceClusterSelector: selector, clusterSetRefs } = trigger
  const members = new Set(clusterSetRefs.flatMap((name) => membersOf.get(`ClusterSet/${name}`) ?? []))
  const asks = clusterSetRefs.length > 0 || (selector !== undefined && !isEmptySelector(selector))
  if (!asks) return []
  return states.flatMap((state): readonly SourceCluster[] => {
    const { id } = state.cluster
    const unread: Hold = { reason: 'facts-missing', message: `the recorded facts of ${id} cannot be read` }
    const unknown = state.unclassified ?? (unreadable.has(id) ? unread : undefined)
    const isSource = members.has(id) || (selector !== undefined && matchesLabels(selector, state.labelMap))
    if (!isSource && unknown === undefined) return []
    const { reason } = state.hold ?? {}
    const hold =
      unknown ?? (reason === 'cluster-paused' || reason === 'facts-missing' ? state.hold : undefined)
    return [
      {
        state,
        isCertain: unknown === undefined || members.has(id),
        ...(hold && { hold }),
        ...(reason === 'facts-too-old' && { stale: state.hold }),
      },
    ]
  })
}
