import { z } from 'zod'
import type { Report } from '../diagnostics/types.ts'
import type { JsonObject } from '../engine/types.ts'
import { checkShape } from '../source/source.ts'
import type { SourceDocument } from '../source/types.ts'
import { shapeFault } from './diagnostics.ts'

/** An object that a person wrote, held against the shape of its kind. */
export interface WrittenObject<Spec> {
  readonly document: SourceDocument
  readonly kind: string
  /** `v1beta1`. */
  readonly version: string
  readonly name: string
  /** As written; empty for cluster-scoped kinds. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: Spec
  /** Something in it was wrong and left out: what it selects or deploys may be incomplete. */
  readonly faulty: boolean
  readonly report: Report
}

const texts = z.record(z.string(), z.string())

const metadata = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
})

const cache = new WeakMap<z.ZodType, z.ZodType<{ metadata: z.infer<typeof metadata>; spec: unknown }>>()

/** Schemas of whole objects, one per schema of a spec; a pure function of it. */
function objectSchema(spec: z.ZodType): z.ZodType<{ metadata: z.infer<typeof metadata>; spec: unknown }> {
  const known = cache.get(spec)
  if (known !== undefined) return known
  const schema = z.strictObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata,
    spec,
    status: z.unknown().optional(),
  })
  cache.set(spec, schema)
  return schema
}

/**
 * Reads one object of a kind. Undefined when it lacks what it cannot do without: its name, or a required field of its spec.
 * An absent spec is read as an empty one. Every fault is reported at its place.
 */
export function readObject<Spec>(
  document: SourceDocument,
  specSchema: z.ZodType<Spec>,
  report: Report,
): WrittenObject<Spec> | undefined {
  const { value: written } = document
  const { value, faults } = checkShape(objectSchema(specSchema), { ...written, spec: written.spec ?? {} })
  for (const fault of faults) report(shapeFault(document, fault))
  if (value === undefined) return undefined
  const { name, namespace = '', labels = {}, annotations = {} } = value.metadata
  return {
    document,
    kind: String(written.kind),
    version: versionOf(written),
    name,
    namespace,
    labels,
    annotations,
    spec: value.spec as Spec,
    faulty: faults.some(({ kind }) => kind !== 'unknown-field'),
    report,
  }
}

/** `lib.projectsveltos.io/v1beta1` → `v1beta1`. */
export function versionOf(object: JsonObject): string {
  return String(object.apiVersion).split('/').at(-1) ?? ''
}
