import { servedFrom, replacementOf, isBuiltInGroup, type UsedApi } from '../../../kubernetes/built-in-apis.ts'
import { lifeOf } from '../../../kubernetes/api-life.ts'
import { groupOf } from '../../../kubernetes/object-key.ts'
import type { Rule } from '../rule.ts'
import { apiText, insteadText, isServed, usesOf } from '../used-apis.ts'
import { nameOf } from '../wording.ts'

/** "[T]he API server responds with a 404 Not Found": what applies the object stops there (Kubernetes, API concepts). */
export const apiNotServed: Rule = {
  name: 'api-not-served',
  severity: 'high',
  what: 'An object is of a kind or version that its cluster does not serve.',
  why: 'The object cannot be applied, and nothing that is applied together with it arrives either.',
  example: '- apiVersion: policy/v1\n+ apiVersion: policy/v1beta1\n  kind: PodDisruptionBudget',
  fix: 'Write the version that the cluster serves. For a custom kind, add the unit that brings its CustomResourceDefinition; if somebody else installed that, observe the cluster again.',
  looksAt: 'unit',
  *find(unit) {
    for (const use of usesOf(unit)) {
      const { object, minor } = use
      if (isServed(object, use, unit) !== false) continue
      const reason = isBuiltInGroup(groupOf(object.apiVersion))
        ? builtInReason(object, minor)
        : 'neither the cluster nor a unit of it defines'
      yield {
        message: `${nameOf(object)} is of ${apiText(object)}, which ${reason}`,
        object,
        path: ['apiVersion'],
      }
    }
  },
}

function builtInReason(api: UsedApi, minor: number): string {
  const instead = insteadText(replacementOf(api, minor))
  const { removed } = lifeOf(api) ?? {}
  if (removed !== undefined && removed <= minor)
    return `Kubernetes serves no more from 1.${removed} on, and the cluster has 1.${minor}${instead}`
  const from = servedFrom(api)
  if (from === undefined && lifeOf(api) === undefined) return `is no API of Kubernetes${instead}`
  if (from !== undefined && from > minor)
    return `Kubernetes serves from 1.${from} on, and the cluster has 1.${minor}${instead}`
  return `Kubernetes 1.${minor} serves only where it is switched on${instead}`
}
