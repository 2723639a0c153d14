import type { FieldRow, FieldValue } from '../../compare/types.ts'
import type { MarkName } from './cluster-name.ts'

/** A row of values as the page shows it. */
export interface MergedRow extends FieldRow {
  /** Its values say `⟨name⟩` for the name of each of its clusters. */
  readonly isMerged: boolean
}

/**
 * Rows that differ by the names of their clusters alone, as one: a fleet whose values hold the name of the cluster has as
 * many pairs of values as clusters, and nobody reads 200 rows that say the same. The others stay as they are. The largest
 * group first, otherwise in order.
 *
 * @example a: 'a.example.org', b: 'b.example.org' // one row of both: '⟨name⟩.example.org'
 */
export function mergeRows(rows: readonly FieldRow[], markName: MarkName): readonly MergedRow[] {
  if (rows.length < 2) return rows.map((row) => ({ ...row, isMerged: false }))
  const groups = new Map<string | FieldRow, { readonly marked: FieldRow; readonly rows: FieldRow[] }>()
  for (const row of rows) {
    const marked = markRow(row, markName)
    const key = marked === row ? row : JSON.stringify([toList(marked.before), toList(marked.after)])
    const group = groups.get(key)
    if (group) group.rows.push(row)
    else groups.set(key, { marked, rows: [row] })
  }
  return [...groups.values()]
    .map(({ marked, rows: own }): MergedRow => {
      const [only] = own
      if (own.length === 1 && only) return { ...only, isMerged: false }
      return { ...marked, clusters: own.flatMap(({ clusters }) => clusters).sort(), isMerged: true }
    })
    .sort((a, b) => b.clusters.length - a.clusters.length)
}

/** What is not there is not null. */
function toList(value: FieldValue): readonly FieldValue[] {
  return value === undefined ? [] : [value]
}

/** The row of one cluster with its name marked; the row itself where the name is not in it. */
function markRow(row: FieldRow, markName: MarkName): FieldRow {
  const [cluster = '', ...others] = row.clusters
  if (others.length > 0) return row
  let isMarked = false
  const mark = (text: string): string => {
    const marked = markName(cluster, text)
    isMarked ||= marked !== text
    return marked
  }
  const marked = {
    clusters: row.clusters,
    ...(row.before !== undefined && { before: markIn(row.before, mark) }),
    ...(row.after !== undefined && { after: markIn(row.after, mark) }),
  }
  return isMarked ? marked : row
}

function markIn(value: FieldValue, mark: (text: string) => string): FieldValue {
  if (typeof value === 'string') return mark(value)
  if (Array.isArray(value)) return value.map((item) => markIn(item, mark))
  if (typeof value !== 'object' || value === null || isRawJson(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, markIn(member, mark)]))
}

function isRawJson(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: object): boolean }).isRawJSON(value)
}
