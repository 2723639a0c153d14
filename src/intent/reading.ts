import { z } from 'zod'
import type { Report } from '../diagnostics/types.ts'
import { isObjectName } from '../kubernetes/object-name.ts'
import { isLabelValue } from '../kubernetes/selector-text.ts'
import { checkShape, fieldsAt } from '../source/source.ts'
import type { SourceDocument } from '../source/types.ts'
import { badName, emptySpec, misplacedField, shapeFault } from './diagnostics.ts'
import { kindOf, versionOf } from './header.ts'

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
  /** A field of it is not known and was ignored. */
  readonly ignores: boolean
  readonly report: Report
}

const texts = z.record(z.string(), z.string())

const whatever = z.unknown().optional()

/** ObjectMeta of Kubernetes: what we read, and what an exported object carries along. */
export const metadata = z.strictObject({
  name: z.string().min(1),
  namespace: z.string().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
  generateName: whatever,
  uid: whatever,
  resourceVersion: whatever,
  generation: whatever,
  creationTimestamp: whatever,
  deletionTimestamp: whatever,
  deletionGracePeriodSeconds: whatever,
  ownerReferences: whatever,
  finalizers: whatever,
  managedFields: whatever,
  selfLink: whatever,
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
  const schema = objectSchema(specSchema)
  const hasSpec = written.spec !== undefined && written.spec !== null
  // The API server takes an object without a spec, whatever the spec would have to hold.
  if (!hasSpec && !specSchema.safeParse({}).success) {
    report(emptySpec(document))
    return undefined
  }
  const { value, faults } = checkShape(schema, hasSpec ? written : { ...written, spec: {} })
  for (const fault of faults) {
    // `name` or `helmCharts` beside `spec`: lost indentation, seen so often that it has words of its own.
    const home =
      fault.kind === 'unknown-field' && fault.path.length === 1
        ? homeOf(String(fault.path[0]), specSchema)
        : undefined
    report(home === undefined ? shapeFault(document, fault) : misplacedField(document, fault.path, home))
  }
  if (value === undefined) return undefined
  const { name, namespace = '', labels = {}, annotations = {} } = value.metadata
  const hasBadName = checkName(document, { name, namespace }, report)
  return {
    document,
    kind: kindOf(document),
    version: versionOf(document),
    name,
    namespace,
    labels,
    annotations,
    spec: value.spec as Spec,
    faulty: hasBadName || faults.some(({ kind }) => kind !== 'unknown-field'),
    ignores: faults.some(({ kind }) => kind === 'unknown-field'),
    report,
  }
}

/** Whether name or namespace is one that Kubernetes refuses, which is reported. */
export function checkName(
  document: SourceDocument,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  report: Report,
): boolean {
  if (!isObjectName(name)) report(badName(document, 'name', name))
  const hasBadNamespace = namespace !== '' && !isLabelValue(namespace)
  if (hasBadNamespace) report(badName(document, 'namespace', namespace))
  return hasBadNamespace || !isObjectName(name)
}

/** Where a field belongs that stands at the top of an object. */
function homeOf(field: string, specSchema: z.ZodType): 'spec' | 'metadata' | undefined {
  if (fieldsAt(specSchema, []).includes(field)) return 'spec'
  return ['name', 'namespace', 'labels', 'annotations'].includes(field) ? 'metadata' : undefined
}
