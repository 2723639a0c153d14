import ltable from 'fengari/src/ltable.js'
import { fromBytes, toBinary, toText } from './bytes.ts'
import { entriesOf, getField, lengthOf, setField, tableValue, toValue, typeName } from './native.ts'
import type { LuaState, LuaTable, LuaValue } from './native.ts'
import { goExponent } from './number-text.ts'
import type { LuaJson } from './types.ts'

/** A value that has no JSON form. */
export class EncodeError extends Error {}

/** A table becomes a list where it has a key 1..n, and a map otherwise; an empty one is a map (sveltos.md 3.3). */
export function toJson(L: LuaState, value: LuaValue, ancestors: readonly LuaTable[] = []): LuaJson {
  if (value.ttisnil()) return null
  if (value.ttisboolean()) return value.value as boolean
  if (value.ttisstring()) return toText(fromBytes(value.svalue()))
  if (value.ttisnumber()) return finite(value.value as number)
  if (!value.ttistable()) throw new EncodeError(`a ${typeName(value)} has no JSON form`)
  const table = value.value as LuaTable
  if (ancestors.includes(table)) throw new EncodeError('a table that contains itself has no JSON form')
  const inside = [...ancestors, table]
  const length = lengthOf(table)
  if (length > 0) {
    if (length > table.strong.size * 2 + 1000) throw new EncodeError(`a list with a hole up to ${length}`)
    return Array.from({ length }, (_, index) => toJson(L, getField(L, table, index + 1), inside))
  }
  const entries = entriesOf(L, table).map(([key, item]) => [keyText(key), toJson(L, item, inside)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Walks a JSON value into tables by hand: nothing of JavaScript is reachable from them. Nulls are left out
 * (sveltos.md 3.3); in lists the others move up, or keep their places when `holes` is set.
 */
export function fromJson(L: LuaState, json: LuaJson, holes = false): LuaValue {
  if (json === null) return toValue(L, undefined)
  if (typeof json === 'string') return toValue(L, toBinary(json))
  if (typeof json !== 'object') return toValue(L, json)
  const table = ltable.luaH_new(L)
  if (isList(json)) {
    const kept = holes ? json : json.filter((item) => item !== null)
    kept.forEach((item, index) => {
      setField(L, table, index + 1, fromJson(L, item, holes))
    })
    return tableValue(table)
  }
  // Sorted: the real order is random, a script must not see the order in which a file was written.
  for (const key of Object.keys(json).sort()) {
    setField(L, table, toBinary(key), fromJson(L, json[key] ?? null, holes))
  }
  return tableValue(table)
}

/** Go's encoding/json of a JSON value: keys sorted, `<`, `>` and `&` escaped, floats in Go's form. */
export function printJson(json: LuaJson): string {
  if (json === null || typeof json === 'boolean') return String(json)
  if (typeof json === 'number') return jsonNumber(json)
  if (typeof json === 'string') return jsonString(json)
  if (isList(json)) return `[${json.map(printJson).join(',')}]`
  const members = Object.keys(json)
    .sort()
    .map((key) => `${jsonString(key)}:${printJson(json[key] ?? null)}`)
  return `{${members.join(',')}}`
}

export function isList(json: LuaJson): json is readonly LuaJson[] {
  return Array.isArray(json)
}

function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Go prints an exponent below 1e-6 and from 1e21 on, as JavaScript does, with a different number of digits. */
export function jsonNumber(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value)
  return text.includes('e+') ? goExponent(text) : text
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new EncodeError('infinity and NaN have no JSON form')
  return value
}

function keyText(key: LuaValue): string {
  if (key.ttisstring()) return toText(fromBytes(key.svalue()))
  return String(key.value)
}
