import type { ListKeys } from '../../kubernetes/list-keys.ts'
import type { FieldPath } from '../types.ts'
import type { ValueLimits } from './value-limits.ts'

/**
 * What the API server takes at one place, whether the kind is built in or custom. What lies below is made when it is asked
 * for: schemas contain themselves, and most of them never matter.
 */
export interface SchemaNode {
  readonly type: NodeType
  /** It may be null as an item of a list. As a field, null stands for nothing everywhere. */
  readonly isNullable: boolean
  /** The only values that it may have; empty: any. */
  readonly values: readonly unknown[]
  /** Of an object whose fields are listed. */
  readonly fields?: FieldTable
  /** Of a list. */
  readonly items?: () => SchemaNode
  /** Of an object with free names. */
  readonly members?: () => SchemaNode
  /** How the items of a list are told apart. */
  readonly keys?: ListKeys
  /** What no two items of a list may have in common; undefined for an item that cannot be told. */
  readonly identify?: (item: unknown) => string | undefined
  /** What JSON Schema demands of it besides. */
  readonly limits?: ValueLimits
}

/** `bytes`: base64; `time`: RFC 3339. */
export type NodeType =
  | 'object'
  | 'map'
  | 'list'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'quantity'
  | 'int-or-string'
  | 'time'
  | 'any'

export interface FieldTable {
  /** Others are kept as they are. */
  readonly isOpen: boolean
  readonly required: readonly string[]
  /** Of a required field: null is one of its values, and not nothing. */
  readonly takesNull: (name: string) => boolean
  readonly names: () => readonly string[]
  readonly find: (name: string) => SchemaNode | undefined
  /** Why a name is none, where that is known: `Kubernetes has it from 1.29 on`. */
  readonly explain?: (name: string) => string | undefined
}

/** What is wrong with an object, at one place. */
export interface SchemaFault {
  /** `unknown`: no such field; `missing`: a required one is not there; `type`; `value`: right type, wrong value. */
  readonly kind: 'unknown' | 'missing' | 'type' | 'value'
  /** Keys and indices, as the object has them. */
  readonly place: readonly (string | number)[]
  /** The same with the items of lists by their keys. */
  readonly path: FieldPath
  /** What follows the path in a sentence: `has to be an integer and is the text eighty`. */
  readonly text: string
}
