import type { Observation } from '../observe/types.ts'
import type { RenderedCluster } from '../render/types.ts'
import { formatReason } from '../resolve/resolve.ts'
import type { Claim, ClusterPlan, MachineSet, Plan } from '../resolve/types.ts'

/** One cluster of `fleetwright show clusters`. */
export interface ClusterRow {
  /** `<namespace>/<name>`. */
  readonly cluster: string
  readonly type: 'capi' | 'sveltos' | 'configured'
  /** What it runs, as far as anybody knows. */
  readonly version: string
  /** What is written, where it runs another version. */
  readonly wantedVersion?: string
  readonly ready?: boolean
  readonly paused: boolean
  readonly controlPlane?: MachineSet
  readonly workers: readonly MachineSet[]
  readonly pods: readonly string[]
  readonly services: readonly string[]
  readonly infrastructure?: { readonly kind: string; readonly name: string }
  readonly labels: readonly LabelRow[]
  /** Add-ons that the plan gives it. */
  readonly addons: number
  /** Why it stays as it is. */
  readonly hold?: string
  /** Absent for a cluster that was never observed. */
  readonly observed?: Observation
}

export interface LabelRow {
  readonly key: string
  readonly value: string
  /** `written`, `observed`, `what-if`, or the id of the classifier that sets it. */
  readonly origin: string
  /** What made the classifier match. */
  readonly because?: readonly string[]
}

/** One source cluster of one trigger, of `fleetwright show events`. */
export interface EventRow {
  readonly trigger: string
  readonly source: string
  readonly cluster: string
  readonly objects: readonly string[]
  readonly profiles: readonly string[]
  readonly hold?: string
}

/** One conflict of `fleetwright show conflicts`. */
export interface ConflictRow {
  readonly cluster: string
  /** `Helm release monitoring/grafana`, `ConfigMap default/x`, `label tier`. */
  readonly what: string
  readonly owner: string
  readonly loser: string
  /** Why the one has it: the lower tier, or the name that sorts first. */
  readonly because: string
}

/** Sorted by cluster. Pure. */
export function toClusterRows(
  plan: Plan,
  observations: ReadonlyMap<string, Observation>,
): readonly ClusterRow[] {
  return shown(plan).map((cluster): ClusterRow => {
    const { cluster: own, machines, hold, wantedVersion } = cluster
    const observed = observations.get(own.id)
    return {
      cluster: own.id,
      type: own.type,
      version: cluster.kubeVersion,
      ...(wantedVersion !== undefined && { wantedVersion }),
      ...(own.ready !== undefined && { ready: own.ready }),
      paused: own.paused,
      ...(machines?.controlPlane && { controlPlane: machines.controlPlane }),
      workers: machines?.workers ?? [],
      pods: machines?.pods ?? [],
      services: machines?.services ?? [],
      ...(machines?.infrastructure && { infrastructure: machines.infrastructure }),
      labels: cluster.labels.map(({ key, value, origin }) => ({
        key,
        value,
        ...(typeof origin === 'string'
          ? { origin }
          : { origin: origin.classifier, because: origin.because.map(formatReason) }),
      })),
      addons: cluster.units.length,
      ...(hold && { hold: hold.message }),
      ...(observed && { observed }),
    }
  })
}

/** Sorted by trigger and cluster. Pure. */
export function toEventRows(plan: Plan): readonly EventRow[] {
  return plan.events.map(({ hold, document: _document, ...row }) => ({
    ...row,
    ...(hold && { hold: hold.message }),
  }))
}

/** Labels first, then releases and objects; sorted by cluster. Pure. */
export function toConflictRows(plan: Plan, rendered: readonly RenderedCluster[]): readonly ConflictRow[] {
  const objectsOf = new Map(rendered.map(({ id, conflicts }) => [id, conflicts]))
  const labels = plan.labelConflicts.map(({ cluster, key, owner, loser }): ConflictRow => ({
    cluster,
    what: `label ${key}`,
    owner: `${owner.classifier} (${owner.value})`,
    loser: `${loser.classifier} (${loser.value})`,
    because: 'its name sorts first',
  }))
  const others = shown(plan).flatMap(({ cluster, conflicts }) =>
    [...conflicts, ...(objectsOf.get(cluster.id) ?? [])].map(({ what, owner, loser, tie }): ConflictRow => ({
      cluster: cluster.id,
      what,
      owner: toOwner(owner),
      loser: toOwner(loser),
      because: tie ? 'tiers are equal, and its name sorts first' : 'its tier is lower',
    })),
  )
  return [...labels, ...others].sort((a, b) => (a.cluster < b.cluster ? -1 : a.cluster > b.cluster ? 1 : 0))
}

function toOwner({ profile, tier }: Claim): string {
  return `${profile.id} (tier ${tier})`
}

/** Clusters that were not asked for are left out. */
function shown(plan: Plan): readonly ClusterPlan[] {
  return plan.clusters.filter(({ hold }) => hold?.reason !== 'not-selected')
}
