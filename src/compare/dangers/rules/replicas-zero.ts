import { valueAt } from '../../../kubernetes/object-value.ts'
import type { Rule } from '../rule.ts'
import { nameOf } from '../wording.ts'

const scales = [
  ['spec', 'replicas'],
  ['spec', 'minReplicas'],
  ['spec', 'maxReplicas'],
]

/** "`spec.replicas` […] defaults to 1" (Kubernetes, Deployments): only a written 0 means none. */
export const replicasZero: Rule = {
  name: 'replicas-zero',
  severity: 'high',
  what: 'Something that ran is scaled to zero.',
  why: 'Nothing of it runs any more. In values, an empty field often becomes a 0.',
  example: '  kind: Deployment\n  spec:\n-   replicas: 3\n+   replicas: 0',
  fix: 'If it is meant to stop, remove it. Leave `replicas` out where a HorizontalPodAutoscaler decides.',
  looksAt: 'object',
  *find({ change, before, after }) {
    if (!before || !after || change.after === undefined || change.delivery === true) return
    for (const path of scales) {
      const [old, now] = [valueAt(before.value, path), valueAt(after.value, path)]
      if (now !== 0 || old === 0) continue
      const from = typeof old === 'number' ? ` from ${old}` : ''
      yield { message: `${nameOf(change.after)} goes${from} to 0 ${path[1] ?? ''}`, path }
    }
  },
}
