import { isObjectValue, valueAt, type ObjectValue } from '../../kubernetes/object-value.ts'
import { canonicalJson } from '../../kubernetes/exact-json.ts'
import { schemaListKeys, type ListKeys } from '../../kubernetes/list-keys.ts'
import type { FieldTable, NodeType, SchemaNode } from './schema-node.ts'
import { limitsOf } from './value-limits.ts'

/** Schemas of custom kinds: `openAPIV3Schema` of CustomResourceDefinitions, which is a part of JSON Schema with marks. */
export interface CustomNodes {
  /** The whole object; `metadata` is what every object has. */
  readonly root: (schema: unknown, metadata: SchemaNode) => SchemaNode
}

/** Equal schemas that are the same value give the same node: clusters share them. */
export function createCustomNodes(): CustomNodes {
  const roots = new WeakMap<object, Map<SchemaNode, SchemaNode>>()
  return {
    root(schema, metadata) {
      if (!isObjectValue(schema)) return anything
      const known = roots.get(schema) ?? new Map<SchemaNode, SchemaNode>()
      roots.set(schema, known)
      const node = known.get(metadata) ?? resourceNode(schema, metadata)
      known.set(metadata, node)
      return node
    },
  }
}

/** Takes whatever is there. */
export const anything: SchemaNode = { type: 'any', isNullable: true, values: [] }

const text: SchemaNode = { type: 'string', isNullable: false, values: [] }

/** An object with a kind of its own: its name, version and metadata are known, whether the schema has them or not. */
function resourceNode(schema: ObjectValue, metadata: SchemaNode): SchemaNode {
  const node = toNode(schema, metadata)
  if (node.type !== 'object' && node.type !== 'any') return node
  const own = node.fields ?? openTable
  const implied = new Map([
    ['apiVersion', text],
    ['kind', text],
    ['metadata', metadata],
  ])
  const fields: FieldTable = {
    ...own,
    required: own.required.filter((name) => !implied.has(name)),
    names: () => [...new Set([...implied.keys(), ...own.names()])],
    find: (name) => implied.get(name) ?? own.find(name),
  }
  return { ...node, type: 'object', fields }
}

const openTable: FieldTable = {
  isOpen: true,
  required: [],
  takesNull: () => false,
  names: () => [],
  find: () => undefined,
}

const types: Readonly<Record<string, NodeType>> = {
  array: 'list',
  boolean: 'boolean',
  integer: 'integer',
  number: 'number',
  string: 'string',
}

function toNode(schema: ObjectValue, metadata: SchemaNode): SchemaNode {
  const { nullable, enum: choices } = schema
  const type = nodeType(schema)
  const limits = limitsOf(schema)
  const common = {
    isNullable: nullable === true,
    values: Array.isArray(choices) ? choices : [],
    ...(limits && { limits }),
  }
  const child = createChildren(metadata)
  if (type === 'list') {
    const keys = schemaListKeys(schema, [])
    const identify = identifier(keys, schema['items'])
    return {
      ...{ ...common, type, items: () => child(schema['items']) },
      ...(keys && { keys }),
      ...(identify && { identify }),
    }
  }
  if (type === 'map') return { ...common, type, members: () => child(schema['additionalProperties']) }
  if (type === 'object') return { ...common, type, fields: fieldTable(schema, child) }
  return { ...common, type }
}

function nodeType(schema: ObjectValue): NodeType {
  if (schema['x-kubernetes-int-or-string'] === true) return 'int-or-string'
  const { type, properties, additionalProperties } = schema
  if (type === 'object') {
    const isFree =
      properties === undefined && additionalProperties !== undefined && additionalProperties !== false
    return isFree ? 'map' : 'object'
  }
  // What has no type is not structural, or keeps what it does not know.
  return typeof type === 'string' && Object.hasOwn(types, type) ? (types[type] ?? 'any') : 'any'
}

type Child = (schema: unknown) => SchemaNode

function createChildren(metadata: SchemaNode): Child {
  const known = new WeakMap<object, SchemaNode>()
  return (schema) => {
    if (!isObjectValue(schema)) return anything
    const isResource = schema['x-kubernetes-embedded-resource'] === true
    const node = known.get(schema) ?? (isResource ? embeddedNode : toNode)(schema, metadata)
    known.set(schema, node)
    return node
  }
}

/** An object inside of another must say what it is. */
function embeddedNode(schema: ObjectValue, metadata: SchemaNode): SchemaNode {
  const node = resourceNode(schema, metadata)
  if (!node.fields) return node
  const required = [...new Set([...node.fields.required, 'apiVersion', 'kind'])]
  return { ...node, fields: { ...node.fields, required } }
}

function fieldTable(schema: ObjectValue, child: Child): FieldTable {
  const properties = isObjectValue(schema['properties']) ? schema['properties'] : {}
  const propertyOf = (name: string): unknown =>
    Object.hasOwn(properties, name) ? properties[name] : undefined
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  return {
    isOpen:
      schema['x-kubernetes-preserve-unknown-fields'] === true || schema['additionalProperties'] === true,
    // What has a default is there by the time that it is looked for.
    required: required.filter((name) => {
      const property = propertyOf(name)
      return !isObjectValue(property) || property['default'] === undefined
    }),
    takesNull: (name) => isObjectValue(propertyOf(name)) && valueAt(properties, [name, 'nullable']) === true,
    names: () => Object.keys(properties),
    find: (name) => (Object.hasOwn(properties, name) ? child(propertyOf(name)) : undefined),
  }
}

/** Keys count with their defaults: an item that names one and an item that leaves it out may be the same. */
function identifier(keys: ListKeys | undefined, items: unknown): SchemaNode['identify'] {
  if (keys === 'set') return canonicalJson
  if (keys === undefined || keys === 'atomic') return undefined
  const fallbacks = keys.map((key) => valueAt(items, ['properties', key, 'default']))
  return (item) =>
    isObjectValue(item)
      ? canonicalJson(keys.map((key, index) => valueAt(item, [key]) ?? fallbacks[index] ?? null))
      : undefined
}
