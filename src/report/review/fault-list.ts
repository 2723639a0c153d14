import type { ReviewedDiagnostic } from '../types.ts'
import { withoutCluster } from './without-cluster.ts'

/** One fault, and the clusters on which it was found. */
export interface ListedFault {
  /** Of several clusters, without the name of any in its sentences. */
  readonly diagnostic: ReviewedDiagnostic
  /** Sorted; empty for a fault that is of no cluster. */
  readonly clusters: readonly string[]
}

/** Equal faults of many clusters as one; errors first, in print order within. Pure. */
export function listFaults(diagnostics: readonly ReviewedDiagnostic[]): readonly ListedFault[] {
  const folded = new Map<string, ReviewedDiagnostic[]>()
  for (const diagnostic of diagnostics) {
    const { code, severity, unit, place, related } = diagnostic
    const { message, hint } = forAny(diagnostic)
    const key = JSON.stringify([code, severity, message, hint, unit, place, related])
    const known = folded.get(key)
    if (known) known.push(diagnostic)
    else folded.set(key, [diagnostic])
  }
  const ranks = ['error', 'warning', 'note']
  return [...folded.values()]
    .flatMap((group): readonly ListedFault[] => {
      const [first] = group
      if (first === undefined) return []
      const clusters = [...new Set(group.flatMap(({ cluster }) => cluster ?? []))].sort()
      return [{ diagnostic: clusters.length > 1 ? forAny(first) : first, clusters }]
    })
    .sort((a, b) => ranks.indexOf(a.diagnostic.severity) - ranks.indexOf(b.diagnostic.severity))
}

function forAny(diagnostic: ReviewedDiagnostic): ReviewedDiagnostic {
  const { message, hint, cluster } = diagnostic
  return {
    ...diagnostic,
    message: withoutCluster(message, cluster),
    ...(hint !== undefined && { hint: withoutCluster(hint, cluster) }),
  }
}

/** `fleet/app.yaml:6`. */
export function faultPlace({ place }: ReviewedDiagnostic): string | undefined {
  return place && `${place.file}:${place.line}`
}
