import type { Span } from '../../diagnostics/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Plan } from '../../resolve/types.ts'
import { nameOf } from '../dangers/wording.ts'
import { formatFieldPath } from '../fields/field-path.ts'
import type { CheckedSchemas, Danger, ObjectPlace, Side, SideObject, UnitChange } from '../types.ts'
import type { FleetSchemas } from './fleet-schemas.ts'
import type { SchemaFault } from './schema-node.ts'
import { writtenPlace } from './written-place.ts'

export interface CheckContext {
  readonly before: Side
  readonly after: Side
  readonly schemas: FleetSchemas
  /** Where a person wrote that the cluster gets the unit. */
  readonly placeOfUnit: (plan: Plan, cluster: string, unit: string) => Span | undefined
}

export interface CheckedObjects extends CheckedSchemas {
  /** The most severe first, then by message; folded over clusters. */
  readonly dangers: readonly Danger[]
}

/**
 * Objects that a change adds or changes → what of them is not what the schemas of their cluster say, as far as it was not so
 * before. Missing fields and wrong types are severe: the API server refuses the object. What goes to the management cluster
 * is not looked at. Pure and total.
 * @example checkObjects(changes, { before, after, schemas, placeOfUnit }).dangers
 */
export function checkObjects(changes: readonly UnitChange[], context: CheckContext): CheckedObjects {
  const [find, findBefore] = [objectFinder(context.after), objectFinder(context.before)]
  const unchecked = new Map<string, number>()
  const found = new Map<string, FoundFault>()
  let checked = 0
  for (const { cluster, objects } of changes) {
    for (const { before, after, delivery } of objects) {
      const object = after && delivery !== true ? find(cluster, after) : undefined
      if (after === undefined || object === undefined) continue
      const faults = context.schemas.check(cluster, object, 'after')
      if (faults === undefined) {
        const api = `${object.apiVersion} ${object.kind}`
        unchecked.set(api, (unchecked.get(api) ?? 0) + 1)
        continue
      }
      checked += 1
      if (faults.length === 0) continue
      const former = before && findBefore(cluster, before)
      const known = former ? (context.schemas.check(cluster, former, 'before') ?? []) : []
      const standing = new Set(known.map(sentenceOf))
      for (const fault of faults.filter((one) => !standing.has(sentenceOf(one))))
        collect(found, { cluster, place: after, object, fault })
    }
  }
  const dangers = [...found.values()].map((fault) => toDanger(fault, context))
  return { dangers: dangers.sort(compareDangers), checked, unchecked: sorted(unchecked) }
}

/** The same fault in some clusters, as the first has it. */
interface FoundFault {
  readonly clusters: Set<string>
  readonly place: ObjectPlace
  readonly object: SideObject
  readonly fault: SchemaFault
}

function collect(
  found: Map<string, FoundFault>,
  { cluster, ...one }: Omit<FoundFault, 'clusters'> & { readonly cluster: string },
): void {
  const { unit, apiVersion, kind, namespace, name } = one.place
  const key = JSON.stringify([unit, apiVersion, kind, namespace, name, sentenceOf(one.fault)])
  const known = found.get(key) ?? { ...one, clusters: new Set() }
  known.clusters.add(cluster)
  found.set(key, known)
}

function sorted(counts: ReadonlyMap<string, number>): CheckedObjects['unchecked'] {
  return [...counts].map(([api, objects]) => ({ api, objects })).sort((a, b) => compareText(a.api, b.api))
}

function sentenceOf({ path, text }: SchemaFault): string {
  return `${formatFieldPath(path)} ${text}`
}

function compareDangers(a: Danger, b: Danger): number {
  return (
    compareText(a.severity, b.severity) ||
    compareText(a.message, b.message) ||
    compareText(a.unit ?? '', b.unit ?? '') ||
    compareText(a.clusters[0] ?? '', b.clusters[0] ?? '')
  )
}

function toDanger(
  { clusters: all, place, object, fault }: FoundFault,
  { after: { plan }, placeOfUnit }: CheckContext,
): Danger {
  const clusters = [...all].sort(compareText)
  const [cluster = ''] = clusters
  const unit = plan?.clusters
    .find((one) => one.cluster.id === cluster)
    ?.units.find(({ name }) => name === place.unit)
  const span = (unit && writtenPlace(unit, object, fault)) ?? (plan && placeOfUnit(plan, cluster, place.unit))
  const isRefused = fault.kind === 'missing' || fault.kind === 'type'
  return {
    rule: 'schema',
    severity: isRefused ? 'high' : 'medium',
    message: `${formatFieldPath(fault.path)} of ${nameOf(place)} ${fault.text}`,
    ...{ clusters, unit: place.unit, object: place, path: fault.path },
    ...(span && { span, side: 'after' as const }),
  }
}

/** By path on the rendered branch, cluster by cluster. Local units are none of the cluster. */
function objectFinder(side: Side): (cluster: string, place: ObjectPlace) => SideObject | undefined {
  const known = new Map<string, ReadonlyMap<string, SideObject>>()
  return (cluster, { path }) => {
    const objects = known.get(cluster) ?? objectsOf(side, cluster)
    known.set(cluster, objects)
    return objects.get(path)
  }
}

function objectsOf({ clusters }: Side, cluster: string): ReadonlyMap<string, SideObject> {
  const units = [...(clusters.get(cluster)?.units.values() ?? [])].filter(({ settings }) => !settings.local)
  return new Map(units.flatMap(({ objects }) => objects.map((object) => [object.path, object] as const)))
}
