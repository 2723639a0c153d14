import type { Scalar } from 'yaml'

type Style = NonNullable<Scalar['type']>

/**
 * Offset in the YAML `source` of a scalar (quotes or block header included) at which `offset` of its value stands.
 * Exact but in folded blocks, where the nearest place is found by walking both texts.
 */
export function alignString(source: string, value: string, style: Style, offset: number): number {
  const wanted = Math.min(Math.max(offset, 0), value.length)
  switch (style) {
    case 'BLOCK_LITERAL':
      return alignLiteral(source, value, wanted)
    case 'BLOCK_FOLDED':
      return alignFolded(source, value, wanted)
    case 'QUOTE_DOUBLE':
      return flowOffsets(source, '"')[wanted] ?? source.length
    case 'QUOTE_SINGLE':
      return flowOffsets(source, "'")[wanted] ?? source.length
    case 'PLAIN':
      return flowOffsets(source, '')[wanted] ?? source.length
  }
}

/** Line k of the value is line k of the block; what it has more on the left is indentation. */
function alignLiteral(source: string, value: string, wanted: number): number {
  const before = value.slice(0, wanted)
  const line = before.split('\n').length - 1
  const lineStart = before.lastIndexOf('\n') + 1
  const lineEnd = value.indexOf('\n', lineStart)
  const lineLength = (lineEnd < 0 ? value.length : lineEnd) - lineStart
  let start = headerLength(source)
  for (let skipped = 0; skipped < line; skipped++) {
    const next = source.indexOf('\n', start)
    if (next < 0) return source.length
    start = next + 1
  }
  const rawEnd = source.indexOf('\n', start)
  const end = rawEnd < 0 ? source.length : source[rawEnd - 1] === '\r' ? rawEnd - 1 : rawEnd
  return Math.min(Math.max(end - lineLength, start) + (wanted - lineStart), source.length)
}

function headerLength(source: string): number {
  const end = source.indexOf('\n')
  return end < 0 ? source.length : end + 1
}

/**
 * Walks both texts of a folded block: blanks and line breaks of the source that the value lacks are folding or indentation.
 */
function alignFolded(source: string, value: string, wanted: number): number {
  let at = skipBlanks(source, headerLength(source))
  for (let index = 0; index < wanted && at < source.length; index++) {
    const character = value[index]
    if (source[at] === character) at++
    else if (isBlank(source[at])) {
      at = skipBlanks(source, at)
      if (!isBlank(character)) index--
      continue
    } else at++
    if (isBlank(source[at]) && !isBlank(value[index + 1])) at = skipBlanks(source, at)
  }
  return Math.min(at, source.length)
}

/** Reads a plain or quoted scalar by the rules of YAML and tells where each unit of its value stands. */
function flowOffsets(source: string, quote: '"' | "'" | ''): number[] {
  const offsets: number[] = []
  const end = source.length - quote.length
  let at = quote.length
  while (at < end) {
    const character = source[at] ?? ''
    if (character === ' ' || character === '\t') {
      const next = skip(source, at, ' \t')
      // Blanks before a line break are folded away.
      if (!isLineBreak(source[next])) for (; at < next; at++) offsets.push(at)
      at = next
    } else if (isLineBreak(character)) {
      const { next, breaks } = skipLineBreaks(source, at)
      // One line break is a blank; each further one is a line break of the value.
      for (let count = 0; count < Math.max(breaks - 1, 1); count++) offsets.push(at)
      at = next
    } else if (quote === '"' && character === '\\') {
      at = readEscape(source, at, offsets)
    } else {
      offsets.push(at)
      at += quote === "'" && character === "'" ? 2 : 1
    }
  }
  return [...offsets, end]
}

function readEscape(source: string, at: number, offsets: number[]): number {
  if (isLineBreak(source[at + 1])) {
    const { next, breaks } = skipLineBreaks(source, at + 1)
    for (let count = 1; count < breaks; count++) offsets.push(at)
    return next
  }
  const digits = { x: 2, u: 4, U: 8 }[source[at + 1] ?? ''] ?? 0
  const isPair = digits === 8 && Number.parseInt(source.slice(at + 2, at + 10), 16) > 0xffff
  offsets.push(at, ...(isPair ? [at] : []))
  return at + 2 + digits
}

function skipLineBreaks(source: string, from: number): { readonly next: number; readonly breaks: number } {
  let next = from
  let breaks = 0
  while (isLineBreak(source[next])) {
    next += source.startsWith('\r\n', next) ? 2 : 1
    next = skip(source, next, ' \t')
    breaks++
  }
  return { next, breaks }
}

function isLineBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r'
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || isLineBreak(character)
}

function skipBlanks(source: string, from: number): number {
  return skip(source, from, ' \t\r\n')
}

function skip(source: string, from: number, characters: string): number {
  let at = from
  while (at < source.length && characters.includes(source[at] ?? '')) at++
  return at
}
