import { compareDiagnostics } from './order.ts'
import { lineText, positionOf } from './position.ts'
import { printable } from './printable.ts'
import type { Diagnostic, Severity, Span } from './types.ts'

export interface FrameOptions {
  /** ANSI colours; default false. */
  readonly color?: boolean
}

/** Longest stretch of a source line that is shown; minified JSON has lines of a megabyte. */
const shownColumns = 120
const tabWidth = 2

type Paint = (text: string) => string
interface Palette {
  readonly severity: Readonly<Record<Severity, Paint>>
  readonly strong: Paint
  readonly faint: Paint
  readonly help: Paint
}

const plain: Paint = (text) => text
const ansi =
  (code: number, off: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[${off}m`
const plainPalette: Palette = {
  severity: { error: plain, warning: plain, note: plain },
  strong: plain,
  faint: plain,
  help: plain,
}
const colorPalette: Palette = {
  severity: { error: ansi(31, 39), warning: ansi(33, 39), note: ansi(34, 39) },
  strong: ansi(1, 22),
  faint: ansi(2, 22),
  help: ansi(36, 39),
}

/**
 * All diagnostics as a person reads them on a terminal, in print order, a blank line between two.
 * @example
 * fleet/app.yaml:6:3: error[intent/wrong-type]: `spec.tier` is text, but must be an integer
 *   6 |   tier: "high"
 *     |         ^^^^^^
 */
export function formatDiagnostics(diagnostics: Iterable<Diagnostic>, options: FrameOptions = {}): string {
  return [...diagnostics]
    .sort(compareDiagnostics)
    .map((diagnostic) => formatDiagnostic(diagnostic, options))
    .join('\n')
}

/** One diagnostic with its source line, related places and hint; ends with a newline. */
export function formatDiagnostic(diagnostic: Diagnostic, options: FrameOptions = {}): string {
  const palette = options.color === true ? colorPalette : plainPalette
  const mark = palette.severity[diagnostic.severity]
  const head = `${mark(palette.strong(diagnostic.severity))}${palette.faint(`[${diagnostic.code}]`)}: ${printable(diagnostic.message)}`
  const subject = formatSubject(diagnostic)
  const lines = [`${formatPlace(diagnostic.span, palette)}${head}${subject}`]
  if (diagnostic.span !== undefined) lines.push(...formatSource(diagnostic.span, mark, palette))
  for (const related of diagnostic.related) {
    lines.push(`  ${formatPlace(related.span, palette)}${printable(related.message)}`)
    lines.push(...formatSource(related.span, palette.help, palette).map((line) => `  ${line}`))
  }
  if (diagnostic.hint !== undefined) lines.push(`  ${palette.help('hint:')} ${printable(diagnostic.hint)}`)
  return `${lines.join('\n')}\n`
}

function formatSubject({ subject }: Diagnostic): string {
  const parts = [
    ...(subject?.cluster === undefined ? [] : [`cluster ${printable(subject.cluster)}`]),
    ...(subject?.unit === undefined ? [] : [`unit ${printable(subject.unit)}`]),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function formatPlace(span: Span | undefined, palette: Palette): string {
  if (span === undefined) return ''
  const { line, column } = positionOf(span.file, span.start)
  return palette.strong(`${printable(span.file.path)}:${line}:${column}:`) + ' '
}

function formatSource(span: Span, mark: Paint, palette: Palette): string[] {
  const { line, column } = positionOf(span.file, span.start)
  const text = lineText(span.file, line)
  if (text.trim() === '') return []
  const from = column - 1
  const end = positionOf(span.file, Math.max(span.end - 1, span.start))
  const to = end.line > line ? text.trimEnd().length : end.column
  // A window around the fault where the line is long.
  const first = text.length <= shownColumns ? 0 : Math.max(0, Math.min(from - 20, text.length - shownColumns))
  const last = Math.min(text.length, first + shownColumns)
  const lead = first > 0 ? '…' : ''
  const shown = `${lead}${widen(text.slice(first, last))}${last < text.length ? '…' : ''}`
  const before = `${lead}${widen(text.slice(first, from))}`
  const under = widen(text.slice(from, Math.max(Math.min(to, last), from + 1)))
  const number = String(line)
  const gutter = ' '.repeat(number.length)
  return [
    `${palette.faint(`  ${number} |`)} ${shown}`.trimEnd(),
    `${palette.faint(`  ${gutter} |`)} ${' '.repeat(before.length)}${mark('^'.repeat(Math.max(under.length, 1)))}`,
  ]
}

function widen(text: string): string {
  return printable(text.replaceAll('\t', ' '.repeat(tabWidth)))
}
