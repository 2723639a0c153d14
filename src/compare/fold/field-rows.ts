import { canonicalJson } from '../../kubernetes/exact-json.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { FieldChange, FieldRow, FieldValue } from '../types.ts'

/** The clusters in which an object has the same fields with the same values. */
export interface Variant {
  readonly fields: readonly FieldChange[]
  /** Sorted. */
  readonly clusters: readonly string[]
}

interface Values {
  readonly clusters: readonly string[]
  readonly before?: FieldValue
  readonly after?: FieldValue
}

/** One row for each pair of values, the largest group first, then by first cluster. */
export function toRows(values: readonly Values[]): readonly FieldRow[] {
  if (values.length === 1) return [...values]
  const groups = Map.groupBy(values, valuesText)
  return [...groups.values()]
    .map((group): FieldRow => {
      const clusters = [...new Set(group.flatMap((row) => row.clusters))].sort(compareText)
      return { ...group[0], clusters }
    })
    .sort(
      (a, b) =>
        b.clusters.length - a.clusters.length || compareText(a.clusters[0] ?? '', b.clusters[0] ?? ''),
    )
}

/** Absent is not null. */
function valuesText(values: Values): string {
  const { before, after } = values
  return canonicalJson(['before' in values ? [before] : [], 'after' in values ? [after] : []])
}

export function valuesOf(change: FieldChange, clusters: readonly string[]): Values {
  return {
    clusters,
    ...('before' in change && { before: change.before }),
    ...('after' in change && { after: change.after }),
  }
}
