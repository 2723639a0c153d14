import type { JsonObject } from '../../engine/types.ts'

type Value = JsonObject | undefined

/**
 * The same answer for the same two values, worked out once: clusters share the values of equal objects. Values that nobody
 * holds any more are forgotten.
 */
export function rememberPairs<T>(
  compute: (before: Value, after: JsonObject) => T,
): (before: Value, after: JsonObject) => T {
  const alone = {}
  const known = new WeakMap<JsonObject, WeakMap<object, { readonly answer: T }>>()
  return (before, after) => {
    const others = known.get(after) ?? new WeakMap<object, { readonly answer: T }>()
    const found = others.get(before ?? alone) ?? { answer: compute(before, after) }
    known.set(after, others.set(before ?? alone, found))
    return found.answer
  }
}
