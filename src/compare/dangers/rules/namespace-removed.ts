import { isRemoved } from '../removal.ts'
import type { Rule, UnitInReview } from '../rule.ts'
import { nameOf } from '../wording.ts'
import { isEmptied } from './cluster-emptied.ts'

/** "One `namespaces` unit per cluster […], never pruned" (decision 13): delivery keeps it, and nobody else knows that. */
export const namespaceRemoved: Rule = {
  name: 'namespace-removed',
  severity: 'medium',
  what: 'A Namespace is no longer in the tree.',
  why: 'Deleting a Namespace deletes everything in it. Delivery never prunes one, so that it stays with all that others put there; who applies the branch by other means, or tidies up by hand, deletes it.',
  example: '- apiVersion: v1\n- kind: Namespace\n- metadata:\n-   name: team-search',
  fix: 'Look at what lives in it before somebody deletes it in the cluster.',
  looksAt: 'cluster',
  *find(cluster) {
    // That everything goes says it all.
    if (isEmptied(cluster)) return
    const told = new Set<string>()
    for (const { change, objects } of [...cluster.units].sort(byKind)) {
      for (const object of objects) {
        const { before } = object.change
        if (!isRemoved(object) || before?.kind !== 'Namespace' || before.apiVersion !== 'v1') continue
        if (told.has(before.name)) continue
        told.add(before.name)
        const message = `${nameOf(before)} is removed from the tree; delivery leaves it and what is in it in the cluster`
        yield { message, unit: change.unit, object: before }
      }
    }
  },
}

/** One that an add-on renders stands there and in the `namespaces` unit: the add-on says where it was written. */
function byKind(a: UnitInReview, b: UnitInReview): number {
  const rank = ({ change: { before, after } }: UnitInReview): number =>
    Number((before ?? after)?.kind === 'namespaces')
  return rank(a) - rank(b)
}
