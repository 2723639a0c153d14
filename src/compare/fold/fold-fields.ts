import { formatFieldPath } from '../fields/field-path.ts'
import type { FieldChange, FieldFold } from '../types.ts'
import type { Blank } from './cluster-words.ts'
import { toRows, valuesOf, type Variant } from './field-rows.ts'

/** Which fields differ and how, whatever their values: lists of equal shape fold. */
export function shapeOf(fields: readonly FieldChange[]): string {
  return fields
    .map(({ path, change, routine = '' }) => `${change} ${routine} ${formatFieldPath(path)}`)
    .sort()
    .join('\n')
}

/** A field as each variant has it. */
interface Facet {
  readonly field: FieldChange
  readonly clusters: readonly string[]
}

/**
 * Folds changes of the same fields; in the order of the first variant. Where variants' paths differ by the names of their
 * clusters, those count as the same.
 */
export function foldFields(variants: readonly Variant[], blank: Blank): readonly FieldFold[] {
  const [first, ...others] = variants
  if (!first) return []
  const lookups = others.map((variant) => ({ ...variant, find: fieldFinder(first, variant, blank) }))
  return first.fields.map((field) =>
    toFold(
      [
        { field, clusters: first.clusters },
        ...lookups.flatMap(({ find, clusters }) => {
          const other = find(field)
          return other ? [{ field: other, clusters }] : []
        }),
      ],
      blank,
    ),
  )
}

function fieldFinder(
  first: Variant,
  other: Variant,
  blank: Blank,
): (field: FieldChange) => FieldChange | undefined {
  const exact = new Map(other.fields.map((field) => [keyOf(field), field]))
  if (first.fields.every((field) => exact.has(keyOf(field)))) return (field) => exact.get(keyOf(field))
  const [from = '', to = ''] = [first.clusters[0], other.clusters[0]]
  const blanked = new Map(other.fields.map((field) => [blank(to, keyOf(field)), field]))
  return (field) => blanked.get(blank(from, keyOf(field)))
}

function keyOf({ path, change }: FieldChange): string {
  return `${change} ${formatFieldPath(path)}`
}

function toFold(facets: readonly Facet[], blank: Blank): FieldFold {
  const [first] = facets
  const inner = foldInside(facets, blank)
  const format = agreedFormat(facets)
  return {
    path: first?.field.path ?? [],
    change: first?.field.change ?? 'changed',
    ...(first?.field.routine && { routine: first.field.routine }),
    ...(format && { format }),
    ...(inner && { inside: inner }),
    values: toRows(facets.map(({ field, clusters }) => valuesOf(field, clusters))),
  }
}

export function agreedFormat(facets: readonly Facet[]): FieldFold['format'] {
  const formats = new Set(facets.map(({ field }) => field.inside?.format))
  return formats.size === 1 ? facets[0]?.field.inside?.format : undefined
}

function foldInside(facets: readonly Facet[], blank: Blank): readonly FieldFold[] | undefined {
  const variants = facets.flatMap(({ field: { inside }, clusters }) =>
    inside ? [{ fields: inside.fields, clusters }] : [],
  )
  const shapes = new Set(variants.map(({ fields }) => shapeOf(fields)))
  const isAgreed = variants.length === facets.length && shapes.size === 1 && agreedFormat(facets)
  return isAgreed ? foldFields(variants, blank) : undefined
}
