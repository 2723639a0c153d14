import type { Report } from './diagnostics/types.ts'
import type { Engine } from './engine/types.ts'
import type { Fleet } from './intent/types.ts'
import type { Facts } from './observe/types.ts'
import type { RenderedCluster } from './render/types.ts'
import {
  classifiedKinds,
  createScripts,
  foreseeOscillation,
  kindKey,
  type Deployed,
} from './resolve/resolve.ts'
import type { Plan, PlannedUnit } from './resolve/types.ts'

/** What was planned and rendered, and of which world. */
export interface Compilation {
  readonly fleet: Fleet
  readonly facts: Facts
  readonly plan: Plan
  readonly rendered: readonly RenderedCluster[]
}

interface Ports {
  readonly engine: Engine
  /** ISO 8601 UTC that scripts see as the present. */
  readonly now: string
  readonly elapsedMs: () => number
  readonly report: Report
}

/**
 * Looks one step ahead: reports `resolve/oscillation` for what is rendered now and would undo itself as soon as it is
 * deployed and observed. Costs nothing unless a classifier looks at objects and a cluster gets some of their kinds; units that
 * the branch has already were looked at when they were rendered.
 */
export async function foresee(compilation: Compilation, ports: Ports): Promise<void> {
  const { fleet, facts, plan, rendered } = compilation
  const { engine, now, elapsedMs, report } = ports
  const kinds = classifiedKinds(fleet)
  if (kinds.size === 0) return
  const scripts = createScripts({ clockMs: Date.parse(now), elapsedMs, report })
  const plans = new Map(plan.clusters.map((cluster) => [cluster.cluster.id, cluster]))
  for (const { id, units } of rendered) {
    const cluster = plans.get(id)
    const texts = units.flatMap(({ unit, result }) =>
      result.status === 'rendered' && isDelivered(unit)
        ? result.manifests.filter((object) => kinds.has(kindKey(object))).map(({ text }) => ({ unit, text }))
        : [],
    )
    if (cluster === undefined || texts.length === 0) continue
    const documents = await engine.parseYaml(texts.map(({ text }) => text))
    const objects = texts.map(({ unit }, index) => ({
      unit,
      json: (documents[index] ?? []).flatMap(({ json }) => json ?? []),
    }))
    const deployed = byProfile(cluster.units.filter(isDelivered), objects)
    foreseeOscillation(cluster, deployed, { fleet, facts, scripts }, report)
  }
}

/** Into the cluster itself: neither into the management cluster nor for show. */
function isDelivered({ deploymentType, syncMode }: PlannedUnit): boolean {
  return deploymentType === 'Remote' && syncMode !== 'DryRun'
}

function byProfile(
  units: readonly PlannedUnit[],
  objects: readonly { readonly unit: PlannedUnit; readonly json: readonly string[] }[],
): readonly Deployed[] {
  const profiles = new Map(units.map(({ claim }) => [claim.profile.id, claim]))
  return [...profiles]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { profile, because }]) => ({
      profile,
      because,
      objects: objects.filter(({ unit }) => unit.claim.profile.id === id).flatMap(({ json }) => json),
    }))
}
