import { isObjectValue, isRawNumber } from '../../kubernetes/object-value.ts'
import type { ObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldValue } from '../types.ts'

/** A value that has no parts; a raw JSON number is one too. */
export type Scalar = string | number | boolean

export function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value)
}

/** What an item of a list may be known by. No raw JSON number: a path could not hold it. */
export function isScalar(value: FieldValue): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** The text of a number that a double cannot hold. */
export function rawNumber(value: FieldValue): string | undefined {
  return isRawNumber(value) ? (value as { readonly rawJSON: string }).rawJSON : undefined
}

/** Equal as JSON: the order of keys plays no part, wide numbers by their text. Without recursion, whatever the depth. */
export function sameValue(before: FieldValue, after: FieldValue): boolean {
  const pending: FieldValue[] = [before, after]
  while (pending.length > 0) {
    const right = pending.pop()
    const left = pending.pop()
    if (left === right) continue
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
    if (isList(left) || isList(right)) {
      if (!isList(left) || !isList(right) || left.length !== right.length) return false
      for (const [index, item] of left.entries()) pending.push(item, right[index])
      continue
    }
    const number = rawNumber(left)
    if (number !== undefined || rawNumber(right) !== undefined) {
      if (number !== rawNumber(right)) return false
      continue
    }
    const keys = Object.keys(left)
    if (keys.length !== Object.keys(right).length) return false
    for (const key of keys) {
      if (!Object.hasOwn(right, key)) return false
      pending.push((left as ObjectValue)[key], (right as ObjectValue)[key])
    }
  }
  return true
}

/** Whether maps and lists are nested in one another at most so many times. */
export function isNestedAtMost(value: FieldValue, depth: number): boolean {
  let level: readonly FieldValue[] = [value]
  for (let left = depth; level.length > 0; left -= 1) {
    const nested = level.filter((item) => isList(item) || isObjectValue(item)) as readonly object[]
    if (nested.length > 0 && left === 0) return false
    level = nested.flatMap((item) => Object.values(item) as FieldValue[])
  }
  return true
}
