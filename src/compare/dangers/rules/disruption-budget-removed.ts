import { groupOf } from '../../../kubernetes/object-key.ts'
import { guardsNothingLeft, labelSelectorAt } from '../pod-selection.ts'
import { isRemoved, staysBehind } from '../removal.ts'
import type { Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "A PDB limits the number of Pods of a replicated application that are down simultaneously from voluntary disruptions" (Kubernetes, Disruptions). */
export const disruptionBudgetRemoved: Rule = {
  name: 'disruption-budget-removed',
  severity: 'medium',
  what: 'A PodDisruptionBudget goes and what it guards stays.',
  why: 'The next drain of nodes, as every upgrade does, may evict all pods at once.',
  example: '  resources:\n  - ../../base\n- - disruption-budget.yaml',
  fix: 'Keep it, or say in its place how many pods may be missing. Charts often make it only from two replicas on.',
  looksAt: 'cluster',
  *find(cluster) {
    for (const { change, objects } of cluster.units) {
      for (const object of objects) {
        const { before } = object.change
        if (before?.kind !== 'PodDisruptionBudget' || groupOf(before.apiVersion) !== 'policy') continue
        if (!isRemoved(object) || staysBehind(object)) continue
        if (guardsNothingLeft(object, labelSelectorAt(object.before?.value, ['spec', 'selector']), cluster))
          continue
        const message = `${nameOf(before)} is removed: a drain may evict all pods that it guards at once`
        yield { message, unit: change.unit, object: before }
      }
    }
  },
}
