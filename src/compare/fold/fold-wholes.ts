import { compareText } from '../../kubernetes/text-order.ts'
import { formatFieldPath } from '../fields/field-path.ts'
import type { FieldChange, FieldFold, FieldPath } from '../types.ts'
import { agreedFormat, shapeOf } from './fold-fields.ts'
import { toRows, type Variant } from './field-rows.ts'

/** On which side an object is that is added or removed. */
export type WholeSide = 'before' | 'after'

/**
 * Where objects that are added or removed differ from the first one, which is shown whole. `clusters` are those that have it
 * as it is; `fields` of a variant lead from there to theirs. Rows tell what each group of clusters has at a place: nothing
 * where the place is missing.
 */
export function foldWholes(
  clusters: readonly string[],
  variants: readonly Variant[],
  side: WholeSide,
): readonly FieldFold[] {
  const places = new Map<string, FieldPath>()
  for (const { fields } of variants)
    for (const { path } of fields) {
      const text = formatFieldPath(path)
      if (!places.has(text)) places.set(text, path)
    }
  const indexed = variants.map(indexVariant)
  return [...places].map(([text, path]) => {
    const facets = indexed.flatMap(({ byPath, clusters: own }) => {
      const field = byPath.get(text)
      return field ? [{ field, clusters: own }] : []
    })
    const above = aboveOf(path)
    // Where something above or below differs instead, it is told there what that variant has here.
    const like = indexed.filter(
      ({ byPath, leadsTo }) =>
        !byPath.has(text) && !leadsTo().has(text) && !above.some((one) => byPath.has(one)),
    )
    const alike = [...clusters, ...like.flatMap((variant) => variant.clusters)].sort(compareText)
    return toFold(path, facets, alike, side)
  })
}

interface IndexedVariant extends Variant {
  readonly byPath: ReadonlyMap<string, FieldChange>
  /** Every place above one that differs. */
  readonly leadsTo: () => ReadonlySet<string>
}

function indexVariant(variant: Variant): IndexedVariant {
  let above: ReadonlySet<string> | undefined
  return {
    ...variant,
    byPath: new Map(variant.fields.map((field) => [formatFieldPath(field.path), field])),
    leadsTo: () => (above ??= new Set(variant.fields.flatMap(({ path }) => aboveOf(path)))),
  }
}

function aboveOf(path: FieldPath): readonly string[] {
  return path.map((_step, length) => formatFieldPath(path.slice(0, length)))
}

interface Facet {
  readonly field: FieldChange
  readonly clusters: readonly string[]
}

function toFold(
  path: FieldPath,
  facets: readonly Facet[],
  like: readonly string[],
  side: WholeSide,
): FieldFold {
  const format = agreedFormat(facets)
  const inside = foldInside(facets, like, side)
  const ofFirst = facets.find(({ field }) => 'before' in field)?.field
  return {
    path,
    change: 'changed',
    ...(format && { format }),
    ...(inside && { inside }),
    values: toRows([
      { clusters: like, ...(ofFirst && { [side]: ofFirst.before }) },
      ...facets.map(({ field, clusters }) => ({
        clusters,
        ...('after' in field && { [side]: field.after }),
      })),
    ]),
  }
}

function foldInside(
  facets: readonly Facet[],
  like: readonly string[],
  side: WholeSide,
): readonly FieldFold[] | undefined {
  const variants = facets.flatMap(({ field: { inside }, clusters }) =>
    inside ? [{ fields: inside.fields, clusters }] : [],
  )
  const shapes = new Set(variants.map(({ fields }) => shapeOf(fields)))
  const isAgreed = variants.length === facets.length && shapes.size === 1 && agreedFormat(facets)
  return isAgreed ? foldWholes(like, variants, side) : undefined
}
