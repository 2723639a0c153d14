import { positionOf } from '../../diagnostics/position.ts'
import type { Span } from '../../diagnostics/types.ts'
import type { ChangeCause, Danger } from '../../compare/types.ts'
import type { LineRange, Review, ReviewedDiagnostic } from '../types.ts'

/** Lines of a file of the head. */
export interface Lines extends LineRange {
  readonly path: string
  /** Of a place in one line. */
  readonly columns?: { readonly start: number; readonly end: number }
}

type Changes = Pick<Review, 'changedLines'>

/** Where the head says it; of what is in the base alone, the nearest line that the change touches. */
export function linesOfDanger({ span, side }: Danger, review: Changes): Lines | undefined {
  if (span === undefined) return undefined
  const lines = linesOf(span)
  return side === 'before' ? nearestChange(lines, review) : (changedPart(lines, review) ?? firstLine(lines))
}

export function linesOfFault({ place }: ReviewedDiagnostic, review: Changes): Lines | undefined {
  if (place === undefined) return undefined
  // An end at the start of a line is that of the line before.
  const last = place.endColumn === 1 ? Math.max(place.line, place.endLine - 1) : place.endLine
  const lines = {
    ...{ path: place.file, first: place.line, last },
    ...(place.line === place.endLine && { columns: { start: place.column, end: place.endColumn } }),
  }
  return changedPart(lines, review) ?? firstLine(lines)
}

/** Only on lines of the change: all the others were so before. */
export function linesOfCause({ span, side }: ChangeCause, review: Changes): Lines | undefined {
  if (span === undefined) return undefined
  const lines = linesOf(span)
  return side === 'before' ? nearestChange(lines, review) : changedPart(lines, review)
}

/** The first line that the change touches at all. */
export function firstChange({ changedLines }: Changes): Lines | undefined {
  const [first] = [...changedLines].sort(([a], [b]) => (a < b ? -1 : 1))
  const [path, [range]] = first ?? ['', []]
  return range && { path, first: range.first, last: range.first }
}

function linesOf({ file, start, end }: Span): Lines {
  const from = positionOf(file, start)
  const to = positionOf(file, Math.max(start, end - 1))
  return {
    ...{ path: file.path, first: from.line, last: to.line },
    ...(from.line === to.line && { columns: { start: from.column, end: to.column + 1 } }),
  }
}

/** The first of its lines that the change touches, which a reviewer has before his eyes. */
function changedPart(lines: Lines, { changedLines }: Changes): Lines | undefined {
  const range = changedLines
    .get(lines.path)
    ?.find(({ first, last }) => first <= lines.last && last >= lines.first)
  if (range === undefined) return undefined
  const line = Math.max(range.first, lines.first)
  return line === lines.first && line === lines.last ? lines : { path: lines.path, first: line, last: line }
}

/** One is marked: GitHub shows what is said of several below the last. */
function firstLine(lines: Lines): Lines {
  return lines.first === lines.last ? lines : { path: lines.path, first: lines.first, last: lines.first }
}

/** For what the head has no more. */
function nearestChange(lines: Lines, { changedLines }: Changes): Lines | undefined {
  const [nearest] = (changedLines.get(lines.path) ?? []).toSorted(
    (a, b) => distance(a, lines.first) - distance(b, lines.first) || a.first - b.first,
  )
  if (nearest === undefined) return undefined
  const line = Math.min(Math.max(lines.first, nearest.first), nearest.last)
  return { path: lines.path, first: line, last: line }
}

function distance({ first, last }: LineRange, line: number): number {
  return line < first ? first - line : line > last ? line - last : 0
}
