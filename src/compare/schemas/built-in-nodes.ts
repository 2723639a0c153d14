import { knownMinors } from '../../kubernetes/api-versions.ts'
import {
  builtInDefinition,
  builtInField,
  builtInFieldMinors,
  builtInFieldNames,
  type BuiltInShape,
} from '../../kubernetes/built-in-schemas.ts'
import { isServedByDefault, type UsedApi } from '../../kubernetes/built-in-apis.ts'
import type { FieldTable, NodeType, SchemaNode } from './schema-node.ts'

/** Schemas of built-in kinds, as the minors of the table have them. */
export interface BuiltInNodes {
  /** Undefined for kinds that the minor does not serve by default. */
  readonly kind: (api: UsedApi, minor: number) => SchemaNode | undefined
  /** `metadata` of any object. */
  readonly metadata: (minor: number) => SchemaNode
}

/** Nodes are made once a minor, so that equal nodes are the same. */
export function createBuiltInNodes(): BuiltInNodes {
  const minors = new Map<number, MinorNodes>()
  const nodesOf = (minor: number): MinorNodes => {
    const nodes = minors.get(minor) ?? new MinorNodes(minor)
    minors.set(minor, nodes)
    return nodes
  }
  return {
    kind(api, minor) {
      const definition = isServedByDefault(api, minor)
        ? builtInDefinition(api.apiVersion, api.kind)
        : undefined
      return definition === undefined ? undefined : nodesOf(minor).definition(definition)
    },
    metadata: (minor) => nodesOf(minor).definition('meta.v1.ObjectMeta'),
  }
}

class MinorNodes {
  readonly #minor: number
  readonly #definitions = new Map<string, SchemaNode>()
  readonly #shapes = new Map<BuiltInShape, SchemaNode>()

  constructor(minor: number) {
    this.#minor = minor
  }

  definition(name: string): SchemaNode {
    const known = this.#definitions.get(name)
    if (known !== undefined) return known
    const node: SchemaNode = { type: 'object', ...nothingSpecial, fields: this.#fields(name) }
    this.#definitions.set(name, node)
    return node
  }

  #fields(definition: string): FieldTable {
    const names = once(() => builtInFieldNames(definition, this.#minor))
    const required = once(() =>
      names().filter((name) => builtInField(definition, name, this.#minor)?.required === true),
    )
    return {
      isOpen: false,
      takesNull: () => false,
      names,
      get required() {
        return required()
      },
      find: (name) => {
        const shape = builtInField(definition, name, this.#minor)
        return shape && this.#shape(shape)
      },
      explain: (name) => explainField(definition, name, this.#minor),
    }
  }

  #shape(shape: BuiltInShape): SchemaNode {
    const known = this.#shapes.get(shape)
    if (known !== undefined) return known
    const node = this.#toNode(shape)
    this.#shapes.set(shape, node)
    return node
  }

  #toNode({ type, definition, items, values, keys, list, enum: choices = [] }: BuiltInShape): SchemaNode {
    if (definition !== undefined) return this.definition(definition)
    const told = keys ?? list
    if (items)
      return { type: 'list', ...nothingSpecial, items: () => this.#shape(items), ...(told && { keys: told }) }
    if (values) return { type: 'map', ...nothingSpecial, members: () => this.#shape(values) }
    // Empty is what the server takes for unset, wherever it knows the values.
    const allowed = choices.length > 0 ? [...choices.filter((value) => value !== ''), ''] : []
    return { type: (type ?? 'any') satisfies NodeType, isNullable: true, values: allowed }
  }
}

/** Kubernetes' own types take null for unset. */
const nothingSpecial = { isNullable: true, values: [] } as const

function explainField(definition: string, name: string, minor: number): string | undefined {
  const minors = builtInFieldMinors(definition, name)
  if (minors === undefined) return undefined
  const newest = Math.max(...knownMinors())
  if (minors.from > minor) return `Kubernetes has it from 1.${minors.from} on`
  return minors.to < newest ? `Kubernetes has it up to 1.${minors.to}` : undefined
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
