// Texts as sprig and goutils treat them: by bytes, so over binary text.

export function abbreviate(text: string, width: number): string {
  if (width < 4 || text.length <= width) return text
  return `${text.slice(0, width - 3)}...`
}

export function abbreviateBoth(text: string, left: number, right: number): string {
  if (right < 4 || (left > 0 && right < 7) || text.length <= right) return text
  let offset = Math.min(left, text.length)
  if (text.length - offset < right - 3) offset = text.length - (right - 3)
  if (offset <= 4) return `${text.slice(0, right - 3)}...`
  if (offset + right - 3 < text.length) return `...${abbreviate(text.slice(offset), right - 3)}`
  return `...${text.slice(text.length - (right - 3))}`
}

export function indent(width: number, text: string): string {
  const pad = ' '.repeat(Math.max(0, width))
  return pad + text.replaceAll('\n', `\n${pad}`)
}

export function truncate(width: number, text: string): string {
  if (width < 0 && text.length + width > 0) return text.slice(text.length + width)
  return width >= 0 && text.length > width ? text.slice(0, width) : text
}

export function wrap(text: string, width: number, newline: string, breakLongWords: boolean): string {
  const length = Math.max(1, width)
  let output = ''
  let offset = 0
  while (text.length - offset > length) {
    if (text.charAt(offset) === ' ') {
      offset += 1
      continue
    }
    const space = text.slice(offset, offset + length + 1).lastIndexOf(' ')
    if (space >= 0) {
      output += text.slice(offset, offset + space) + newline
      offset += space + 1
    } else if (breakLongWords) {
      output += text.slice(offset, offset + length) + newline
      offset += length
    } else {
      const next = text.indexOf(' ', offset + length)
      if (next < 0) return output + text.slice(offset)
      output += text.slice(offset, next) + newline
      offset = next + 1
    }
  }
  return output + text.slice(offset)
}

/** Numbers from start to end, the end included, joined by blanks. */
export function sequence(params: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = params
  if (params.length === 1) return range(1, first, first < 1 ? -1 : 1)
  if (params.length === 2) return range(first, second, second < first ? -1 : 1)
  if (params.length !== 3 || (third < first && second > 0)) return ''
  return range(first, third, second)
}

function range(start: number, end: number, step: number): string {
  const numbers: number[] = []
  const limit = 100_000
  if (step > 0)
    for (let value = start; value <= end && numbers.length < limit; value += step) numbers.push(value)
  if (step < 0)
    for (let value = start; value >= end && numbers.length < limit; value += step) numbers.push(value)
  return numbers.join(' ')
}

const units: readonly (readonly [string, number])[] = [
  ['h', 3_600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['µs', 1e3],
  ['ns', 1],
]

/** Go's time.ParseDuration, in nanoseconds; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = /^([+-]?)((?:\d+\.?\d*(?:h|ms|us|µs|ns|m|s))+)$/u.exec(text)
  if (match === null) return undefined
  let total = 0
  for (const [, amount = '', unit = ''] of (match[2] ?? '').matchAll(/(\d+\.?\d*)(h|ms|us|µs|ns|m|s)/gu)) {
    total += Number(amount) * (units.find(([name]) => name === unit)?.[1] ?? 0)
  }
  return match[1] === '-' ? -total : total
}

/** Go's Duration.String of whole seconds: `1h0m5s`. */
export function durationText(seconds: number): string {
  if (seconds === 0) return '0s'
  const whole = Math.abs(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const text = hours > 0 ? `${hours}h${minutes}m${rest}s` : minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`
  return seconds < 0 ? `-${text}` : text
}

/** sprig's durationRound: the largest unit alone. */
export function roundDuration(nanoseconds: number): string {
  const value = Math.abs(nanoseconds)
  const hour = 3_600e9
  const sizes: readonly (readonly [string, number])[] = [
    ['y', 365 * 24 * hour],
    ['mo', 30 * 24 * hour],
    ['d', 24 * hour],
    ['h', hour],
    ['m', 60e9],
    ['s', 1e9],
  ]
  const size = sizes.find(([, length]) => value > length)
  if (size === undefined) return '0s'
  return `${nanoseconds < 0 ? '-' : ''}${Math.floor(value / size[1])}${size[0]}`
}

export function roundTo(value: number, places: number, roundOn: number): number {
  const power = 10 ** places
  const digit = power * value
  const fraction = digit - Math.trunc(digit)
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power
}

export function swapCase(text: string): string {
  return [...text]
    .map((rune) => (rune === rune.toUpperCase() ? rune.toLowerCase() : rune.toUpperCase()))
    .join('')
}

/** First letter of each word. */
export function initials(text: string): string {
  return text
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .join('')
}

export function uncapitalize(text: string): string {
  return text.replace(/(^|\s)(\S)/gu, (_all, before: string, rune: string) => before + rune.toLowerCase())
}

/** Go's path package. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!rooted) kept.push('..')
  }
  const joined = kept.join('/')
  return rooted ? `/${joined}` : joined === '' ? '.' : joined
}

export function baseName(path: string): string {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

export function directoryOf(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/') + 1))
}

export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}
