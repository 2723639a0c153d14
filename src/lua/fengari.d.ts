// fengari ships no types. These are the parts that src/lua uses; names and meaning are those of Lua's C sources.

declare module 'fengari/src/lobject.js' {
  export interface LuaText {
    hash: string | null
    getstr(): Uint8Array
  }
  export interface TableEntry {
    readonly key: TValue & { ttisdeadkey(): boolean }
    readonly value: TValue
    readonly n: TableEntry | undefined
  }
  export interface LuaTable {
    /** By hash: a number for itself, a text by its bytes. */
    readonly strong: Map<unknown, TableEntry>
    readonly dead_strong: Map<unknown, TableEntry>
    readonly dead_weak: WeakMap<object, TableEntry> | undefined
    /** First entry in order of insertion. */
    readonly f: TableEntry | undefined
    metatable: LuaTable | null
  }
  export interface LuaClosure {
    readonly p: { readonly upvalues: readonly { readonly name: LuaText | null }[] }
    readonly upvals: TValue[]
  }
  export interface GlobalState {
    readonly mt: (LuaTable | null | undefined)[]
  }
  export interface LuaState {
    readonly l_G: GlobalState
    readonly stack: TValue[]
    readonly ci: { readonly funcOff: number }
    top: number
  }
  export interface Debug {
    readonly i_ci: { readonly func: TValue } | null
  }
  export type Native = (L: LuaState) => number
  export class TValue {
    constructor(type: number, value: unknown)
    type: number
    value: unknown
    ttisnil(): boolean
    ttisnumber(): boolean
    ttisstring(): boolean
    ttisboolean(): boolean
    ttistable(): boolean
    ttisfunction(): boolean
    ttisLclosure(): boolean
    /** Basic type, without its variant. */
    ttnov(): number
    svalue(): Uint8Array
    tsvalue(): LuaText
    setivalue(value: number): void
    setfltvalue(value: number): void
    setsvalue(value: LuaText): void
    setfrom(value: TValue): void
  }
  const lobject: {
    TValue: typeof TValue
    LClosure: new (L: LuaState, upvalues: number) => LuaClosure
    luaO_str2num(text: Uint8Array, into: TValue): number
    luaO_tostring(L: LuaState, value: TValue): void
    luaO_pushvfstring(L: LuaState, format: Uint8Array, args: readonly unknown[]): Uint8Array
    luaO_pushfstring(L: LuaState, format: Uint8Array, ...args: readonly unknown[]): Uint8Array
    setobj2s(L: LuaState, index: number, value: TValue): void
  }
  export default lobject
}

declare module 'fengari/src/lstring.js' {
  import type { LuaState, LuaText } from 'fengari/src/lobject.js'
  const lstring: {
    luaS_bless: (L: LuaState, bytes: Uint8Array) => LuaText
    luaS_new: (L: LuaState, bytes: Uint8Array) => LuaText
    luaS_newliteral: (L: LuaState, text: string) => LuaText
    luaS_hash: (bytes: Uint8Array) => string
    luaS_hashlongstr: (text: LuaText) => string
  }
  export default lstring
}

declare module 'fengari/src/ltable.js' {
  import type { LuaState, LuaTable } from 'fengari/src/lobject.js'
  import type { TValue } from 'fengari/src/lobject.js'
  const ltable: {
    luaH_new: (L: LuaState) => LuaTable
    luaH_get(L: LuaState, table: LuaTable, key: TValue): TValue
    luaH_getint(table: LuaTable, key: number): TValue
    luaH_setint: (table: LuaTable, key: number, value: TValue) => void
    luaH_setfrom: (L: LuaState, table: LuaTable, key: TValue, value: TValue) => void
    luaH_getn(table: LuaTable): number
    luaH_next(L: LuaState, table: LuaTable, keyIndex: number): boolean
  }
  export default ltable
}

declare module 'fengari/src/lua.js' {
  import type { Debug, LuaState, Native } from 'fengari/src/lobject.js'
  const lua: {
    readonly LUA_OK: number
    readonly LUA_ERRSYNTAX: number
    readonly LUA_MASKCOUNT: number
    readonly LUA_MULTRET: number
    readonly LUA_REGISTRYINDEX: number
    lua_Debug: new () => Debug
    lua_newthread: (L: LuaState) => LuaState
    lua_call(L: LuaState, args: number, results: number): void
    lua_pcall(L: LuaState, args: number, results: number, handler: number): number
    lua_load(
      L: LuaState,
      reader: () => Uint8Array | null,
      data: unknown,
      name: Uint8Array,
      mode: Uint8Array,
    ): number
    lua_error(L: LuaState): never
    /** Operator: 0 equal, 1 less, 2 less or equal. */
    lua_compare(L: LuaState, a: number, b: number, operator: number): boolean
    lua_getstack(L: LuaState, level: number, into: Debug): number
    lua_gettop(L: LuaState): number
    lua_settop(L: LuaState, index: number): void
    lua_insert(L: LuaState, index: number): void
    lua_pushvalue(L: LuaState, index: number): void
    lua_pushcfunction(L: LuaState, native: Native): void
    lua_pushglobaltable(L: LuaState): void
    lua_setglobal(L: LuaState, name: Uint8Array): void
    lua_getglobal(L: LuaState, name: Uint8Array): number
    lua_checkstack(L: LuaState, slots: number): boolean
    lua_sethook(L: LuaState, hook: (L: LuaState) => void, mask: number, count: number): void
    lua_atnativeerror(L: LuaState, handler: Native): void
    lua_touserdata(L: LuaState, index: number): unknown
  }
  export default lua
}

declare module 'fengari/src/lauxlib.js' {
  import type { LuaState } from 'fengari/src/lobject.js'
  const lauxlib: {
    luaL_newstate(): LuaState
    /** Pushes `chunk:line: ` of the function at a level. */
    luaL_where(L: LuaState, level: number): void
  }
  export default lauxlib
}

declare module 'fengari/src/lcorolib.js' {
  import type { LuaState } from 'fengari/src/lobject.js'
  const lcorolib: { luaopen_coroutine(L: LuaState): number }
  export default lcorolib
}
