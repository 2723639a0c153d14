import { isUtf8, toBinary, toText } from './bytes.ts'
import { runesOf } from './go-strings.ts'
import { entriesOf, listTable, type Call, type LibraryFunction, type LuaResult } from './native.ts'
import { validRune } from './strings-library.ts'

// `require("runes")`: characters as code points. The byte 0xFFFD stands for is what Go's decoder gives for bad bytes.

const codes = (binary: string): number[] => runesOf(toText(binary)).map((rune) => rune.codePointAt(0) ?? 0)
const fromCodes = (points: readonly number[]): string =>
  toBinary(String.fromCodePoint(...points.map((code) => validRune(code))))

/** A class of Go's unicode package. Beyond ASCII only what the class says, so a code that is none is in no class. */
function inClass(pattern: RegExp): LibraryFunction {
  return (call) => {
    const code = call.integer(1)
    return [validRune(code) === code && pattern.test(String.fromCodePoint(code))]
  }
}

function mapped(change: (rune: string) => string): LibraryFunction {
  return (call) => {
    const code = call.integer(1)
    if (validRune(code) !== code) return [code]
    const result = runesOf(change(String.fromCodePoint(code)))
    // One character to one: what becomes two, such as ß, stays.
    return [result.length === 1 ? (result[0]?.codePointAt(0) ?? code) : code]
  }
}

function bytesOf(call: Call): number[] {
  return entriesOf(call.state, call.table(1))
    .filter(([, value]) => value.ttisnumber())
    .map(([, value]) => Math.trunc(value.value as number) & 0xff)
}

/** First character of bytes and how many it takes; undefined where they are no UTF-8. */
function firstRune(binary: string): number | undefined {
  for (let length = 1; length <= Math.min(4, binary.length); length += 1) {
    const head = binary.slice(0, length)
    if (isUtf8(head)) return codes(head)[0]
  }
  return undefined
}

export const runesLibrary: Readonly<Record<string, LibraryFunction>> = {
  bytestorune: (call) => [firstRune(String.fromCharCode(...bytesOf(call)))],
  bytetostring: (call) => [String.fromCharCode(...bytesOf(call))],
  containsrune: (call) => [codes(call.text(1)).includes(call.integer(2))],
  iscontrol: inClass(/\p{Cc}/u),
  isdigit: inClass(/\p{Nd}/u),
  isgraphic: inClass(/[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]/u),
  isinrange: (call) => [call.integer(1) >= call.integer(2) && call.integer(1) <= call.integer(3)],
  isletter: inClass(/\p{L}/u),
  islower: inClass(/\p{Lowercase}/u),
  ismark: inClass(/\p{M}/u),
  isnumber: inClass(/\p{N}/u),
  isprint: inClass(/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u),
  ispunct: inClass(/\p{P}/u),
  isspace: inClass(/[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u),
  issymbol: inClass(/\p{S}/u),
  istitle: inClass(/\p{Lt}/u),
  isupper: inClass(/\p{Lu}/u),
  isvalidutf8: (call) => [isUtf8(call.text(1))],
  reverserunes: (call) => [fromCodes(codes(call.text(1)).reverse())],
  runeat: (call) => {
    const at = call.integer(2) - 1
    return [at < 0 || at >= call.text(1).length ? undefined : firstRune(call.text(1).slice(at))]
  },
  runecount: (call) => [codes(call.text(1)).length],
  runeindex: (call) => {
    const at = codes(call.text(1)).indexOf(call.integer(2), Math.max(0, call.optionalInteger(3, 1) - 1))
    return [at < 0 ? undefined : at + 1]
  },
  runerange: (call) => {
    const points = codes(call.text(1))
    const end = call.optionalInteger(3, -1)
    const start = Math.max(0, call.optionalInteger(2, 1) - 1)
    return [fromCodes(points.slice(start, end < 0 ? points.length : Math.max(0, end - 1)))]
  },
  runeslice: (call) => [listTable(call, codes(call.text(1)))],
  runesplit: (call) => {
    const separator = call.integer(2)
    const parts: number[][] = [[]]
    for (const code of codes(call.text(1))) {
      if (code === separator) parts.push([])
      else parts.at(-1)?.push(code)
    }
    return [listTable(call, parts.map(fromCodes))]
  },
  runestring: (call) => {
    const points: number[] = []
    for (let index = 1; index <= call.count; index += 1) points.push(call.integer(index))
    return [fromCodes(points)]
  },
  runetobytes: (call) => {
    const points = entriesOf(call.state, call.table(1))
      .filter(([, value]) => value.ttisnumber())
      .map(([, value]) => Math.trunc(value.value as number))
    return byteList(call, fromCodes(points))
  },
  runewidth: (call) => {
    const code = call.integer(1)
    return [validRune(code) === code ? toBinary(String.fromCodePoint(code)).length : undefined]
  },
  stringtobytes: (call) => byteList(call, call.text(1)),
  tolower: mapped((rune) => rune.toLowerCase()),
  totitle: mapped((rune) => rune.toUpperCase()),
  toupper: mapped((rune) => rune.toUpperCase()),
  validrune: (call) => [validRune(call.integer(1)) === call.integer(1)],
}

function byteList(call: Call, binary: string): LuaResult[] {
  return [
    listTable(
      call,
      [...binary].map((byte) => byte.charCodeAt(0)),
    ),
  ]
}
