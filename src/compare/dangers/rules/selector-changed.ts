import { canonicalJson } from '../../../kubernetes/exact-json.ts'
import { groupOf } from '../../../kubernetes/object-key.ts'
import { isObjectValue, valueAt } from '../../../kubernetes/object-value.ts'
import { mapAt, mapsAt, textsAt } from '../read-value.ts'
import type { Rule } from '../rule.ts'
import { nameOf, shown } from '../wording.ts'

interface Selecting {
  readonly path: readonly string[]
  readonly effect: string
}

const ofPods: Selecting = {
  path: ['spec', 'selector'],
  effect: 'the API refuses the change, and one that is made anew leaves the old pods behind',
}

/** By `<group>/<Kind>`. */
const selecting: Readonly<Record<string, Selecting>> = {
  '/Service': { path: ['spec', 'selector'], effect: 'it sends traffic to other pods, or to none' },
  '/ReplicationController': { path: ['spec', 'selector'], effect: 'the old pods are left behind' },
  'apps/Deployment': ofPods,
  'apps/DaemonSet': ofPods,
  'apps/StatefulSet': ofPods,
  'apps/ReplicaSet': ofPods,
  'networking.k8s.io/NetworkPolicy': {
    path: ['spec', 'podSelector'],
    effect: 'other pods are isolated, and these no more',
  },
  'policy/PodDisruptionBudget': {
    path: ['spec', 'selector'],
    effect: 'other pods are guarded against evictions, and these no more',
  },
}

/** "[A] Deployment's label selector is immutable after it gets created", and "[c]hanging [it] would […] orphan" its pods (Kubernetes, Deployments). */
export const selectorChanged: Rule = {
  name: 'selector-changed',
  severity: 'high',
  what: 'A Service, a workload, a NetworkPolicy or a PodDisruptionBudget selects other pods.',
  why: 'A Service sends traffic to whatever carries its labels, and to nobody if nothing does. A workload cannot change its selector. A policy stops to hold for those that it no longer selects.',
  example: '  kind: Service\n  spec:\n    selector:\n-     app: storefront\n+     app: store',
  fix: 'Add labels to the pods first and let them roll out, then widen or move the selector. Give a workload with another selector another name.',
  looksAt: 'object',
  *find({ change, before, after }) {
    if (!before || !after || change.after === undefined || change.delivery === true) return
    const found = selecting[`${groupOf(change.after.apiVersion)}/${change.after.kind}`]
    if (!found) return
    const [old, now] = [before, after].map(({ value }) => normalize(valueAt(value, found.path)))
    if (old === now) return
    const [from, to] = [before, after].map(({ value }) => shown(mapAt(value, found.path) ?? 'nothing'))
    yield {
      message: `${nameOf(change.after)} selects ${to} instead of ${from}: ${found.effect}`,
      path: found.path,
    }
  },
}

/** The order of keys, expressions and values plays no part. */
function normalize(selector: unknown): string {
  if (!isObjectValue(selector)) return ''
  const { matchLabels, matchExpressions, ...plain } = selector
  const isLabelSelector = matchLabels !== undefined || matchExpressions !== undefined
  if (!isLabelSelector) return labelTerms(plain).join()
  const expressions = mapsAt(selector, ['matchExpressions']).map(({ values, ...rest }) =>
    canonicalJson({
      ...rest,
      ...(Array.isArray(values) && { values: textsAt({ values }, ['values']).toSorted() }),
    }),
  )
  return [...labelTerms(matchLabels), ...expressions].sort().join()
}

function labelTerms(labels: unknown): readonly string[] {
  return Object.entries(isObjectValue(labels) ? labels : {})
    .map((term) => canonicalJson(term))
    .sort()
}
