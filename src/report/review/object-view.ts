import { formatFieldPath } from '../../compare/compare.ts'
import type {
  FieldFold,
  FieldRow,
  FieldValue,
  ObjectFold,
  ObjectPlace,
  Routine,
} from '../../compare/types.ts'
import { joinMasks } from '../../secrets/mask-names.ts'
import { diffLines, type DiffLine } from '../line-diff.ts'
import { createNameMarker, type MarkName } from '../page/cluster-name.ts'
import { mergeRows, type MergedRow } from '../page/merge-rows.ts'
import { countOf } from './counts.ts'
import { displayInline, displayLines, displayPair, foldLines } from './display-value.ts'

/** What happens to an object, in lines as `git diff` has them. `@` says which field follows. */
export interface ObjectView {
  readonly fold: ObjectFold
  /** `Deployment monitoring/grafana`. */
  readonly title: string
  /** What it was called or where it was, where that is another. */
  readonly from?: string
  readonly lines: readonly ViewLine[]
  /** Fields whose values differ between the clusters. */
  readonly tables: readonly ValueTable[]
  /** Fields that are no news, by kind. */
  readonly routine: ReadonlyMap<Routine, number>
}

export interface ViewLine {
  readonly mark: '@' | ' ' | '-' | '+'
  readonly text: string
}

export interface ValueTable {
  readonly path: string
  readonly rows: readonly {
    readonly clusters: readonly string[]
    readonly before: string
    readonly after: string
    /** Both in one, where they are masks and nothing else. */
    readonly joined?: string
  }[]
  /** Beyond the rows. */
  readonly more: { readonly rows: number; readonly clusters: number }
}

export interface ViewOptions {
  /** Longest run of lines of one value. */
  readonly mostLines?: number
  /** Most rows of a table of values. */
  readonly mostRows?: number
  /** Knows the names of clusters; worth sharing. */
  readonly markName?: MarkName
}

export function viewObject(fold: ObjectFold, options: ViewOptions = {}): ObjectView {
  const from = formerPlace(fold)
  const { markName = createNameMarker() } = options
  const fields = flatten(fold.fields, '')
  const shown = fields
    .filter(({ field }) => field.routine === undefined)
    .map(({ path, field }) => ({ path, field, rows: mergeRows(field.values, markName) }))
  const isWhole = fold.change === 'added' || fold.change === 'removed'
  const whole = isWhole && fold.value !== undefined ? wholeLines(fold, options) : []
  return {
    fold,
    title: titleOf(fold, markName),
    ...(from !== undefined && { from }),
    lines: [
      ...whole,
      ...shown.flatMap(({ path, field, rows }) => {
        const [row] = rows
        if (rows.length !== 1 || row === undefined) return []
        return fieldLines(`${path}${noteOf(row)}`, field, row, options)
      }),
    ],
    tables: shown
      .filter(({ rows }) => rows.length > 1)
      .map(({ path, field, rows }) => valueTable(path, field, rows, options)),
    routine: countRoutine(fields),
  }
}

/** What delivers an add-on is called after its cluster. */
function titleOf({ before, after, clusters, delivery }: ObjectFold, markName: MarkName): string {
  const place = after ?? before
  if (place === undefined) return 'object'
  const [first] = clusters
  const title = objectTitle(place)
  return delivery === true && clusters.length > 1 && first !== undefined ? markName(first, title) : title
}

/** `Deployment monitoring/grafana`. */
export function objectTitle({ kind, namespace, name }: ObjectPlace): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

function formerPlace({ change, before, after }: ObjectFold): string | undefined {
  if (before === undefined || after === undefined) return undefined
  if (change === 'moved') return before.unit
  return change === 'renamed' ? objectTitle(before) : undefined
}

/** Clusters whose values differ by their names alone share a row. */
function noteOf({ isMerged }: MergedRow): string {
  return isMerged ? ' (⟨name⟩ is the name of each cluster)' : ''
}

interface PathField {
  readonly path: string
  readonly field: FieldFold
}

/** Fields of a text that holds structured data stand behind the path of the text. */
function flatten(fields: readonly FieldFold[], outer: string): readonly PathField[] {
  return fields.flatMap((field) => {
    const path = `${outer}${formatFieldPath(field.path)}`
    const isInside = field.routine === undefined && field.inside !== undefined && field.inside.length > 0
    return isInside ? flatten(field.inside, `${path} › `) : [{ path, field }]
  })
}

function countRoutine(fields: readonly PathField[]): ReadonlyMap<Routine, number> {
  const counts = new Map<Routine, number>()
  for (const { field } of fields)
    if (field.routine !== undefined) counts.set(field.routine, (counts.get(field.routine) ?? 0) + 1)
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function wholeLines({ change, value }: ObjectFold, { mostLines }: ViewOptions): ViewLine[] {
  const mark = change === 'added' ? '+' : '-'
  return displayLines(value, mostLines === undefined ? {} : { mostLines }).map((text) => ({ mark, text }))
}

function fieldLines(path: string, field: FieldFold, row: FieldRow, options: ViewOptions): ViewLine[] {
  const { before, after } = row
  const joined = joinMasks(before, after)
  if (joined !== undefined) return [head(path), { mark: ' ', text: joined }]
  if (field.change === 'reordered') {
    const [left, right] = displayPair(before, after)
    return [head(`${path}, in another order`), { mark: '-', text: left }, { mark: '+', text: right }]
  }
  if (field.inside !== undefined) return [head(`${path}, the same ${field.format ?? 'data'} in another form`)]
  if (field.change === 'added') return [head(path), ...marked('+', after, options)]
  if (field.change === 'removed') return [head(path), ...marked('-', before, options)]
  if (isLong(before) || isLong(after)) {
    if (typeof before === 'string' && typeof after === 'string')
      return textLines(path, [before, after], options)
    return [head(path), ...marked('-', before, options), ...marked('+', after, options)]
  }
  const [left, right] = displayPair(before, after)
  return [head(path), { mark: '-', text: left }, { mark: '+', text: right }]
}

function head(text: string): ViewLine {
  return { mark: '@', text }
}

function marked(mark: '-' | '+', value: unknown, { mostLines }: ViewOptions): ViewLine[] {
  return displayLines(value, mostLines === undefined ? {} : { mostLines }).map((text) => ({ mark, text }))
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' ? value.includes('\n') : displayLines(value).length > 1
}

/** Texts of several lines by lines. */
function textLines(
  path: string,
  [before, after]: readonly [string, string],
  options: ViewOptions,
): ViewLine[] {
  const hunks = diffLines(before, after)
  const lines = hunks.flatMap((hunk): ViewLine[] => [
    head(hunk.after === 1 ? path : `${path}, line ${hunk.after}`),
    ...pairUp(hunk.lines),
  ])
  const { mostLines = Infinity } = options
  if (lines.length <= mostLines + 1) return lines
  const more =
    foldLines(
      lines.map(({ text }) => text),
      mostLines,
    ).at(-1) ?? ''
  return [...lines.slice(0, mostLines), { mark: ' ', text: more }]
}

/** Long lines that stand against each other show where they differ. */
function pairUp(lines: readonly DiffLine[]): ViewLine[] {
  const shown: ViewLine[] = []
  for (let index = 0; index < lines.length;) {
    const removed = runOf(lines, index, '-')
    const added = runOf(lines, index + removed.length, '+')
    const other = lines[index]
    if (removed.length + added.length === 0 && other !== undefined) {
      shown.push({ mark: ' ', text: plainLine(other.text) })
      index += 1
      continue
    }
    const pairs = removed.map((line, at) => longPair(line, added[at]))
    shown.push(
      ...removed.flatMap((line, at) => withEnd('-', pairs[at]?.[0] ?? line.text, line)),
      ...added.flatMap((line, at) => withEnd('+', pairs[at]?.[1] ?? plainLine(line.text), line)),
    )
    index += removed.length + added.length
  }
  return shown
}

function runOf(lines: readonly DiffLine[], start: number, mark: DiffLine['mark']): readonly DiffLine[] {
  let end = start
  while (lines[end]?.mark === mark) end += 1
  return lines.slice(start, end)
}

const longestLine = 300

function longPair(removed: DiffLine, added: DiffLine | undefined): readonly [string, string | undefined] {
  if (added === undefined) return [plainLine(removed.text), undefined]
  if (removed.text.length <= longestLine && added.text.length <= longestLine)
    return [removed.text, added.text]
  return displayPair(removed.text, added.text)
}

function plainLine(text: string): string {
  return text.length <= longestLine ? text : displayInline(text)
}

function withEnd(mark: '-' | '+', text: string, { unended }: DiffLine): ViewLine[] {
  return unended === true
    ? [
        { mark, text },
        { mark: ' ', text: '(no line end)' },
      ]
    : [{ mark, text }]
}

function valueTable(
  path: string,
  { change }: FieldFold,
  rows: readonly MergedRow[],
  { mostRows = Infinity }: ViewOptions,
): ValueTable {
  const shown = rows.length <= mostRows + 1 ? rows : rows.slice(0, mostRows)
  const rest = rows.slice(shown.length)
  return {
    path: `${path}${change === 'reordered' ? ', in another order' : ''}${rows.map(noteOf).find((note) => note !== '') ?? ''}`,
    rows: shown.map(({ clusters, before, after }) => ({ clusters, ...shownPair(before, after) })),
    more: { rows: rest.length, clusters: rest.reduce((sum, { clusters }) => sum + clusters.length, 0) },
  }
}

function shownPair(
  before: FieldValue,
  after: FieldValue,
): { readonly before: string; readonly after: string; readonly joined?: string } {
  const joined = joinMasks(before, after)
  if (joined !== undefined) return { before: displayInline(before), after: displayInline(after), joined }
  if (before !== undefined && after !== undefined) {
    const [left, right] = displayPair(before, after)
    return { before: left, after: right }
  }
  return {
    before: before === undefined ? '' : displayInline(before),
    after: after === undefined ? '' : displayInline(after),
  }
}

/** `chart-label 12, checksum 1`. */
export function formatRoutine(routine: ReadonlyMap<Routine, number>): string {
  return [...routine].map(([kind, count]) => `${kind} ${count}`).join(', ')
}

/** `3 routine changes: checksum 1, version-label 2`. */
export function describeRoutine(routine: ReadonlyMap<Routine, number>): string {
  const total = [...routine.values()].reduce((sum, count) => sum + count, 0)
  return `${countOf(total, 'routine change')}: ${formatRoutine(routine)}`
}
