import type { FieldValue } from '../../compare/types.ts'
import { countOf } from './counts.ts'

/** Values as people read them, like YAML and no YAML: what is long is folded with its true size. Pure. */

export interface DisplayOptions {
  /** More lines than these are folded; default: none is. */
  readonly mostLines?: number
}

/** Longest text in a line; what follows is counted. */
const longestText = 400
const longestFlow = 160
/** Deeper than anything that a person writes. */
const deepest = 40

/** A value in one line: `8.1.0`, `"true"`, `[a, b]`, `{ name: app }`. */
export function displayInline(value: FieldValue): string {
  return typeof value === 'string' ? displayText(value) : shorten(flow(value, 0), longestFlow)
}

/**
 * A value in lines, without line ends.
 * @example displayLines({ ports: [{ port: 80 }] }) // ['ports:', '- port: 80']
 */
export function displayLines(value: FieldValue, { mostLines }: DisplayOptions = {}): readonly string[] {
  return foldLines(block(value, 0), mostLines)
}

/** The first of many lines, and how many more there are. */
export function foldLines(lines: readonly string[], mostLines = Infinity): readonly string[] {
  // One more where only one would be left.
  if (lines.length <= mostLines + 1) return lines
  return [...lines.slice(0, mostLines), `… ${countOf(lines.length - mostLines, 'more line')}`]
}

/** Two texts in one line each. Of long ones, what is around the first difference: their beginnings may be equal. */
export function displayPair(before: FieldValue, after: FieldValue): readonly [string, string] {
  const texts = [before, after].map((value) => (typeof value === 'string' ? quoted(value) : flow(value, 0)))
  const [left = '', right = ''] = texts
  if (left.length <= longestText && right.length <= longestText) return [left, right]
  const start = Math.max(0, commonStart(left, right) - 40)
  return [excerpt(left, start), excerpt(right, start)]
}

function commonStart(left: string, right: string): number {
  const most = Math.min(left.length, right.length)
  let length = 0
  while (length < most && left.charCodeAt(length) === right.charCodeAt(length)) length += 1
  return length
}

function excerpt(text: string, start: number): string {
  const shown = shorten(text.slice(wholeAt(text, start)), longestText / 2)
  return start === 0 ? shown : `…${shown}`
}

/** Never between the halves of a pair. */
function wholeAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index
}

function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text
  const end = wholeAt(text, longest - 20)
  return `${text.slice(0, Math.max(0, end))}… (${countOf(text.length, 'character')})`
}

function displayText(text: string): string {
  return shorten(quoted(text), longestText)
}

const plainText = /^[\p{L}_./⟨*$%@~-][^\n\r\t"'{}[\],&|>`\\]*$/u
/** What YAML would take for something else than a text. */
const otherScalar =
  /^(?:[-+.]?\d[\d_.]*(?:[eE][-+]?\d+)?|true|false|yes|no|on|off|null|~|-+|\.+|\.(?:inf|nan))$/i

/** `8.1.0`, `10m0s`, `200Gi`: a number that goes on as none. */
const measured = /^(?!0[xob]|\d[\d.]*[eE][-+]?\d)\d+(?:(?:\.\d+){2,}[\w.+-]*|[\d.]*[A-Za-z][\w.%/-]*)$/

function quoted(text: string): string {
  const isPlain = plainText.test(text) && !otherScalar.test(text) && !/: | #|:$|\s$|^- |^[*%@]/.test(text)
  return isPlain || measured.test(text) ? text : JSON.stringify(text)
}

function block(value: FieldValue, depth: number): string[] {
  if (!isNested(value)) return typeof value === 'string' ? textLines(value) : [flow(value, depth)]
  if (depth > deepest) return [shorten(flow(value, depth), longestFlow)]
  if (Array.isArray(value)) {
    if (value.length === 0) return ['[]']
    return value.flatMap((item) => {
      const [first = '', ...rest] = block(item, depth + 1)
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    })
  }
  const entries = Object.entries(value)
  return entries.length === 0 ? ['{}'] : entries.flatMap(([key, member]) => keyLines(key, member, depth))
}

function keyLines(key: string, member: FieldValue, depth: number): string[] {
  const name = displayText(key)
  const lines = block(member, depth + 1)
  const [first = ''] = lines
  const isBlockText = typeof member === 'string' && lines.length > 1
  if (isBlockText) return [`${name}: ${first}`, ...lines.slice(1)]
  if (lines.length === 1 && (!isNested(member) || isEmpty(member))) return [`${name}: ${first}`]
  // Items stand under their key as kubectl prints them.
  return [`${name}:`, ...lines.map((line) => (Array.isArray(member) ? line : `  ${line}`))]
}

/** A text of several lines as a block; what cannot stand in one is quoted. */
function textLines(text: string): string[] {
  if (!text.includes('\n') || text.includes('\r')) return [displayText(text)]
  const lines = text.split('\n')
  const isEnded = lines.at(-1) === ''
  const body = isEnded ? lines.slice(0, -1) : lines
  return [isEnded ? '|' : '|-', ...body.map((line) => `  ${shorten(line, longestText)}`)]
}

function flow(value: FieldValue, depth: number): string {
  if (typeof value === 'string') return displayText(value)
  if (!isNested(value)) return value === undefined ? '' : JSON.stringify(value)
  if (depth > deepest) return '…'
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, depth + 1)).join(', ')}]`
  const members = Object.entries(value).map(
    ([key, member]) => `${displayText(key)}: ${flow(member, depth + 1)}`,
  )
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** A list or map; a number beyond a double is an object too, and prints as it was written. */
function isNested(value: FieldValue): value is object {
  return typeof value === 'object' && value !== null && !isRawJson(value)
}

function isRawJson(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: object): boolean }).isRawJSON(value)
}

function isEmpty(value: FieldValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
