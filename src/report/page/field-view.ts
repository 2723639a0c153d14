import { formatFieldPath } from '../../compare/compare.ts'
import type { FieldFold, FieldRow, FieldValue, ObjectFold, Routine } from '../../compare/types.ts'
import type { ClusterReference, ClusterSets } from './cluster-sets.ts'
import {
  inlineDiff,
  isBlock,
  valueBlocks,
  wholeBlocks,
  type DiffBlock,
  type InlineDiff,
} from './diff-blocks.ts'
import { nameMark, type MarkName } from './cluster-name.ts'
import { mergeRows, type MergedRow } from './merge-rows.ts'

/** One field of an object as the page shows it: one difference of all its clusters, or a table of them. */
export interface FieldView {
  /** Inside of structured text: path of the text, ` › `, path in it. */
  readonly path: string
  readonly note: string
  /** What all clusters have alike; else the rows say what each has. */
  readonly value: ValueView | undefined
  readonly rows: readonly RowView[]
  /** Further rows of one cluster each, a line each: a table of hundreds of rows is no table. */
  readonly more: { readonly count: number; readonly lines: string } | undefined
  /** There is but one side: the object comes or goes. */
  readonly isWhole: boolean
}

interface ValueView {
  /** On one line, or else by lines. */
  readonly inline: InlineDiff | undefined
  readonly blocks: readonly DiffBlock[]
}

interface RowView extends ValueView {
  readonly clusters: ClusterReference
}

interface PathField {
  readonly path: string
  readonly field: FieldFold
  readonly routine?: Routine
}

/** Fields that are news, and those that are not with what they are. */
export interface FieldViews {
  readonly news: readonly FieldView[]
  readonly routine: readonly FieldView[]
  /** `checksum 1, version-label 2`. */
  readonly routineKinds: string
}

export interface FieldContext {
  readonly sets: ClusterSets
  readonly markName: MarkName
}

export function viewFields({ fields, change, clusters }: ObjectFold, context: FieldContext): FieldViews {
  const flat = fields.flatMap((field) => flatten(field, ''))
  const routine = flat.filter((field) => field.routine !== undefined)
  const isWhole = change === 'added' || change === 'removed'
  const view = (field: PathField): FieldView => viewField(field, { ...context, clusters, isWhole })
  return {
    news: flat.filter((field) => field.routine === undefined).map(view),
    routine: routine.map(view),
    routineKinds: countKinds(routine.map((field) => field.routine ?? '')),
  }
}

/** Fields of a text that holds structured data, one by one; a text in another form alone is one. */
function flatten(field: FieldFold, outer: string, inherited?: Routine): readonly PathField[] {
  const path = `${outer}${formatFieldPath(field.path)}`
  const routine = inherited ?? field.routine
  if (field.inside === undefined || field.inside.length === 0)
    return [{ path, field, ...(routine !== undefined && { routine }) }]
  return field.inside.flatMap((inner) => flatten(inner, `${path} › `, routine))
}

interface ObjectContext extends FieldContext {
  /** That have the object. */
  readonly clusters: readonly string[]
  readonly isWhole: boolean
}

/** So many rows are read as a table. */
const mostRows = 12

function viewField({ path, field }: PathField, context: ObjectContext): FieldView {
  const { sets, markName, clusters, isWhole } = context
  const rows = mergeRows(field.values, markName)
  const [only] = rows
  const view = { path, note: noteOf(field, rows), isWhole }
  // One row may be of some of the clusters, and says then of which.
  if (rows.length === 1 && only && (only.clusters.length === 0 || only.clusters.length === clusters.length))
    return { ...view, value: viewValue(only), rows: [], more: undefined }
  const views = rows.map((row) => ({ row, view: viewValue(row) }))
  const isMore = ({ row, view: { inline } }: (typeof views)[number], index: number): boolean =>
    index >= mostRows && row.clusters.length === 1 && inline !== undefined
  const more = views.filter(isMore)
  return {
    ...{ ...view, value: undefined },
    rows: views
      .filter((one, index) => more.length < 2 || !isMore(one, index))
      .map((one) => ({ clusters: sets.refer(one.row.clusters), ...one.view })),
    more:
      more.length < 2
        ? undefined
        : { count: more.length, lines: more.map((one) => describeRow(one.row, one.view)).join('\n') },
  }
}

function describeRow({ clusters: [cluster = ''] }: FieldRow, { inline }: ValueView): string {
  if (inline?.joined !== undefined) return `${cluster}: ${inline.joined}`
  const sides = [inline?.before, inline?.after].map(
    (side) => side && `${side.head}${side.differs}${side.tail}`,
  )
  return `${cluster}: ${sides.map((side) => side ?? '(not there)').join(' → ')}`
}

function noteOf({ change, inside, format }: FieldFold, rows: readonly MergedRow[]): string {
  const notes = [
    ...(change === 'reordered' ? ['the same items in another order'] : []),
    ...(inside === undefined ? [] : [`the same ${(format ?? 'data').toUpperCase()} in another form`]),
    ...(rows.some(({ isMerged }) => isMerged) ? [`${nameMark} stands for the name of each cluster`] : []),
  ]
  return notes.join('; ')
}

function viewValue({ before, after }: FieldRow): ValueView {
  if (!isBlock(before) && !isBlock(after)) return { inline: inlineDiff(before, after), blocks: [] }
  return { inline: undefined, blocks: blocksOf(before, after) }
}

function blocksOf(before: FieldValue, after: FieldValue): readonly DiffBlock[] {
  if (before === undefined) return wholeBlocks('ins', after)
  if (after === undefined) return wholeBlocks('del', before)
  return valueBlocks(before, after)
}

function countKinds(kinds: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts.keys()]
    .sort()
    .map((kind) => `${kind} ${counts.get(kind) ?? 0}`)
    .join(', ')
}
