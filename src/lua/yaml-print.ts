import { isList, jsonNumber } from './json-text.ts'
import { integerText, parseGoInteger } from './number-text.ts'
import type { LuaJson } from './types.ts'

/**
 * YAML as go-yaml prints it for `json.toYAML`, but for its folding of long lines. The script can't wait for the engine;
 * what it prints is read by the engine again before it is an object.
 */
export function printYaml(value: LuaJson): string {
  return `${node(value, 0).replace(/^\n/, '')}\n`
}

/** A node behind its key or dash: a scalar on the same line, a collection on lines of its own. */
function node(value: LuaJson, indent: number): string {
  if (value === null || typeof value !== 'object') return scalar(value, indent)
  if (isList(value)) return value.length === 0 ? '[]' : list(value, indent)
  const keys = Object.keys(value).sort(naturalOrder)
  if (keys.length === 0) return '{}'
  const pad = ' '.repeat(indent)
  return keys.map((key) => `\n${pad}${text(key, undefined)}:${member(value[key] ?? null, indent)}`).join('')
}

/** Lists are not indented under their key, maps by two. */
function member(value: LuaJson, indent: number): string {
  const printed = node(value, isList(value) ? indent : indent + 2)
  return printed.startsWith('\n') ? printed : ` ${printed}`
}

function list(items: readonly LuaJson[], indent: number): string {
  const pad = ' '.repeat(indent)
  return items.map((item) => `\n${pad}- ${node(item, indent + 2).trimStart()}`).join('')
}

function scalar(value: null | boolean | number | string, indent: number): string {
  if (typeof value === 'string') return text(value, indent)
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? integerText(value) : jsonNumber(value)
}

/** A key has no indent to print lines at. */
function text(value: string, indent: number | undefined): string {
  if (value.includes('\n'))
    return indent === undefined || !canBeLiteral(value) ? quoted(value) : literal(value, indent)
  if (!isString(value)) return quoted(value)
  if (hasUnprintable(value)) return quoted(value)
  return canBePlain(value) ? value : `'${value.replaceAll("'", "''")}'`
}

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}.*)?$/
const words = /^(?:~|null|Null|NULL|<<|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const booleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/

/** Whether the plain text would be read as a string again. */
function isString(value: string): boolean {
  if (
    value === '' ||
    words.test(value) ||
    booleans.test(value) ||
    timestamp.test(value) ||
    base60.test(value)
  )
    return false
  const digits = value.replaceAll('_', '')
  return parseGoInteger(digits, 0) === undefined && !float.test(digits)
}

function canBePlain(value: string): boolean {
  if (/^[ ]|[ ]$/.test(value) || /^(?:---|\.\.\.)/.test(value)) return false
  if (/^[#,[\]{}&*!|>'"%@`]/.test(value) || /^[-?:](?:\s|$)/.test(value)) return false
  return !/:(?:\s|$)|\s#/.test(value)
}

function hasUnprintable(value: string): boolean {
  return /[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff]/.test(value) || value.includes('\t')
}

/** Blanks at the end of a line, or of the text, would be lost. */
function canBeLiteral(value: string): boolean {
  return !/ \n| $/.test(value) && !hasUnprintable(value.replaceAll('\t', ''))
}

function literal(value: string, indent: number): string {
  const pad = ' '.repeat(indent === 0 ? 2 : indent)
  const leading = /^[ \n]/.test(value) ? '2' : ''
  const chomping = !value.endsWith('\n') ? '-' : value === '\n' || value.endsWith('\n\n') ? '+' : ''
  const lines = value.replace(/\n$/, '').split('\n')
  return `|${leading}${chomping}${lines.map((line) => `\n${line === '' ? '' : pad + line}`).join('')}`
}

function quoted(value: string): string {
  const escaped = JSON.stringify(value).slice(1, -1)
  return `"${escaped.replace(/\\u00([0-9a-f]{2})/g, (_all, hex: string) => `\\x${hex.toUpperCase()}`)}"`
}

/** `a2` before `a10`. */
function naturalOrder(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/\d+|\D/g) ?? []
  const [left, right] = [parts(a), parts(b)]
  for (const [index, part] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    if (part === other) continue
    if (/^\d/.test(part) && /^\d/.test(other) && Number(part) !== Number(other))
      return Number(part) - Number(other)
    return part < other ? -1 : 1
  }
  return left.length - right.length
}
