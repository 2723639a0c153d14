import type { Report } from './diagnostics/types.ts'
import type { Engine } from './engine/types.ts'
import type { Fleet } from './intent/types.ts'
import type { Facts } from './observe/types.ts'
import type { Manifest, RenderedCluster } from './render/types.ts'
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
  const plans = new Map(plan.clusters.map((cluster) => [cluster.cluster.id, cluster]))
  const deployed = rendered.flatMap(({ id, units }) => {
    const objects = units.flatMap(({ unit, result }) =>
      result.status === 'rendered' && isDelivered(unit)
        ? result.manifests.filter((object) => kinds.has(kindKey(object))).map((object) => ({ unit, object }))
        : [],
    )
    const cluster = plans.get(id)
    return cluster && objects.length > 0 ? [{ cluster, objects }] : []
  })
  if (deployed.length === 0) return
  const json = await parseOnce(
    engine,
    deployed.flatMap(({ objects }) => objects.map(({ object }) => object)),
  )
  const scripts = createScripts({ clockMs: Date.parse(now), elapsedMs, report })
  for (const { cluster, objects } of deployed) {
    const texts = objects.map(({ unit, object }) => ({ unit, json: json.get(object.digest) ?? [] }))
    const profiles = byProfile(cluster.units.filter(isDelivered), texts)
    foreseeOscillation(cluster, profiles, { fleet, facts, scripts }, report)
  }
}

/** JSON texts by digest: clusters share most of their objects. */
async function parseOnce(
  engine: Engine,
  manifests: readonly Manifest[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const distinct = [...new Map(manifests.map(({ digest, text }) => [digest, text]))]
  const documents = await engine.parseYaml(distinct.map(([, text]) => text))
  return new Map(
    distinct.map(([digest], index) => [digest, (documents[index] ?? []).flatMap(({ json }) => json ?? [])]),
  )
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
