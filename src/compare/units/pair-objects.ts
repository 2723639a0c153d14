import { compareText } from '../../kubernetes/text-order.ts'
import type { ObjectChange, SideObject, SideUnit } from '../types.ts'
import { identityOf } from './object-identity.ts'
import type { UnitPair } from './pair-units.ts'
import type { RenameFinder } from './rename.ts'

/** One object of a cluster on both sides, where they differ. */
export interface ObjectPair {
  readonly change: ObjectChange['change']
  readonly before?: HeldObject
  readonly after?: HeldObject
  readonly delivery?: true
}

export interface HeldObject {
  readonly object: SideObject
  /** Unit that holds it. */
  readonly unit: string
}

/**
 * Finds for every object of a cluster what it was: the one of the same identity in the same unit, else in another unit, else
 * one of another name that is the same otherwise. By unit, where a moved object stands at the one that gains it.
 */
export function pairObjects(
  units: readonly UnitPair[],
  findRenamed: RenameFinder,
): ReadonlyMap<string, readonly ObjectPair[]> {
  const found = new Map(units.map(({ unit }): [string, ObjectPair[]] => [unit, []]))
  const gone: Loose[] = []
  const come: Loose[] = []
  for (const pair of units) {
    const rest = pairAlike(looseOf(pair, 'before'), looseOf(pair, 'after'), (before, after) => {
      if (before.object.digest !== after.object.digest)
        found.get(pair.unit)?.push(toPair('changed', before, after))
    })
    gone.push(...rest.gone)
    come.push(...rest.come)
  }
  const rest = pairAlike(gone.filter(isMovable), come.filter(isMovable), (before, after) => {
    found.get(after.unit)?.push(toPair('moved', before, after))
  })
  for (const { unit, before, after } of units) {
    const own = (list: readonly Loose[]): Loose[] => list.filter((loose) => loose.unit === unit)
    const [left, right] = [own(rest.gone), own(rest.come)]
    const isApart = before?.settings.local !== after?.settings.local
    const renamed = isApart ? [] : findRenamed(left.map(toObject), right.map(toObject))
    const byObject = new Map(right.map((loose) => [loose.object, loose]))
    const newNames = new Map(renamed.map((pair) => [pair.before, byObject.get(pair.after)]))
    const taken = new Set(newNames.values())
    const pairs = found.get(unit) ?? []
    for (const loose of [...left, ...own(gone.filter((one) => !isMovable(one)))]) {
      const named = newNames.get(loose.object)
      pairs.push(named ? toPair('renamed', loose, named) : toPair('removed', loose, undefined))
    }
    for (const loose of [...right, ...own(come.filter((one) => !isMovable(one)))])
      if (!taken.has(loose)) pairs.push(toPair('added', undefined, loose))
  }
  return found
}

interface Loose extends HeldObject {
  /** What it is and where it is applied: an object that goes to another cluster is another object. */
  readonly key: string
  readonly delivery: boolean
}

function looseOf(pair: UnitPair, side: 'before' | 'after'): Loose[] {
  const unit: SideUnit | undefined = pair[side]
  if (!unit) return []
  const target = unit.settings.local ? 'local' : 'cluster'
  const loosen = (object: SideObject, place: string): Loose => ({
    ...{ object, unit: pair.unit, delivery: place === 'delivery' },
    key: `${place} ${identityOf(object)}`,
  })
  return [
    ...unit.objects.map((object) => loosen(object, target)),
    ...unit.delivery.map((object) => loosen(object, 'delivery')),
  ]
}

function toObject({ object }: Loose): SideObject {
  return object
}

/** What delivers a unit belongs to it alone. */
function isMovable({ delivery }: Loose): boolean {
  return !delivery
}

function toPair(
  change: ObjectChange['change'],
  before: Loose | undefined,
  after: Loose | undefined,
): ObjectPair {
  const held = ({ object, unit }: Loose): HeldObject => ({ object, unit })
  return {
    change,
    ...(before && { before: held(before) }),
    ...(after && { after: held(after) }),
    ...((before ?? after)?.delivery === true && { delivery: true }),
  }
}

/** A unit may hold an object of one identity twice: equal ones belong together, then those in one file, then as they come. */
const fitting: readonly ((before: SideObject, after: SideObject) => boolean)[] = [
  (before, after) => before.digest === after.digest,
  (before, after) => before.path === after.path,
  () => true,
]

function pairAlike(
  gone: readonly Loose[],
  come: readonly Loose[],
  pair: (before: Loose, after: Loose) => void,
): { readonly gone: readonly Loose[]; readonly come: readonly Loose[] } {
  const byKey = new Map<string, Loose[]>()
  for (const after of sortByPath(come)) {
    const list = byKey.get(after.key)
    if (list) list.push(after)
    else byKey.set(after.key, [after])
  }
  let left = sortByPath(gone)
  for (const fits of fitting)
    left = left.filter((before) => {
      const candidates = byKey.get(before.key) ?? []
      const position = candidates.findIndex((after) => fits(before.object, after.object))
      const [after] = position < 0 ? [] : candidates.splice(position, 1)
      if (after) pair(before, after)
      return after === undefined
    })
  return { gone: left, come: [...byKey.values()].flat() }
}

function sortByPath(list: readonly Loose[]): readonly Loose[] {
  return list.toSorted((a, b) => compareText(a.object.path, b.object.path))
}
