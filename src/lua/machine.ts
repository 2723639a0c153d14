// The order of these imports matters: fengari's modules take functions out of each other while they load.
import './counted-strings.ts'
import lstring from 'fengari/src/lstring.js'
// lua.js is where fengari itself begins to load; its modules need each other in that order.
import lua from 'fengari/src/lua.js'
import lobject from 'fengari/src/lobject.js'
import type { TValue } from 'fengari/src/lobject.js'
import ltable from 'fengari/src/ltable.js'
import type { LuaState, LuaTable, TableEntry } from 'fengari/src/lobject.js'
import { formatNumber, parseNumber } from './number-text.ts'
import { meterOf, type Meter } from './meter.ts'
import { fromBytes, toBytes } from './bytes.ts'

/**
 * Turns fengari's Lua 5.3 machine into gopher-lua's 5.1: there are no integers, numbers print as Go prints them, tables
 * have Go's length and order; and everything that takes memory is counted. It changes fengari's module objects, once,
 * for this process; only `src/lua` uses fengari.
 */
export const numberType = 3
const integerType = numberType | (1 << 4)
const floatType = numberType

const { luaH_new, luaH_setint, luaH_setfrom } = ltable
const { lua_newthread } = lua
const { LClosure } = lobject

/** gopher-lua keeps positive whole keys below this in an array. */
const arrayLimit = 67_108_864
const tableBytes = 200
const entryBytes = 160

interface OrderedTable extends LuaTable {
  meter?: Meter | undefined
  /** Greatest array key that holds a value: what `#` gives, holes or not. */
  last?: number
}

lobject.TValue.prototype.setivalue = function (value) {
  this.setfltvalue(value)
}

lobject.luaO_str2num = (bytes, into) => {
  const text = fromBytes(bytes).replace(/\0+$/, '')
  const value = parseNumber(text)
  if (value === undefined) return 0
  into.setfltvalue(value)
  return text.length + 1
}

lobject.luaO_tostring = (L, value) => {
  value.setsvalue(lstring.luaS_bless(L, toBytes(formatNumber(value.value as number))))
}

// The machine's messages; its own function would print line 3 as 3.0, now that there are no integers.
lobject.luaO_pushvfstring = (L, format, args) => {
  let next = 0
  const text = fromBytes(format).replace(/%([scdIfpU%])/g, (_all, kind: string) => {
    return kind === '%' ? '%' : messagePart(kind, args[next++])
  })
  const value = new lobject.TValue(0, null)
  value.setsvalue(lstring.luaS_bless(L, toBytes(text)))
  L.stack[L.top] = value
  L.top += 1
  return value.svalue()
}
lobject.luaO_pushfstring = (L, format, ...args) => lobject.luaO_pushvfstring(L, format, args)

lobject.LClosure = class extends LClosure {
  constructor(L: LuaState, upvalues: number) {
    super(L, upvalues)
    meterOf(L)?.allocate(tableBytes + upvalues * 16)
  }
}

// The coroutine library takes it from here when it is loaded, after this file.
lua.lua_newthread = (L) => {
  // A fresh coroutine starts its own count of instructions, so that many short ones would go uncounted.
  const meter = meterOf(L)
  meter?.allocate(4096)
  meter?.step(1000)
  return lua_newthread(L)
}

ltable.luaH_new = (L) => {
  meterOf(L)?.allocate(tableBytes)
  const table: OrderedTable = luaH_new(L)
  table.meter = meterOf(L)
  return table
}

ltable.luaH_setint = (table, key, value) => {
  const before = table.strong.size
  luaH_setint(table, key, value)
  if (table.strong.size > before) (table as OrderedTable).meter?.allocate(entryBytes)
  if (key >= 1 && key < arrayLimit) noteArrayKey(table, key, !value.ttisnil())
}

ltable.luaH_setfrom = (L, table, key, value) => {
  const before = table.strong.size
  luaH_setfrom(L, table, key, value)
  if (table.strong.size > before) meterOf(L)?.allocate(entryBytes)
  const number = arrayKey(key)
  if (number !== undefined) noteArrayKey(table, number, !value.ttisnil())
}

ltable.luaH_getn = (table) => (table as OrderedTable).last ?? 0

ltable.luaH_next = (L, table, keyIndex) => {
  const key = L.stack[keyIndex]
  if (key === undefined) return false
  const entry = nextEntry(L, table, key)
  if (entry === undefined) return false
  lobject.setobj2s(L, keyIndex, entry.key)
  const stored = L.stack[keyIndex]
  if (stored?.type === integerType) stored.type = floatType
  lobject.setobj2s(L, keyIndex + 1, entry.value)
  return true
}

function messagePart(kind: string, arg: unknown): string {
  if (arg instanceof Uint8Array) return fromBytes(arg).replace(/\0[^]*$/, '')
  if (kind === 'p') return '0x0'
  if (typeof arg !== 'number') return typeof arg === 'string' ? arg : '(null)'
  return kind === 'c' ? String.fromCharCode(arg) : String(arg)
}

function arrayKey(key: TValue): number | undefined {
  if (!key.ttisnumber()) return undefined
  const value = key.value as number
  return Number.isInteger(value) && value >= 1 && value < arrayLimit ? value : undefined
}

function noteArrayKey(table: OrderedTable, key: number, present: boolean): void {
  const last = table.last ?? 0
  if (present) {
    if (key > last) table.last = key
    return
  }
  if (key !== last) return
  if (table.strong.has(last - 1)) {
    table.last = last - 1
    return
  }
  table.meter?.step(table.strong.size)
  let greatest = 0
  for (const hash of table.strong.keys()) {
    if (typeof hash === 'number' && Number.isInteger(hash) && hash > greatest && hash < arrayLimit)
      greatest = hash
  }
  table.last = greatest
}

/** gopher-lua's order: array keys ascending, then the others as they came in. */
function nextEntry(L: LuaState, table: OrderedTable, key: TValue): TableEntry | undefined {
  const number = key.ttisnil() ? 0 : arrayKey(key)
  if (number === undefined) return nextOther(entryAfter(table, key))
  const last = table.last ?? 0
  for (let index = number + 1; index <= last; index += 1) {
    const entry = table.strong.get(index)
    if (entry !== undefined) return entry
    meterOf(L)?.step(1)
  }
  return nextOther(table.f)
}

function nextOther(entry: TableEntry | undefined): TableEntry | undefined {
  let other = entry
  while (other !== undefined && (other.key.ttisdeadkey() || arrayKey(other.key) !== undefined))
    other = other.n
  return other
}

/** The entry behind a key; one that was removed during the walk still knows its successor. */
function entryAfter(table: LuaTable, key: TValue): TableEntry | undefined {
  const hash = key.ttisstring() ? lstring.luaS_hashlongstr(key.tsvalue()) : key.value
  const entry =
    table.strong.get(hash) ??
    table.dead_strong.get(hash) ??
    (typeof hash === 'object' && hash !== null ? table.dead_weak?.get(hash) : undefined)
  return entry?.n
}
