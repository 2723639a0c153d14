import { matchesLabels } from '../../kubernetes/label-selector.ts'
import type { LabelRequirement, LabelSelector } from '../../kubernetes/types.ts'
import type { SideObject } from '../types.ts'
import type { ClusterInReview, ObjectInReview } from './rule.ts'
import { podTemplateOf } from './pods.ts'
import { mapAt, mapsAt, textAt, textsAt } from './read-value.ts'

/**
 * Whether all that an object of the policy kinds selects goes with it, as far as the change shows: then there is nothing left
 * that it could guard. An empty selector selects every pod of the namespace, also those that nobody sees here.
 */
export function guardsNothingLeft(
  { before }: ObjectInReview,
  selector: LabelSelector | undefined,
  cluster: ClusterInReview,
): boolean {
  if (selector === undefined || isOpen(selector)) return false
  const isSelected = (object: SideObject): boolean => {
    const template = object.namespace === before?.namespace ? podTemplateOf(object.value) : undefined
    return template !== undefined && matchesLabels(selector, template.labels)
  }
  const isLeft = [...(cluster.after?.units.values() ?? [])].some(({ objects }) => objects.some(isSelected))
  const gone = cluster.units.flatMap(({ objects }) => objects).filter(({ after }) => after === undefined)
  return !isLeft && gone.some((other) => other.before !== undefined && isSelected(other.before))
}

/** As Kubernetes writes one; undefined where there is none. */
export function labelSelectorAt(value: unknown, keys: readonly string[]): LabelSelector | undefined {
  const selector = mapAt(value, keys)
  if (!selector) return undefined
  return {
    matchLabels: textsOf(mapAt(selector, ['matchLabels']) ?? {}),
    matchExpressions: mapsAt(selector, ['matchExpressions']).map((expression) => ({
      key: textAt(expression, ['key']) ?? '',
      operator: (textAt(expression, ['operator']) ?? 'Exists') as LabelRequirement['operator'],
      values: textsAt(expression, ['values']),
    })),
  }
}

function isOpen({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
}

function textsOf(labels: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
