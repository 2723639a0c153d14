export type Schema = Readonly<Record<string, unknown>>

/** What OpenAPI 3.0 says beside JSON Schema, and what says nothing about values. */
const dropped = [
  'nullable',
  'discriminator',
  'xml',
  'externalDocs',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]
/** Keywords whose members are names of the data, not of the schema. */
const maps = ['properties', 'patternProperties']
const lists = ['allOf', 'anyOf', 'oneOf']
const singles = ['items', 'not', 'additionalProperties']

/** JSON Schema of an OpenAPI 3.0 schema with all that it refers to. `closed`: objects have no members but the described ones. */
export function toJsonSchema(
  schema: Schema,
  components: Readonly<Record<string, Schema>>,
  closed: boolean,
): Schema {
  const definitions: Record<string, Schema> = {}
  const waiting: string[] = []
  const refer = (reference: string): string => {
    const name = reference.replace('#/components/schemas/', '')
    if (!(name in definitions)) {
      definitions[name] = {}
      waiting.push(name)
    }
    return `#/$defs/${name}`
  }
  const root = convert(schema, refer, closed)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    definitions[name] = convert(components[name] ?? {}, refer, closed)
  }
  return { ...root, $defs: definitions }
}

function convert(schema: Schema, refer: (reference: string) => string, closed: boolean): Schema {
  const inner = (value: unknown, isClosed = closed): unknown =>
    isSchema(value) ? convert(value, refer, isClosed) : value
  const converted: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.includes(key) || key.startsWith('x-')) continue
    if (key === '$ref' && typeof value === 'string') converted[key] = refer(value)
    else if (maps.includes(key) && isSchema(value))
      converted[key] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inner(each)]))
    // What is spread over several schemas is in none of them alone.
    else if (lists.includes(key) && Array.isArray(value))
      converted[key] = value.map((each) => inner(each, false))
    else if (singles.includes(key)) converted[key] = inner(value)
    else converted[key] = value
  }
  if (closed && 'properties' in schema && !('additionalProperties' in schema))
    converted['additionalProperties'] = false
  return schema['nullable'] === true ? { anyOf: [converted, { type: 'null' }] } : converted
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
