import type { PlaceJson } from '../../diagnostics/json.ts'
import { offsetOf } from '../../diagnostics/position.ts'
import type { SourceFile, Span } from '../../diagnostics/types.ts'

/** Characters that stand-ins for files may have, each and all together: a stranger names the places. */
const mostOfFile = 4_000_000
const mostOfAll = 32_000_000

/**
 * Spans of places whose files are not here: blank files, large enough for what is named in them. A place beyond every
 * reasonable file has no span. Pure.
 */
export function spansOfPlaces(places: readonly PlaceJson[]): (place: PlaceJson) => Span | undefined {
  const sizes = new Map<string, { lines: number; width: number }>()
  for (const { file, line, column, endLine, endColumn } of places) {
    const size = sizes.get(file) ?? { lines: 1, width: 1 }
    sizes.set(file, {
      lines: Math.max(size.lines, line, endLine),
      width: Math.max(size.width, column, endColumn),
    })
  }
  const files = new Map<string, SourceFile>()
  let all = 0
  for (const [path, { lines, width }] of sizes) {
    // The column counts from 1, and its line end is one character more.
    const length = lines * (width + 1)
    if (length > mostOfFile || all + length > mostOfAll) continue
    all += length
    files.set(path, { path, text: `${' '.repeat(width)}\n`.repeat(lines) })
  }
  return ({ file: path, line, column, endLine, endColumn }) => {
    const file = files.get(path)
    if (file === undefined) return undefined
    const start = offsetOf(file, line, column)
    return { file, start, end: Math.max(start, offsetOf(file, endLine, endColumn)) }
  }
}
