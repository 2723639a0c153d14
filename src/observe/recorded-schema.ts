import { createHash } from 'node:crypto'
import { ClusterError } from '../diagnostics/cluster-error.ts'
import { canonicalJson } from '../kubernetes/exact-json.ts'
import type { RecordedSchema } from './types.ts'

/** What is recorded of a CustomResourceDefinition, shared by all clusters that have the same. */
export interface SchemaFile {
  /** `<group>/<Kind>`. */
  readonly key: string
  /** sha256 of the text, hex. */
  readonly digest: string
  readonly text: string
}

interface Definition {
  readonly group?: unknown
  readonly names?: { readonly kind?: unknown }
  readonly scope?: unknown
  readonly versions?: unknown
}

interface Version {
  readonly name?: unknown
  readonly served?: unknown
  readonly schema?: { readonly openAPIV3Schema?: unknown }
}

/** Takes names, scope and the schemas of served versions (`RecordedSchema`). */
export function recordedSchema(definition: Readonly<Record<string, unknown>>): SchemaFile {
  const { group, names, scope, versions } = (definition['spec'] ?? {}) as Definition
  if (typeof group !== 'string' || typeof names?.kind !== 'string' || !Array.isArray(versions))
    throw new ClusterError('bad-answer', {
      operation: 'list customresourcedefinitions',
      message: 'a CustomResourceDefinition has no group, kind or versions',
    })
  const served = (versions as readonly Version[])
    .filter((version) => version.served === true)
    .map(({ name, schema }) => [String(name), schema?.openAPIV3Schema ?? {}] as const)
  const schema = { group, names, scope, versions: Object.fromEntries(served) } as RecordedSchema
  const text = `${canonicalJson(schema)}\n`
  return {
    key: `${group}/${names.kind}`,
    digest: createHash('sha256').update(text).digest('hex'),
    text,
  }
}
