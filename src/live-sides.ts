import { createHash } from 'node:crypto'
import type { UnitSettings } from './branch/types.ts'
import type { Side, SideCluster, SideObject, SideUnit } from './compare/types.ts'
import type { JsonObject } from './engine/types.ts'
import { canonicalJson } from './kubernetes/exact-json.ts'
import { isObjectValue } from './kubernetes/object-value.ts'
import type { LiveObject } from './live/live-clusters-port.ts'
import type { Finding } from './live/types.ts'
import type { AskedObject, AskedOrphan } from './live-questions.ts'
import { settingsOf, type DifferingTree, type DifferingUnit } from './read-differences.ts'
import type { Mask } from './secrets/mask.ts'

/** What is known of an object of the branch, and whether it was applied as the branch has it. */
export interface FoundObject {
  readonly asked: AskedObject
  readonly finding: Finding
  readonly isApplied: boolean
}

/** What delivery is about to take away. */
export interface FoundOrphan {
  readonly asked: AskedOrphan
  readonly live: LiveObject
}

export interface LiveFindings {
  /** What the branch has, of the clusters of which something may be said. */
  readonly tree: DifferingTree
  readonly objects: readonly FoundObject[]
  readonly orphans: readonly FoundOrphan[]
}

/**
 * What clusters have and what they should have, in which they differ for one reason: pending, from what is live to what is
 * delivered next; drift, from what was delivered to what somebody made of it. Values of Secrets are hidden. Pure.
 */
export function liveSides(
  { tree, objects, orphans }: LiveFindings,
  baseline: 'pending' | 'drift',
  mask: Mask,
): readonly [before: Side, after: Side] {
  const isDrift = baseline === 'drift'
  const chosen = objects.filter(({ isApplied }) => isApplied === isDrift)
  const rows = Map.groupBy(chosen, ({ asked }) => placeKey(asked.cluster, asked.unit))
  const leaving = isDrift
    ? new Map<string, FoundOrphan[]>()
    : Map.groupBy(orphans, ({ asked: { deliverer } }) => placeKey(deliverer.cluster, deliverer.unit))
  const live = new Map<string, SideCluster>()
  const wanted = new Map<string, SideCluster>()
  for (const [cluster, units] of tree) {
    const names = [...leaving.values()]
      .flat()
      .flatMap(({ asked: { deliverer } }) => (deliverer.cluster === cluster ? [deliverer.unit] : []))
    const pairs = [...new Set([...units.keys(), ...names])].sort().map((unit) => {
      const place = placeKey(cluster, unit)
      const found = { rows: rows.get(place) ?? [], orphans: leaving.get(place) ?? [] }
      return [unit, unitSides(units.get(unit), found, mask)] as const
    })
    const sideOf = (side: 'live' | 'wanted'): SideCluster => ({
      units: new Map(pairs.flatMap(([unit, { [side]: one }]) => (one ? [[unit, one] as const] : []))),
    })
    live.set(cluster, sideOf('live'))
    wanted.set(cluster, sideOf('wanted'))
  }
  const sides = [{ clusters: live }, { clusters: wanted }] as const
  return isDrift ? [sides[1], sides[0]] : sides
}

interface UnitSides {
  readonly live?: SideUnit
  readonly wanted?: SideUnit
}

interface UnitFindings {
  readonly rows: readonly FoundObject[]
  readonly orphans: readonly FoundOrphan[]
}

function unitSides(unit: DifferingUnit | undefined, found: UnitFindings, mask: Mask): UnitSides {
  const { rows, orphans } = found
  const orphaned = orphans.map((orphan) => orphanObject(orphan, mask))
  if (unit === undefined) return { live: lostUnit(orphans, orphaned) }
  const { count } = unit
  const missing = rows.filter(({ finding }) => finding.type === 'missing')
  const differing = rows.flatMap(({ asked, finding }) =>
    finding.type === 'differs' ? [{ asked, finding }] : [],
  )
  const settings = settingsOf(unit.record)
  const common = {
    ...{ settings, delivery: [] },
    ...(unit.record.chart && { chart: unit.record.chart }),
    ...(unit.record.kinds && { kinds: unit.record.kinds }),
  }
  if (missing.length === 0 && differing.length === 0 && orphaned.length === 0) {
    const same = { ...common, digest: unit.digest, count, objects: [] }
    return { live: same, wanted: same }
  }
  const wanted = {
    ...{ ...common, digest: 'wanted', count },
    objects: [
      ...missing.map(({ asked }) => toSideObject(asked, asked.rendered, mask)),
      ...differing.map(({ asked, finding }) => toSideObject(asked, finding.applied, mask)),
    ],
  }
  // An add-on of which nothing is there was never delivered.
  if (missing.length === count && orphaned.length === 0) return { wanted }
  const live = {
    ...{ ...common, digest: 'live', count: count - missing.length + orphaned.length },
    objects: [...differing.map(({ asked, finding }) => toSideObject(asked, finding.live, mask)), ...orphaned],
  }
  return { live, wanted }
}

function toSideObject(asked: AskedObject, value: LiveObject, mask: Mask): SideObject {
  const { apiVersion, kind, namespace, name, path, source } = asked
  return {
    ...{ apiVersion, kind, name, path, digest: digestOf(value), value: mask.object(value as JsonObject) },
    ...(namespace !== undefined && { namespace }),
    ...(source !== undefined && { source }),
  }
}

/** Its path is that of nothing: the branch has it no more. */
function orphanObject({ asked, live }: FoundOrphan, mask: Mask): SideObject {
  const { kind, namespace, name, deliverer } = asked
  return {
    ...{ apiVersion: String(live['apiVersion']), kind, name, path: deliverer.object, digest: digestOf(live) },
    ...(namespace !== '' && { namespace }),
    value: mask.object(live as JsonObject),
  }
}

/** Of an add-on that the branch has no more, only what its deliverer says is known. */
function lostUnit(orphans: readonly FoundOrphan[], objects: readonly SideObject[]): SideUnit {
  const deliverer = orphans[0]?.asked.deliverer
  const kind = /^(helm|kustomize|policy|namespaces)\b/.exec(deliverer?.unit ?? '')?.[1] ?? 'policy'
  const settings: UnitSettings = {
    ...{ kind: kind as UnitSettings['kind'], profile: deliverer?.profile ?? '', tier: 100, inputs: '' },
    ...{ local: deliverer?.isLocal ?? false, syncMode: 'Continuous', leave: false },
    ...{ createNamespaces: true, timeoutMs: 0, dependsOn: [] },
  }
  return { settings, digest: 'live', count: objects.length, objects, delivery: [] }
}

function placeKey(cluster: string, unit: string): string {
  return `${cluster} ${unit}`
}

function digestOf(value: LiveObject): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** Everything that a report could show, for a mask to look through. */
export function shownObjects({ tree, objects, orphans }: LiveFindings): readonly JsonObject[] {
  const rendered = [...tree.values()].flatMap((units) =>
    [...units.values()].flatMap((unit) => unit.objects.map(({ value }) => value)),
  )
  const found = objects.flatMap(({ finding }) =>
    finding.type === 'differs' ? [finding.live, finding.applied] : [],
  )
  const live = [...found, ...orphans.map((orphan) => orphan.live)].filter(isObjectValue)
  return [...rendered, ...live.map((object) => object as JsonObject)]
}
