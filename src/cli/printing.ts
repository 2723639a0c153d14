import type { FleetConfig } from '../config/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import { formatCounts, formatFolded } from '../report/report.ts'
import { hasColor } from './has-color.ts'
import { exitCodes, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createJsonProgress, createProgress, silent, type Progress } from './progress.ts'

/** How a run speaks to its reader: diagnostics and progress on standard error, results on standard output. */
export interface Printer {
  readonly isJson: boolean
  /** Colours of standard output. */
  readonly color: boolean
  readonly progress: Progress
  /** Diagnostics as frames with their counts; with json they are part of the result instead. */
  diagnostics(diagnostics: readonly Diagnostic[]): void
  text(text: string): void
  json(value: unknown): void
}

export function createPrinter(options: Pick<Options, 'output' | 'color' | 'progress'>, io: Io): Printer {
  const isJson = options.output === 'json'
  const progress = chooseProgress(options, io)
  return {
    isJson,
    color: hasColor(options, io, io.stdout),
    progress,
    diagnostics(diagnostics) {
      progress.end()
      if (isJson || diagnostics.length === 0) return
      io.stderr.write(formatSaid(diagnostics, hasColor(options, io, io.stderr)))
    },
    text(text) {
      progress.end()
      if (!isJson) io.stdout.write(text)
    },
    json(value) {
      progress.end()
      if (isJson) io.stdout.write(formatJson(value))
    },
  }
}

function chooseProgress({ output, progress }: Pick<Options, 'output' | 'progress'>, io: Io): Progress {
  if (progress === 'none') return silent
  if (progress === 'json') return createJsonProgress(io.stderr, io.now)
  const isLog = progress === 'plain' || (io.env['CI'] ?? '') !== ''
  if (progress === 'auto' && (output === 'json' || !(io.stderr.isTerminal || isLog))) return silent
  return createProgress(isLog ? { ...io.stderr, isTerminal: false } : io.stderr, io.now)
}

/** A result for machines, as it is printed. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Frames and counts, as they are printed. */
export function formatSaid(diagnostics: readonly Diagnostic[], color: boolean): string {
  if (diagnostics.length === 0) return ''
  return `${formatFolded(diagnostics, { color })}\n${formatCounts(diagnostics)}\n`
}

/** 1 when there is an error among them. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error')
  return hasErrors ? exitCodes.errors.code : exitCodes.done.code
}

/** Without the warnings and notes that the configuration silences; errors cannot be. */
export function unsilenced(diagnostics: readonly Diagnostic[], { review }: FleetConfig): Diagnostic[] {
  return diagnostics.filter(({ severity, code }) => severity === 'error' || !review.silence.includes(code))
}
