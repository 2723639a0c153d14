import type { Brake, ClusterRecord, RecordedUnit } from '../branch/types.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { RenderedCluster, RenderedUnit } from '../render/types.ts'
import { isHeldBy } from '../resolve/resolve.ts'
import type { ClusterPlan, Hold, Plan, PlannedUnit } from '../resolve/types.ts'
import type { CompileReport, ReportedBranch, ReportedCluster, ReportedUnit } from './types.ts'

export interface CompileOutcome {
  readonly plan: Plan
  readonly rendered: readonly RenderedCluster[]
  /** What the branch records after the compile, by cluster id; absent when nothing was to be written. */
  readonly records?: ReadonlyMap<string, ClusterRecord>
  readonly diagnostics: readonly Diagnostic[]
  readonly branch: ReportedBranch
  readonly brake?: Brake
}

/** What a compile came to, unit by unit: those of the plan in delivery order, then those that only the branch has. Pure. */
export function toCompileReport(outcome: CompileOutcome): CompileReport {
  const { plan, rendered, records, diagnostics, branch, brake } = outcome
  const renderedOf = new Map(rendered.map((cluster) => [cluster.id, cluster.units]))
  return {
    clusters: plan.clusters.map((cluster) =>
      toReportedCluster(cluster, renderedOf.get(cluster.cluster.id) ?? [], records?.get(cluster.cluster.id)),
    ),
    diagnostics,
    branch,
    ...(brake && { brake }),
  }
}

function toReportedCluster(
  plan: ClusterPlan,
  rendered: readonly RenderedUnit[],
  record: ClusterRecord | undefined,
): ReportedCluster {
  const { cluster, hold, labels, units } = plan
  const results = new Map(rendered.map((one) => [one.unit.name, one]))
  const planned = new Set(units.map(({ name }) => name))
  const [namespace = '', ...name] = cluster.id.split('/')
  return {
    namespace,
    name: name.join('/'),
    labels: Object.fromEntries(labels.map(({ key, value }) => [key, value])),
    ...(hold && { hold }),
    units: [
      ...units.map((unit) =>
        toReportedUnit(unit, results.get(unit.name), { plan, recorded: record?.units[unit.name] }),
      ),
      ...Object.entries(record?.units ?? {})
        .filter(([unit]) => !planned.has(unit))
        .flatMap(([unit, recorded]) => toRecordedUnit(unit, recorded, plan)),
    ],
  }
}

function toReportedUnit(
  unit: PlannedUnit,
  rendered: RenderedUnit | undefined,
  { plan, recorded }: { plan: ClusterPlan; recorded: RecordedUnit | undefined },
): ReportedUnit {
  const result = rendered?.result
  const hold = result?.status === 'held' ? result.hold : (plan.hold ?? unit.hold)
  const known = result === undefined || result.status === 'held' ? undefined : result.record
  const chart = known?.chart ?? recorded?.chart
  const rendersNow = result?.status === 'rendered' ? result.manifests.length : undefined
  return {
    name: unit.name,
    profile: unit.claim.profile.id,
    kind: unit.kind,
    ...toChart(chart),
    objects: recorded ? countObjects(recorded) : (rendersNow ?? known?.objects.length ?? 0),
    digest: rendered?.inputs ?? recorded?.inputs ?? '',
    ...(unit.syncMode === 'DryRun' && !hold
      ? { status: 'dry-run' as const }
      : toStatus(hold, result?.status === 'unchanged')),
  }
}

/** A unit that nobody plans any more and that stays. The namespaces that units need are no add-on of anybody. */
function toRecordedUnit(name: string, recorded: RecordedUnit, plan: ClusterPlan): ReportedUnit[] {
  const { kind, profile, inputs, chart } = recorded
  if (kind === 'namespaces') return []
  const hold = plan.hold ?? plan.heldProfiles.find((held) => isHeldBy(held.profile, profile))?.hold
  return [
    {
      ...{ name, profile, kind, ...toChart(chart) },
      ...{ objects: countObjects(recorded), digest: inputs, ...toStatus(hold, true) },
    },
  ]
}

function toChart(chart: RecordedUnit['chart']): Pick<ReportedUnit, 'chart' | 'version' | 'appVersion'> {
  if (chart === undefined) return {}
  const { name, version, appVersion } = chart
  return { chart: name, version, ...(appVersion !== undefined && { appVersion }) }
}

function toStatus(hold: Hold | undefined, isUnchanged: boolean): Pick<ReportedUnit, 'status' | 'reason'> {
  if (hold) return { status: 'held', reason: hold.message }
  return { status: isUnchanged ? 'unchanged' : 'rendered' }
}

/** Namespaces that it renders are its objects too, though they are written into the `namespaces` unit. */
function countObjects({ parts, ownNamespaces }: RecordedUnit): number {
  return parts.reduce((sum, { objects }) => sum + objects, Object.keys(ownNamespaces).length)
}

/** What a run reports that finds everything done: the branch as it is, nothing rendered, nothing changed. */
export function toRepeated(report: CompileReport): CompileReport {
  const clusters = report.clusters.map((cluster) => ({
    ...cluster,
    units: cluster.units.map((unit) =>
      unit.status === 'rendered' ? { ...unit, status: 'unchanged' as const } : unit,
    ),
  }))
  return { ...report, clusters, branch: { ...report.branch, changed: false } }
}
