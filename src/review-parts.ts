import type { BranchView, ClusterRecord } from './branch/types.ts'
import { formatDiagnostic } from './diagnostics/frame.ts'
import { toDiagnosticJson } from './diagnostics/json.ts'
import { sortDiagnostics } from './diagnostics/order.ts'
import { lineText, positionOf } from './diagnostics/position.ts'
import type { Diagnostic } from './diagnostics/types.ts'
import type { Facts } from './observe/types.ts'
import type { PreviewStep } from './preview.ts'
import type { Review, ReviewedCluster, ReviewedDiagnostic, ReviewedFacts } from './report/types.ts'
import type { Plan } from './resolve/types.ts'

/** What the head is told that the base is not, by what is said and of what, wherever in the file it stands. */
export function compareDiagnostics(
  base: readonly Diagnostic[],
  head: readonly Diagnostic[],
  mask: (text: string) => string,
): Review['diagnostics'] {
  const standing = new Map<string, number>()
  for (const diagnostic of base) {
    const key = diagnosticKey(diagnostic)
    standing.set(key, (standing.get(key) ?? 0) + 1)
  }
  const added: Diagnostic[] = []
  let both = 0
  for (const diagnostic of sortDiagnostics(head)) {
    const key = diagnosticKey(diagnostic)
    const left = standing.get(key) ?? 0
    if (left === 0) added.push(diagnostic)
    else {
      both += 1
      standing.set(key, left - 1)
    }
  }
  return {
    added: added.map((diagnostic) => toReviewed(diagnostic, mask)),
    standing: both,
    resolved: base.length - both,
  }
}

/** Without positions: lines move when something is written above them. */
function diagnosticKey({ code, message, span, subject }: Diagnostic): string {
  return JSON.stringify([code, message, span?.file.path, subject?.cluster, subject?.unit])
}

function toReviewed(diagnostic: Diagnostic, mask: (text: string) => string): ReviewedDiagnostic {
  const json = toDiagnosticJson(diagnostic)
  const { message, hint, related, fix, ...rest } = json
  const frame = frameOf(diagnostic, mask)
  return {
    ...rest,
    message: mask(message),
    ...(hint !== undefined && { hint: mask(hint) }),
    related: related.map((place) => ({ ...place, message: mask(place.message) })),
    ...(fix && { fix: { ...fix, text: mask(fix.text) } }),
    ...(frame !== undefined && { frame }),
  }
}

/** None of a line that holds a value that may not be shown: a frame cuts long lines, and with them what a mask looks for. */
function frameOf(diagnostic: Diagnostic, mask: (text: string) => string): string | undefined {
  const { span } = diagnostic
  if (span === undefined) return undefined
  const line = lineText(span.file, positionOf(span.file, span.start).line)
  return mask(line) === line ? mask(formatDiagnostic({ ...diagnostic, related: [] })) : undefined
}

/** What the head cannot say, because facts are missing or something is wrong; what is paused on purpose is no news. */
export function heldParts({ compiled }: PreviewStep): Review['held'] {
  const units = new Map(
    (compiled?.rendered?.clusters ?? []).map(({ id, units: rendered }) => [id, rendered] as const),
  )
  return (compiled?.plan?.clusters ?? []).flatMap(({ cluster: { id: cluster }, hold }) => {
    if (hold) return isUnwanted(hold.reason) ? [{ cluster, reason: hold.message }] : []
    return (units.get(cluster) ?? []).flatMap(({ unit, result }) =>
      result.status === 'held' && isUnwanted(result.hold.reason)
        ? [{ cluster, unit: unit.name, reason: result.hold.message }]
        : [],
    )
  })
}

function isUnwanted(reason: string): boolean {
  return !['cluster-paused', 'profile-paused', 'one-time', 'not-selected'].includes(reason)
}

/** Every cluster of either branch with what it has after the change. */
export function fleetAfter(base: PreviewStep, head: PreviewStep): readonly ReviewedCluster[] {
  const plans = [base, head].map(({ compiled }) => planOf(compiled?.plan))
  const before = recordsOf(base.view)
  const after = recordsOf(head.view)
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort()
  return ids.map((id) => {
    const plan = plans[1]?.get(id) ?? plans[0]?.get(id)
    const record = after.get(id)
    return {
      id,
      labels: Object.fromEntries((plan?.labels ?? []).map(({ key, value }) => [key, value])),
      ...(plan && { version: plan.kubeVersion }),
      ...(!record && { gone: true as const }),
      units: record ? unitsOf(record) : [],
    }
  })
}

export function unitsOf({ units }: ClusterRecord): ReviewedCluster['units'] {
  return Object.entries(units)
    .filter(([, { kind }]) => kind !== 'namespaces')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([unit, { profile, chart }]) => ({
      ...{ unit, profile },
      ...(chart && { chart: chart.name, version: chart.version }),
    }))
}

function planOf(plan: Plan | undefined): ReadonlyMap<string, Plan['clusters'][number]> {
  return new Map((plan?.clusters ?? []).map((cluster) => [cluster.cluster.id, cluster]))
}

function recordsOf({ previous }: BranchView): ReadonlyMap<string, ClusterRecord> {
  return previous.clusters
}

/** How far the facts can be trusted that both sides were compiled with. */
export function agesOf(facts: Facts | undefined, plan: Plan | undefined, asOf: string): ReviewedFacts {
  const seen = [...(facts?.observations ?? [])].filter(([, { observedAt }]) => observedAt !== undefined)
  const oldest = seen
    .map(([cluster, { observedAt = '' }]) => ({ cluster, observedAt }))
    .sort((a, b) =>
      a.observedAt < b.observedAt || (a.observedAt === b.observedAt && a.cluster < b.cluster) ? -1 : 1,
    )
    .at(0)
  const known = new Set([...seen.map(([cluster]) => cluster), ...(facts?.clusters.keys() ?? [])])
  return {
    asOf,
    ...(oldest && { oldest }),
    silent: [...(facts?.observations ?? [])]
      .filter(([, { reachable }]) => !reachable)
      .map(([cluster]) => cluster)
      .sort(),
    never: (plan?.clusters ?? []).filter(({ cluster }) => !known.has(cluster.id)).length,
  }
}
