import { builtInDefinition, builtInField, type BuiltInShape } from '../kubernetes/built-in-schemas.ts'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import { isObjectValue } from '../kubernetes/object-value.ts'
import { isQuantity, isSmallerQuantity } from '../kubernetes/quantity.ts'
import type { LiveObject } from './live-clusters-port.ts'

/**
 * What applying would make of a live object, for whoever may not ask the server: the fields that are rendered are laid over
 * it, lists by what tells their items apart. What the server writes otherwise than it was sent (quantities, defaults of keys,
 * what is empty) counts as the same. It cannot know which fields the deliverer would take away, nor what webhooks do.
 */
export function predict(live: LiveObject, rendered: LiveObject): LiveObject {
  const definition = builtInDefinition(String(rendered['apiVersion']), String(rendered['kind']))
  const merged = merge(live, rendered, definition === undefined ? undefined : { definition })
  return isObjectValue(merged) ? merged : live
}

/** `shape` is undefined inside of what Kubernetes itself does not define: there nothing is known but values. */
function merge(live: unknown, rendered: unknown, shape: BuiltInShape | undefined): unknown {
  if (rendered === null) return live
  if (live === undefined) return shape !== undefined && isEmpty(rendered) ? undefined : rendered
  if (isObjectValue(live) && isObjectValue(rendered)) return mergeMaps(live, rendered, shape)
  if (Array.isArray(live) && Array.isArray(rendered)) return mergeLists(live, rendered, shape)
  return isSame(live, rendered, shape) ? live : rendered
}

function mergeMaps(live: LiveObject, rendered: LiveObject, shape: BuiltInShape | undefined): LiveObject {
  const merged = new Map(Object.entries(live))
  for (const [key, value] of Object.entries(rendered)) {
    const member = merge(Object.hasOwn(live, key) ? live[key] : undefined, value, fieldOf(shape, key))
    if (member !== undefined) merged.set(key, member)
  }
  return Object.fromEntries(merged)
}

function fieldOf(shape: BuiltInShape | undefined, key: string): BuiltInShape | undefined {
  return shape?.definition === undefined ? shape?.values : builtInField(shape.definition, key)
}

type List = readonly unknown[]

function mergeLists(live: List, rendered: List, shape: BuiltInShape | undefined): List {
  if (shape?.keys !== undefined) return mergeByKeys(live, rendered, { items: shape.items, keys: shape.keys })
  if (shape?.list === 'set') {
    const known = new Set(live.map(canonicalJson))
    return [...live, ...rendered.filter((item) => !known.has(canonicalJson(item)))]
  }
  // One value as a whole, in which the server may have filled in what was left out.
  const isAlike = live.length === rendered.length
  return rendered.map((item, index) => (isAlike ? merge(live[index], item, shape?.items) : item))
}

interface KeyedList {
  readonly items: BuiltInShape | undefined
  readonly keys: readonly string[]
}

function mergeByKeys(live: List, rendered: List, { items, keys }: KeyedList): List {
  const keyOf = (item: unknown): string =>
    canonicalJson(keys.map((key) => (isObjectValue(item) ? (item[key] ?? defaults[key] ?? null) : item)))
  const wanted = new Map(rendered.map((item) => [keyOf(item), item]))
  const kept = live.map((item) => merge(item, wanted.get(keyOf(item)) ?? null, items))
  const known = new Set(live.map(keyOf))
  return [...kept, ...[...wanted].filter(([key]) => !known.has(key)).map(([, item]) => item)]
}

/** Keys of items that may be left out. */
const defaults: Readonly<Record<string, string>> = { protocol: 'TCP' }

/** Go leaves it out when it prints an object. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isObjectValue(value)) return Object.values(value).every((member) => member === null || isEmpty(member))
  return value === null || value === '' || value === false || value === 0
}

function isSame(live: unknown, rendered: unknown, shape: BuiltInShape | undefined): boolean {
  if (shape?.type === 'quantity' && isQuantity(live) && isQuantity(rendered))
    return !isSmallerQuantity(live, rendered) && !isSmallerQuantity(rendered, live)
  if (shape?.type === 'bytes' && typeof rendered === 'string') return live === rendered.replaceAll(/\s/g, '')
  return canonicalJson(live) === canonicalJson(rendered)
}
