import { Buffer } from 'node:buffer'
import { base64Spellings } from './base64-spellings.ts'
import type { Interval } from './intervals.ts'

/** How a value may stand in a text. */
export interface Spelling {
  readonly text: string
  /**
   * `base64`, `hex`: the whole run of digits around it is hidden, since its edges tell of the value too. `word`: it is no
   * part of another word.
   */
  readonly form: 'plain' | 'word' | 'base64' | 'hex'
}

/** Bytes of a value by which its encoded forms are found; more says no more. */
const probeBytes = 96

/** A value as it may stand in texts whose escapes are resolved (`decodedTexts`), in any encoding. Each text once. */
export function spellingsOf(value: Uint8Array): readonly Spelling[] {
  const bytes = Buffer.from(value)
  const text = toText(bytes)
  const probe = probeOf(bytes, text)
  const escaped = text === undefined ? [] : escapedForms(probe.toString('utf8'))
  const [whole = '', ...shifted] = base64Spellings(probe)
  const base64 = [
    whole,
    ...shifted,
    ...escaped.flatMap((form) => base64Spellings(Buffer.from(form))),
  ].flatMap(forUrls)
  const twice = [whole, ...shifted]
    .flatMap(forUrls)
    .flatMap((once) => base64Spellings(Buffer.from(once)).flatMap(forUrls))
  const hex = probe.toString('hex')
  const all: Spelling[] = [
    ...plainForms(bytes, text).map((form): Spelling => ({
      text: form,
      form: isWord(form) ? 'word' : 'plain',
    })),
    ...[...base64, ...twice].map((form): Spelling => ({ text: form, form: 'base64' })),
    ...[hex, hex.toUpperCase()].map((form): Spelling => ({ text: form, form: 'hex' })),
  ]
  return [...new Map(all.map((spelling) => [spelling.text, spelling])).values()]
}

function isWord(text: string): boolean {
  return /^[A-Za-z]+(?:[ ._-][A-Za-z]+)*$/.test(text)
}

/** Undefined for bytes that are no text. */
export function toText(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  return Buffer.from(text).equals(buffer) ? text : undefined
}

function plainForms(bytes: Buffer, text: string | undefined): readonly string[] {
  const byBytes = bytes.toString('latin1')
  if (text === undefined) return [byBytes]
  return [
    text,
    byBytes,
    // Forms of web pages; the rest of their escapes is resolved.
    text.replaceAll(' ', '+'),
    // Without indentation, as `decodedTexts` shows a block of YAML.
    text.replace(/\n[ \t]+/g, '\n'),
  ]
}

/** Of a long value one line: around it others may be indented, and its beginning is that of all values of its kind. */
function probeOf(bytes: Buffer, text: string | undefined): Buffer {
  if (bytes.length <= probeBytes && (text === undefined || !text.includes('\n'))) return bytes
  const lines = text === undefined ? [bytes] : text.split('\n').map((line) => Buffer.from(line.trim()))
  const line = lines.reduce(
    (best, each) => (Math.min(each.length, probeBytes) > best.length ? each : best),
    Buffer.alloc(0),
  )
  const start = Math.max(0, Math.floor((line.length - probeBytes) / 2))
  const part = line.subarray(start, start + probeBytes)
  // No half of a character, which has no text.
  return text === undefined ? part : Buffer.from(part.toString('utf8').replace(/^\ufffd+|\ufffd+$/g, ''))
}

/** What JSON, Go's JSON, URLs and HTML make of it, where that is another text: all of it may be encoded in turn. */
function escapedForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const forms = [
    json,
    json.replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
    encodeURIComponent(text.toWellFormed()),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;'),
    text.replaceAll("'", "''"),
  ]
  return [...new Set(forms)].filter((form) => form !== text)
}

function forUrls(base64: string): readonly string[] {
  const url = base64.replaceAll('+', '-').replaceAll('/', '_')
  return url === base64 ? [base64] : [base64, url]
}

const digits = {
  base64: /[A-Za-z0-9+/_-]/,
  hex: /[0-9A-Fa-f]/,
} as const

/** The run of digits that an encoded spelling was found in, with its padding. */
export function wholeRun(text: string, { start, end }: Interval, form: Spelling['form']): Interval {
  if (form !== 'base64' && form !== 'hex') return { start, end }
  const isDigit = (at: number): boolean => at >= 0 && at < text.length && digits[form].test(text.charAt(at))
  let [from, to] = [start, end]
  while (isDigit(from - 1)) from--
  while (isDigit(to)) to++
  while (form === 'base64' && text.charAt(to) === '=') to++
  return { start: from, end: to }
}
