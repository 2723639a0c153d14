import { Buffer } from 'node:buffer'
import type { Interval } from './intervals.ts'

/** A text as a reader of its escapes sees it. */
export interface DecodedText {
  readonly text: string
  /** Where a stretch of it stands in the text as written. */
  readonly toWritten: (interval: Interval) => Interval
  /** Escapes were resolved, so that names and quotes may have come to light, and not lines alone. */
  readonly unescaped: boolean
}

interface Escape {
  readonly hint: string
  readonly pattern: RegExp
  /** What a match stands for. */
  readonly decode: (match: RegExpMatchArray) => string
  readonly unescapes: boolean
}

const simple: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', e: '\u001b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '0': '\0' },
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
}

function fromCodePoint(digits: string, radix: 10 | 16): string {
  const point = Number.parseInt(digits, radix)
  return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
}

/** Bytes that are no UTF-8 stand for themselves. */
function fromPercent(text: string): string {
  const bytes = Buffer.from(text.replaceAll('%', ''), 'hex')
  const decoded = bytes.toString('utf8')
  return decoded.includes('\ufffd') ? bytes.toString('latin1') : decoded
}

/** URLs; JSON, Go, C, shells and double quotes of YAML; HTML; single quotes of YAML and SQL; lines. */
const escapes: readonly Escape[] = [
  {
    hint: '%',
    pattern: /(?:%[0-9A-Fa-f]{2})+/g,
    decode: ([whole]) => fromPercent(whole),
    unescapes: true,
  },
  {
    hint: '\\',
    pattern:
      /\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([abefnrtv0])|(["'`\\/ ])|\r?\n[ \t]*)/g,
    decode: ([, braced, short, long, byte, name, itself]) => {
      const digits = braced ?? short ?? long ?? byte
      if (digits !== undefined) return fromCodePoint(digits, 16)
      return name === undefined ? (itself ?? '') : (simple[name] ?? '')
    },
    unescapes: true,
  },
  {
    hint: '&',
    pattern: /&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));/g,
    decode: ([, decimal, hex, name = '']) =>
      decimal !== undefined
        ? fromCodePoint(decimal, 10)
        : hex !== undefined
          ? fromCodePoint(hex, 16)
          : (simple[name] ?? ''),
    unescapes: true,
  },
  { hint: "''", pattern: /''/g, decode: () => "'", unescapes: false },
  // Indentation of block scalars.
  { hint: '\n', pattern: /\n[ \t]+/g, decode: () => '\n', unescapes: false },
  // Base64 and hexadecimal digits are broken into lines of equal length.
  {
    hint: '\n',
    pattern: /(?<=[A-Za-z0-9+/=_-]{16})[ \t]*\r?\n[ \t]*(?=[A-Za-z0-9+/=_-]{2})/g,
    decode: () => '',
    unescapes: false,
  },
]

/** Escapes inside escapes: JSON in JSON in a URL. */
const maxDepth = 3
const maxTexts = 16

/** Whether a text may be another one without its escapes. */
export function hasEscapes(text: string): boolean {
  return /[%\\&\n]|''/.test(text)
}

/** What a text is without its escapes, one kind after another in every order, each result once; not the text itself. */
export function decodedTexts(text: string): readonly DecodedText[] {
  const plain: DecodedText = { text, toWritten: (interval) => interval, unescaped: true }
  const seen = new Set([text])
  const all: DecodedText[] = []
  let last: readonly DecodedText[] = [plain]
  for (let depth = 0; depth < maxDepth && last.length > 0; depth++) {
    const next: DecodedText[] = []
    for (const from of last) {
      for (const escape of escapes) {
        const decoded = decode(from, escape)
        if (decoded === undefined || seen.has(decoded.text) || seen.size >= maxTexts) continue
        seen.add(decoded.text)
        next.push(decoded)
      }
    }
    all.push(...next)
    last = next
  }
  return all
}

function decode(
  from: DecodedText,
  { hint, pattern, decode: toText, unescapes }: Escape,
): DecodedText | undefined {
  const { text } = from
  if (!text.includes(hint)) return undefined
  const parts: string[] = []
  /** Code units of the result up to which a stretch reaches, and what then is to be added to find it in `text`. */
  const edges: { readonly until: number; readonly written: number; readonly isEscape: boolean }[] = []
  let length = 0
  let at = 0
  const add = (part: string, written: number, isEscape: boolean): void => {
    parts.push(part)
    length += part.length
    edges.push({ until: length, written, isEscape })
  }
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) add(text.slice(at, match.index), at, false)
    add(toText(match), match.index, true)
    at = match.index + match[0].length
  }
  if (at === 0) return undefined
  add(text.slice(at), at, false)
  const place = (position: number, isEnd: boolean): number => {
    // An end lies behind the unit before it.
    const index = edgeOf(edges, isEnd ? position - 1 : position)
    const edge = edges[index]
    if (edge === undefined) return text.length
    const begin = edges[index - 1]?.until ?? 0
    if (!edge.isEscape) return edge.written + position - begin
    return isEnd ? (edges[index + 1]?.written ?? text.length) : edge.written
  }
  return {
    text: parts.join(''),
    toWritten: ({ start, end }) =>
      from.toWritten({ start: place(start, false), end: place(Math.max(end, start + 1), true) }),
    unescaped: from.unescaped && unescapes,
  }
}

/** Index of the stretch that holds a position. */
function edgeOf(edges: readonly { readonly until: number }[], position: number): number {
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((edges[middle]?.until ?? 0) <= position) low = middle + 1
    else high = middle
  }
  return low
}
