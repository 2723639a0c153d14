import type { Span } from '../../diagnostics/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Danger, SideObject, UnitChange } from '../types.ts'
import { foldDangers } from './fold-dangers.ts'
import { putInReview } from './in-review.ts'
import type { DangerContext, FleetInReview, FoundDanger, ObjectInReview, Rule } from './rule.ts'
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
  const review = { fleet, objects: shareObjects(fleet) }
  const found = rules.flatMap((rule) => findByRule(rule, review, places))
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

function findByRule(
  rule: Rule,
  { fleet, objects }: { readonly fleet: FleetInReview; readonly objects: readonly SharedObject[] },
  places: PlaceFinder,
): readonly Danger[] {
  switch (rule.looksAt) {
    case 'object':
      return objects.flatMap(({ object, unit, clusters }) =>
        [...rule.find(object)].map((found) => {
          const place = object.change.after ?? object.change.before
          return toDanger(rule, { unit, ...(place && { object: place }), ...found }, clusters, places)
        }),
      )
    case 'unit':
      return fleet.clusters.flatMap(({ id, units }) =>
        units.flatMap((unit) =>
          [...rule.find(unit)].map((found) =>
            toDanger(rule, { unit: unit.change.unit, ...found }, [id], places),
          ),
        ),
      )
    case 'cluster':
      return fleet.clusters.flatMap((cluster) =>
        [...rule.find(cluster)].map((found) => toDanger(rule, found, [cluster.id], places)),
      )
    case 'fleet':
      return [...rule.find(fleet)].map(({ clusters, ...found }) => toDanger(rule, found, clusters, places))
  }
}

/** The same change of the same two texts in a unit of several clusters. */
interface SharedObject {
  readonly object: ObjectInReview
  readonly unit: string
  readonly clusters: string[]
}

/** Clusters share most of their objects: what a rule says of one, it says of all. */
function shareObjects({ clusters }: FleetInReview): readonly SharedObject[] {
  const shared = new Map<string, SharedObject>()
  for (const { id, units } of clusters) {
    for (const { change, objects } of units) {
      for (const object of objects) {
        const key = `${change.unit} ${keyOf(object)}`
        const known = shared.get(key)
        if (known) known.clusters.push(id)
        else shared.set(key, { object, unit: change.unit, clusters: [id] })
      }
    }
  }
  return [...shared.values()]
}

/** All that a rule which looks at one object sees of it; equal texts may be paired otherwise. */
function keyOf({ change, before, after, unitChange, isLeft, isKnown }: ObjectInReview): string {
  const place = (side: SideObject | undefined): string =>
    side ? `${side.digest} ${side.namespace ?? ''} ${side.name}` : ''
  return `${change.change} ${change.delivery === true} ${unitChange} ${isLeft} ${isKnown} ${place(before)} ${place(after)}`
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
