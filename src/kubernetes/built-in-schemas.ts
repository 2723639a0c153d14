import { inflateSync } from 'node:zlib'
import { knownMinors } from './api-versions.ts'
import { packedSchemas } from './built-in-schemas.generated.ts'

/** What the API server takes at one place. Exactly one of `type`, `definition`, `items` and `values` is there. */
export interface BuiltInShape {
  /** `bytes`: base64; `time`: RFC 3339; `any`: whatever is there. */
  readonly type?:
    'string' | 'integer' | 'number' | 'boolean' | 'bytes' | 'quantity' | 'int-or-string' | 'time' | 'any'
  /** An object whose fields are listed. */
  readonly definition?: string
  /** A list. */
  readonly items?: BuiltInShape
  /** An object with free names. */
  readonly values?: BuiltInShape
  /** Of a list: the keys that tell its items apart. */
  readonly keys?: readonly string[]
  /** Of a list without keys; absent where the API says nothing. */
  readonly list?: 'set' | 'atomic'
  readonly enum?: readonly string[]
  /** The API server refuses objects without it. */
  readonly required?: true
}

interface Table {
  readonly shapes: readonly BuiltInShape[]
  /** Index of the shape in all minors, or the shapes of some: index, first and last minor; ascending. */
  readonly definitions: Readonly<Record<string, Readonly<Record<string, number | readonly Variant[]>>>>
  /** `apps/v1/Deployment` → definition. */
  readonly kinds: Readonly<Record<string, string>>
}

type Variant = readonly [shape: number, from: number, to: number]

/** Unpacking takes some milliseconds, which nobody pays who does not ask. */
const table = once(
  () => JSON.parse(inflateSync(Buffer.from(packedSchemas, 'base64')).toString('utf8')) as Table,
)

/** Name of the definition of a kind that any known minor serves by default. */
export function builtInDefinition(apiVersion: string, kind: string): string | undefined {
  return own(table().kinds, `${apiVersion}/${kind}`)
}

/** A field of a definition, as that minor of the table has it; without one, as the newest has it that has it at all. */
export function builtInField(definition: string, field: string, minor?: number): BuiltInShape | undefined {
  const { definitions, shapes } = table()
  const fields = own(definitions, definition)
  const entry = fields && own(fields, field)
  if (entry === undefined || typeof entry === 'number') return entry === undefined ? undefined : shapes[entry]
  const variant =
    minor === undefined ? entry.at(-1) : entry.find(([, from, to]) => from <= minor && minor <= to)
  return variant && shapes[variant[0]]
}

/** Names of the fields that a definition has in that minor of the table. */
export function builtInFieldNames(definition: string, minor: number): readonly string[] {
  return Object.keys(own(table().definitions, definition) ?? {}).filter(
    (field) => builtInField(definition, field, minor) !== undefined,
  )
}

/** First and last minor of the table that has the field; undefined where none does. */
export function builtInFieldMinors(
  definition: string,
  field: string,
): { readonly from: number; readonly to: number } | undefined {
  const entry = own(own(table().definitions, definition) ?? {}, field)
  if (entry === undefined) return undefined
  const minors = knownMinors()
  if (typeof entry === 'number') return { from: Math.min(...minors), to: Math.max(...minors) }
  return { from: entry[0]?.[1] ?? 0, to: entry.at(-1)?.[2] ?? 0 }
}

/** Objects that somebody else wrote may name any field, `constructor` included. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
