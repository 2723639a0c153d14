import picomatch from 'picomatch'
import type { FleetConfig } from '../config/types.ts'
import type { Report } from '../diagnostics/types.ts'
import type { Cluster } from '../intent/types.ts'
import type { Manifest, RenderedCluster, RenderedUnit } from '../render/types.ts'
import type { ClusterPlan, Hold, Plan, PlannedUnit } from '../resolve/types.ts'
import { ambiguousDestination, duplicateObject, secretWithValues, spanOf } from './diagnostics.ts'
import type { DeliveryTarget, Provenance, Tree, TreeCluster, TreeUnit, UnitSettings } from './types.ts'
import { createUnitChecks, type UnitChecks } from './unit-checks.ts'
import { layOutUnit, type LaidOutUnit } from './unit-content.ts'

export interface LayOutInputs {
  readonly config: FleetConfig
  readonly provenance: Provenance
  /** Facts and their ages, by path on the branch. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Turns what was rendered into what the rendered branch is to hold.
 * Pure; sorted by cluster; a unit that may not be written is held and reported, the others go on.
 * Reports Secrets with values, objects that a unit renders twice, hooks and checks that delivery cannot express.
 */
export function layOut(
  plan: Plan,
  rendered: readonly RenderedCluster[],
  inputs: LayOutInputs,
  report: Report,
): Tree {
  const renderedOf = new Map(rendered.map((cluster) => [cluster.id, cluster]))
  const context: Context = {
    config: inputs.config,
    isAllowedSecret: secretMatcher(inputs.config),
    report: onceEach(report),
    layOutOnce: layOutOncePerList(),
    checksOf: createUnitChecks(inputs.config.rendered.delivery),
  }
  const ambiguous = ambiguousDestinations(plan, inputs.config)
  const clusters = plan.clusters
    .map((clusterPlan): TreeCluster => {
      const { cluster } = clusterPlan
      const others = ambiguous.get(cluster.id)
      if (others) context.report(ambiguousDestination(cluster, argocdName(cluster, inputs.config), others))
      const hold = clusterPlan.hold ?? (others && errorHold('its name in Argo CD is not its own'))
      const result = renderedOf.get(cluster.id)
      const units = layOutCluster(clusterPlan, result, context)
      return {
        id: cluster.id,
        // What was refused here is to be said again next time.
        digest: units.some(isRefused) ? '' : (result?.digest ?? ''),
        target: deliveryTarget(cluster, inputs.config),
        ...(hold && { hold }),
        heldProfiles: clusterPlan.heldProfiles,
        units,
      }
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return { clusters, files: inputs.files, provenance: inputs.provenance }
}

/** Matches `<namespace>/<name>` of Secrets that may be written with their values. */
export function secretMatcher(config: FleetConfig): (secret: string) => boolean {
  const { allow } = config.secrets
  return allow.length === 0 ? () => false : picomatch([...allow], { dot: true })
}

interface Context {
  readonly config: FleetConfig
  readonly isAllowedSecret: (secret: string) => boolean
  readonly report: Report
  readonly layOutOnce: (manifests: readonly Manifest[]) => LaidOutUnit
  readonly checksOf: (unit: PlannedUnit) => UnitChecks
}

function layOutCluster(
  plan: ClusterPlan,
  rendered: RenderedCluster | undefined,
  context: Context,
): TreeUnit[] {
  const renderedOf = new Map((rendered?.units ?? []).map((unit) => [unit.unit.name, unit]))
  return plan.units.map((unit) => {
    const result = renderedOf.get(unit.name)
    if (unit.hold) return { kind: 'held', name: unit.name, hold: unit.hold }
    // Fail closed: what was not rendered stays.
    if (!result) return { kind: 'held', name: unit.name, hold: errorHold('it was not rendered') }
    return layOutPlanned(plan.cluster, unit, result, context)
  })
}

function layOutPlanned(
  cluster: Cluster,
  unit: PlannedUnit,
  rendered: RenderedUnit,
  context: Context,
): TreeUnit {
  const { result } = rendered
  const { name } = unit
  if (result.status === 'held') return { kind: 'held', name, hold: result.hold }
  if (unit.syncMode === 'DryRun') return { kind: 'dry-run', name }
  const { settings: checks, spans: checkSpans, diagnostics } = context.checksOf(unit)
  diagnostics.forEach(context.report)
  const settings = { ...unitSettings(unit, rendered.inputs), ...checks }
  const common = {
    name,
    settings,
    ...(rendered.kinds && { kinds: rendered.kinds }),
    span: spanOf(unit),
    checkSpans,
  }
  if (result.status === 'unchanged') return { kind: 'unchanged', ...common }
  const { content, duplicates } = context.layOutOnce(result.manifests)
  const refused = content.secrets.filter((secret) => !context.isAllowedSecret(secret))
  if (refused.length > 0) context.report(secretWithValues(cluster.id, unit, refused))
  if (duplicates.length > 0) context.report(duplicateObject(cluster.id, unit, duplicates))
  if (refused.length > 0 || duplicates.length > 0) return { kind: 'held', name, hold: refusedHold }
  return { kind: 'files', ...common, content: { ...content, record: result.record } }
}

const refusedHold = errorHold('what it renders may not be written')

function isRefused(unit: TreeUnit): boolean {
  return unit.kind === 'held' && unit.hold === refusedHold
}

/** Clusters with equal inputs share their manifests, if not the list that holds them. */
function layOutOncePerList(): (manifests: readonly Manifest[]) => LaidOutUnit {
  const known = new WeakMap<Manifest, { manifests: readonly Manifest[]; laidOut: LaidOutUnit }[]>()
  return (manifests) => {
    const [first] = manifests
    if (!first) return layOutUnit(manifests)
    const lists = known.get(first) ?? []
    known.set(first, lists)
    const same = lists.find(
      (list) =>
        list.manifests.length === manifests.length &&
        manifests.every((manifest, position) => list.manifests[position] === manifest),
    )
    if (same) return same.laidOut
    const laidOut = layOutUnit(manifests)
    lists.push({ manifests, laidOut })
    return laidOut
  }
}

/** Sveltos and Helm wait five minutes. */
const defaultTimeoutMs = 5 * 60_000

function unitSettings(unit: PlannedUnit, inputs: string): UnitSettings {
  return {
    kind: unit.kind === 'unresolved' ? 'policy' : unit.kind,
    profile: unit.claim.profile.id,
    tier: unit.claim.tier,
    local: unit.deploymentType === 'Local',
    inputs,
    syncMode: unit.syncMode,
    leave: unit.leaveOnRemoval,
    createNamespaces: unit.createNamespaces,
    ...(unit.kind === 'helm' && { releaseNamespace: unit.release.namespace }),
    timeoutMs: unit.kind === 'helm' ? unit.timeoutMs : defaultTimeoutMs,
    dependsOn: unit.dependsOn,
  }
}

function deliveryTarget(cluster: Cluster, config: FleetConfig): DeliveryTarget {
  const name = cluster.id.slice(cluster.id.indexOf('/') + 1)
  return {
    namespace: cluster.namespace,
    name,
    isManagement: isManagement(cluster, config),
    // Cluster API's convention serves those who write their clusters in fleetwright.yaml. Never none: without it Flux
    // would apply the units to the management cluster itself.
    kubeconfig: cluster.kubeconfigSecret ?? { name: `${cluster.name}-kubeconfig`, key: 'value' },
    argocdName: argocdName(cluster, config),
  }
}

function isManagement(cluster: Cluster, config: FleetConfig): boolean {
  return config.management.cluster === cluster.id
}

/** `in-cluster` is what Argo CD calls the cluster that it runs in. */
function argocdName(cluster: Cluster, config: FleetConfig): string {
  if (isManagement(cluster, config)) return 'in-cluster'
  return cluster.annotations['fleetwright.dev/argocd-name'] ?? cluster.name
}

/** Clusters that Argo CD could not tell apart, with the others of the same name. */
function ambiguousDestinations(plan: Plan, config: FleetConfig): Map<string, string[]> {
  const clusters = config.rendered.delivery.includes('argocd') ? plan.clusters : []
  const byName = Map.groupBy(clusters, ({ cluster }) => argocdName(cluster, config))
  return new Map(
    [...byName.values()].flatMap((group) =>
      group.length < 2
        ? []
        : group.map(({ cluster }): [string, string[]] => [
            cluster.id,
            group.map((other) => other.cluster.id).filter((id) => id !== cluster.id),
          ]),
    ),
  )
}

function errorHold(message: string): Hold {
  return { reason: 'error', message }
}

/** Hundreds of clusters say the same of one profile: once is enough where no cluster is named. */
function onceEach(report: Report): Report {
  const said = new Set<string>()
  return (diagnostic) => {
    const key = `${diagnostic.code} ${diagnostic.message}`
    if (said.has(key)) return
    said.add(key)
    report(diagnostic)
  }
}
