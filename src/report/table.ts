import { printable } from '../diagnostics/printable.ts'

export interface TableOptions {
  /** `+---+` around every cell, as sveltosctl draws; default: aligned columns with two spaces between. */
  readonly borders?: boolean
  /** Indices of columns of numbers, which are aligned to the right. */
  readonly right?: readonly number[]
  /** Applied to the headers after aligning. */
  readonly strong?: (text: string) => string
}

/** Rows under headers, every line ending with a newline; cells of strangers cannot steer the terminal. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => headers.map((_, column) => printable(row[column] ?? '')))
  const widths = headers.map((header, column) =>
    Math.max(width(header), ...cells.map((row) => width(row[column] ?? ''))),
  )
  const { strong = (text: string) => text, right = [] } = options
  const pad = (row: readonly string[]): string[] =>
    row.map((cell, column) => {
      const fill = ' '.repeat((widths[column] ?? 0) - width(cell))
      return right.includes(column) ? `${fill}${cell}` : `${cell}${fill}`
    })
  if (options.borders === true) return withBorders(headers, cells, { widths, pad })
  const lines = [
    strong(pad(headers).join('  ').trimEnd()),
    ...cells.map((row) => pad(row).join('  ').trimEnd()),
  ]
  return `${lines.join('\n')}\n`
}

interface Layout {
  readonly widths: readonly number[]
  readonly pad: (row: readonly string[]) => readonly string[]
}

function withBorders(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  { widths, pad }: Layout,
): string {
  const rule = `+${widths.map((columns) => '-'.repeat(columns + 2)).join('+')}+`
  const line = (row: readonly string[]): string => `| ${pad(row).join(' | ')} |`
  return `${[rule, line(headers), rule, ...rows.map(line), rule].join('\n')}\n`
}

/** Characters, not code units. */
function width(text: string): number {
  return [...text].length
}
