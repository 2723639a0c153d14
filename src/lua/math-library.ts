import type { LuaState } from 'fengari/src/lobject.js'
import { LuaError, globalTable, libraryTable, setField, tableValue, type LibraryFunction } from './native.ts'

const of =
  (compute: (value: number) => number): LibraryFunction =>
  (call) => [compute(call.number(1))]

const functions: Readonly<Record<string, LibraryFunction>> = {
  abs: of(Math.abs),
  acos: of(Math.acos),
  asin: of(Math.asin),
  atan: of(Math.atan),
  atan2: (call) => [Math.atan2(call.number(1), call.number(2))],
  ceil: of(Math.ceil),
  cos: of(Math.cos),
  cosh: of(Math.cosh),
  deg: of((value) => (value * 180) / Math.PI),
  exp: of(Math.exp),
  floor: of(Math.floor),
  fmod: (call) => [call.number(1) % call.number(2)],
  frexp: (call) => {
    const value = call.number(1)
    if (value === 0 || !Number.isFinite(value)) return [value, 0]
    const exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1)
    const fraction = value * 2 ** -exponent
    return Math.abs(fraction) >= 1 ? [fraction / 2, exponent + 1] : [fraction, exponent]
  },
  ldexp: (call) => [call.number(1) * 2 ** call.integer(2)],
  log: of(Math.log),
  log10: of(Math.log10),
  max: (call) => extreme(call, Math.max),
  min: (call) => extreme(call, Math.min),
  mod: (call) => {
    const [dividend, divisor] = [call.number(1), call.number(2)]
    return [dividend - Math.floor(dividend / divisor) * divisor]
  },
  modf: (call) => {
    const value = call.number(1)
    const whole = Math.trunc(value)
    return [whole, Number.isFinite(value) ? value - whole : 0]
  },
  pow: (call) => [call.number(1) ** call.number(2)],
  rad: of((value) => (value * Math.PI) / 180),
  random: (call) => {
    if (call.count === 0) return [call.meter.random()]
    const least = call.count === 1 ? 1 : call.integer(1)
    const most = call.integer(call.count === 1 ? 1 : 2)
    if (most < least) throw call.argumentError(call.count === 1 ? 1 : 2, 'interval is empty')
    return [least + Math.floor(call.meter.random() * (most - least + 1))]
  },
  randomseed: (call) => {
    call.meter.reseed(call.integer(1))
    return []
  },
  sin: of(Math.sin),
  sinh: of(Math.sinh),
  sqrt: of(Math.sqrt),
  tan: of(Math.tan),
  tanh: of(Math.tanh),
}

function extreme(call: Parameters<LibraryFunction>[0], choose: (a: number, b: number) => number): number[] {
  if (call.count === 0) throw new LuaError('wrong number of arguments')
  let value = call.number(1)
  for (let index = 2; index <= call.count; index += 1) value = choose(value, call.number(index))
  return [value]
}

export function openMath(L: LuaState): void {
  const table = libraryTable(L, functions)
  setField(L, table, 'pi', Math.PI)
  // Not infinity: gopher-lua's is the largest float.
  setField(L, table, 'huge', Number.MAX_VALUE)
  setField(L, globalTable(L), 'math', tableValue(table))
}
