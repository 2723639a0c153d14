import { createHash } from 'node:crypto'
import { canonicalJson } from '../../kubernetes/exact-json.ts'
import type { FieldChange, ObjectChange, SideObject } from '../types.ts'
import { placeOf } from './object-identity.ts'
import type { ObjectPair } from './pair-objects.ts'
import { stemOf } from './rename.ts'

/** Makes changes of pairs and what differs in them; what clusters share is hashed once. */
export function createChangeMaker(): (pair: ObjectPair, fields: readonly FieldChange[]) => ObjectChange {
  const hashes = new Map<object, string>()
  const hashOf = (value: object): string => {
    const hash = hashes.get(value) ?? digest(value)
    hashes.set(value, hash)
    return hash
  }
  return (pair, fields) => {
    const { change, before, after, delivery } = pair
    const whole = before && after ? undefined : (before ?? after)?.object.value
    const places = {
      ...(before && { before: placeOf(before.object, before.unit) }),
      ...(after && { after: placeOf(after.object, after.unit) }),
    }
    return {
      ...{ change, ...places, fields },
      ...(whole && { value: whole }),
      routine: isRoutine(pair, fields),
      ...(delivery && { delivery }),
      key: digest([
        ...[change, delivery === true, withoutPath(places.before), withoutPath(places.after)],
        ...[hashOf(fields), whole ? hashOf(whole) : ''],
      ]),
    }
  }
}

/** What a pair holds is masked, so that no digest of a value of a Secret shows, which could be guessed (decision 6). */
function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 24)
}

function withoutPath(place: ObjectChange['before']): unknown {
  if (place === undefined) return null
  const { path, ...others } = place
  return others
}

/** A new name is news unless it is that of its content, and an object without differing fields is another file of the same. */
function isRoutine({ change, before, after }: ObjectPair, fields: readonly FieldChange[]): boolean {
  const mayBe = change === 'changed' || (change === 'renamed' && isSameStem(before?.object, after?.object))
  return mayBe && fields.length > 0 && fields.every(({ routine }) => routine !== undefined)
}

function isSameStem(before: SideObject | undefined, after: SideObject | undefined): boolean {
  return stemOf(before?.name ?? '') === stemOf(after?.name ?? '')
}
