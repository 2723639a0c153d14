import type { Description } from './description.ts'
import type { Schema } from './json-schema.ts'

/**
 * An answer with everything that GitHub promises to be in it: what the state of the double does not say is filled in with
 * the least that the description allows.
 */
export function complete(description: Description, schema: Schema, value: unknown): unknown {
  const resolved = description.resolve(schema)
  const whole = (inner: Schema, part: unknown): unknown => complete(description, inner, part)
  const branches = (resolved['oneOf'] ?? resolved['anyOf']) as readonly Schema[] | undefined
  if (value === null) return null
  if (value === undefined && resolved['nullable'] === true) return null
  if (Array.isArray(resolved['allOf'])) return whole(merge(description, resolved['allOf'] as Schema[]), value)
  if (branches?.[0] && resolved['properties'] === undefined) return whole(branches[0], value)
  if (resolved['type'] === 'array' && Array.isArray(value)) {
    return value.map((item) => whole(resolved['items'] as Schema, item))
  }
  if (resolved['properties'] !== undefined && (value === undefined || isObject(value))) {
    return fill(resolved, isObject(value) ? value : {}, whole)
  }
  return value ?? least(resolved)
}

function fill(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  whole: (schema: Schema, part: unknown) => unknown,
): Record<string, unknown> {
  const properties = schema['properties'] as Readonly<Record<string, Schema>>
  const required = (schema['required'] ?? []) as readonly string[]
  const names = [...new Set([...Object.keys(value), ...required])]
  return Object.fromEntries(
    names.map((name) => {
      const property = properties[name]
      return [name, property ? whole(property, value[name]) : value[name]]
    }),
  )
}

function merge(description: Description, parts: readonly Schema[]): Schema {
  const resolved = parts.map((part) => description.resolve(part))
  const properties = new Map<string, Schema>()
  for (const part of resolved) {
    for (const [name, schema] of Object.entries((part['properties'] ?? {}) as Record<string, Schema>)) {
      properties.set(name, both(description, properties.get(name), schema))
    }
  }
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: resolved.flatMap((part) => (part['required'] ?? []) as string[]),
  }
}

/** A member that two parts describe: what the first one says of it goes further. */
function both(description: Description, first: Schema | undefined, second: Schema): Schema {
  if (first === undefined) return second
  const [one, two] = [description.resolve(first), description.resolve(second)]
  const hasMembers = [one, two].some((schema) => schema['properties'] !== undefined)
  return hasMembers ? { allOf: [one, two] } : { ...two, ...one }
}

const textByFormat: Readonly<Record<string, string>> = {
  uri: 'https://example.invalid/',
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  email: 'somebody@example.invalid',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function least(schema: Schema): unknown {
  const [first] = (schema['enum'] ?? []) as readonly unknown[]
  if (first !== undefined) return first
  switch (schema['type']) {
    case 'string':
      return textByFormat[String(schema['format'])] ?? ''
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 0
    case 'boolean':
      return false
    case 'array':
      return []
    default:
      return {}
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
