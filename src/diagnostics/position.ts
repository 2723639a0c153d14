import type { SourceFile, Span } from './types.ts'

/** Where a person finds something: both 1-based, the column in UTF-16 code units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Offsets at which lines begin; a pure function of the file, kept because a file with faults often has many. */
const lineStartsOfFile = new WeakMap<SourceFile, readonly number[]>()

/** Line and column of `offset`; an offset beyond the end gives the end. */
export function positionOf(file: SourceFile, offset: number): Position {
  const starts = lineStarts(file)
  const wanted = Math.min(Math.max(offset, 0), file.text.length)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= wanted) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: wanted - (starts[low] ?? 0) + 1 }
}

/** Offset of a 1-based line and column; what lies beyond a line gives its end, beyond the file the file's end. */
export function offsetOf(file: SourceFile, line: number, column = 1): number {
  const starts = lineStarts(file)
  const start = starts[line - 1]
  if (start === undefined) return line < 1 ? 0 : file.text.length
  return Math.min(start + Math.max(column, 1) - 1, start + lineText(file, line).length)
}

/** Text of a 1-based line without its line end. */
export function lineText(file: SourceFile, line: number): string {
  const starts = lineStarts(file)
  const start = starts[line - 1]
  if (start === undefined) return ''
  return file.text.slice(start, starts[line] ?? file.text.length).replace(/\r?\n$|\r$/, '')
}

/** The whole line of an offset, without indentation and line end: for faults that only know their line. */
export function lineSpan(file: SourceFile, line: number): Span {
  const text = lineText(file, line)
  const start = offsetOf(file, line)
  return { file, start: start + text.length - text.trimStart().length, end: start + text.trimEnd().length }
}

function lineStarts(file: SourceFile): readonly number[] {
  const known = lineStartsOfFile.get(file)
  if (known !== undefined) return known
  const starts = [0]
  for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1)
  lineStartsOfFile.set(file, starts)
  return starts
}
