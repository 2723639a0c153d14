import type { Fleet } from '../../intent/types.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Scripts } from '../scripts.ts'
import type { Hold, LabelConflict, PlannedLabel } from '../types.ts'

export interface Classification {
  /** Labels that classifiers give, and a hold where they could not be worked out; by cluster id. */
  readonly clusters: ReadonlyMap<string, ClassifiedCluster>
  /** Sorted by cluster and key. */
  readonly conflicts: readonly LabelConflict[]
}

export interface ClassifiedCluster {
  /** Sorted by key; each replaces a written or observed label of its key (sveltos.md 4.3). */
  readonly labels: readonly PlannedLabel[]
  readonly hold?: Hold
}

/** Which labels the classifiers give to each cluster, from its facts (sveltos.md 4). Pure; sorted everywhere. */
export function classify(
  _states: readonly ClusterState[],
  _fleet: Pick<Fleet, 'classifiers'>,
  _knowledge: Knowledge,
  _scripts: Scripts,
): Classification {
  return { clusters: new Map(), conflicts: [] }
}
