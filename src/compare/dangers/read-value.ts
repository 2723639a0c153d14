import { isObjectValue, valueAt, type ObjectValue } from '../../kubernetes/object-value.ts'

export type Keys = readonly string[]

export function mapAt(value: unknown, keys: Keys): ObjectValue | undefined {
  const found = valueAt(value, keys)
  return isObjectValue(found) ? found : undefined
}

export function listAt(value: unknown, keys: Keys): readonly unknown[] {
  const found = valueAt(value, keys)
  return Array.isArray(found) ? found : []
}

export function mapsAt(value: unknown, keys: Keys): readonly ObjectValue[] {
  return listAt(value, keys).filter(isObjectValue)
}

export function textAt(value: unknown, keys: Keys): string | undefined {
  const found = valueAt(value, keys)
  return typeof found === 'string' ? found : undefined
}

export function textsAt(value: unknown, keys: Keys): readonly string[] {
  return listAt(value, keys).filter((item) => typeof item === 'string')
}

export function isTrueAt(value: unknown, keys: Keys): boolean {
  return valueAt(value, keys) === true
}
