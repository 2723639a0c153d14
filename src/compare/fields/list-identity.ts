import type { ListKeys } from '../../kubernetes/list-keys.ts'
import { isObjectValue } from '../../kubernetes/object-value.ts'
import type { ObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldValue, ItemKey } from '../types.ts'
import { isScalar } from './field-value.ts'
import type { Scalar } from './field-value.ts'

export interface IdentifiedItem {
  readonly id: string
  readonly step: ItemKey
}

/** Both sides of a list whose items can be told apart: one for each item, in order. */
export interface IdentifiedLists {
  readonly before: readonly IdentifiedItem[]
  readonly after: readonly IdentifiedItem[]
}

/**
 * Fields by which lists are keyed whose schema nobody knows, the most telling first. None holds what differs from cluster
 * to cluster by its nature, such as a host: changes that are alike but for that can be folded only where their paths are equal.
 */
const naturalKeys: readonly (readonly string[])[] = [
  ['name'],
  ['key'],
  ['id'],
  ['uid'],
  ['name', 'namespace'],
  ['kind', 'name'],
  ['kind', 'name', 'namespace'],
  ['containerPort'],
  ['containerPort', 'protocol'],
  ['port'],
  ['port', 'protocol'],
  ['alert'],
  ['record'],
  ['mountPath'],
  ['topologyKey'],
  ['type'],
]

/** Merge keys that the API server fills in: without, a port that says `TCP` and one that says nothing would be two. */
const defaults: Readonly<Record<string, string>> = { protocol: 'TCP' }

/** Undefined where an item has no key, or two have the same: such a list is compared by place. */
export function identifyItems(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
  keys: ListKeys,
): IdentifiedLists | undefined {
  if (keys === 'atomic') return undefined
  return identifyBoth(
    before,
    after,
    keys === 'set' ? identifyScalar : (item) => identifyMap(item, keys, defaults),
  )
}

type Identify = (item: FieldValue) => IdentifiedItem | undefined

function identifyBoth(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
  identify: Identify,
): IdentifiedLists | undefined {
  const ofBefore = identifyList(before, identify)
  const ofAfter = ofBefore && identifyList(after, identify)
  return ofAfter && { before: ofBefore, after: ofAfter }
}

/** By the first natural key that tells all items apart; scalars by themselves. */
export function identifyNaturally(
  before: readonly FieldValue[],
  after: readonly FieldValue[],
): IdentifiedLists | undefined {
  const first = before[0] ?? after[0]
  if (isScalar(first)) return identifyBoth(before, after, identifyScalar)
  if (!isObjectValue(first)) return undefined
  for (const keys of naturalKeys) {
    const identified = identifyBoth(before, after, (item) => identifyMap(item, keys))
    if (identified !== undefined) return identified
  }
  return undefined
}

/** Whether a step leads to this item. */
export function isItem(item: FieldValue, step: ItemKey): boolean {
  if (Object.hasOwn(step, '')) return item === step['']
  return (
    isObjectValue(item) &&
    Object.entries(step).every(([key, value]) => memberOf(item, key, defaults) === value)
  )
}

function identifyList(
  list: readonly FieldValue[],
  identify: Identify,
): readonly IdentifiedItem[] | undefined {
  const seen = new Set<string>()
  const items: IdentifiedItem[] = []
  for (const value of list) {
    const item = identify(value)
    if (item === undefined || seen.has(item.id)) return undefined
    seen.add(item.id)
    items.push(item)
  }
  return items
}

function identifyScalar(item: FieldValue): IdentifiedItem | undefined {
  return isScalar(item) ? { id: JSON.stringify(item), step: { '': item } } : undefined
}

function identifyMap(
  item: FieldValue,
  keys: readonly string[],
  filledIn: Readonly<Record<string, string>> = {},
): IdentifiedItem | undefined {
  // The empty name says of a step that it is a scalar.
  if (!isObjectValue(item) || keys.length === 0 || keys.includes('')) return undefined
  const members: (readonly [string, Scalar])[] = []
  for (const key of keys) {
    const value = memberOf(item, key, filledIn)
    if (!isScalar(value)) return undefined
    members.push([key, value])
  }
  return { id: JSON.stringify(members.map(([, value]) => value)), step: Object.fromEntries(members) }
}

function memberOf(item: ObjectValue, key: string, filledIn: Readonly<Record<string, string>>): FieldValue {
  if (Object.hasOwn(item, key)) return item[key]
  return Object.hasOwn(filledIn, key) ? filledIn[key] : undefined
}
