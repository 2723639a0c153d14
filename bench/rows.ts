/** One measured figure, with the calibration of the same run that it is compared with. */
export interface Row {
  readonly what: string
  readonly seconds?: number
  /** How many times faster than the calibration. */
  readonly ratio?: number
  readonly peakBytes?: number
  /** What the figure is to be, from the issue. */
  readonly wanted?: string
}

export function formatRows(rows: readonly Row[]): string {
  const table = [
    ['what', 'seconds', 'ratio', 'peak MB', 'wanted'],
    ...rows.map((row) => [
      row.what,
      row.seconds?.toFixed(2) ?? '',
      row.ratio === undefined ? '' : `${row.ratio.toFixed(1)} x`,
      row.peakBytes === undefined ? '' : (row.peakBytes / 1e6).toFixed(0),
      row.wanted ?? '',
    ]),
  ]
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  )
  return table
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

export interface BenchContext {
  /** Clusters of the fleet. */
  readonly clusters: number
  /** Live clusters that are observed. */
  readonly observed: number
  /** Folder with `corpus/`. */
  readonly corpus: string
  readonly helm: string
  readonly log: (line: string) => void
}
