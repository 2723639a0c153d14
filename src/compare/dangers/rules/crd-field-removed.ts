import { isObjectValue, valueAt, type ObjectValue } from '../../../kubernetes/object-value.ts'
import { mapAt, textAt } from '../read-value.ts'
import type { Rule } from '../rule.ts'
import { listed, nameOf } from '../wording.ts'
import { isDefinition } from './crd-removed.ts'
import { versionsOf } from './crd-version-removed.ts'

/** "[F]ields which are not specified in the validation schema are pruned": not stored, and gone for good (Kubernetes, field pruning). */
export const crdFieldRemoved: Rule = {
  name: 'crd-field-removed',
  severity: 'high',
  what: 'The schema of a CustomResourceDefinition loses a field.',
  why: 'The API server drops fields that the schema does not know from every object that is written, without a word. What was set in them is lost.',
  example: '  properties:\n    expression: { type: string }\n-   for: { type: string }',
  fix: 'Make sure that no object sets the field. Chart and CustomResourceDefinitions must be of one release: an older one takes fields away.',
  looksAt: 'object',
  *find({ change, before, after }) {
    if (!before || !after || change.after === undefined || !isDefinition(change.after)) return
    if (isUnpruned(after.value)) return
    const now = schemasOf(after.value)
    for (const [version, schema] of schemasOf(before.value)) {
      const other = now.get(version)
      const lost = other ? lostFields(schema, other) : []
      if (lost.length === 0) continue
      const fields = `field${lost.length > 1 ? 's' : ''} ${listed(lost)}`
      const message = `${nameOf(change.after)} loses ${fields} in ${version}: what objects set there is dropped`
      yield { message, path: ['spec', 'versions', { name: version }, 'schema'] }
    }
  },
}

function schemasOf(value: unknown): ReadonlyMap<string, ObjectValue> {
  const shared = mapAt(value, ['spec', 'validation', 'openAPIV3Schema'])
  return new Map(
    versionsOf(value).flatMap((version) => {
      const schema = mapAt(version, ['schema', 'openAPIV3Schema']) ?? shared
      return schema ? [[textAt(version, ['name']) ?? '', schema] as const] : []
    }),
  )
}

/** The default of apiextensions/v1beta1. */
function isUnpruned(value: unknown): boolean {
  const written = valueAt(value, ['spec', 'preserveUnknownFields'])
  return typeof written === 'boolean' ? written : textAt(value, ['apiVersion'])?.endsWith('/v1beta1') === true
}

interface Level {
  readonly path: string
  readonly before: ObjectValue
  readonly after: ObjectValue
}

/** Paths of fields that one schema knows and the other drops, without what lies below a lost one. */
function lostFields(before: ObjectValue, after: ObjectValue): readonly string[] {
  const lost: string[] = []
  const pending: Level[] = [{ path: '', before, after }]
  for (let level = pending.pop(); level; level = pending.pop()) {
    if (keepsUnknown(level.after)) continue
    const known = mapAt(level.after, ['properties'])
    for (const [name, schema] of Object.entries(mapAt(level.before, ['properties']) ?? {})) {
      const path = level.path === '' ? name : `${level.path}.${name}`
      const other = valueAt(known, [name])
      if (other === undefined && !(isResource(level) && ofEveryResource.has(name))) lost.push(path)
      else if (isObjectValue(schema) && isObjectValue(other))
        pending.push({ path, before: schema, after: other })
    }
    pending.push(...inner(level))
  }
  return lost.sort()
}

/** Known wherever a whole object stands, whether a schema names them or not. */
const ofEveryResource = new Set(['apiVersion', 'kind', 'metadata'])

function isResource({ path, after }: Level): boolean {
  return path === '' || after['x-kubernetes-embedded-resource'] === true
}

/** Schemas of items and of members with any name. */
function inner({ path, before, after }: Level): readonly Level[] {
  return (['items', 'additionalProperties'] as const).flatMap((key) => {
    const [old, now] = [mapAt(before, [key]), mapAt(after, [key])]
    return old && now ? [{ path: `${path}${key === 'items' ? '[]' : '.*'}`, before: old, after: now }] : []
  })
}

/** Nothing below is dropped: the schema lets through what it does not name. */
function keepsUnknown(schema: ObjectValue): boolean {
  const others = schema['additionalProperties']
  return (
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    (others !== undefined && others !== false && schema['properties'] === undefined)
  )
}
