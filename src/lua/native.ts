import './machine.ts'
import lauxlib from 'fengari/src/lauxlib.js'
import lobject, { type TValue } from 'fengari/src/lobject.js'
import lstring from 'fengari/src/lstring.js'
import ltable from 'fengari/src/ltable.js'
import lua from 'fengari/src/lua.js'
import type { LuaState, LuaTable, Native } from 'fengari/src/lobject.js'
import { InternalError } from '../diagnostics/errors.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { meterOf, type Meter } from './meter.ts'
import { formatNumber, parseNumber } from './number-text.ts'

/** A fault that a library function raises; the position of the calling line is put before it. */
export class LuaError extends Error {}

/** What a library function gives back: nothing is nil, texts are binary, anything else is a value of the machine. */
export type LuaResult = undefined | boolean | number | string | LuaValue

/** A value of the machine. */
export type LuaValue = TValue
export type { LuaState, LuaTable }

/** A library function: reads its arguments, gives its results. */
export type LibraryFunction = (call: Call) => readonly LuaResult[]

/** The arguments of one call, 1-based as in Lua's messages. */
export class Call {
  readonly state: LuaState
  readonly count: number
  readonly #base: number
  readonly #name: string

  constructor(state: LuaState, name: string) {
    this.state = state
    this.count = lua.lua_gettop(state)
    this.#base = state.ci.funcOff
    this.#name = name
  }

  get meter(): Meter {
    const meter = meterOf(this.state)
    if (meter === undefined) throw new InternalError('a Lua state without a meter')
    return meter
  }

  /** A copy: the machine reuses its slots. Nil where there is no such argument. */
  value(index: number): LuaValue {
    const value = index <= this.count ? this.state.stack[this.#base + index] : undefined
    return copyOf(value)
  }

  /** An argument that must be there, nil or not. */
  any(index: number): LuaValue {
    if (index > this.count) throw this.argumentError(index, 'value expected')
    return this.value(index)
  }

  isNone(index: number): boolean {
    return index > this.count || this.value(index).ttisnil()
  }

  /** A string, or a number as its text. */
  text(index: number): string {
    const text = textOf(this.value(index))
    if (text === undefined) throw this.typeError(index, 'string')
    return text
  }

  optionalText(index: number, otherwise: string): string {
    return this.isNone(index) ? otherwise : this.text(index)
  }

  /** A number, or a string that reads as one. */
  number(index: number): number {
    const value = this.value(index)
    if (value.ttisnumber()) return value.value as number
    const number = value.ttisstring() ? parseNumber(fromBytes(value.svalue())) : undefined
    if (number === undefined) throw this.typeError(index, 'number')
    return number
  }

  /** Fractions are cut, as Go's conversion does. */
  integer(index: number): number {
    const value = this.value(index)
    if (!value.ttisnumber()) throw this.typeError(index, 'number')
    return Math.trunc(value.value as number)
  }

  optionalInteger(index: number, otherwise: number): number {
    return this.isNone(index) ? otherwise : this.integer(index)
  }

  table(index: number): LuaTable {
    const value = this.value(index)
    if (!value.ttistable()) throw this.typeError(index, 'table')
    return value.value as LuaTable
  }

  function(index: number): LuaValue {
    const value = this.value(index)
    if (!value.ttisfunction()) throw this.typeError(index, 'function')
    return value
  }

  boolean(index: number): boolean {
    const value = this.value(index)
    if (!value.ttisboolean()) throw this.typeError(index, 'boolean')
    return value.value as boolean
  }

  typeError(index: number, expected: string): LuaError {
    return this.argumentError(index, `${expected} expected, got ${typeName(this.value(index))}`)
  }

  argumentError(index: number, problem: string): LuaError {
    return new LuaError(`bad argument #${index} to ${this.#name} (${problem})`)
  }

  /** Calls a function of the script and gives its first result. */
  invoke(target: LuaValue, ...args: readonly LuaResult[]): LuaValue {
    const L = this.state
    lua.lua_checkstack(L, args.length + 2)
    push(L, target)
    for (const arg of args) push(L, arg)
    lua.lua_call(L, args.length, 1)
    const result = copyOf(L.stack[L.top - 1])
    lua.lua_settop(L, -2)
    return result
  }

  newTable(): LuaTable {
    return ltable.luaH_new(this.state)
  }
}

/** The machine reuses its slots: a value that is kept must be a copy. */
export function copyOf(value: LuaValue | undefined): LuaValue {
  return value === undefined ? new lobject.TValue(0, null) : new lobject.TValue(value.type, value.value)
}

const typeNames = [
  'nil',
  'boolean',
  'userdata',
  'number',
  'string',
  'table',
  'function',
  'userdata',
  'thread',
]
export function typeName(value: LuaValue): string {
  return typeNames[value.ttnov()] ?? 'userdata'
}

/** Text of a string or number; undefined for anything else. */
export function textOf(value: LuaValue): string | undefined {
  if (value.ttisstring()) return fromBytes(value.svalue())
  return value.ttisnumber() ? formatNumber(value.value as number) : undefined
}

export function isTrue(value: LuaValue): boolean {
  return !(value.ttisnil() || (value.ttisboolean() && value.value === false))
}

const tableType = 5
export function tableValue(table: LuaTable): LuaValue {
  return new lobject.TValue(tableType, table)
}

/** A value of the machine for a TypeScript one. */
export function toValue(L: LuaState, result: LuaResult): LuaValue {
  if (result === undefined) return new lobject.TValue(0, null)
  const value = new lobject.TValue(0, null)
  if (typeof result === 'boolean') return new lobject.TValue(1, result)
  if (typeof result === 'number') value.setfltvalue(result)
  else if (typeof result === 'string') value.setsvalue(lstring.luaS_bless(L, toBytes(result)))
  else value.setfrom(result)
  return value
}

export function push(L: LuaState, result: LuaResult): void {
  L.stack[L.top] = toValue(L, result)
  L.top += 1
}

export function getField(L: LuaState, table: LuaTable, key: string | number): LuaValue {
  return ltable.luaH_get(L, table, toValue(L, key))
}

export function setField(L: LuaState, table: LuaTable, key: string | number, result: LuaResult): void {
  ltable.luaH_setfrom(L, table, toValue(L, key), toValue(L, result))
}

export function lengthOf(table: LuaTable): number {
  return ltable.luaH_getn(table)
}

export function listTable(call: Call, items: readonly LuaResult[]): LuaValue {
  const table = call.newTable()
  items.forEach((item, index) => {
    setField(call.state, table, index + 1, item)
  })
  return tableValue(table)
}

/** Entries in gopher-lua's order. */
export function entriesOf(L: LuaState, table: LuaTable): (readonly [key: LuaValue, value: LuaValue])[] {
  const all: [LuaValue, LuaValue][] = []
  lua.lua_checkstack(L, 4)
  const slot = L.top
  L.stack[slot] = new lobject.TValue(0, null)
  L.stack[slot + 1] = new lobject.TValue(0, null)
  L.top = slot + 2
  for (;;) {
    if (!ltable.luaH_next(L, table, slot)) break
    const key = L.stack[slot]
    const value = L.stack[slot + 1]
    if (key === undefined || value === undefined) break
    all.push([copyOf(key), copyOf(value)])
  }
  lua.lua_settop(L, -3)
  return all
}

/** Wraps a library function for the machine. */
export function native(name: string, body: LibraryFunction): Native {
  return (L) => {
    try {
      const results = body(new Call(L, name))
      if (!lua.lua_checkstack(L, results.length + 1)) throw new LuaError('too many results')
      for (const result of results) push(L, result)
      return results.length
    } catch (fault) {
      if (!(fault instanceof LuaError)) throw fault
      return raise(L, fault.message, 1)
    }
  }
}

/** Raises an error with the position of the function at `level`. */
export function raise(L: LuaState, message: string, level: number): never {
  lauxlib.luaL_where(L, level)
  const where = L.stack[L.top - 1]
  const position = where === undefined ? '' : (textOf(where) ?? '')
  lua.lua_settop(L, -2)
  push(L, position + message)
  return lua.lua_error(L)
}

export function nativeValue(L: LuaState, name: string, body: LibraryFunction): LuaValue {
  lua.lua_pushcfunction(L, native(name, body))
  const value = copyOf(L.stack[L.top - 1])
  lua.lua_settop(L, -2)
  return value
}

/** A table of library functions. */
export function libraryTable(L: LuaState, functions: Readonly<Record<string, LibraryFunction>>): LuaTable {
  const table = ltable.luaH_new(L)
  for (const [name, body] of Object.entries(functions)) setField(L, table, name, nativeValue(L, name, body))
  return table
}

export function globalTable(L: LuaState): LuaTable {
  lua.lua_pushglobaltable(L)
  const value = L.stack[L.top - 1]
  lua.lua_settop(L, -2)
  if (value === undefined) throw new InternalError('a Lua state without globals')
  return value.value as LuaTable
}
