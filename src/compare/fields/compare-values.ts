import type { ListKeys } from '../../kubernetes/list-keys.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import { isObjectValue } from '../../kubernetes/object-value.ts'
import type { ObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldChange, FieldPath, FieldValue, PathStep } from '../types.ts'
import { compareLists } from './compare-lists.ts'
import { isList, sameValue } from './field-value.ts'

export interface CompareOptions {
  /**
   * How the items of a list are told apart, by the names of the fields that lead to it, without the steps of lists:
   * `['spec', 'template', 'spec', 'containers']`. Undefined where nobody knows: it is guessed from the items then.
   */
  readonly listKeys: (path: readonly string[]) => ListKeys | undefined
}

/** What is nested deeper is compared as a whole. No object of Kubernetes comes near, and each level costs stack. */
const deepest = 100

/**
 * How one value became another: maps by key, lists by merge keys where the items have them, other lists so that as few items
 * as possible differ. Equal values give nothing, and `applyFieldChanges` makes the one of the other. Pure and total; maps in
 * the order of their keys, items in that of the list before, those that come in that of the list after.
 *
 *     compareValues({ replicas: 1 }, { replicas: 2 }, { listKeys })
 *     // [{ path: ['replicas'], change: 'changed', before: 1, after: 2 }]
 */
export function compareValues(
  before: FieldValue,
  after: FieldValue,
  options: CompareOptions,
): readonly FieldChange[] {
  const changes: FieldChange[] = []
  compareAt(undefined, before, after, { listKeys: options.listKeys, changes })
  return changes
}

/** A path as a chain, so that only those of changes are ever written out. */
export interface Place {
  readonly above: Place | undefined
  readonly step: PathStep
  readonly depth: number
}

interface Walk extends CompareOptions {
  readonly changes: FieldChange[]
}

function compareAt(place: Place | undefined, before: FieldValue, after: FieldValue, walk: Walk): void {
  if (before === after) return
  const isShallow = (place?.depth ?? 0) < deepest
  if (isShallow && isObjectValue(before) && isObjectValue(after)) compareMaps(place, before, after, walk)
  else if (sameValue(before, after)) return
  else if (isShallow && isList(before) && isList(after)) compareListsAt(place, before, after, walk)
  else walk.changes.push({ path: toPath(place), change: 'changed', before, after })
}

function compareMaps(place: Place | undefined, before: ObjectValue, after: ObjectValue, walk: Walk): void {
  for (const key of differingKeys(before, after)) {
    const at = below(place, key)
    if (!Object.hasOwn(after, key))
      walk.changes.push({ path: toPath(at), change: 'removed', before: before[key] })
    else if (!Object.hasOwn(before, key))
      walk.changes.push({ path: toPath(at), change: 'added', after: after[key] })
    else compareAt(at, before[key], after[key], walk)
  }
}

/** Those that may differ: maps and lists always do. */
function differingKeys(before: ObjectValue, after: ObjectValue): readonly string[] {
  const keys = Object.keys(before).filter((key) => !Object.hasOwn(after, key) || before[key] !== after[key])
  for (const key of Object.keys(after)) if (!Object.hasOwn(before, key)) keys.push(key)
  return keys.sort(compareText)
}

function compareListsAt(
  place: Place | undefined,
  before: readonly FieldValue[],
  after: readonly FieldValue[],
  walk: Walk,
): void {
  const path = toPath(place)
  const names = path.filter((step) => typeof step === 'string')
  const { order, items } = compareLists(before, after, { keys: walk.listKeys(names), name: names.at(-1) })
  if (order !== undefined) {
    walk.changes.push({
      ...{ path, change: 'reordered', before, after },
      ...(order === 'meaningless' && { routine: 'order' }),
    })
  }
  for (const item of items) {
    if (item.change === 'kept') {
      compareAt(below(place, item.step), item.before, item.after, walk)
      continue
    }
    const { step, ...change } = item
    walk.changes.push({ path: [...path, step], ...change })
  }
}

function below(above: Place | undefined, step: PathStep): Place {
  return { above, step, depth: (above?.depth ?? 0) + 1 }
}

function toPath(place: Place | undefined): FieldPath {
  const path: PathStep[] = []
  for (let at = place; at !== undefined; at = at.above) path.push(at.step)
  return path.reverse()
}
