import './machine.ts'
import lauxlib from 'fengari/src/lauxlib.js'
import lcorolib from 'fengari/src/lcorolib.js'
import lua from 'fengari/src/lua.js'
import type { LuaState } from 'fengari/src/lobject.js'
import { compile, openBase, openRequire } from './base-library.ts'
import { toBinary, toText } from './bytes.ts'
import {
  ResultFault,
  decodeClusters,
  decodeHealth,
  decodeHealthy,
  decodeMatch,
  decodeSelection,
  decodeTemplate,
  type HealthyResult,
  type MatchResult,
  type ResourceHealth,
  type SelectedCluster,
  type SelectionResult,
} from './entry-points.ts'
import { EncodeError, fromJson, toJson } from './json-text.ts'
import { jsonLibrary } from './json-library.ts'
import { openKubernetes } from './kubernetes-library.ts'
import { openMath } from './math-library.ts'
import { LimitExceeded, Meter, attachMeter } from './meter.ts'
import { copyOf, getField, globalTable, libraryTable, push, setField, textOf, typeName } from './native.ts'
import type { LuaTable } from './native.ts'
import { openOs } from './os-library.ts'
import { runesLibrary } from './runes-library.ts'
import { sprigLibrary } from './sprig-library.ts'
import { openString } from './string-library.ts'
import { stringsLibrary } from './strings-library.ts'
import { openTable } from './table-library.ts'
import type { LuaBudget, LuaFault, LuaInputs, LuaJson, LuaOutcome, LuaScript } from './types.ts'

/** What a script may use unless a caller says otherwise; the clocks and the seed are the caller's. */
export const defaultLimits = {
  instructions: 10_000_000,
  memoryBytes: 256 * 1024 * 1024,
  wallMs: 1000,
} as const

/** As gopher-lua names it: scripts see it in the messages that they catch. */
const chunkName = '<string>'

/**
 * Loads a script and calls its function `evaluate`, in a machine of its own that is thrown away afterwards: what it
 * returns as JSON, or why there is nothing.
 *
 * The script is Lua 5.1 as gopher-lua runs it, with nothing of the world but a fixed clock and seeded randomness. It
 * ends within its budget whatever it does, and can't reach JavaScript. The same inputs give the same result; what
 * `compile` must know about clock and randomness is in `impure`.
 * @example evaluate({ text: 'function evaluate() return { matching = obj.kind == "Service" } end', libraries: false },
 *   { globals: { obj } }, budget) // { ok: true, value: { matching: true } }
 */
export function evaluate(script: LuaScript, inputs: LuaInputs, budget: LuaBudget): LuaOutcome<LuaJson> {
  const meter = new Meter(budget)
  const preludeLines = script.prelude === undefined ? 0 : script.prelude.split('\n').length
  const failed = (fault: LuaFault): LuaOutcome<LuaJson> => ({
    ok: false,
    fault: shifted(fault, preludeLines),
  })
  try {
    const L = openState(meter, script.libraries)
    const text = script.prelude === undefined ? script.text : `${script.prelude}\n${script.text}`
    const problem = compile(L, toBinary(text), chunkName)
    if (problem !== undefined) return failed(positioned('syntax', problem))
    const outcome = runLoaded(L, meter, inputs)
    if (!outcome.ok) return failed(outcome.fault)
    return meter.impurity === undefined ? outcome : { ...outcome, impure: meter.impurity }
  } catch (fault) {
    if (!(fault instanceof LimitExceeded)) throw fault
    return failed({ kind: 'limit', message: fault.message })
  }
}

/**
 * One entry point each (sveltos.md 3.4): the script is called with its inputs, its result read as that entry point does.
 * An empty script matches, is healthy, gives no text; aggregated selections without a script are the caller's to decide.
 */
type EntryPoint<T> = (script: LuaScript, inputs: LuaInputs, budget: LuaBudget) => LuaOutcome<T>

export const evaluateMatch: EntryPoint<MatchResult> = (...call) =>
  call[0].text === ''
    ? { ok: true, value: { matching: true, message: '' } }
    : decoded(evaluate(...call), decodeMatch)
export const evaluateHealthy: EntryPoint<HealthyResult> = (...call) =>
  call[0].text === ''
    ? { ok: true, value: { healthy: true, message: '' } }
    : decoded(evaluate(...call), decodeHealthy)
export const evaluateSelection: EntryPoint<SelectionResult> = (...call) =>
  decoded(evaluate(...call), decodeSelection)
export const evaluateHealth: EntryPoint<readonly ResourceHealth[]> = (...call) =>
  decoded(evaluate(...call), decodeHealth)
export const evaluateClusters: EntryPoint<readonly SelectedCluster[]> = (...call) =>
  decoded(evaluate(...call), decodeClusters)
/** Annotation `projectsveltos.io/lua`: table `resources` in, text of documents out. */
export const evaluateTemplate: EntryPoint<string> = (...call) =>
  call[0].text === '' ? { ok: true, value: '' } : decoded(evaluate(...call), decodeTemplate)

function decoded<T>(outcome: LuaOutcome<LuaJson>, decode: (value: LuaJson) => T): LuaOutcome<T> {
  if (!outcome.ok) return outcome
  try {
    return { ...outcome, value: decode(outcome.value) }
  } catch (fault) {
    if (!(fault instanceof ResultFault)) throw fault
    return { ok: false, fault: { kind: 'result', message: fault.message } }
  }
}

function openState(meter: Meter, libraries: boolean): LuaState {
  const L = lauxlib.luaL_newstate()
  attachMeter(L, meter)
  openBase(L)
  openString(L)
  openTable(L)
  openMath(L)
  openOs(L)
  lcorolib.luaopen_coroutine(L)
  setField(L, globalTable(L), 'coroutine', copyOf(L.stack[L.top - 1]))
  lua.lua_settop(L, 0)
  if (libraries) openKubernetes(L)
  const modules = { json: jsonLibrary, strings: stringsLibrary, runes: runesLibrary, sprig: sprigLibrary }
  const makers = Object.entries(modules).map(
    ([name, functions]) => [name, () => libraryTable(L, functions)] as const,
  )
  openRequire(L, libraries ? Object.fromEntries<() => LuaTable>(makers) : {})
  lua.lua_atnativeerror(L, (state) => {
    meter.noteCrash(lua.lua_touserdata(state, -1))
    push(state, 'the evaluation was ended')
    return 1
  })
  const interval = 1000
  lua.lua_sethook(
    L,
    () => {
      meter.step(interval)
    },
    lua.LUA_MASKCOUNT,
    interval,
  )
  return L
}

/** The compiled chunk lies on the stack. */
function runLoaded(L: LuaState, meter: Meter, inputs: LuaInputs): LuaOutcome<LuaJson> {
  const loading = protectedCall(L, meter, 0)
  if (loading !== undefined) return { ok: false, fault: loading }
  const globals = globalTable(L)
  for (const [name, value] of Object.entries(inputs.globals)) setField(L, globals, name, fromJson(L, value))
  const target = getField(L, globals, 'evaluate')
  if (!target.ttisfunction()) {
    return { ok: false, fault: { kind: 'runtime', message: 'the script defines no function evaluate' } }
  }
  push(L, target)
  const argument = inputs.argument
  if (argument === undefined) push(L, undefined)
  else push(L, 'global' in argument ? getField(L, globals, argument.global) : fromJson(L, argument.value))
  const calling = protectedCall(L, meter, 1)
  if (calling !== undefined) return { ok: false, fault: calling }
  const result = copyOf(L.stack[L.top - 1])
  if (!result.ttistable()) {
    return {
      ok: false,
      fault: { kind: 'result', message: `evaluate must return a table, it returned a ${typeName(result)}` },
    }
  }
  try {
    return { ok: true, value: toJson(L, result) }
  } catch (fault) {
    if (!(fault instanceof EncodeError)) throw fault
    return { ok: false, fault: { kind: 'result', message: fault.message } }
  }
}

/** Calls what lies on the stack for one result; the fault, if there is one. */
function protectedCall(L: LuaState, meter: Meter, args: number): LuaFault | undefined {
  const status = lua.lua_pcall(L, args, 1, 0)
  meter.check()
  if (status === lua.LUA_OK) return undefined
  const value = copyOf(L.stack[L.top - 1])
  lua.lua_settop(L, -2)
  const text = textOf(value)
  return positioned('runtime', text ?? `error object is a ${typeName(value)}`)
}

/** `<string>:3: attempt to …` → message and line. */
function positioned(kind: LuaFault['kind'], binary: string): LuaFault {
  const text = toText(binary)
  const match = /^<string>:(\d+): ([\s\S]*)$/.exec(text)
  return match === null ? { kind, message: text } : { kind, message: match[2] ?? '', line: Number(match[1]) }
}

function shifted(fault: LuaFault, lines: number): LuaFault {
  if (fault.line === undefined || fault.line <= lines) return fault
  return { ...fault, line: fault.line - lines }
}
