import type { JsonObject } from '../../engine/types.ts'
import { compareObjects } from '../fields/compare-objects.ts'
import type { FieldChange, ObjectChange, ObjectPlace, UnitChange } from '../types.ts'
import { isOwnName, type ListKeysOf } from '../units/compare-fields.ts'
import type { Blank } from './cluster-words.ts'
import { shapeOf } from './fold-fields.ts'
import { groupAcrossClusters } from './group-across-clusters.ts'

/** What happens to one object of one cluster of a fold. */
export interface Member {
  readonly cluster: string
  readonly object: ObjectChange
}

/** Clusters with one object that changes in the same way. Of whole ones, `differing` leads from the first one's value. */
export interface ObjectGroup {
  readonly first: Member
  readonly variants: readonly ObjectVariant[]
}

export interface ObjectVariant {
  readonly clusters: readonly string[]
  readonly fields: readonly FieldChange[]
}

/** What groups need to be made. */
export interface Grouping {
  readonly blank: Blank
  readonly listKeys: ListKeysOf
}

/** Groups the objects of units that fold; those of one cluster are in different groups. */
export function groupObjects(units: readonly UnitChange[], grouping: Grouping): readonly ObjectGroup[] {
  const members = units.flatMap(({ cluster, objects }) => objects.map((object) => ({ cluster, object })))
  const shapes = new Map<readonly FieldChange[], string>()
  const shapeText = (fields: readonly FieldChange[]): string => {
    const shape = shapes.get(fields) ?? shapeOf(fields)
    shapes.set(fields, shape)
    return shape
  }
  const linesOf = ({ object }: Member): readonly string[] => [
    `${object.change} ${object.delivery === true ? 'delivery' : ''} ${object.routine ? 'routine' : ''}`,
    `before ${placeText(object.before)}`,
    `after ${placeText(object.after)}`,
    shapeText(object.fields),
  ]
  return groupAcrossClusters(members, linesOf, grouping.blank).flatMap((group) => {
    const [first] = group
    if (!first) return []
    return first.object.value === undefined
      ? [{ first, variants: variantsOf(group) }]
      : groupWholes(group, grouping)
  })
}

function placeText(place: ObjectPlace | undefined): string {
  if (place === undefined) return ''
  const { unit, apiVersion, kind, namespace = '', name } = place
  return JSON.stringify([unit, apiVersion, kind, namespace, name])
}

/** Clusters that share what was compared share the list. */
function variantsOf(group: readonly Member[]): readonly ObjectVariant[] {
  const lists = Map.groupBy(group, ({ object }) => object.fields)
  return [...lists].map(([fields, members]) => ({ fields, clusters: members.map(({ cluster }) => cluster) }))
}

interface Whole {
  readonly first: Member
  readonly value: JsonObject
  readonly clusters: readonly string[]
}

/** Objects may differ in so many fields, or in half of what they hold; beyond, they are shown apart. */
const mostFields = 12
/** Where objects have nothing in common, each would be compared with each. */
const mostBases = 3

interface WholeGroup {
  readonly base: Whole
  readonly mostFields: number
  readonly variants: ObjectVariant[]
}

/** Each distinct value joins the first group that it is near to. */
function groupWholes(group: readonly Member[], { listKeys }: Grouping): readonly ObjectGroup[] {
  const wholes = [...Map.groupBy(group, ({ object }) => object.key).values()].flatMap((members): Whole[] => {
    const [first] = members
    const value = first?.object.value
    return first && value ? [{ first, value, clusters: members.map(({ cluster }) => cluster) }] : []
  })
  const groups: WholeGroup[] = []
  for (const whole of wholes) {
    const isJoined = groups.slice(0, mostBases).some((one) => {
      const fields = differing(one.base, whole, listKeys)
      if (fields.length > one.mostFields) return false
      one.variants.push({ clusters: whole.clusters, fields })
      return true
    })
    if (!isJoined)
      groups.push({
        base: whole,
        mostFields: Math.max(mostFields, countValues(whole.value) / 2),
        variants: [{ clusters: whole.clusters, fields: [] }],
      })
  }
  return groups.map(({ base, variants }) => ({ first: base.first, variants }))
}

function countValues(value: JsonObject): number {
  let count = 0
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next === 'object' && next !== null) pending.push(...(Object.values(next) as unknown[]))
    else count += 1
  }
  return count
}

function differing(base: Whole, { value }: Whole, listKeys: ListKeysOf): readonly FieldChange[] {
  const { cluster, object } = base.first
  const place = object.after ?? object.before
  const keys = listKeys({ apiVersion: place?.apiVersion ?? '', kind: place?.kind ?? '' }, cluster)
  return compareObjects(base.value, value, { listKeys: keys }).filter((field) => !isOwnName(field))
}
