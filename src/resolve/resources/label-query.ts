import type { LabelFilter, ResourceSelector } from '../../intent/types.ts'
import { formatSelector, isEmptySelector, matchesLabels } from '../../kubernetes/label-selector.ts'
import { isLabelKey, isLabelValue } from '../../kubernetes/selector-text.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { LabelRequirement, LabelSelector } from '../../kubernetes/types.ts'

type Labels = Pick<ResourceSelector, 'labelFilters' | 'selector'>

/**
 * labelFilters and selector in Kubernetes' syntax, the same text for the same wish; empty where a server would not take it.
 * @example labelQuery({ labelFilters: [{ key: 'app', operation: 'Equal', value: 'web' }] }) // 'app=web'
 */
export function labelQuery(labels: Labels): string {
  const selector = joinedSelector(labels)
  if (isEmptySelector(selector)) return ''
  const isValid = selector.matchExpressions.every(
    ({ key, operator, values }) =>
      isLabelKey(key) &&
      values.every(isLabelValue) &&
      values.length > 0 === (operator === 'In' || operator === 'NotIn'),
  )
  return isValid ? formatSelector(canonical(selector.matchExpressions)) : ''
}

/** Whether an object's labels are the wanted ones; no wish is met by every object. */
export function meetsLabels(labels: Labels, of: Readonly<Record<string, string>>): boolean {
  const selector = joinedSelector(labels)
  return isEmptySelector(selector) || matchesLabels(selector, of)
}

function joinedSelector({ labelFilters, selector }: Labels): LabelSelector {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => equals(key, value))
  return {
    matchLabels: {},
    matchExpressions: [...labelFilters.map(toRequirement), ...equal, ...(selector?.matchExpressions ?? [])],
  }
}

function toRequirement({ key, operation, value }: LabelFilter): LabelRequirement {
  switch (operation) {
    case 'Equal':
      return equals(key, value)
    // Holds for an object without the label, too, as `key!=value` does.
    case 'Different':
      return { key, operator: 'NotIn', values: [value] }
    case 'Has':
      return { key, operator: 'Exists', values: [] }
    case 'DoesNotHave':
      return { key, operator: 'DoesNotExist', values: [] }
  }
}

function equals(key: string, value: string): LabelRequirement {
  return { key, operator: 'In', values: [value] }
}

/** Each requirement once, in one order; `k=v` where a label has one value to have. */
function canonical(requirements: readonly LabelRequirement[]): LabelSelector {
  const byText = new Map(
    requirements.map((one) => [formatSelector({ matchLabels: {}, matchExpressions: [one] }), one]),
  )
  const sorted = [...byText].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one)
  const isEquality = ({ key, operator, values }: LabelRequirement): boolean =>
    operator === 'In' &&
    values.length === 1 &&
    sorted.every((one) => one.key !== key || one.values === values)
  return {
    matchLabels: Object.fromEntries(
      sorted.filter(isEquality).map(({ key, values }) => [key, values[0] ?? '']),
    ),
    matchExpressions: sorted.filter((one) => !isEquality(one)),
  }
}
