import type { Span } from '../../diagnostics/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Danger, UnitChange } from '../types.ts'
import { foldDangers } from './fold-dangers.ts'
import { putInReview } from './in-review.ts'
import type {
  ClusterInReview,
  DangerContext,
  FleetInReview,
  FoundDanger,
  ObjectInReview,
  Rule,
  UnitInReview,
} from './rule.ts'
import { dangerRules } from './rules.ts'

/**
 * Changes and what both sides hold → what a reviewer should look at before anything else: the findings of every rule, equal
 * ones of several clusters as one, the most severe first, then in the order of the rules, then by message. Pure and total.
 * @example findDangers(changes, { before, after, placeOfUnit }) // [{ rule: 'unit-removed', severity: 'high', … }]
 */
export function findDangers(changes: readonly UnitChange[], context: DangerContext): readonly Danger[] {
  return findWith(dangerRules, changes, context)
}

/** With some rules alone. */
export function findWith(
  rules: readonly Rule[],
  changes: readonly UnitChange[],
  context: DangerContext,
): readonly Danger[] {
  const fleet = putInReview(changes, context)
  const places = createPlaceFinder(context)
  const order = new Map(rules.map(({ name }, position) => [name, position]))
  const found = rules.flatMap((rule) => findByRule(rule, fleet, places))
  return foldDangers(found).toSorted(
    (a, b) =>
      compareText(a.severity, b.severity) ||
      (order.get(a.rule) ?? 0) - (order.get(b.rule) ?? 0) ||
      compareText(a.message, b.message) ||
      compareText(a.unit ?? '', b.unit ?? '') ||
      compareText(a.clusters[0] ?? '', b.clusters[0] ?? ''),
  )
}

interface Place {
  readonly span?: Span | undefined
  readonly side?: 'before' | 'after'
}
type PlaceFinder = (cluster: string, unit: string) => Place

/** Of the side after the change where the unit still is there, since that is what a reviewer sees. */
function createPlaceFinder({ before, after, placeOfUnit }: DangerContext): PlaceFinder {
  const known = new Map<string, Place>()
  const find = (cluster: string, unit: string): Place => {
    const now = after.plan && placeOfUnit(after.plan, cluster, unit)
    if (now) return { span: now, side: 'after' }
    const old = before.plan && placeOfUnit(before.plan, cluster, unit)
    return old ? { span: old, side: 'before' } : {}
  }
  return (cluster, unit) => {
    const key = `${cluster} ${unit}`
    const place = known.get(key) ?? find(cluster, unit)
    known.set(key, place)
    return place
  }
}

function findByRule(rule: Rule, fleet: FleetInReview, places: PlaceFinder): readonly Danger[] {
  const ofUnit = (unit: UnitInReview, found: FoundDanger): Danger =>
    toDanger(rule, { unit: unit.change.unit, ...found }, [unit.cluster.id], places)
  const units = fleet.clusters.flatMap((cluster) => cluster.units)
  switch (rule.looksAt) {
    case 'object': {
      const find = remember(rule.find)
      return units.flatMap((unit) =>
        unit.objects.flatMap((object) =>
          find(object).map((found) => {
            const place = object.change.after ?? object.change.before
            return ofUnit(unit, { ...(place && { object: place }), ...found })
          }),
        ),
      )
    }
    case 'unit':
      return units.flatMap((unit) => [...rule.find(unit)].map((found) => ofUnit(unit, found)))
    case 'cluster':
      return fleet.clusters.flatMap((cluster: ClusterInReview) =>
        [...rule.find(cluster)].map((found) => toDanger(rule, found, [cluster.id], places)),
      )
    case 'fleet':
      return [...rule.find(fleet)].map(({ clusters, ...found }) => toDanger(rule, found, clusters, places))
  }
}

/** Clusters share most of their objects: an answer depends on the two texts and on what becomes of the unit. */
function remember(
  find: (object: ObjectInReview) => Iterable<FoundDanger>,
): (object: ObjectInReview) => readonly FoundDanger[] {
  const known = new Map<string, readonly FoundDanger[]>()
  return (object) => {
    const { change, before, after, unitChange, isLeft, isKnown } = object
    const key = [
      ...[change.change, change.delivery, unitChange, isLeft, isKnown, before?.digest, after?.digest],
      // Equal texts may be paired otherwise.
      ...[before?.name, before?.namespace, after?.name, after?.namespace],
    ].join(' ')
    const answer = known.get(key) ?? [...find(object)]
    known.set(key, answer)
    return answer
  }
}

function toDanger(rule: Rule, found: FoundDanger, clusters: readonly string[], places: PlaceFinder): Danger {
  const { severity = rule.severity, message, unit, object, path } = found
  const [cluster] = clusters
  const isPlaced = found.span === undefined && cluster !== undefined && unit !== undefined
  const place: Place = isPlaced ? places(cluster, unit) : { span: found.span, side: found.side ?? 'after' }
  return {
    ...{ rule: rule.name, severity, message, clusters },
    ...(unit !== undefined && { unit }),
    ...(object && { object }),
    ...(path && { path }),
    ...(place.span && { span: place.span, side: place.side ?? 'after' }),
  }
}
