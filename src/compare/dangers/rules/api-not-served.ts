import { apiLife } from '../../../kubernetes/api-life.ts'
import { replacementOf, type UsedApi } from '../../../kubernetes/built-in-apis.ts'
import { groupOf } from '../../../kubernetes/object-key.ts'
import type { Rule } from '../rule.ts'
import { apiText, isServed, usesOf } from '../used-apis.ts'
import { nameOf } from '../wording.ts'

/** "[Y]ou must migrate manifests and API clients to use newer, more stable API versions before the next [upgrade]" (Kubernetes, Deprecated API Migration Guide). */
export const apiNotServed: Rule = {
  name: 'api-not-served',
  severity: 'high',
  what: 'An object is of a kind or version that its cluster does not serve.',
  why: 'The apply fails, and with it whatever else is applied with the object.',
  example: '- apiVersion: policy/v1\n+ apiVersion: policy/v1beta1\n  kind: PodDisruptionBudget',
  fix: 'Write the version that the cluster serves. For a custom kind, add the unit that brings its CustomResourceDefinition; if somebody else installed it, observe the cluster again.',
  looksAt: 'unit',
  *find(unit) {
    for (const use of usesOf(unit)) {
      const { object, minor } = use
      if (isServed(object, use, unit) !== false) continue
      const message = `${nameOf(object)} is of ${apiText(object)}, which ${whoRefuses(object, minor)}`
      yield { message, object, path: ['apiVersion'] }
    }
  },
}

function whoRefuses(api: UsedApi, minor: number): string {
  const life = apiLife(groupOf(api.apiVersion), api.apiVersion.slice(api.apiVersion.indexOf('/') + 1), api.kind)
  const instead = replacementOf(api, minor)
  const hint = instead ? `: ${apiText(instead)} is` : ''
  if (life?.removed !== undefined && life.removed <= minor)
    return `Kubernetes serves no more since 1.${life.removed}, and the cluster has 1.${minor}${hint}`
}
