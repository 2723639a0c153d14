// Functions of Go's strings package that JavaScript has otherwise, over real text.

const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u

export function runesOf(text: string): string[] {
  return [...text]
}

export function fields(
  text: string,
  isSeparator: (rune: string) => boolean = (rune) => space.test(rune),
): string[] {
  const found: string[] = []
  let current = ''
  for (const rune of text) {
    if (!isSeparator(rune)) current += rune
    else if (current !== '') {
      found.push(current)
      current = ''
    }
  }
  if (current !== '') found.push(current)
  return found
}

export function trimStart(text: string, cut: (rune: string) => boolean): string {
  const runes = runesOf(text)
  const first = runes.findIndex((rune) => !cut(rune))
  return first < 0 ? '' : runes.slice(first).join('')
}

export function trimEnd(text: string, cut: (rune: string) => boolean): string {
  const runes = runesOf(text)
  return runes.slice(0, runes.findLastIndex((rune) => !cut(rune)) + 1).join('')
}

export function trimSpace(text: string): string {
  const isSpace = (rune: string): boolean => space.test(rune)
  return trimEnd(trimStart(text, isSpace), isSpace)
}

/** At most `limit` parts, the last with the rest; negative: all. An empty separator splits into characters. */
export function split(text: string, separator: string, limit: number, keepSeparator = false): string[] {
  if (limit === 0) return []
  if (separator === '') {
    const runes = runesOf(text)
    if (limit < 0 || limit >= runes.length) return runes
    return [...runes.slice(0, limit - 1), runes.slice(limit - 1).join('')]
  }
  const parts: string[] = []
  let rest = text
  while (limit < 0 || parts.length < limit - 1) {
    const at = rest.indexOf(separator)
    if (at < 0) break
    parts.push(rest.slice(0, keepSeparator ? at + separator.length : at))
    rest = rest.slice(at + separator.length)
  }
  return [...parts, rest]
}

export function replace(text: string, old: string, replacement: string, limit: number): string {
  if (limit < 0) {
    return old === ''
      ? replacement +
          runesOf(text)
            .map((rune) => rune + replacement)
            .join('')
      : text.split(old).join(replacement)
  }
  if (old === '') {
    const runes = runesOf(text)
    const count = Math.min(limit, runes.length + 1)
    const head = runes.slice(0, Math.max(0, count - 1)).map((rune) => rune + replacement)
    return (count > 0 ? replacement : '') + head.join('') + runes.slice(head.length).join('')
  }
  return split(text, old, limit + 1).join(replacement)
}

export function count(text: string, part: string): number {
  return part === '' ? runesOf(text).length + 1 : text.split(part).length - 1
}

export function equalFold(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase()
}

/** Go's deprecated strings.Title: letters that begin a word. */
export function title(text: string): string {
  let previousIsLetter = false
  return runesOf(text)
    .map((rune) => {
      const result = previousIsLetter ? rune : rune.toUpperCase()
      // Digits, letters and the underscore continue a word; spaces and other characters end it, as Go's isSeparator.
      previousIsLetter =
        /[\p{L}\p{Nd}_]/u.test(rune) || (rune.codePointAt(0) ?? 0) > 0x7f ? !space.test(rune) : false
      return result
    })
    .join('')
}
