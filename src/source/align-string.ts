import type { Scalar } from 'yaml'

type Style = NonNullable<Scalar['type']>

/**
 * Offset in the YAML `source` of a scalar (quotes or block header included) at which `offset` of its value stands.
 * Literal blocks are exact; in folded and flow scalars a line break of the source stands for a blank of the value.
 */
export function alignString(source: string, value: string, style: Style, offset: number): number {
  const wanted = Math.min(Math.max(offset, 0), value.length)
  switch (style) {
    case 'BLOCK_LITERAL':
      return alignLiteral(source, value, wanted)
    case 'BLOCK_FOLDED':
      return alignFlow(source, headerLength(source), value, wanted)
    case 'QUOTE_DOUBLE':
      return alignDoubleQuoted(source, value, wanted)
    case 'QUOTE_SINGLE':
      return alignFlow(source, 1, value, wanted)
    case 'PLAIN':
      return alignFlow(source, 0, value, wanted)
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

/** Walks both texts; blanks and line breaks of the source that the value lacks are folding or indentation. */
function alignFlow(source: string, from: number, value: string, wanted: number): number {
  let at = from
  if (isBlank(source[at]) && !isBlank(value[0])) at = skipBlanks(source, at)
  for (let index = 0; index < wanted && at < source.length; index++) {
    const character = value[index]
    if (source[at] === character) {
      // '' inside single quotes is one quote.
      if (character === "'" && source[0] === "'" && source[at + 1] === "'") at++
      at++
    } else if (isBlank(source[at])) {
      at = skipBlanks(source, at)
      if (!isBlank(character)) index--
      continue
    } else at++
    // Indentation after a line break is not part of the value.
    if (isBlank(source[at]) && !isBlank(value[index + 1])) at = skipBlanks(source, at)
  }
  return Math.min(at, source.length)
}

function alignDoubleQuoted(source: string, value: string, wanted: number): number {
  let at = 1
  let index = 0
  while (index < wanted && at < source.length) {
    if (source[at] === '\\') {
      const escape = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|[^])/.exec(
        source.slice(at, at + 200),
      )
      const text = escape?.[0] ?? '\\'
      at += text.length
      // An escaped line break gives nothing; \U may give a pair of code units.
      if (!/^\\\r?\n/.test(text))
        index += text[1] === 'U' && Number.parseInt(text.slice(2), 16) > 0xffff ? 2 : 1
    } else if (source[at] === value[index]) {
      at++
      index++
    } else if (isBlank(source[at])) {
      const folded = isBlank(value[index])
      at = skipBlanks(source, at)
      while (folded && index < wanted && isBlank(value[index])) index++
    } else {
      at++
      index++
    }
  }
  return Math.min(at, source.length)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r'
}

function skipBlanks(source: string, from: number): number {
  let at = from
  while (at < source.length && isBlank(source[at])) at++
  return at
}
