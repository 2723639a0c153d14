import type { LabelRequirement, LabelSelector } from './types.ts'

/** Selects nothing, as every empty selector of Sveltos does (sveltos.md 1.1). */
export const emptySelector: LabelSelector = { matchLabels: {}, matchExpressions: [] }

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0
}

/**
 * Whether labels satisfy a selector, as `metav1.LabelSelectorAsSelector` decides; but an empty selector selects nothing,
 * which is Sveltos' rule. `NotIn` and `DoesNotExist` hold for an absent label.
 * @example matchesLabels({ matchLabels: { env: 'fv' }, matchExpressions: [] }, { env: 'fv' }) // true
 */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  if (isEmptySelector(selector)) return false
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => valueOf(labels, key) === value) &&
    selector.matchExpressions.every((requirement) => satisfies(requirement, labels))
  )
}

/** The one requirement of a selector that a person should look at first when it does not match. */
export function unmetRequirement(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): LabelRequirement | undefined {
  return toRequirements(selector).find((requirement) => !satisfies(requirement, labels))
}

function satisfies(
  { key, operator, values }: LabelRequirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = valueOf(labels, key)
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

/** Own keys only: a label may be called `constructor`. */
function valueOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}

/** matchLabels as requirements, then matchExpressions; sorted by key as Kubernetes prints them. */
function toRequirements({ matchLabels, matchExpressions }: LabelSelector): LabelRequirement[] {
  const equal = Object.entries(matchLabels).map(([key, value]): LabelRequirement => ({
    key,
    operator: 'In',
    values: [value],
  }))
  return [...equal, ...matchExpressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

/**
 * kubectl's form: `env=fv,tier in (gold,silver),!legacy`; of an empty selector `<none>`. Values are sorted.
 */
export function formatSelector(selector: LabelSelector): string {
  if (isEmptySelector(selector)) return '<none>'
  const { matchLabels } = selector
  return toRequirements(selector)
    .map(({ key, operator, values }) => {
      const sorted = [...values].sort()
      switch (operator) {
        case 'In':
          return Object.hasOwn(matchLabels, key) && values.length === 1 && matchLabels[key] === values[0]
            ? `${key}=${values[0] ?? ''}`
            : `${key} in (${sorted.join(',')})`
        case 'NotIn':
          return `${key} notin (${sorted.join(',')})`
        case 'Exists':
          return key
        case 'DoesNotExist':
          return `!${key}`
      }
    })
    .join(',')
}
