import { lifeOf } from '../../../kubernetes/api-life.ts'
import { replacementOf } from '../../../kubernetes/built-in-apis.ts'
import type { Rule } from '../rule.ts'
import { apiText, insteadText, isServed, usesOf } from '../used-apis.ts'
import { nameOf } from '../wording.ts'

/** "[D]eprecated API versions must be supported for a minimum […] after their announced deprecation" (Kubernetes, Deprecation Policy): and no longer. */
export const apiDeprecated: Rule = {
  name: 'api-deprecated',
  severity: 'medium',
  what: 'An object begins to use an API that is deprecated in the version of its cluster.',
  why: 'The API server serves it for some releases more and warns at every apply; then an upgrade takes it away.',
  example: '- apiVersion: autoscaling/v2\n+ apiVersion: autoscaling/v2beta2\n  kind: HorizontalPodAutoscaler',
  fix: 'Write the version that replaces it.',
  looksAt: 'unit',
  *find(unit) {
    for (const use of usesOf(unit)) {
      const { object, isNew, minor } = use
      if (!isNew || isServed(object, use, unit) === false) continue
      const { deprecated = Infinity, removed } = lifeOf(object) ?? {}
      if (deprecated > minor) continue
      const end = removed === undefined ? '' : ` and serves no more from 1.${removed} on`
      const instead = insteadText(replacementOf(object, minor))
      const message = `${nameOf(object)} is of ${apiText(object)}, which Kubernetes deprecates since 1.${deprecated}${end}${instead}`
      yield { message, object, path: ['apiVersion'] }
    }
  },
}
