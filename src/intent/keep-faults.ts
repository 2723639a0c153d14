import type { Diagnostic, Report } from '../diagnostics/types.ts'
import type { SourceDocument } from '../source/types.ts'

/**
 * Reads an object that keeps its faults to itself: what could be read counts as faulty, so that all that it has deployed
 * stays as it is, and the other objects go on. What could not be read at all stops everything.
 */
export function keepFaults<T extends object>(
  read: (document: SourceDocument, report: Report) => T | undefined,
  document: SourceDocument,
  report: Report,
): (T & { readonly faulty?: true }) | undefined {
  const said: Diagnostic[] = []
  const result = read(document, (diagnostic) => said.push(diagnostic))
  for (const diagnostic of said)
    report(result && diagnostic.severity === 'error' ? { ...diagnostic, holds: 'unit' } : diagnostic)
  return result && said.some(({ severity }) => severity === 'error') ? { ...result, faulty: true } : result
}
