import type { LuaState } from 'fengari/src/lobject.js'
import { toBinary, toText } from './bytes.ts'
import { goFormat } from './go-format.ts'
import {
  LuaError,
  getField,
  globalTable,
  isTrue,
  libraryTable,
  nativeValue,
  setField,
  tableValue,
  textOf,
  type Call,
  type LibraryFunction,
  type LuaResult,
  type LuaTable,
} from './native.ts'
import { PatternMatcher, type Capture, type Match } from './string-pattern.ts'

// Positions, edge cases and results follow gopher-lua's stringlib.go, not the manual of 5.1.

const functions: Readonly<Record<string, LibraryFunction>> = {
  byte: (call) => {
    const text = call.text(1)
    let start = call.optionalInteger(2, 1) - 1
    let end = call.optionalInteger(3, -1)
    if (start < 0) start = text.length + start + 1
    if (end < 0) end = text.length + end + 1
    if (call.count === 2) return start < 0 || start >= text.length ? [] : [text.charCodeAt(start)]
    return [...text.slice(Math.max(start, 0), Math.max(end, 0))].map((byte) => byte.charCodeAt(0))
  },
  char: (call) => {
    let text = ''
    for (let index = 1; index <= call.count; index += 1)
      text += String.fromCharCode(call.integer(index) & 0xff)
    return [text]
  },
  find: (call) => {
    const text = call.text(1)
    const pattern = call.text(2)
    if (pattern === '') return [1, 0]
    const start = startPosition(text, call.optionalInteger(3, 1))
    if (call.count === 4 && isTrue(call.value(4))) {
      const found = text.indexOf(pattern, start)
      return found < 0 ? [undefined] : [found + 1, found + pattern.length]
    }
    const match = matcher(call, pattern, text).find(start)
    return match === undefined ? [undefined] : [match.start + 1, match.end, ...captured(text, match.captures)]
  },
  format: (call) => [goFormat(call, call.text(1), 2)],
  gmatch: (call) => matchIterator(call),
  gfind: (call) => matchIterator(call),
  gsub: (call) => substitute(call),
  len: (call) => [call.text(1).length],
  lower: (call) => [toBinary(toText(call.text(1)).toLowerCase())],
  match: (call) => {
    const text = call.text(1)
    let start = call.optionalInteger(3, 1)
    if (start < 0) start = text.length + start + 1
    const match = matcher(call, call.text(2), text).find(Math.max(0, start - 1))
    if (match === undefined) return [undefined]
    return match.captures.length === 0 ? [text.slice(match.start, match.end)] : captured(text, match.captures)
  },
  rep: (call) => [repeatText(call, call.text(1), call.integer(2))],
  reverse: (call) => [[...call.text(1)].reverse().join('')],
  sub: (call) => {
    const text = call.text(1)
    const start = startPosition(text, call.integer(2))
    let end = call.optionalInteger(3, -1)
    if (end < 0) end = text.length + end + 1
    return [text.slice(start, Math.max(0, end))]
  },
  upper: (call) => [toBinary(toText(call.text(1)).toUpperCase())],
}

/** Opens `string`, also as what methods of texts are looked up in. */
export function openString(L: LuaState): void {
  const table = libraryTable(L, functions)
  setField(L, table, '__index', tableValue(table))
  setField(L, globalTable(L), 'string', tableValue(table))
  const stringType = 4
  L.l_G.mt[stringType] = table
}

/** Measured before it is made. */
export function repeatText(call: Call, text: string, count: number): string {
  if (count <= 0) return ''
  call.meter.text(text.length * count)
  return text.repeat(count)
}

/** 1-based and negative from the end; 0 is the start. */
function startPosition(text: string, position: number): number {
  const index = position === 0 ? 0 : position - 1
  return Math.max(0, index < 0 ? text.length + index + 1 : index)
}

function matcher(call: Call, pattern: string, subject: string): PatternMatcher {
  const meter = call.meter
  let pending = 0
  return new PatternMatcher(pattern, subject, (count) => {
    // Asking the clock at each step would cost more than the step.
    pending += count
    if (pending >= 1000) {
      meter.step(pending)
      pending = 0
    }
  })
}

function captured(subject: string, captures: readonly Capture[]): LuaResult[] {
  return captures.map((one) => (one.end === undefined ? one.start + 1 : subject.slice(one.start, one.end)))
}

function* matches(call: Call, pattern: string, subject: string, limit: number): Generator<Match> {
  const search = matcher(call, pattern, subject)
  let from = 0
  for (let count = 0; count !== limit && from <= subject.length; count += 1) {
    const match = search.find(from)
    if (match === undefined) return
    yield match
    from = Math.max(match.start + 1, match.end)
    if (search.anchored) return
  }
}

function matchIterator(call: Call): LuaResult[] {
  const text = call.text(1)
  const found = [...matches(call, call.text(2), text, -1)]
  let next = 0
  return [
    nativeValue(call.state, 'gmatch', () => {
      const match = found[next]
      if (match === undefined) return []
      next += 1
      return match.captures.length === 0
        ? [text.slice(match.start, match.end)]
        : captured(text, match.captures)
    }),
  ]
}

function substitute(call: Call): LuaResult[] {
  const text = call.text(1)
  const replacement = call.value(3)
  if (!replacement.ttisfunction() && !replacement.ttistable() && textOf(replacement) === undefined) {
    throw call.typeError(3, 'string or function or table')
  }
  const found = [...matches(call, call.text(2), text, call.optionalInteger(4, -1))]
  let output = ''
  let copied = 0
  for (const match of found) {
    const whole = text.slice(match.start, match.end)
    const put = replacementOf(call, text, match) ?? whole
    output += text.slice(copied, match.start) + put
    call.meter.allocate(put.length)
    copied = match.end
  }
  return [output + text.slice(copied), found.length]
}

/** Undefined: what was found stays. */
function replacementOf(call: Call, text: string, match: Match): string | undefined {
  const replacement = call.value(3)
  const values = captured(text, match.captures)
  const whole = text.slice(match.start, match.end)
  const first = values[0] ?? whole
  if (replacement.ttisfunction()) {
    const result = call.invoke(replacement, ...(values.length === 0 ? [whole] : values))
    return isTrue(result) ? (textOf(result) ?? '') : undefined
  }
  if (replacement.ttistable()) {
    const key = typeof first === 'number' || typeof first === 'string' ? first : whole
    const result = getField(call.state, replacement.value as LuaTable, key)
    return isTrue(result) ? (textOf(result) ?? '') : undefined
  }
  return (textOf(replacement) ?? '').replace(/%([%\d])/g, (_all, which: string) => {
    if (which === '%') return '%'
    if (which === '0') return whole
    const value = which === '1' ? first : values[Number(which) - 1]
    if (value === undefined) throw new LuaError('invalid capture index')
    return typeof value === 'number' ? String(value) : (value as string)
  })
}
