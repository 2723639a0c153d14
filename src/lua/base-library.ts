import lua from 'fengari/src/lua.js'
import ltable from 'fengari/src/ltable.js'
import type { LuaClosure, LuaState } from 'fengari/src/lobject.js'
import { fromBytes, toBytes } from './bytes.ts'
import { toMachineDialect } from './dialect.ts'
import {
  Call,
  LuaError,
  copyOf,
  getField,
  globalTable,
  isTrue,
  lengthOf,
  native,
  nativeValue,
  push,
  raise,
  setField,
  tableValue,
  textOf,
  typeName,
  type LibraryFunction,
  type LuaResult,
  type LuaTable,
  type LuaValue,
} from './native.ts'
import { toNumber } from './number-text.ts'

const functions: Readonly<Record<string, LibraryFunction>> = {
  assert: (call) => {
    if (!isTrue(call.value(1))) throw new LuaError(call.optionalText(2, 'assertion failed!'))
    return argumentsFrom(call, 1)
  },
  collectgarbage: () => [0],
  getmetatable: (call) => {
    const metatable = metatableOf(call.state, call.any(1))
    if (metatable === undefined) return [undefined]
    const shown = getField(call.state, metatable, '__metatable')
    return [shown.ttisnil() ? tableValue(metatable) : shown]
  },
  load: (call) => {
    const reader = call.function(1)
    let text = ''
    for (;;) {
      const part = textOf(call.invoke(reader))
      if (part === undefined || part === '') break
      text += part
      call.meter.text(text.length)
    }
    return loadChunk(call.state, text, call.optionalText(2, '?'))
  },
  loadstring: (call) => loadChunk(call.state, call.text(1), call.optionalText(2, '<string>')),
  next: (call) => {
    const [entry] = nextPair(call)
    return entry === undefined ? [undefined] : entry
  },
  print: () => [],
  rawequal: (call) => [sameValue(call.any(1), call.any(2))],
  rawget: (call) => [ltable.luaH_get(call.state, call.table(1), call.any(2))],
  rawset: (call) => {
    ltable.luaH_setfrom(call.state, call.table(1), call.any(2), call.any(3))
    return []
  },
  select: (call) => {
    const first = call.value(1)
    if (first.ttisstring() && fromBytes(first.svalue()) === '#') return [call.count - 1]
    const index = call.integer(1)
    const start = index < 0 ? call.count + index : Math.min(index, call.count)
    if (start < 1) throw call.argumentError(1, 'index out of range')
    return argumentsFrom(call, start + 1)
  },
  setmetatable: (call) => {
    const table = call.table(1)
    const metatable = call.value(2)
    if (!metatable.ttisnil() && !metatable.ttistable()) throw call.typeError(2, 'nil or table')
    if (table.metatable !== null && !getField(call.state, table.metatable, '__metatable').ttisnil()) {
      throw new LuaError('cannot change a protected metatable')
    }
    table.metatable = metatable.ttisnil() ? null : (metatable.value as LuaTable)
    return [call.value(1)]
  },
  tonumber: (call) => {
    const value = call.any(1)
    if (value.ttisnumber()) return [value]
    if (!value.ttisstring()) return [undefined]
    return [toNumber(fromBytes(value.svalue()), call.isNone(2) ? undefined : call.integer(2))]
  },
  tostring: (call) => [displayText(call, call.any(1))],
  type: (call) => [typeName(call.any(1))],
  unpack: (call) => {
    const table = call.table(1)
    const start = call.optionalInteger(2, 1)
    const end = call.optionalInteger(3, lengthOf(table))
    if (end - start >= 200_000) throw new LuaError('too many results to unpack')
    const values: LuaValue[] = []
    for (let index = start; index <= end; index += 1) values.push(getField(call.state, table, index))
    return values
  },
}

/** Opens the base functions in the globals. */
export function openBase(L: LuaState): void {
  const globals = globalTable(L)
  setField(L, globals, '_G', tableValue(globals))
  setField(L, globals, '_VERSION', 'Lua 5.1')
  for (const [name, body] of Object.entries(functions)) setField(L, globals, name, nativeValue(L, name, body))
  const next = getField(L, globals, 'next')
  setField(
    L,
    globals,
    'pairs',
    nativeValue(L, 'pairs', (call) => [next, tableValue(call.table(1)), undefined]),
  )
  const step = nativeValue(L, 'ipairs', (call) => {
    const index = call.integer(2) + 1
    const value = getField(call.state, call.table(1), index)
    return value.ttisnil() ? [undefined] : [index, value]
  })
  setField(
    L,
    globals,
    'ipairs',
    nativeValue(L, 'ipairs', (call) => [step, tableValue(call.table(1)), 0]),
  )
  openErrors(L, globals)
}

/** Functions that need the machine's own protocol: raising, catching, environments. */
function openErrors(L: LuaState, globals: LuaTable): void {
  const set = (name: string, body: (state: LuaState) => number): void => {
    lua.lua_pushcfunction(L, body)
    const value = L.stack[L.top - 1]
    if (value !== undefined) setField(L, globals, name, value)
    lua.lua_settop(L, -2)
  }
  set('error', (state) => {
    const call = new Call(state, 'error')
    const value = call.value(1)
    const level = call.optionalInteger(2, 1)
    if (value.ttisstring() && level > 0) return raise(state, fromBytes(value.svalue()), level)
    push(state, value)
    return lua.lua_error(state)
  })
  set('pcall', (state) => {
    const call = new Call(state, 'pcall')
    if (call.count === 0) return raise(state, 'bad argument #1 to pcall (value expected)', 1)
    return finishProtected(call, lua.lua_pcall(state, call.count - 1, lua.LUA_MULTRET, 0))
  })
  set('xpcall', (state) => {
    const call = new Call(state, 'xpcall')
    const target = call.value(1)
    lua.lua_settop(state, 0)
    push(state, call.value(2))
    push(state, target)
    const status = lua.lua_pcall(state, 0, lua.LUA_MULTRET, 1)
    const results = lua.lua_gettop(state) - 1
    call.meter.check()
    push(state, status === lua.LUA_OK)
    lua.lua_insert(state, 2)
    return results + 1
  })
  set(
    'getfenv',
    native('getfenv', (call) => [environmentOf(call) ?? tableValue(globals)]),
  )
  set(
    'setfenv',
    native('setfenv', (call) => setEnvironment(call)),
  )
}

function finishProtected(call: Call, status: number): number {
  call.meter.check()
  push(call.state, status === lua.LUA_OK)
  lua.lua_insert(call.state, 1)
  return lua.lua_gettop(call.state)
}

function argumentsFrom(call: Call, start: number): LuaValue[] {
  const values: LuaValue[] = []
  for (let index = start; index <= call.count; index += 1) values.push(call.value(index))
  return values
}

function nextPair(call: Call): [readonly LuaResult[] | undefined] {
  const L = call.state
  const table = call.table(1)
  lua.lua_checkstack(L, 4)
  push(L, call.value(2))
  push(L, undefined)
  const slot = L.top - 2
  const found = ltable.luaH_next(L, table, slot)
  const key = L.stack[slot]
  const value = L.stack[slot + 1]
  const pair = found && key !== undefined && value !== undefined ? [copyOf(key), copyOf(value)] : undefined
  lua.lua_settop(L, -3)
  return [pair]
}

function sameValue(a: LuaValue, b: LuaValue): boolean {
  if (a.ttnov() !== b.ttnov()) return false
  if (a.ttisstring()) return fromBytes(a.svalue()) === fromBytes(b.svalue())
  return a.ttisnil() || a.value === b.value
}

function metatableOf(L: LuaState, value: LuaValue): LuaTable | undefined {
  if (value.ttistable()) return (value.value as LuaTable).metatable ?? undefined
  return L.l_G.mt[value.ttnov()] ?? undefined
}

/** What `tostring` says; addresses are the same for every value, so that no output depends on them. */
export function displayText(call: Call, value: LuaValue): string {
  const metatable = metatableOf(call.state, value)
  const handler = metatable === undefined ? undefined : getField(call.state, metatable, '__tostring')
  if (handler?.ttisfunction() === true) return textOf(call.invoke(handler, value)) ?? ''
  if (value.ttisnil()) return 'nil'
  if (value.ttisboolean()) return String(value.value)
  return textOf(value) ?? `${typeName(value)}: 0x0`
}

/** Text only: compiled chunks could break the machine. */
function loadChunk(L: LuaState, text: string, name: string): LuaResult[] {
  const problem = compile(L, text, name)
  if (problem !== undefined) return [undefined, problem]
  const loaded = L.stack[L.top - 1]
  const value = copyOf(loaded)
  lua.lua_settop(L, -2)
  return [value]
}

/** Pushes the compiled chunk, or returns the machine's message. */
export function compile(L: LuaState, binary: string, name: string): string | undefined {
  const translated = toMachineDialect(binary)
  if (typeof translated !== 'string') return `${name}:${translated.line}: ${translated.message}`
  let rest: Uint8Array | null = toBytes(translated)
  const reader = (): Uint8Array | null => {
    const part = rest
    rest = null
    return part
  }
  const status = lua.lua_load(L, reader, null, toBytes(`=${name}`), toBytes('t'))
  if (status === lua.LUA_OK) return undefined
  const message = L.stack[L.top - 1]
  const text = message === undefined ? '' : (textOf(message) ?? '')
  lua.lua_settop(L, -2)
  return text
}

/** The variable through which a function of Lua 5.3 reaches its globals. */
function environmentSlot(closure: LuaClosure): number {
  return closure.p.upvalues.findIndex(({ name }) => name !== null && fromBytes(name.getstr()) === '_ENV')
}

function targetFunction(call: Call): LuaValue | undefined {
  const first = call.value(1)
  if (first.ttisfunction()) return first
  const level = call.optionalInteger(1, 1)
  const frame = new lua.lua_Debug()
  if (level < 1 || lua.lua_getstack(call.state, level, frame) === 0) return undefined
  return frame.i_ci?.func
}

function environmentOf(call: Call): LuaValue | undefined {
  const target = targetFunction(call)
  if (target?.ttisLclosure() !== true) return undefined
  const closure = target.value as LuaClosure
  return closure.upvals[environmentSlot(closure)]
}

function setEnvironment(call: Call): LuaResult[] {
  const environment = call.table(2)
  const target = targetFunction(call)
  if (target?.ttisLclosure() !== true) throw new LuaError('cannot change the environment of given object')
  const closure = target.value as LuaClosure
  const slot = environmentSlot(closure)
  // A variable of its own: other functions of the chunk keep theirs.
  if (slot >= 0) closure.upvals[slot] = tableValue(environment)
  return [target]
}

/** `require` of the given modules; each is made once. */
export function openRequire(L: LuaState, modules: Readonly<Record<string, () => LuaTable>>): void {
  const loaded = new Map<string, LuaTable>()
  setField(
    L,
    globalTable(L),
    'require',
    nativeValue(L, 'require', (call) => {
      const name = call.text(1)
      const make = Object.hasOwn(modules, name) ? modules[name] : undefined
      if (make === undefined) {
        const known = Object.keys(modules)
        throw new LuaError(
          `module ${name} not found${known.length > 0 ? ` (there are ${known.join(', ')})` : ''}`,
        )
      }
      const table = loaded.get(name) ?? make()
      loaded.set(name, table)
      return [tableValue(table)]
    }),
  )
}
