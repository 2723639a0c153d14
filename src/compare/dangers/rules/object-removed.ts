import { isHook } from '../metadata.ts'
import { isRemoved, staysBehind } from '../removal.ts'
import type { Rule } from '../rule.ts'
import { volumeClaimsOf } from '../volume-claims.ts'
import { nameOf } from '../wording.ts'

/** Kinds whose removal another rule reports, with what hangs on it. */
const saidElsewhere = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
  'NetworkPolicy',
])

/** "Dangers first: deletions" (design 8). Of an add-on that stays; one that goes is said once. */
export const objectRemoved: Rule = {
  name: 'object-removed',
  severity: 'medium',
  what: 'An add-on that stays loses an object.',
  why: 'Delivery prunes what is no longer in the tree. An object that moves to another unit, or that only changes its name, is none that is removed.',
  example: '  resources:\n  - deployment.yaml\n- - service.yaml',
  fix: 'Make sure that nothing refers to it. A value that switches a part of a chart off removes all of its objects.',
  looksAt: 'object',
  *find(object) {
    const { change, before, unitChange } = object
    if (!isRemoved(object) || unitChange === 'lost' || change.before === undefined) return
    // A hook that goes has done what it was for.
    if (
      saidElsewhere.has(change.before.kind) ||
      isHook(before?.value) ||
      volumeClaimsOf(before?.value).length > 0
    )
      return
    const name = nameOf(change.before)
    yield {
      message: staysBehind(object)
        ? `${name} is removed from the tree; it stays in the cluster, and nobody updates it any more`
        : `${name} is removed`,
    }
  },
}
