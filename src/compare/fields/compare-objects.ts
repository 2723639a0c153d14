import type { JsonObject } from '../../engine/types.ts'
import type { FieldChange } from '../types.ts'
import { compareValues } from './compare-values.ts'
import type { CompareOptions } from './compare-values.ts'
import { routineOf } from './routine.ts'

/**
 * How an object of Kubernetes became another, each change marked that every release makes. Nothing is left out; texts that
 * hold structured data are changes of the whole text until `lookInsideAll` has looked into them. Pure.
 */
export function compareObjects(
  before: JsonObject,
  after: JsonObject,
  options: CompareOptions,
): readonly FieldChange[] {
  const kind = typeof after['kind'] === 'string' ? after['kind'] : ''
  return compareValues(before, after, options).map((change) => {
    const routine = change.routine ?? routineOf(kind, change)
    return routine === undefined ? change : { ...change, routine }
  })
}
