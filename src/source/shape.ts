import type { z } from 'zod'
import type { Json } from '../engine/types.ts'
import type { DocumentPath } from './types.ts'

/** What is wrong with a written value, without words: each stage has its own. */
export type ShapeFault =
  /** A key that the schema does not have; `known` are those that it has there. */
  | { readonly kind: 'unknown-field'; readonly path: DocumentPath; readonly known: readonly string[] }
  /** `path` ends with the field that is not there. */
  | { readonly kind: 'missing-field'; readonly path: DocumentPath }
  /** `expected` and `found` in words: `a whole number`, `text`. */
  | {
      readonly kind: 'wrong-type'
      readonly path: DocumentPath
      readonly expected: string
      readonly found: string
    }
  | {
      readonly kind: 'wrong-choice'
      readonly path: DocumentPath
      readonly choices: readonly string[]
      readonly found: string
    }
  /** A value that its pattern or bounds refuse; `rule` says what would do. */
  | { readonly kind: 'bad-value'; readonly path: DocumentPath; readonly rule: string; readonly found: string }

export interface Shaped<T> {
  /** What could be read, faulty parts left out; undefined where what is left lacks something required. */
  readonly value: T | undefined
  readonly faults: readonly ShapeFault[]
}

/** Every round takes out what is wrong; a fault in a list entry that lacks something costs the entry, then maybe its parent. */
const mostRounds = 12

/**
 * Holds a written value against a schema of strict objects and goes on past faults: an unknown key is left out, a wrong
 * value counts as not written. A null counts as not written either, as in Kubernetes. Pure and total.
 */
export function checkShape<T>(schema: z.ZodType<T>, written: Json): Shaped<T> {
  let value: unknown = withoutNulls(written)
  const faults: ShapeFault[] = []
  for (let round = 0; round < mostRounds; round++) {
    const result = schema.safeParse(value)
    if (result.success) return { value: result.data, faults }
    const issues = result.error.issues.flatMap((issue) => flattenUnion(issue, value))
    const found = issues.flatMap((issue) => toFaults(schema, issue, value))
    // Later rounds only see the holes that the first one left.
    if (round === 0) faults.push(...found)
    const bad = found.map(({ kind, path }) => (kind === 'missing-field' ? path.slice(0, -1) : path))
    if (bad.some((path) => path.length === 0)) return { value: undefined, faults }
    value = without(value, bad)
  }
  return { value: undefined, faults }
}

type Issue = z.core.$ZodIssue

/** Of a union, the branch that the written value was meant for: the one of its own type. */
function flattenUnion(issue: Issue, value: unknown, base: readonly PropertyKey[] = []): Issue[] {
  const path = [...base, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ ...issue, path }]
  const branch = issue.errors.find(
    (errors) => !errors.some((one) => one.path.length === 0 && one.code === 'invalid_type'),
  )
  if (branch !== undefined) return branch.flatMap((one) => flattenUnion(one, value, path))
  const expected = issue.errors.flatMap((errors) =>
    errors.flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : [])),
  )
  return [{ ...issue, code: 'invalid_type', expected: expected.join('|') as 'string', path, message: '' }]
}

function toFaults(schema: z.ZodType, issue: Issue, value: unknown): ShapeFault[] {
  const path = issue.path as DocumentPath
  const found = valueAt(value, path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = fieldsAt(schema, path)
      return issue.keys.map((key) => ({ kind: 'unknown-field', path: [...path, key], known }))
    }
    case 'invalid_type':
      if (found === undefined) return [{ kind: 'missing-field', path }]
      return [
        { kind: 'wrong-type', path, expected: expectedTypes(issue.expected), found: typeInWords(found) },
      ]
    case 'invalid_value':
      if (found === undefined) return [{ kind: 'missing-field', path }]
      return [{ kind: 'wrong-choice', path, choices: issue.values.map(String), found: textOf(found) }]
    case 'too_small':
      return [
        {
          kind: 'bad-value',
          path,
          rule: boundRule(issue.origin, 'at least', issue.minimum),
          found: textOf(found),
        },
      ]
    case 'too_big':
      return [
        {
          kind: 'bad-value',
          path,
          rule: boundRule(issue.origin, 'at most', issue.maximum),
          found: textOf(found),
        },
      ]
    default:
      return [{ kind: 'bad-value', path, rule: issue.message, found: textOf(found) }]
  }
}

function boundRule(origin: string, comparison: string, bound: number | bigint): string {
  if (origin === 'string')
    return bound === 1 ? 'must not be empty' : `must have ${comparison} ${String(bound)} characters`
  if (origin === 'array')
    return `must have ${comparison} ${String(bound)} ${bound === 1 ? 'entry' : 'entries'}`
  return `must be ${comparison} ${String(bound)}`
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

function expectedTypes(expected: string): string {
  const words = expected.split('|').map((type) => typeWords[type] ?? type)
  return [...new Set(words)].join(' or ')
}

function typeInWords(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value === null) return 'empty'
  return typeof value === 'number' && Number.isInteger(value)
    ? 'a whole number'
    : (typeWords[typeof value] ?? typeof value)
}

/** A short form of a value for messages; long text is cut. */
function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === undefined ? 'nothing' : text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** Field names of the object schema at a path, sorted. */
export function fieldsAt(schema: z.ZodType, path: DocumentPath): string[] {
  let current: z.core.$ZodType = schema
  for (const segment of path) {
    const next = childSchema(current, segment)
    if (next === undefined) return []
    current = next
  }
  return objectOptions(current)
    .flatMap((option) => Object.keys(option.shape))
    .sort()
}

function childSchema(schema: z.core.$ZodType, segment: string | number): z.core.$ZodType | undefined {
  const { def } = unwrap(schema)._zod as unknown as {
    def: Readonly<Record<string, unknown>> & { readonly type: string }
  }
  if (def.type === 'array') return def.element as z.core.$ZodType
  if (def.type === 'record') return def.valueType as z.core.$ZodType
  if (def.type === 'union') {
    for (const option of def.options as z.core.$ZodType[]) {
      const child = childSchema(option, segment)
      if (child !== undefined) return child
    }
    return undefined
  }
  return def.type === 'object' ? (def.shape as Record<string, z.core.$ZodType>)[segment] : undefined
}

function objectOptions(schema: z.core.$ZodType): { readonly shape: Readonly<Record<string, unknown>> }[] {
  const { def } = unwrap(schema)._zod as unknown as {
    def: Readonly<Record<string, unknown>> & { readonly type: string }
  }
  if (def.type === 'union') return (def.options as z.core.$ZodType[]).flatMap(objectOptions)
  return def.type === 'object' ? [{ shape: def.shape as Record<string, unknown> }] : []
}

/** Through optional, default and the like to the schema that has the shape. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod as unknown as {
    def: { readonly innerType?: z.core.$ZodType; readonly in?: z.core.$ZodType }
  }
  const inner = def.innerType ?? def.in
  return inner === undefined ? schema : unwrap(inner)
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let current = value
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined
    current = (current as Record<string | number, unknown>)[segment]
  }
  return current
}

/** A copy without the values at the paths; list entries move up, which later rounds do not mind. */
function without(value: unknown, paths: readonly DocumentPath[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value
  const below = (key: string | number) =>
    paths.filter(([first]) => String(first) === String(key)).map((path) => path.slice(1))
  if (Array.isArray(value)) {
    return value.map((item, index) => without(item, below(index))).filter((item) => item !== undefined)
  }
  const kept = Object.entries(value).map(([key, child]) => [key, without(child, below(key))] as const)
  return Object.fromEntries(kept.filter(([, child]) => child !== undefined))
}

/** The API server drops nulls of fields that do not allow them; list entries keep theirs, and are refused for it. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutNulls)
  const kept = Object.entries(value).filter(([, child]) => child !== null)
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]))
}
