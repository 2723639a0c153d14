import type { Diagnostic, Severity } from './types.ts'

const severityRank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

/**
 * Total order of diagnostics: file, start, severity, code, message, subject. Those without a file come first.
 * It knows nothing of when they were reported, so that workers and file order never show.
 */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.span?.file.path ?? '', b.span?.file.path ?? '') ||
    (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
    severityRank[a.severity] - severityRank[b.severity] ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message) ||
    compareText(a.subject?.cluster ?? '', b.subject?.cluster ?? '') ||
    compareText(a.subject?.unit ?? '', b.subject?.unit ?? '')
  )
}

/** In print order, as a new list. */
export function sortDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  return [...diagnostics].sort(compareDiagnostics)
}

/** By code unit, so that no locale changes an order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
