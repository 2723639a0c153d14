import { toBinary, toText } from './bytes.ts'
import * as go from './go-strings.ts'
import { LuaError, isTrue, listTable, setField, tableValue, textOf, entriesOf } from './native.ts'
import type { Call, LibraryFunction, LuaResult, LuaValue } from './native.ts'
import { repeatText } from './string-library.ts'

/** Offsets are bytes, as Go's are; -1 for none. */
const offset = (text: string, at: number): number => (at < 0 ? -1 : toBinary(text.slice(0, at)).length)
const text = (call: Call, index: number): string => toText(call.text(index))
const list = (call: Call, parts: readonly string[]): LuaResult[] => [listTable(call, parts.map(toBinary))]

function record(call: Call, fields: Readonly<Record<string, string | boolean>>): LuaResult[] {
  const table = call.newTable()
  for (const [name, value] of Object.entries(fields)) {
    setField(call.state, table, name, typeof value === 'string' ? toBinary(value) : value)
  }
  return [tableValue(table)]
}

/** A predicate of the script over code points. */
function predicate(call: Call, index: number): (rune: string) => boolean {
  const target = call.function(index)
  return (rune) => {
    const answer: LuaValue = call.invoke(target, rune.codePointAt(0) ?? 0)
    if (!answer.ttisboolean()) throw new LuaError('bad argument #-1 (boolean expected)')
    return isTrue(answer)
  }
}

const contains = (set: string) => (rune: string) => set.includes(rune)

function indexWhere(call: Call, test: (rune: string) => boolean, last: boolean): LuaResult[] {
  const runes = go.runesOf(text(call, 1))
  const at = last ? runes.findLastIndex(test) : runes.findIndex(test)
  return [at < 0 ? -1 : toBinary(runes.slice(0, at).join('')).length]
}

const trims = (
  start: boolean,
  end: boolean,
  cut: (call: Call) => (rune: string) => boolean,
): LibraryFunction => {
  return (call) => {
    const test = cut(call)
    const left = start ? go.trimStart(text(call, 1), test) : text(call, 1)
    return [toBinary(end ? go.trimEnd(left, test) : left)]
  }
}
const cutset = (call: Call): ((rune: string) => boolean) => contains(text(call, 2))
const cutFunction = (call: Call): ((rune: string) => boolean) => predicate(call, 2)

/** `require("strings")`: Go's strings package (sveltos.md 3.2). */
export const stringsLibrary: Readonly<Record<string, LibraryFunction>> = {
  Compare: (call) => [call.text(1) < call.text(2) ? -1 : call.text(1) > call.text(2) ? 1 : 0],
  Contains: (call) => [call.text(1).includes(call.text(2))],
  ContainsAny: (call) => [go.runesOf(text(call, 1)).some(contains(text(call, 2)))],
  ContainsFunc: (call) => [go.runesOf(text(call, 1)).some(predicate(call, 2))],
  ContainsRune: (call) => [text(call, 1).includes(String.fromCodePoint(validRune(call.integer(2))))],
  Count: (call) => [go.count(text(call, 1), text(call, 2))],
  Cut: (call) => {
    const at = text(call, 1).indexOf(text(call, 2))
    const found = at >= 0
    return record(call, {
      before: found ? text(call, 1).slice(0, at) : text(call, 1),
      after: found ? text(call, 1).slice(at + text(call, 2).length) : '',
      found,
    })
  },
  CutPrefix: (call) => {
    const found = text(call, 1).startsWith(text(call, 2))
    return record(call, { after: found ? text(call, 1).slice(text(call, 2).length) : text(call, 1), found })
  },
  CutSuffix: (call) => {
    const found = text(call, 1).endsWith(text(call, 2))
    return record(call, {
      before: found ? text(call, 1).slice(0, text(call, 1).length - text(call, 2).length) : text(call, 1),
      found,
    })
  },
  EqualFold: (call) => [go.equalFold(text(call, 1), text(call, 2))],
  Fields: (call) => list(call, go.fields(text(call, 1))),
  FieldsFunc: (call) => list(call, go.fields(text(call, 1), predicate(call, 2))),
  HasPrefix: (call) => [call.text(1).startsWith(call.text(2))],
  HasSuffix: (call) => [call.text(1).endsWith(call.text(2))],
  Index: (call) => [call.text(1).indexOf(call.text(2))],
  IndexAny: (call) => indexWhere(call, contains(text(call, 2)), false),
  IndexByte: (call) => [call.text(1).indexOf(String.fromCharCode(call.integer(2) & 0xff))],
  IndexFunc: (call) => indexWhere(call, predicate(call, 2), false),
  IndexRune: (call) => [
    offset(text(call, 1), text(call, 1).indexOf(String.fromCodePoint(validRune(call.integer(2))))),
  ],
  Join: (call) => {
    const parts = entriesOf(call.state, call.table(1))
      .filter(([, value]) => value.ttisstring())
      .map(([, value]) => textOf(value) ?? '')
    call.meter.text(parts.reduce((size, part) => size + part.length + call.text(2).length, 0))
    return [parts.join(call.text(2))]
  },
  LastIndex: (call) => [call.text(1).lastIndexOf(call.text(2))],
  LastIndexAny: (call) => indexWhere(call, contains(text(call, 2)), true),
  LastIndexByte: (call) => [call.text(1).lastIndexOf(String.fromCharCode(call.integer(2) & 0xff))],
  LastIndexFunc: (call) => indexWhere(call, predicate(call, 2), true),
  Map: (call) => {
    const target = call.function(1)
    const mapped = go.runesOf(text(call, 2)).map((rune) => {
      const result = call.invoke(target, rune.codePointAt(0) ?? 0)
      if (!result.ttisnumber()) throw new LuaError('bad argument #-1 (number expected)')
      const code = Math.trunc(result.value as number)
      return code < 0 ? '' : String.fromCodePoint(validRune(code))
    })
    return [toBinary(mapped.join(''))]
  },
  Repeat: (call) => {
    if (call.integer(2) < 0) throw new LuaError('strings: negative Repeat count')
    return [repeatText(call, call.text(1), call.integer(2))]
  },
  Replace: (call) => [replaced(call, call.integer(4))],
  ReplaceAll: (call) => [replaced(call, -1)],
  Split: (call) => list(call, go.split(text(call, 1), text(call, 2), -1)),
  SplitAfter: (call) => list(call, go.split(text(call, 1), text(call, 2), -1, true)),
  SplitAfterN: (call) =>
    call.integer(3) === 0
      ? [undefined]
      : list(call, go.split(text(call, 1), text(call, 2), call.integer(3), true)),
  SplitN: (call) =>
    call.integer(3) === 0 ? [undefined] : list(call, go.split(text(call, 1), text(call, 2), call.integer(3))),
  Title: (call) => [toBinary(go.title(text(call, 1)))],
  ToLower: (call) => [toBinary(text(call, 1).toLowerCase())],
  ToTitle: (call) => [toBinary(text(call, 1).toUpperCase())],
  ToUpper: (call) => [toBinary(text(call, 1).toUpperCase())],
  Trim: trims(true, true, cutset),
  TrimFunc: trims(true, true, cutFunction),
  TrimLeft: trims(true, false, cutset),
  TrimLeftFunc: trims(true, false, cutFunction),
  TrimPrefix: (call) => {
    const [whole, prefix] = [call.text(1), call.text(2)]
    return [whole.startsWith(prefix) ? whole.slice(prefix.length) : whole]
  },
  TrimRight: trims(false, true, cutset),
  TrimRightFunc: trims(false, true, cutFunction),
  TrimSpace: (call) => [toBinary(go.trimSpace(text(call, 1)))],
  TrimSuffix: (call) => {
    const [whole, suffix] = [call.text(1), call.text(2)]
    return [whole.endsWith(suffix) ? whole.slice(0, whole.length - suffix.length) : whole]
  },
}

function replaced(call: Call, limit: number): string {
  const [whole, old, replacement] = [text(call, 1), text(call, 2), text(call, 3)]
  call.meter.text(whole.length + go.count(whole, old) * replacement.length)
  return toBinary(go.replace(whole, old, replacement, limit))
}

/** What is no code point is U+FFFD. */
export function validRune(code: number): number {
  return code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0xfffd : code
}
