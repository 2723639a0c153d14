import type { ReviewedDiagnostic } from '../types.ts'

/** One fault, and the clusters on which it was found. */
export interface ListedFault {
  readonly diagnostic: ReviewedDiagnostic
  /** Sorted; empty for a fault that is of no cluster. */
  readonly clusters: readonly string[]
}

/** Equal faults of many clusters as one; errors first, in print order within. Pure. */
export function listFaults(diagnostics: readonly ReviewedDiagnostic[]): readonly ListedFault[] {
  const folded = new Map<
    string,
    { readonly diagnostic: ReviewedDiagnostic; readonly clusters: Set<string> }
  >()
  for (const diagnostic of diagnostics) {
    const { code, severity, message, hint, unit, place, related } = diagnostic
    const key = JSON.stringify([code, severity, message, hint, unit, place, related])
    const known = folded.get(key) ?? { diagnostic, clusters: new Set<string>() }
    folded.set(key, known)
    if (diagnostic.cluster !== undefined) known.clusters.add(diagnostic.cluster)
  }
  const ranks = ['error', 'warning', 'note']
  return [...folded.values()]
    .map(({ diagnostic, clusters }) => ({ diagnostic, clusters: [...clusters].sort() }))
    .sort((a, b) => ranks.indexOf(a.diagnostic.severity) - ranks.indexOf(b.diagnostic.severity))
}

/** `fleet/app.yaml:6`. */
export function faultPlace({ place }: ReviewedDiagnostic): string | undefined {
  return place && `${place.file}:${place.line}`
}
