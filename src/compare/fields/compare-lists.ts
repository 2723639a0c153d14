import type { ListKeys } from '../../kubernetes/list-keys.ts'
import { isObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldValue, ItemKey } from '../types.ts'
import { alignItems, toClasses } from './align-items.ts'
import { isScalar } from './field-value.ts'
import { identifyItems, identifyNaturally } from './list-identity.ts'
import type { IdentifiedLists } from './list-identity.ts'

/** What became of a list, itself apart from what is in its items. */
export interface ComparedList {
  /** Present where items that stay are in another order than before. */
  readonly order?: 'meaningful' | 'meaningless'
  readonly items: readonly ComparedItem[]
}

export type ComparedItem =
  | {
      readonly change: 'kept'
      readonly step: ItemKey | number
      readonly before: FieldValue
      readonly after: FieldValue
    }
  | { readonly change: 'removed'; readonly step: ItemKey | number; readonly before: FieldValue }
  | {
      readonly change: 'added'
      readonly step: ItemKey | number
      readonly after: FieldValue
      readonly index?: number
    }

interface ListField {
  readonly keys: ListKeys | undefined
  /** Of the field; undefined where the list is all that there is. */
  readonly name: string | undefined
}

/** Two lists that are not equal. */
export function compareLists(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
  { keys, name }: ListField,
): ComparedList {
  const identified =
    keys === undefined ? identifyNaturally(before, after) : identifyItems(before, after, keys)
  if (identified === undefined || (keys === undefined && isBetterByPlace(before, identified)))
    return compareByPlace(before, after)
  const hasNewOrder = isReordered(identified)
  const isMeaningful = keys === undefined || orderHasMeaning(name, after)
  return {
    ...(hasNewOrder && { order: isMeaningful ? 'meaningful' : 'meaningless' }),
    items: compareByIdentity(before, after, identified),
  }
}

/**
 * Scalars of which some go and some come are told apart by their place where that is possible: `--level=info` that became
 * `--level=debug` is one change, and in a hundred clusters with a hundred hosts it is the same one.
 */
function isBetterByPlace(before: readonly FieldValue[], identified: IdentifiedLists): boolean {
  if (!isScalar(before[0]) || isReordered(identified)) return false
  const ids = new Set(identified.before.map(({ id }) => id))
  const stay = identified.after.filter(({ id }) => ids.has(id)).length
  return stay < identified.before.length && stay < identified.after.length
}

/** Lists that merge by key and yet are gone through from the first to the last. */
const orderedLists = new Set(['initContainers', 'webhooks'])

function orderHasMeaning(name: string | undefined, items: readonly FieldValue[]): boolean {
  if (name !== undefined && orderedLists.has(name)) return true
  // A variable may refer to those before it.
  return name === 'env' && items.some((item) => isObjectValue(item) && String(item['value']).includes('$('))
}

function isReordered({ before, after }: IdentifiedLists): boolean {
  const places = new Map(after.map(({ id }, index) => [id, index]))
  let last = -1
  for (const { id } of before) {
    const place = places.get(id) ?? last
    if (place < last) return true
    last = place
  }
  return false
}

function compareByIdentity(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
  identified: IdentifiedLists,
): readonly ComparedItem[] {
  const places = new Map(identified.after.map(({ id }, index) => [id, index]))
  const stay = new Set<string>()
  const items = identified.before.map(({ id, step }, index): ComparedItem => {
    const place = places.get(id)
    if (place === undefined) return { change: 'removed', step, before: before[index] }
    stay.add(id)
    return { change: 'kept', step, before: before[index], after: after[place] }
  })
  for (const [index, { id, step }] of identified.after.entries())
    if (!stay.has(id)) items.push({ change: 'added', step, after: after[index], index })
  return items
}

function compareByPlace(before: readonly FieldValue[], after: readonly FieldValue[]): ComparedList {
  if (before.length === after.length && isPermutation(before, after))
    return { order: 'meaningful', items: [] }
  const items = alignItems(before, after).map(([from, to]): ComparedItem => {
    if (from === undefined) return { change: 'added', step: to ?? 0, after: after[to ?? 0] }
    if (to === undefined) return { change: 'removed', step: from, before: before[from] }
    return { change: 'kept', step: from, before: before[from], after: after[to] }
  })
  return { items }
}

function isPermutation(before: readonly FieldValue[], after: readonly FieldValue[]): boolean {
  const classes = toClasses(before, after)
  const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)
  const sortedAfter = sorted(classes.after)
  return sorted(classes.before).every((number, index) => number === sortedAfter[index])
}
