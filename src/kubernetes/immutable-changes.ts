import { knownMinors, nearestMinor } from './api-versions.ts'
import { immutableFields, type ImmutableField } from './immutable-fields.ts'
import { groupOf } from './object-key.ts'
import { isObjectValue, isSameValue, valueAt, type ObjectValue } from './object-value.ts'

/** A change that the API server refuses. */
export interface RefusedChange {
  /** Names of fields down to what differs, as far as they lead into objects; items of lists have no step. */
  readonly path: readonly string[]
  /** Why it stays: `volumes do not shrink`. */
  readonly reason: string
}

/**
 * What of a change of one object a server of that minor refuses, in the order of the rules; without a minor, the newest.
 * @example refusedChanges(deployment, { ...deployment, spec: { selector: other } })
 * // [{ path: ['spec', 'selector', 'matchLabels'], reason: 'it says which pods are its own' }]
 */
export function refusedChanges(
  before: ObjectValue,
  after: ObjectValue,
  minor: number = Math.max(...knownMinors()),
): readonly RefusedChange[] {
  const rules = rulesByKind.get(`${groupOf(String(after['apiVersion']))}/${String(after['kind'])}`) ?? []
  const known = nearestMinor(minor).minor
  return rules
    .filter(({ from = 0, to = Infinity }) => from <= known && known <= to)
    .filter(({ when }) => when?.(before, after) ?? true)
    .flatMap((rule) => differences(rule, before, after))
}

const rulesByKind = Map.groupBy(
  immutableFields.flatMap((rule) => rule.kinds.map((kind) => ({ ...rule, kind }))),
  ({ kind }) => kind,
)

function differences(rule: ImmutableField, before: ObjectValue, after: ObjectValue): RefusedChange[] {
  const path = rule.path.split('.')
  const [old, young] = [valueAt(before, path), valueAt(after, path)]
  if (rule.refuses !== undefined) return rule.refuses(old, young) ? [{ path, reason: rule.reason }] : []
  const differing = differingPaths(comparable(rule, old), comparable(rule, young))
  return differing.map((below) => ({ path: [...path, ...below], reason: rule.reason }))
}

/** With what is understood, without what may change. */
function comparable(rule: ImmutableField, value: unknown): unknown {
  let result = value
  for (const [path, fallback] of Object.entries(rule.fallbacks ?? {}))
    result = changeAt(result, stepsOf(path), (found) => found ?? fallback)
  for (const path of rule.except ?? []) result = changeAt(result, stepsOf(path), () => undefined)
  return result
}

function stepsOf(path: string): readonly string[] {
  return path === '' ? [] : path.split('.')
}

function changeAt(value: unknown, steps: readonly string[], change: (value: unknown) => unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return change(value)
  if (step === '*' && Array.isArray(value)) return value.map((item) => changeAt(item, rest, change))
  if (!isObjectValue(value)) return value
  const names = step === '*' ? Object.keys(value) : [step]
  const changed = names.map((name) => [name, changeAt(valueAt(value, [name]), rest, change)] as const)
  return { ...value, ...Object.fromEntries(changed) }
}

/** The deepest fields that hold all of the difference; none where both are the same. */
function differingPaths(before: unknown, after: unknown): readonly (readonly string[])[] {
  if (isSameValue(before, after)) return []
  if (!isObjectValue(before) || !isObjectValue(after)) return [[]]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) =>
    differingPaths(valueAt(before, [name]), valueAt(after, [name])).map((path) => [name, ...path]),
  )
}
