/** As much of JSON Schema as ours use. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly $ref?: string
}

/** A row for every field below a schema, depth first: path, type, whether it must be there, meaning. */
export function schemaRows(schema: JsonSchema, path = ''): string[][] {
  const { properties = {}, required = [] } = schema
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`
    const need = required.includes(name) ? 'yes' : ''
    return [[`\`${here}\``, typeOf(field), need, field.description ?? ''], ...schemaRows(field, here)]
  })
  const { items } = schema
  return items === undefined ? own : [...own, ...schemaRows(items, `${path}[]`)]
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  if (schema.$ref !== undefined) return 'the same again'
  const { type, additionalProperties } = schema
  if (typeof additionalProperties === 'object') return `map of ${typeOf(additionalProperties)}`
  return typeof type === 'string' ? type : (type ?? ['any']).join(' or ')
}
