import { toDiagnosticJson } from '../diagnostics/json.ts'
import { sortDiagnostics } from '../diagnostics/order.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { ObservedCluster, ReaderRole } from '../observe/observe.ts'
import { formatCount } from './names.ts'
import { formatTable } from './table.ts'

/** What came of observing. */
export interface ObserveReport {
  readonly clusters: readonly ObservedCluster[]
  /** Errors of the intent, which `validate` shows. */
  readonly intentErrors: number
  readonly diagnostics: readonly Diagnostic[]
  /** Absent when nothing was to be recorded. */
  readonly recorded?: {
    /** Branch or folder. */
    readonly name: string
    readonly commit?: string
    readonly changed: boolean
  }
  readonly roles?: readonly ReaderRole[]
}

/** One row per cluster, and how many there are of each kind. */
export function formatObserved(
  clusters: readonly ObservedCluster[],
  strong: (text: string) => string,
): string {
  const headers = ['CLUSTER', 'STATUS', 'VERSION', 'OBJECTS', 'CHANGED', 'REASON']
  const rows = clusters.map((row) => [
    row.id,
    row.status,
    row.version ?? '',
    row.status === 'missing' ? '' : String(row.objects),
    row.changed ? 'yes' : '',
    reasonOf(row),
  ])
  const counts = (['observed', 'kept', 'missing'] as const)
    .map((status) => ({ status, count: clusters.filter((row) => row.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`)
  const summary = [formatCount(clusters.length, 'cluster'), counts.join(', ')].filter((part) => part !== '')
  return `${formatTable(headers, rows, { strong, right: [3] })}\n${summary.join(': ')}\n`
}

function reasonOf({ failure, unavailable }: ObservedCluster): string {
  if (failure) return `${failure.reason}: ${failure.message}`
  return unavailable.length === 0 ? '' : `no answer from ${unavailable.join(', ')}`
}

/** Plain data, keys in the order of the schema. */
export function toObserveOutput({ clusters, intentErrors, diagnostics, recorded, roles }: ObserveReport) {
  return {
    clusters: clusters.map(({ id, status, version, objects, changed, failure, unavailable }) => ({
      ...{ cluster: id, status },
      ...(version !== undefined && { version }),
      ...{ objects, changed },
      ...(failure && { failure: { reason: failure.reason, message: failure.message } }),
      unavailable,
    })),
    intentErrors,
    diagnostics: sortDiagnostics(diagnostics).map(toDiagnosticJson),
    ...(recorded && { recorded }),
    ...(roles && { roles: roles.map(({ object, notes }) => ({ object, notes })) }),
  }
}
