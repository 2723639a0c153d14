import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { requireShared } from '../shared.ts'

/** A structural schema of a CustomResourceDefinition, as far as these tests look at it. */
export interface CrdSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, CrdSchema>>
  readonly items?: CrdSchema
  readonly additionalProperties?: CrdSchema | boolean
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly minItems?: number
  readonly default?: unknown
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string }
    readonly versions: readonly {
      readonly name: string
      readonly schema: { readonly openAPIV3Schema: CrdSchema }
    }[]
  }
}

/** Schemas of v1beta1 of Sveltos 1.14, by kind. Reads a megabyte of YAML: call it once. */
export function readSveltosSchemas(): ReadonlyMap<string, CrdSchema> {
  const folder = join(requireShared(), 'infra/crds/sveltos')
  const crds = readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), 'utf8')) as Crd)
  return new Map(
    crds.flatMap(({ spec }) => {
      const version = spec.versions.find(({ name }) => name === 'v1beta1')
      return version === undefined ? [] : [[spec.names.kind, version.schema.openAPIV3Schema] as const]
    }),
  )
}

/** What the API server would refuse or drop, by path: an independent reading of the CRD. Rules in CEL are left to other tests. */
export interface Verdict {
  readonly refused: readonly string[]
  readonly dropped: readonly string[]
}

export function judge(schema: CrdSchema, value: unknown): Verdict {
  const refused: string[] = []
  const dropped: string[] = []
  const visit = (at: CrdSchema, one: unknown, path: string): void => {
    if (one === null || at['x-kubernetes-preserve-unknown-fields'] === true) return
    if (!hasType(at, one) || !isAllowed(at, one)) return void refused.push(path)
    if (Array.isArray(one)) {
      const { items } = at
      if (items !== undefined) one.forEach((item, index) => visit(items, item, `${path}[${index}]`))
    } else if (typeof one === 'object') {
      const fields = one as Readonly<Record<string, unknown>>
      for (const name of at.required ?? [])
        if ((fields[name] ?? null) === null) refused.push(`${path}.${name}`)
      for (const [key, child] of Object.entries(fields)) {
        const next =
          at.properties?.[key] ??
          (typeof at.additionalProperties === 'object' ? at.additionalProperties : undefined)
        if (next !== undefined) visit(next, child, `${path}.${key}`)
        else if (at.properties !== undefined) dropped.push(`${path}.${key}`)
      }
    }
  }
  visit(schema, value, '')
  return { refused, dropped }
}

function hasType(schema: CrdSchema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || Number.isInteger(value)
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && !Array.isArray(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return schema.type === undefined || typeof value === schema.type
  }
}

function isAllowed(schema: CrdSchema, value: unknown): boolean {
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false
  if (typeof value === 'number') return schema.minimum === undefined || value >= schema.minimum
  if (Array.isArray(value)) return value.length >= (schema.minItems ?? 0)
  if (typeof value !== 'string') return true
  const length = value.length
  const fits = schema.pattern === undefined || new RegExp(schema.pattern).test(value)
  return fits && length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Infinity)
}
