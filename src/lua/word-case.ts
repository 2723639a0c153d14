// github.com/huandu/xstrings, as sprig's camelcase, snakecase and kebabcase use it.

const isConnector = (rune: string): boolean => /[-_\s]/u.test(rune)
const isUpper = (rune: string): boolean => /\p{Lu}/u.test(rune)

type Kind = 'end' | 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other'
interface Word {
  readonly kind: Kind
  readonly text: string
}

const shapes: readonly (readonly [Kind, RegExp])[] = [
  ['connector', /^[-_\s]+/u],
  ['punctuation', /^\p{P}+/u],
  // HTTPStatus is HTTP and Status: the last capital before a small letter begins the next word.
  ['upper', /^\p{Lu}{2,}(?!\p{L})|^\p{Lu}+(?=\p{Lu}(?!\p{Lu})\p{L})|^\p{Lu}(?:(?!\p{Lu})\p{L})*/u],
  ['alphabet', /^(?:(?!\p{Lu})\p{L})+/u],
  ['number', /^\p{N}+/u],
  ['other', /^[^-_\s\p{L}\p{N}\p{P}]+/u],
]

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let rest = text
  while (rest !== '') {
    const shape = shapes.find(([, pattern]) => pattern.test(rest))
    const found = shape === undefined ? rest.charAt(0) : (shape[1].exec(rest)?.[0] ?? rest.charAt(0))
    words.push({ kind: shape?.[0] ?? 'other', text: found })
    rest = rest.slice(found.length)
  }
  return words
}

/** `HTTPServer` → `http_server`, `http2xx` → `http_2xx`, `Bld4Floor3rd` → `bld4_floor_3rd`. */
export function separateWords(text: string, connector: string): string {
  const words = wordsOf(text)
  let output = ''
  let at = 0
  const current = (): Word => words[at] ?? { kind: 'end', text: '' }
  const hasMore = (): boolean => at + 1 < words.length
  const write = (word: Word): void => {
    if (word.kind === 'connector') output += connector.repeat([...word.text].length)
    else output += word.kind === 'upper' ? word.text.toLowerCase() : word.text
  }
  const separates = (kind: Kind): boolean => kind !== 'connector' && kind !== 'punctuation'
  const writeRun = (): void => {
    while (current().kind === 'alphabet' || current().kind === 'number') {
      write(current())
      at += 1
    }
    if (current().kind !== 'end' && separates(current().kind)) output += connector
  }
  while (hasMore()) {
    const previous = current()
    if (previous.kind !== 'connector') write(previous)
    at += 1
    if (previous.kind === 'number') writeRun()
    else if (previous.kind === 'connector') write(previous)
    else if (previous.kind !== 'punctuation') {
      if (current().kind !== 'number') {
        if (separates(current().kind)) output += connector
        continue
      }
      if (!hasMore()) continue
      const number = current()
      at += 1
      // A number belongs to the word before it, unless small letters follow it.
      if (current().kind === 'alphabet') {
        output += connector
        write(number)
        writeRun()
      } else {
        write(number)
        if (separates(current().kind)) output += connector
      }
    }
  }
  if (current().kind !== 'end') write(current())
  return output
}

/** `some_words` → `SomeWords`, `GOLANG_IS_GREAT` → `GolangIsGreat`, `_complex__case_` → `_Complex_Case_`. */
export function pascalCase(text: string): string {
  const runes = [...text]
  const first = runes.findIndex((rune) => !isConnector(rune))
  if (first < 0) return text
  let output = runes.slice(0, first).join('')
  let current = (runes[first] ?? '').toUpperCase()
  let lowering = isUpper(runes[first] ?? '')
  for (const rune of runes.slice(first + 1)) {
    const previous = current
    current = rune
    if (isConnector(current) && isConnector(previous)) {
      output += previous
      continue
    }
    if (isConnector(previous)) {
      lowering = isUpper(current)
      current = current.toUpperCase()
      continue
    }
    if (lowering) {
      if (isUpper(current)) current = current.toLowerCase()
      else lowering = false
    }
    output += previous
  }
  return output + current
}
