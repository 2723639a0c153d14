import type { LuaState } from 'fengari/src/lobject.js'
import {
  getField,
  globalTable,
  libraryTable,
  setField,
  tableValue,
  textOf,
  type Call,
  type LibraryFunction,
} from './native.ts'
import { parseNumber } from './number-text.ts'

// Time alone, in UTC and at the clock that the caller handed in. Processes, files and the environment are not here.

const functions: Readonly<Record<string, LibraryFunction>> = {
  clock: () => [0],
  date: (call) => {
    const asked = call.optionalText(1, '%c')
    const seconds = call.isNone(2) ? Math.floor(call.meter.clockMs() / 1000) : call.integer(2)
    const time = new Date(seconds * 1000)
    const format = asked.replace(/^!+/, '')
    return [format.startsWith('*t') ? dateTable(call, time) : formatTime(time, format)]
  },
  difftime: (call) => [call.integer(1) - call.integer(2)],
  getenv: () => [undefined],
  time: (call) => {
    if (call.isNone(1)) return [Math.floor(call.meter.clockMs() / 1000)]
    const field = (name: string, otherwise: number): number => {
      const text = textOf(getField(call.state, call.table(1), name))
      return Math.trunc((text === undefined ? undefined : parseNumber(text)) ?? otherwise)
    }
    const day = Date.UTC(field('year', -1), field('month', -1) - 1, field('day', -1))
    return [day / 1000 + field('hour', 12) * 3600 + field('min', 0) * 60 + field('sec', 0)]
  },
}

export function openOs(L: LuaState): void {
  setField(L, globalTable(L), 'os', tableValue(libraryTable(L, functions)))
}

function dateTable(call: Call, time: Date): ReturnType<typeof tableValue> {
  const table = call.newTable()
  const fields: Readonly<Record<string, number | boolean>> = {
    year: time.getUTCFullYear(),
    month: time.getUTCMonth() + 1,
    day: time.getUTCDate(),
    hour: time.getUTCHours(),
    min: time.getUTCMinutes(),
    sec: time.getUTCSeconds(),
    wday: time.getUTCDay() + 1,
    // gopher-lua has no more.
    yday: 0,
    isdst: false,
  }
  for (const [name, value] of Object.entries(fields)) setField(call.state, table, name, value)
  return tableValue(table)
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(
  ' ',
)

function formatTime(time: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const hour = time.getUTCHours()
  const year = String(time.getUTCFullYear()).padStart(4, '0')
  const parts: Readonly<Record<string, string>> = {
    // `%a` is literally "mon" in gopher-lua: its table has a layout that Go does not know.
    a: 'mon',
    A: days[time.getUTCDay()] ?? '',
    b: (months[time.getUTCMonth()] ?? '').slice(0, 3),
    B: months[time.getUTCMonth()] ?? '',
    d: two(time.getUTCDate()),
    F: `${year}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`,
    H: two(hour),
    I: two(hour % 12 === 0 ? 12 : hour % 12),
    m: two(time.getUTCMonth() + 1),
    M: two(time.getUTCMinutes()),
    p: hour < 12 ? 'AM' : 'PM',
    P: hour < 12 ? 'am' : 'pm',
    S: two(time.getUTCSeconds()),
    w: String(time.getUTCDay()),
    X: `${two(hour)}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`,
    y: year.slice(-2),
    Y: year,
    z: '+0000',
    Z: 'UTC',
  }
  const composed: Readonly<Record<string, string>> = {
    ...parts,
    c: `${parts['d']} ${parts['b']} ${parts['y']} ${parts['H']}:${parts['M']} UTC`,
    x: `${parts['H']}/${parts['M']}/${parts['S']}`,
  }
  return format.replace(/%(.)/gs, (all, name: string) => (name === '%' ? '%' : (composed[name] ?? all)))
}
