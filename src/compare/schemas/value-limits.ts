import { RE2JS } from 're2js'
import { isObjectValue, isRawNumber, isSameValue, type ObjectValue } from '../../kubernetes/object-value.ts'
import { counted, shown } from '../dangers/wording.ts'

/** What a JSON Schema, as CustomResourceDefinitions have it, demands of a value besides its type. */
export interface ValueLimits {
  readonly minimum?: number
  readonly maximum?: number
  readonly excludesMinimum: boolean
  readonly excludesMaximum: boolean
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: RE2JS
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly allOf: readonly ObjectValue[]
  readonly anyOf: readonly ObjectValue[]
  readonly oneOf: readonly ObjectValue[]
  readonly not?: ObjectValue
}

const numbers = [
  ...(['minimum', 'maximum', 'multipleOf', 'minLength', 'maxLength'] as const),
  ...(['minItems', 'maxItems', 'minProperties', 'maxProperties'] as const),
]
const junctions = ['allOf', 'anyOf', 'oneOf'] as const
const keywords = [...numbers, ...junctions, 'pattern', 'not']

const known = new WeakMap<ObjectValue, ValueLimits>()

/** Undefined where nothing is demanded, as of most. What a schema says in a form that is none is left out. */
export function limitsOf(schema: ObjectValue): ValueLimits | undefined {
  if (!keywords.some((keyword) => Object.hasOwn(schema, keyword))) return undefined
  const limits = known.get(schema) ?? readLimits(schema)
  known.set(schema, limits)
  return limits
}

function readLimits(schema: ObjectValue): ValueLimits {
  const pattern = compiled(schema['pattern'])
  const { not } = schema
  return {
    ...(Object.fromEntries(
      numbers.flatMap((name) => (typeof schema[name] === 'number' ? [[name, schema[name]]] : [])),
    ) as Pick<ValueLimits, (typeof numbers)[number]>),
    excludesMinimum: schema['exclusiveMinimum'] === true,
    excludesMaximum: schema['exclusiveMaximum'] === true,
    ...(pattern && { pattern }),
    ...(Object.fromEntries(junctions.map((name) => [name, schemasIn(schema[name])])) as Record<
      (typeof junctions)[number],
      readonly ObjectValue[]
    >),
    ...(isObjectValue(not) && { not }),
  }
}

/** Go's expressions, which take time in proportion to the text: a pattern may come from anybody. */
function compiled(pattern: unknown): RE2JS | undefined {
  if (typeof pattern !== 'string') return undefined
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}

function schemasIn(value: unknown): readonly ObjectValue[] {
  return Array.isArray(value) ? value.filter(isObjectValue) : []
}

/** The first limit that a value exceeds, as the end of a sentence; undefined when it keeps all. Junctions are not among them. */
export function exceededLimit(limits: ValueLimits, value: unknown): string | undefined {
  if (typeof value === 'string') return exceededByText(limits, value)
  if (typeof value === 'number') return exceededByNumber(limits, value)
  if (Array.isArray(value)) return exceededByCount(limits.minItems, limits.maxItems, value.length, 'item')
  if (!isObjectValue(value)) return undefined
  return exceededByCount(limits.minProperties, limits.maxProperties, Object.keys(value).length, 'field')
}

function exceededByText(limits: ValueLimits, value: string): string | undefined {
  const length = [...value].length
  const count = exceededByCount(limits.minLength, limits.maxLength, length, 'character')
  if (count !== undefined) return count
  const { pattern } = limits
  if (pattern === undefined || pattern.matcher(value).find()) return undefined
  return `has to match ${shown(pattern.pattern())} and is ${shown(value)}`
}

function exceededByNumber(limits: ValueLimits, value: number): string | undefined {
  const { minimum, maximum, excludesMinimum, excludesMaximum, multipleOf } = limits
  if (minimum !== undefined && (excludesMinimum ? value <= minimum : value < minimum))
    return `has to be ${excludesMinimum ? 'more than' : 'at least'} ${minimum} and is ${value}`
  if (maximum !== undefined && (excludesMaximum ? value >= maximum : value > maximum))
    return `has to be ${excludesMaximum ? 'less than' : 'at most'} ${maximum} and is ${value}`
  if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf))
    return `has to be a multiple of ${multipleOf} and is ${value}`
  return undefined
}

function exceededByCount(
  least: number | undefined,
  most: number | undefined,
  count: number,
  what: string,
): string | undefined {
  if (least !== undefined && count < least)
    return `has to have at least ${counted(least, what)} and has ${count}`
  if (most !== undefined && count > most) return `has to have at most ${counted(most, what)} and has ${count}`
  return undefined
}

/** What is wrong with how a value meets schemas that are joined; they say nothing about which fields there are. */
export function brokenJunction(limits: ValueLimits, value: unknown): string | undefined {
  const { allOf, anyOf, oneOf, not } = limits
  const meeting = (schemas: readonly ObjectValue[]): number =>
    schemas.filter((schema) => meets(schema, value)).length
  if (meeting(allOf) < allOf.length) return 'does not meet everything that the schema demands together'
  if (anyOf.length > 0 && meeting(anyOf) === 0)
    return `meets none of the ${anyOf.length} forms that it may have`
  if (oneOf.length > 0) {
    const met = meeting(oneOf)
    if (met === 0) return `meets none of the ${oneOf.length} forms of which it has to have one`
    if (met > 1) return `meets ${met} of the ${oneOf.length} forms of which it has to have only one`
  }
  return not !== undefined && meets(not, value) ? 'is what it may not be' : undefined
}

/** Whether a value is what a schema demands. Fields that it does not name are fine. */
function meets(schema: ObjectValue, value: unknown): boolean {
  if (!hasType(schema, value)) return false
  const { enum: choices, required } = schema
  if (Array.isArray(choices) && !choices.some((choice) => isSameValue(choice, value))) return false
  if (isObjectValue(value)) {
    if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, String(name)))) return false
    if (!Object.entries(value).every(([name, member]) => meetsMember(schema, name, member))) return false
  }
  const { items } = schema
  if (Array.isArray(value) && isObjectValue(items) && !value.every((item) => meets(items, item))) return false
  const limits = limitsOf(schema)
  return limits === undefined || (exceededLimit(limits, value) ?? brokenJunction(limits, value)) === undefined
}

function meetsMember(schema: ObjectValue, name: string, member: unknown): boolean {
  const { properties, additionalProperties } = schema
  if (isObjectValue(properties) && Object.hasOwn(properties, name)) {
    const property = properties[name]
    return !isObjectValue(property) || meets(property, member)
  }
  return !isObjectValue(additionalProperties) || meets(additionalProperties, member)
}

function hasType({ type, nullable }: ObjectValue, value: unknown): boolean {
  if (value === null) return nullable === true || type === undefined
  switch (type) {
    case 'object':
      return isObjectValue(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value) || isRawNumber(value)
    case 'number':
      return typeof value === 'number' || isRawNumber(value)
    case 'string':
    case 'boolean':
      return typeof value === type
    default:
      return true
  }
}
