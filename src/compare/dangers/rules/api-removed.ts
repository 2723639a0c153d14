import { minorOf } from '../../../kubernetes/api-versions.ts'
import { isBuiltInGroup, isServedByDefault, replacementOf } from '../../../kubernetes/built-in-apis.ts'
import { groupOf } from '../../../kubernetes/object-key.ts'
import type { Rule } from '../rule.ts'
import { apiText, insteadText, isServed, usesOf } from '../used-apis.ts'
import { nameOf } from '../wording.ts'

/** "As the Kubernetes API evolves, APIs are periodically reorganized or upgraded. When APIs evolve, the old API is deprecated and eventually removed" (Kubernetes, Deprecated API Migration Guide). */
export const apiRemoved: Rule = {
  name: 'api-removed',
  severity: 'high',
  what: 'An object is of an API that its cluster serves now and no more once it has the version that is written for it.',
  why: 'After the upgrade the object cannot be applied any more, and nothing that is applied together with it arrives either.',
  example: '  kind: Cluster\n  spec:\n    topology:\n-     version: v1.24.3\n+     version: v1.25.4',
  fix: 'Move the object to the version that both serve, before the upgrade.',
  looksAt: 'unit',
  *find(unit) {
    const { planBefore, planAfter } = unit.cluster
    const wanted = minorOf(planAfter?.wantedVersion ?? '')
    if (wanted === undefined) return
    const isWantedAnew = planBefore?.wantedVersion !== planAfter?.wantedVersion
    for (const use of usesOf(unit)) {
      const { object, isNew, minor } = use
      if (!isNew && !isWantedAnew) continue
      if (!isBuiltInGroup(groupOf(object.apiVersion)) || isServedByDefault(object, wanted)) continue
      // What 1.24 has switched on and is off by default in both is no matter of the version.
      if (!isServedByDefault(object, minor) || isServed(object, use, unit) !== true) continue
      const instead = insteadText(replacementOf(object, wanted))
      const message = `${nameOf(object)} is of ${apiText(object)}, which Kubernetes 1.${wanted} serves no more, the version that the cluster is to have${instead}`
      yield { message, object, path: ['apiVersion'] }
    }
  },
}
