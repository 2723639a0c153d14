import { isRemoved } from '../removal.ts'
import type { Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'

/** "One `namespaces` unit per cluster […], never pruned" (decision 13): delivery keeps it, and nobody else knows that. */
export const namespaceRemoved: Rule = {
  name: 'namespace-removed',
  severity: 'medium',
  what: 'A Namespace is no longer in the tree.',
  why: 'Deleting a Namespace deletes everything in it. Delivery never prunes one, so that it stays with all that others put there; who applies the branch by other means, or tidies up by hand, deletes it.',
  example: '- apiVersion: v1\n- kind: Namespace\n- metadata:\n-   name: team-search',
  fix: 'Look at what lives in it before somebody deletes it in the cluster.',
  looksAt: 'object',
  *find(object) {
    const { before } = object.change
    if (!isRemoved(object) || before?.kind !== 'Namespace' || before.apiVersion !== 'v1') return
    yield {
      message: `${nameOf(before)} is removed from the tree; delivery leaves it and what is in it in the cluster`,
    }
  },
}
