import { createHash } from 'node:crypto'
import { Buffer } from 'node:buffer'
import { compareVersion } from './version-constraint.ts'
import { displayText } from './base-library.ts'
import { toBinary, toText } from './bytes.ts'
import { quote } from './go-format.ts'
import { compileRegexp, expand, findAll, replaceAll, splitBy } from './go-regexp.ts'
import { LuaError, entriesOf, listTable, setField, tableValue, textOf } from './native.ts'
import type { Call, LibraryFunction, LuaResult, LuaTable, LuaValue } from './native.ts'
import { formatGoFloat, integerText, parseGoFloat, parseGoInteger } from './number-text.ts'
import { decodeBase32, decodeBase64, encodeBase32 } from './base-encoding.ts'
import * as sprig from './sprig-text.ts'
import { joinUrl, parseUrl } from './url-text.ts'
import { pascalCase, separateWords } from './word-case.ts'

/** `require("sprig")`: what lua-utils wraps (sveltos.md 3.2), with its argument checks and second results. */
export const sprigLibrary: Readonly<Record<string, LibraryFunction>> = {
  abbrev: (call) => [sprig.abbreviate(call.text(2), integer(call, 1))],
  abbrevboth: (call) => [sprig.abbreviateBoth(call.text(3), integer(call, 1), integer(call, 2))],
  adler32sum: (call) => [String(adler32(call.text(1)))],
  ago: (call) => [sprig.durationText(Math.round(call.meter.clockMs() / 1000) - call.integer(1))],
  all: (call) => [items(call).every((value) => !isEmpty(call, value))],
  any: (call) => [items(call).some((value) => !isEmpty(call, value))],
  b32dec: (call) => decoded('b32dec', decodeBase32(call.text(1))),
  b32enc: (call) => [encodeBase32(call.text(1))],
  b64dec: (call) => decoded('b64dec', decodeBase64(call.text(1))),
  b64enc: (call) => [Buffer.from(call.text(1), 'latin1').toString('base64')],
  base: (call) => [sprig.baseName(call.text(1))],
  camelcase: (call) => [toBinary(pascalCase(toText(call.text(1))))],
  cat: (call) => {
    const parts: string[] = []
    for (let index = 1; index <= call.count; index += 1) {
      if (!call.isNone(index)) parts.push(displayText(call, call.value(index)))
    }
    return [parts.join(' ')]
  },
  clean: (call) => [sprig.cleanPath(call.text(1))],
  coalesce: (call) => {
    if (call.count === 0) throw call.argumentError(1, 'coalesce requires at least 1 argument')
    for (let index = 1; index <= call.count; index += 1) {
      if (!isEmpty(call, call.value(index))) return [call.value(index)]
    }
    return [undefined]
  },
  compact: (call) => [
    listTable(
      call,
      items(call).filter((value) => !isEmpty(call, value)),
    ),
  ],
  dir: (call) => [sprig.directoryOf(call.text(1))],
  duration: (call) => {
    const value = call.value(1)
    const seconds = value.ttisnumber()
      ? Math.trunc(value.value as number)
      : parseGoInteger(displayText(call, value), 10)
    return [sprig.durationText(seconds ?? 0)]
  },
  durationRound: (call) => {
    const value = call.value(1)
    if (value.ttisnumber()) return [sprig.roundDuration(Math.trunc(value.value as number) * 1e9)]
    return [sprig.roundDuration(sprig.parseDuration(toText(displayText(call, value))) ?? 0)]
  },
  empty: (call) => [isEmpty(call, call.any(1))],
  ext: (call) => [sprig.extensionOf(call.text(1))],
  indent: (call) => [sprig.indent(integer(call, 1), call.text(2))],
  initials: (call) => [toBinary(sprig.initials(toText(call.text(1))))],
  isAbs: (call) => [call.text(1).startsWith('/')],
  kebabcase: (call) => [toBinary(separateWords(toText(call.text(1)), '-'))],
  nindent: (call) => [`\n${sprig.indent(integer(call, 1), call.text(2))}`],
  nospace: (call) => [toBinary(toText(call.text(1)).replace(/\s+/gu, ''))],
  osBase: (call) => [sprig.baseName(call.text(1))],
  osClean: (call) => [sprig.cleanPath(call.text(1))],
  osDir: (call) => [sprig.directoryOf(call.text(1))],
  osExt: (call) => [sprig.extensionOf(call.text(1))],
  osIsAbs: (call) => [call.text(1).startsWith('/')],
  plural: (call) => [Math.trunc(call.number(3)) === 1 ? call.text(1) : call.text(2)],
  quote: (call) => [
    items(call)
      .map((value) => quote(plainText(call, value)))
      .join(' '),
  ],
  randInt: (call) => {
    const [least, most] = [integer(call, 1), integer(call, 2)]
    return [most <= least ? least : least + Math.floor(call.meter.random() * (most - least))]
  },
  regexFind: (call) => withRegexp(call, (found) => [toBinary(found(1)[0]?.groups[0] ?? '')]),
  regexFindAll: (call) => {
    const limit = integer(call, 3)
    return withRegexp(call, (found) => [
      listTable(
        call,
        found(limit).map((match) => toBinary(match.groups[0] ?? '')),
      ),
    ])
  },
  regexMatch: (call) => withRegexp(call, (found) => [found(1).length > 0]),
  regexReplaceAll: (call) => {
    const template = toText(call.text(3))
    return withRegexp(call, (found) => [
      toBinary(replaceAll(toText(call.text(2)), found(-1), (match) => expand(template, match))),
    ])
  },
  regexReplaceAllLiteral: (call) => {
    const put = toText(call.text(3))
    return withRegexp(call, (found) => [toBinary(replaceAll(toText(call.text(2)), found(-1), () => put))])
  },
  regexSplit: (call) => {
    const limit = integer(call, 3)
    const text = toText(call.text(2))
    const compiled = attempt(() => compileRegexp(toText(call.text(1))))
    if ('problem' in compiled) return [undefined, compiled.problem]
    return [listTable(call, splitBy(compiled.value, text, limit).map(toBinary)), undefined]
  },
  round: (call) => {
    const value = call.value(1)
    const number = value.ttisnumber()
      ? (value.value as number)
      : (parseGoFloat(displayText(call, value)) ?? 0)
    return [sprig.roundTo(number, integer(call, 2), call.count >= 3 ? call.number(3) : 0.5)]
  },
  semverCompare: (call) => {
    const answer = compareVersion(call.text(1), call.text(2))
    return typeof answer === 'boolean' ? [answer, undefined] : [undefined, answer.problem]
  },
  seq: (call) => [
    sprig.sequence(
      items(call)
        .filter((value) => value.ttisnumber())
        .map((value) => Math.trunc(value.value as number)),
    ),
  ],
  sha1sum: (call) => [hash('sha1', call.text(1))],
  sha256sum: (call) => [hash('sha256', call.text(1))],
  sha512sum: (call) => [hash('sha512', call.text(1))],
  shuffle: (call) => {
    const runes = [...toText(call.text(1))]
    const picked = runes.map((rune) => ({ rune, weight: call.meter.random() }))
    return [
      toBinary(
        picked
          .sort((a, b) => a.weight - b.weight)
          .map(({ rune }) => rune)
          .join(''),
      ),
    ]
  },
  snakecase: (call) => [toBinary(separateWords(toText(call.text(1)), '_'))],
  sortAlpha: (call) => {
    const texts = call.value(1).ttistable()
      ? items(call).map((value) => displayText(call, value))
      : [displayText(call, call.value(1))]
    return [listTable(call, texts.sort())]
  },
  squote: (call) => [
    items(call)
      .map((value) => `'${plainText(call, value)}'`)
      .join(' '),
  ],
  substr: (call) => {
    const text = call.text(3)
    return [text.slice(Math.max(0, integer(call, 1)), Math.max(0, Math.min(integer(call, 2), text.length)))]
  },
  swapcase: (call) => [toBinary(sprig.swapCase(toText(call.text(1))))],
  ternary: (call) => [call.boolean(3) ? call.value(1) : call.value(2)],
  toDecimal: (call) => {
    const value = call.value(1)
    const text = value.ttisboolean()
      ? value.value === true
        ? '1'
        : '0'
      : value.ttisnil()
        ? '0'
        : displayText(call, value)
    return [parseGoInteger(text, 8) ?? 0]
  },
  trunc: (call) => [sprig.truncate(integer(call, 1), call.text(2))],
  uniq: (call) => {
    const seen = new Set<unknown>()
    const kept = items(call).filter((value) => {
      const key = value.ttistable() ? value.value : displayText(call, value)
      return !seen.has(key) && seen.add(key).size > 0
    })
    return [listTable(call, kept)]
  },
  untitle: (call) => [toBinary(sprig.uncapitalize(toText(call.text(1))))],
  urlJoin: (call) => {
    const parts = entriesOf(call.state, call.table(1)).filter(([key]) => key.ttisstring())
    return [
      joinUrl(Object.fromEntries(parts.map(([key, value]) => [textOf(key) ?? '', displayText(call, value)]))),
    ]
  },
  urlParse: (call) => {
    const url = parseUrl(call.text(1))
    if (url === undefined) throw new LuaError(`urlParse: unable to parse url: ${call.text(1)}`)
    const table = call.newTable()
    for (const [name, value] of Object.entries<string>({ ...url })) setField(call.state, table, name, value)
    return [tableValue(table)]
  },
  wrap: (call) => [sprig.wrap(call.text(2), integer(call, 1), '\n', false)],
  wrapWith: (call) => [
    sprig.wrap(call.text(2), integer(call, 1), call.text(3) === '' ? '\n' : call.text(3), true),
  ],
  ...withoutRandomness(['bcrypt', 'decryptAES', 'derivePassword', 'encryptAES', 'genPrivateKey', 'htpasswd']),
}

/** Keys and passwords don't belong into a rendered branch, and their functions draw real randomness. */
function withoutRandomness(names: readonly string[]): Record<string, LibraryFunction> {
  const refused = (name: string): LibraryFunction => {
    return () => {
      throw new LuaError(`sprig.${name} is not available: keys and passwords can't be made while compiling`)
    }
  }
  return Object.fromEntries(names.map((name) => [name, refused(name)]))
}

function integer(call: Call, index: number): number {
  return Math.trunc(call.number(index))
}

function items(call: Call): LuaValue[] {
  return entriesOf(call.state, call.table(1)).map(([, value]) => value)
}

function isEmpty(call: Call, value: LuaValue): boolean {
  if (value.ttisnil()) return true
  if (value.ttisboolean()) return value.value === false
  if (value.ttisnumber()) return value.value === 0
  if (value.ttisstring()) return textOf(value) === ''
  return value.ttistable() && entriesOf(call.state, value.value as LuaTable).length === 0
}

/** Whole numbers without a fraction, others as Go prints a float. */
function plainText(call: Call, value: LuaValue): string {
  if (!value.ttisnumber()) return displayText(call, value)
  const number = value.value as number
  return Number.isInteger(number) ? integerText(number) : formatGoFloat(number)
}

function hash(algorithm: string, binary: string): string {
  return createHash(algorithm).update(Buffer.from(binary, 'latin1')).digest('hex')
}

function adler32(binary: string): number {
  let [low, high] = [1, 0]
  for (let index = 0; index < binary.length; index += 1) {
    low = (low + binary.charCodeAt(index)) % 65_521
    high = (high + low) % 65_521
  }
  return high * 65_536 + low
}

function decoded(name: string, result: string | { readonly problem: string }): LuaResult[] {
  return typeof result === 'string' ? [result, undefined] : [undefined, `${name}: ${result.problem}`]
}

function attempt<T>(make: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: make() }
  } catch (fault) {
    if (fault instanceof Error) return { problem: toBinary(fault.message) }
    throw fault
  }
}

type Find = (limit: number) => ReturnType<typeof findAll>

/** Pattern first, then text; a bad pattern is a second result. */
function withRegexp(call: Call, use: (found: Find) => LuaResult[]): LuaResult[] {
  const text = toText(call.text(2))
  call.meter.step(text.length)
  const compiled = attempt(() => compileRegexp(toText(call.text(1))))
  if ('problem' in compiled) return [undefined, compiled.problem]
  return [...use((limit) => findAll(compiled.value, text, limit)), undefined]
}
