import { isObjectValue, isRawNumber, isSameValue, type ObjectValue } from '../../kubernetes/object-value.ts'
import { isQuantity } from '../../kubernetes/quantity.ts'
import { didYouMean } from '../../diagnostics/suggestion-list.ts'
import { listed, shown } from '../dangers/wording.ts'
import type { FieldPath, ItemKey } from '../types.ts'
import type { NodeType, SchemaFault, SchemaNode } from './schema-node.ts'
import { brokenJunction, exceededLimit, type ValueLimits } from './value-limits.ts'

/** Deeper objects are refused by the API server as they are; nobody looks at them here. */
const maxDepth = 200
/** More of one object help nobody. */
const maxFaults = 20

interface Place {
  readonly place: readonly (string | number)[]
  readonly path: FieldPath
}

/**
 * An object and the schema of its kind → what is wrong with it, in the order of its fields, at most 20 faults. `status` is
 * not looked at: it is no part of what is applied. A value that a mask hides stands for any value.
 */
export function findFaults(node: SchemaNode, object: ObjectValue): readonly SchemaFault[] {
  const faults: SchemaFault[] = []
  const { status: _, ...rest } = object
  visit(node, rest, { place: [], path: [] }, faults)
  return faults.slice(0, maxFaults)
}

function visit(node: SchemaNode, value: unknown, at: Place, faults: SchemaFault[]): void {
  const isDone = faults.length >= maxFaults || at.place.length > maxDepth
  if (isDone || value === null || isMasked(value)) return
  const wrong = wrongType(node.type, value)
  if (wrong !== undefined) {
    faults.push({ kind: wrong.kind, ...at, text: wrong.text })
    return
  }
  const text = wrongValue(node, value)
  if (text !== undefined) faults.push({ kind: 'value', ...at, text })
  if (Array.isArray(value)) visitItems(node, value, at, faults)
  else if (isObjectValue(value)) visitMembers(node, value, at, faults)
}

function visitItems(node: SchemaNode, items: readonly unknown[], at: Place, faults: SchemaFault[]): void {
  if (node.items === undefined) return
  const schema = node.items()
  if (node.identify !== undefined) findTwins(node.identify, items, at, faults)
  for (const [index, item] of items.entries()) {
    const below = { place: [...at.place, index], path: [...at.path, itemKey(node, item) ?? index] }
    if (item !== null || schema.isNullable) visit(schema, item, below, faults)
    else faults.push({ kind: 'type', ...below, text: `has to be ${names[schema.type]} and is null` })
  }
}

function findTwins(
  identify: (item: unknown) => string | undefined,
  items: readonly unknown[],
  at: Place,
  faults: SchemaFault[],
): void {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    const id = identify(item)
    if (id === undefined || !hidesNothing(item)) continue
    const below = { place: [...at.place, index], path: [...at.path, index] }
    if (seen.has(id)) faults.push({ kind: 'value', ...below, text: 'is in the list already' })
    seen.add(id)
  }
}

/** Undefined where a key is left to its default: only what is written tells the item apart for sure. */
function itemKey({ keys }: SchemaNode, item: unknown): ItemKey | undefined {
  if (!Array.isArray(keys) || !isObjectValue(item)) return undefined
  const members = keys.map((key: string) => [key, Object.hasOwn(item, key) ? item[key] : undefined] as const)
  const isWhole = members.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return isWhole && members.length > 0 ? (Object.fromEntries(members) as ItemKey) : undefined
}

function visitMembers(node: SchemaNode, value: ObjectValue, at: Place, faults: SchemaFault[]): void {
  const below = (name: string): Place => ({ place: [...at.place, name], path: [...at.path, name] })
  const members = node.members?.()
  if (members !== undefined) {
    for (const [name, member] of Object.entries(value)) visit(members, member, below(name), faults)
    return
  }
  const { fields } = node
  if (fields === undefined) return
  for (const name of fields.required) {
    const isThere = Object.hasOwn(value, name) && (value[name] !== null || fields.takesNull(name))
    if (!isThere && hidesNoNames(value)) faults.push({ kind: 'missing', ...below(name), text: 'is missing' })
  }
  for (const [name, member] of Object.entries(value)) {
    const field = fields.find(name)
    if (field !== undefined) visit(field, member, below(name), faults)
    else if (!fields.isOpen && !isMasked(name)) {
      const reason = didYouMean(name, fields.names()) ?? fields.explain?.(name)
      const text = `is unknown${reason === undefined ? '' : `: ${reason}`}`
      faults.push({ kind: 'unknown', ...below(name), text })
    }
  }
}

const names: Readonly<Record<NodeType, string>> = {
  object: 'an object',
  map: 'an object',
  list: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  bytes: 'base64',
  quantity: 'a quantity',
  'int-or-string': 'a text or a whole number',
  time: 'a time',
  any: 'something',
}

function wrongType(
  type: NodeType,
  value: unknown,
): { readonly kind: 'type' | 'value'; readonly text: string } | undefined {
  if (!isOfType(type, value))
    return { kind: 'type', text: `has to be ${names[type]} and is ${described(value)}` }
  if (typeof value !== 'string' || hasForm(type, value)) return undefined
  return { kind: 'value', text: `has to be ${names[type]} and is ${shown(value)}` }
}

function isOfType(type: NodeType, value: unknown): boolean {
  const isNumber = typeof value === 'number' || isRawNumber(value)
  const isWhole = Number.isInteger(value) || isRawNumber(value)
  switch (type) {
    case 'object':
    case 'map':
      return isObjectValue(value)
    case 'list':
      return Array.isArray(value)
    case 'string':
    case 'bytes':
    case 'time':
      return typeof value === 'string'
    case 'integer':
      return isWhole
    case 'number':
      return isNumber
    case 'boolean':
      return typeof value === 'boolean'
    case 'quantity':
      return typeof value === 'string' || isNumber
    case 'int-or-string':
      return typeof value === 'string' || isWhole
    case 'any':
      return true
  }
}

function hasForm(type: NodeType, text: string): boolean {
  switch (type) {
    case 'bytes':
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
        text.replaceAll(/[\r\n]/g, ''),
      )
    case 'quantity':
      return isQuantity(text)
    case 'time':
      return /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)
    default:
      return true
  }
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isObjectValue(value)) return 'an object'
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text ${shown(value)}`
  return shown(value)
}

function wrongValue({ values, limits }: SchemaNode, value: unknown): string | undefined {
  if (values.length > 0 && !values.some((allowed) => isSameValue(allowed, value))) {
    const choices = values.filter((allowed) => allowed !== '')
    const texts = choices.filter((choice) => typeof choice === 'string')
    const reason = typeof value === 'string' ? didYouMean(value, texts) : undefined
    const end = reason === undefined ? '' : `: ${reason}`
    return `has to be one of ${listed(choices.map(shown))} and is ${shown(value)}${end}`
  }
  if (limits === undefined) return undefined
  return exceededLimit(limits, value) ?? wrongJunction(limits, value)
}

function wrongJunction(limits: ValueLimits, value: unknown): string | undefined {
  const { allOf, anyOf, oneOf, not } = limits
  if (allOf.length + anyOf.length + oneOf.length === 0 && not === undefined) return undefined
  return hidesNothing(value) ? brokenJunction(limits, value) : undefined
}

/** A secret stands there, or stood in part of it. */
function isMasked(value: unknown): boolean {
  return typeof value === 'string' && value.includes('⟨secret ')
}

function hidesNoNames(value: ObjectValue): boolean {
  return !Object.keys(value).some(isMasked)
}

function hidesNothing(value: unknown): boolean {
  return !JSON.stringify(value).includes('⟨secret ')
}
