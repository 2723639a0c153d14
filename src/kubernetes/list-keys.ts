import { builtInDefinition, builtInField, type BuiltInShape } from './built-in-schemas.ts'

/**
 * How Kubernetes tells the items of a list apart: by the values of these keys; `set`: by their values; `atomic`: not at
 * all, the list is one value.
 */
export type ListKeys = readonly string[] | 'set' | 'atomic'

/**
 * Of a list in an object of a built-in kind; undefined for other kinds, for what is no list, and where the API does not say.
 * `path` names the fields from the object down to the list; items of lists on the way have no step of their own.
 * @example builtInListKeys('v1', 'Pod', ['spec', 'containers', 'ports']) // ['containerPort', 'protocol']
 */
export function builtInListKeys(
  apiVersion: string,
  kind: string,
  path: readonly string[],
): ListKeys | undefined {
  const definition = builtInDefinition(apiVersion, kind)
  let shape: BuiltInShape | undefined = definition === undefined ? undefined : { definition }
  for (const step of path) {
    while (shape?.items !== undefined) shape = shape.items
    shape = shape?.definition === undefined ? shape?.values : builtInField(shape.definition, step)
  }
  return shape?.keys ?? shape?.list
}

/** The same of an object whose schema is an `openAPIV3Schema`, as CustomResourceDefinitions have it. */
export function schemaListKeys(openApiSchema: unknown, path: readonly string[]): ListKeys | undefined {
  let schema: unknown = openApiSchema
  for (const step of path) {
    while (member(schema, 'items') !== undefined) schema = member(schema, 'items')
    schema = member(member(schema, 'properties'), step) ?? member(schema, 'additionalProperties')
  }
  const keys = member(schema, 'x-kubernetes-list-map-keys')
  const type = member(schema, 'x-kubernetes-list-type')
  if (type === 'map' && Array.isArray(keys) && keys.length > 0) return keys.map(String)
  return type === 'set' || type === 'atomic' ? type : undefined
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}
