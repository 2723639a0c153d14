import { assert } from '../../diagnostics/errors.ts'
import { isObjectValue } from '../../kubernetes/object-value.ts'
import type { ObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldChange, FieldValue, PathStep } from '../types.ts'
import { toClasses } from './align-items.ts'
import { isList } from './field-value.ts'
import { isItem } from './list-identity.ts'

/**
 * The value that `compareValues` compared with, from the one before and what differed. Pure; shares what stays. Throws
 * InternalError for changes of another value.
 */
export function applyFieldChanges(before: FieldValue, changes: readonly FieldChange[]): FieldValue {
  return applyAt(before, changes, 0)
}

function applyAt(value: FieldValue, changes: readonly FieldChange[], depth: number): FieldValue {
  const here = changes.filter(({ path }) => path.length === depth)
  const whole = here.find(({ change }) => change === 'changed')
  if (whole !== undefined) return whole.after
  const below = groupByStep(changes, depth)
  const changed = below.length === 0 ? value : applyBelow(value, below, depth)
  const order = here.find(({ change }) => change === 'reordered')
  return order === undefined ? changed : reorder(changed, order.after)
}

/** Changes that share a step. An item that comes is on its own: its number counts in another list. */
interface Group {
  readonly step: PathStep
  readonly changes: readonly FieldChange[]
  readonly added?: FieldChange
  readonly removed: boolean
}

function groupByStep(changes: readonly FieldChange[], depth: number): readonly Group[] {
  const groups = new Map<string, FieldChange[]>()
  for (const change of changes) {
    const step = change.path[depth]
    if (step === undefined) continue
    const isAdded = change.change === 'added' && change.path.length === depth + 1
    const key = `${isAdded ? '+' : ''}${JSON.stringify(step)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [change])
    else group.push(change)
  }
  return [...groups.values()].flatMap((group): readonly Group[] => {
    const [first] = group
    const step = first?.path[depth]
    if (first === undefined || step === undefined) return []
    const isWhole = first.path.length === depth + 1
    return [
      {
        ...{ step, changes: group, removed: isWhole && first.change === 'removed' },
        ...(isWhole && first.change === 'added' && { added: first }),
      },
    ]
  })
}

function applyBelow(value: FieldValue, groups: readonly Group[], depth: number): FieldValue {
  if (isList(value)) return applyToList(value, groups, depth)
  assert(isObjectValue(value), 'a change leads into a value without parts')
  return applyToMap(value, groups, depth)
}

function applyToMap(map: ObjectValue, groups: readonly Group[], depth: number): ObjectValue {
  const members = new Map(Object.entries(map))
  for (const { step, changes, added, removed } of groups) {
    assert(typeof step === 'string', 'a change takes a map for a list')
    assert(members.has(step) === (added === undefined), `a change is of another map: ${step}`)
    if (removed) members.delete(step)
    else members.set(step, added ? added.after : applyAt(members.get(step), changes, depth + 1))
  }
  return Object.fromEntries(members)
}

function applyToList(
  list: readonly FieldValue[],
  groups: readonly Group[],
  depth: number,
): readonly FieldValue[] {
  const items = new Map(list.entries())
  const added: (readonly [index: number, value: FieldValue])[] = []
  for (const { step, changes, added: addition, removed } of groups) {
    if (addition !== undefined) {
      added.push([typeof step === 'number' ? step : (addition.index ?? list.length), addition.after])
      continue
    }
    const index = indexOf(list, step)
    if (removed) items.delete(index)
    else items.set(index, applyAt(list[index], changes, depth + 1))
  }
  return insert([...items.values()], added)
}

function indexOf(list: readonly FieldValue[], step: PathStep): number {
  assert(typeof step !== 'string', 'a change takes a list for a map')
  const index = typeof step === 'number' ? step : list.findIndex((item) => isItem(item, step))
  assert(index >= 0 && index < list.length, `a change is of another list: ${JSON.stringify(step)}`)
  return index
}

/** Indices are those of the result, so that all that stands before one is in place when its turn comes. */
function insert(
  items: readonly FieldValue[],
  added: readonly (readonly [index: number, value: FieldValue])[],
): readonly FieldValue[] {
  const result: FieldValue[] = []
  const rest = items.values()
  for (const [index, value] of added.toSorted(([a], [b]) => a - b)) {
    while (result.length < index) {
      const next = rest.next()
      if (next.done === true) break
      result.push(next.value)
    }
    result.push(value)
  }
  return [...result, ...rest]
}

/** The items of a list in the order in which they stand in another. */
function reorder(list: FieldValue, order: FieldValue): FieldValue {
  assert(isList(list) && isList(order), 'a change reorders what is no list')
  const classes = toClasses(list, order)
  const places = new Map<number, number[]>()
  for (const [index, number] of classes.before.entries()) {
    const known = places.get(number)
    if (known === undefined) places.set(number, [index])
    else known.push(index)
  }
  return classes.after.map((number) => {
    const index = places.get(number)?.shift()
    assert(index !== undefined, 'a change reorders another list')
    return list[index]
  })
}
