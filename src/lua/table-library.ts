import lua from 'fengari/src/lua.js'
import type { LuaState } from 'fengari/src/lobject.js'
import { fromBytes } from './bytes.ts'
import {
  LuaError,
  copyOf,
  getField,
  globalTable,
  isTrue,
  lengthOf,
  libraryTable,
  push,
  setField,
  tableValue,
  textOf,
  typeName,
  type Call,
  type LibraryFunction,
  type LuaValue,
} from './native.ts'

const functions: Readonly<Record<string, LibraryFunction>> = {
  concat: (call) => [concatenate(call)],
  getn: (call) => [lengthOf(call.table(1))],
  insert: (call) => {
    const table = call.table(1)
    if (call.count === 1) throw new LuaError('wrong number of arguments')
    const length = lengthOf(table)
    if (call.count === 2) {
      setField(call.state, table, length + 1, call.value(2))
      return []
    }
    const position = call.integer(2)
    call.meter.step(Math.max(0, length - position))
    for (let index = length; position >= 1 && index >= position; index -= 1) {
      setField(call.state, table, index + 1, getField(call.state, table, index))
    }
    setField(call.state, table, position, call.any(3))
    return []
  },
  maxn: (call) => [lengthOf(call.table(1))],
  remove: (call) => {
    const table = call.table(1)
    const length = lengthOf(table)
    const position = call.count === 1 ? length : call.integer(2)
    if (length === 0 || position > length) return [undefined]
    const index = position < 1 ? length : position
    const removed = getField(call.state, table, index)
    const copy = copyOf(removed)
    call.meter.step(length - index)
    for (let at = index; at < length; at += 1) {
      setField(call.state, table, at, getField(call.state, table, at + 1))
    }
    setField(call.state, table, length, undefined)
    return [copy]
  },
  sort: (call) => {
    const table = call.table(1)
    const compare = call.count > 1 ? call.function(2) : undefined
    const length = lengthOf(table)
    const values: LuaValue[] = []
    for (let index = 1; index <= length; index += 1) {
      values.push(copyOf(getField(call.state, table, index)))
    }
    const less = (a: LuaValue, b: LuaValue): boolean => {
      call.meter.step(1)
      return compare === undefined ? isLess(call, a, b) : isTrue(call.invoke(compare, a, b))
    }
    const sorted = values.sort((a, b) => (less(a, b) ? -1 : less(b, a) ? 1 : 0))
    sorted.forEach((value, index) => {
      setField(call.state, table, index + 1, value)
    })
    return []
  },
}

export function openTable(L: LuaState): void {
  setField(L, globalTable(L), 'table', tableValue(libraryTable(L, functions)))
}

function concatenate(call: Call): string {
  const table = call.table(1)
  const length = lengthOf(table)
  const separator = call.optionalText(2, '')
  const first = call.optionalInteger(3, 1)
  if (call.count === 3 && (first > length || first < 1)) return ''
  const start = Math.max(Math.min(first, length), 1)
  const end = Math.min(call.optionalInteger(4, length), length)
  const parts: string[] = []
  let size = 0
  for (let index = start; index <= end; index += 1) {
    const value = getField(call.state, table, index)
    const text = textOf(value)
    if (text === undefined) {
      throw new LuaError(`invalid value (${typeName(value)}) at index ${index} in table for concat`)
    }
    size += text.length + separator.length
    // Many references to one long text would make a far longer one.
    if (size > 65_536) call.meter.text(size)
    parts.push(text)
  }
  return parts.join(separator)
}

function isLess(call: Call, a: LuaValue, b: LuaValue): boolean {
  if (a.ttisnumber() && b.ttisnumber()) return (a.value as number) < (b.value as number)
  if (a.ttisstring() && b.ttisstring()) return fromBytes(a.svalue()) < fromBytes(b.svalue())
  const L = call.state
  push(L, a)
  push(L, b)
  const result = lua.lua_compare(L, -2, -1, 1)
  lua.lua_settop(L, -3)
  return result
}
