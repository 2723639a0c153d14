import { formatDiagnostic, type FrameOptions } from '../diagnostics/frame.ts'
import { sortDiagnostics } from '../diagnostics/order.ts'
import type { Diagnostic, Severity, Span } from '../diagnostics/types.ts'
import { formatNames } from './names.ts'

/** One fault, and the clusters on which it was found. */
export interface FoldedDiagnostic {
  readonly diagnostic: Diagnostic
  /** Sorted; empty for a fault that is of no cluster. */
  readonly clusters: readonly string[]
}

/** Equal faults (code, place, message, hint, unit) of many clusters as one; in print order. Pure. */
export function foldDiagnostics(diagnostics: Iterable<Diagnostic>): FoldedDiagnostic[] {
  const folded = new Map<string, { diagnostic: Diagnostic; clusters: Set<string> }>()
  for (const diagnostic of sortDiagnostics(diagnostics)) {
    const key = identity(diagnostic)
    const known = folded.get(key) ?? { diagnostic, clusters: new Set<string>() }
    folded.set(key, known)
    if (diagnostic.subject?.cluster !== undefined) known.clusters.add(diagnostic.subject.cluster)
  }
  return [...folded.values()].map(({ diagnostic, clusters }) => ({
    diagnostic,
    clusters: [...clusters].sort(),
  }))
}

/** All diagnostics as a person reads them, each distinct one once, a blank line between two; `''` for none. */
export function formatFolded(diagnostics: Iterable<Diagnostic>, options: FrameOptions = {}): string {
  return foldDiagnostics(diagnostics)
    .map(({ diagnostic, clusters }) => {
      if (clusters.length < 2) return formatDiagnostic(diagnostic, options)
      const { subject, ...rest } = diagnostic
      const unit = subject?.unit
      const frame = formatDiagnostic({ ...rest, ...(unit !== undefined && { subject: { unit } }) }, options)
      return `${frame}  on ${clusters.length} clusters: ${formatNames(clusters, 3)}\n`
    })
    .join('\n')
}

/** `3 errors, 1 warning`, each distinct fault counted once; `''` when there is nothing. */
export function formatCounts(diagnostics: Iterable<Diagnostic>): string {
  const counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 }
  for (const { diagnostic } of foldDiagnostics(diagnostics)) counts[diagnostic.severity] += 1
  return (['error', 'warning', 'note'] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}${counts[severity] === 1 ? '' : 's'}`)
    .join(', ')
}

function identity({ code, severity, message, hint, subject, span, related }: Diagnostic): string {
  const places = related.map((one) => [one.message, place(one.span)])
  return JSON.stringify([code, severity, message, hint, subject?.unit, span && place(span), places])
}

function place({ file, start, end }: Span): unknown {
  return [file.path, start, end]
}
