import { toBinary, toText } from './bytes.ts'
import { displayText } from './base-library.ts'
import { typeName, type Call, type LuaValue } from './native.ts'
import { formatGoFloat, formatNumber, goExponent, integerText, parseNumber } from './number-text.ts'

interface Directive {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly verb: string
}

const directive = /%([-+# 0]*)(\d{0,4})(?:\.(\d{0,4}))?(.)?/gs

/**
 * `string.format` of gopher-lua, which is Go's fmt.Sprintf: `%5.1f`, `%-8s`, `%q`, `%x`, `%v`; `%d` of a fraction cuts
 * it, `%d` of a text is the text, and what does not fit is said in the result (`%!d(MISSING)`), not raised.
 */
export function goFormat(call: Call, format: string, firstArgument: number): string {
  let next = firstArgument
  return format.replace(directive, (...found: unknown[]) => {
    const [, flags, width, precision, verb] = found as [string, string, string, string?, string?]
    if (verb === undefined) return '%!(NOVERB)'
    if (verb === '%') return '%'
    if (next > call.count) return `%!${verb}(MISSING)`
    const value = call.value(next)
    next += 1
    return formatValue(call, value, {
      flags,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      verb,
    })
  })
}

function formatValue(call: Call, value: LuaValue, given: Directive): string {
  if (value.ttisnumber()) return formatNumberValue(value.value as number, given)
  const text = displayText(call, value)
  if (value.ttisstring()) return formatTextValue(text, given)
  if (value.ttisboolean() && given.verb === 't') return pad(text, given)
  if (given.verb === 's' || given.verb === 'v') return pad(cut(text, given.precision), given)
  if (given.verb === 'q') return pad(quote(text), given)
  return `%!${given.verb}(${typeName(value)}=${text})`
}

function formatTextValue(text: string, given: Directive): string {
  switch (given.verb) {
    case 'd':
    case 'i':
      // gopher-lua has the branches the wrong way round: a text that is no number prints 0.
      return parseNumber(text) === undefined ? pad('0', given) : pad(cut(text, given.precision), given)
    case 's':
    case 'v':
      return pad(cut(text, given.precision), given)
    case 'q':
      return pad(quote(cut(text, given.precision)), given)
    case 'x':
    case 'X': {
      const hex = [...text].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
      return pad(given.verb === 'X' ? hex.toUpperCase() : hex, given)
    }
    default:
      return `%!${given.verb}(string=${text})`
  }
}

function formatNumberValue(value: number, given: Directive): string {
  const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 63
  switch (given.verb) {
    case 's':
      return pad(cut(formatNumber(value), given.precision), given)
    case 'q':
      return pad(quote(formatNumber(value)), given)
    case 'd':
    case 'i':
      return formatInteger(value, 10, given)
    case 'b':
      return formatInteger(value, 2, given)
    case 'o':
      return formatInteger(value, 8, given)
    case 'x':
    case 'X':
      return formatInteger(value, 16, given)
    case 'c':
      return pad(toBinary(String.fromCodePoint(Math.trunc(value))), given)
    case 'U':
      return pad(`U+${Math.trunc(value).toString(16).toUpperCase().padStart(4, '0')}`, given)
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return formatFloat(value, given)
    case 'v':
      return whole ? formatInteger(value, 10, given) : formatFloat(value, { ...given, verb: 'g' })
    default:
      return `%!${given.verb}(${whole ? 'int64' : 'float64'}=${formatNumber(value)})`
  }
}

function formatInteger(value: number, base: number, given: Directive): string {
  const cutValue = Number.isFinite(value) ? Math.trunc(value) : 0
  let digits = base === 10 ? integerText(Math.abs(cutValue)) : BigInt(Math.abs(cutValue)).toString(base)
  if (given.precision !== undefined) digits = digits.padStart(given.precision, '0')
  if (given.flags.includes('#'))
    digits = (base === 16 ? '0x' : base === 8 ? '0' : base === 2 ? '0b' : '') + digits
  if (given.verb === 'X') digits = digits.toUpperCase()
  return padNumber(signOf(cutValue < 0, given), digits, given)
}

function formatFloat(value: number, given: Directive): string {
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : 'Inf'
    const sign = Number.isNaN(value) ? (given.flags.includes('+') ? '+' : '') : value < 0 ? '-' : '+'
    return pad(sign + name, { ...given, flags: given.flags.replaceAll('0', '') })
  }
  const digits = floatDigits(Math.abs(value), given.verb.toLowerCase(), given.precision)
  const sign = signOf(value < 0 || Object.is(value, -0), given)
  return padNumber(sign, /[A-Z]/.test(given.verb) ? digits.toUpperCase() : digits, given)
}

function floatDigits(value: number, verb: string, precision: number | undefined): string {
  if (verb === 'f')
    return value < 1e21
      ? value.toFixed(Math.min(precision ?? 6, 100))
      : integerText(value) + fraction(precision)
  if (verb === 'e') return goExponent(value.toExponential(Math.min(precision ?? 6, 100)))
  if (precision === undefined) return formatGoFloat(value)
  return significant(value, precision === 0 ? 1 : Math.min(precision, 100))
}

function fraction(precision: number | undefined): string {
  const zeros = precision ?? 6
  return zeros === 0 ? '' : `.${'0'.repeat(zeros)}`
}

/** `%.3g`: significant digits without trailing zeros, an exponent where it is shorter. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  const scientific = value.toExponential(digits - 1)
  const exponent = Number(scientific.split('e')[1])
  if (exponent < -4 || exponent >= digits) return goExponent(scientific.replace(/\.?0*e/, 'e'))
  const plain = value.toFixed(Math.max(0, digits - 1 - exponent))
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain
}

function signOf(negative: boolean, given: Directive): string {
  if (negative) return '-'
  return given.flags.includes('+') ? '+' : given.flags.includes(' ') ? ' ' : ''
}

function padNumber(sign: string, digits: string, given: Directive): string {
  const zeros = given.flags.includes('0') && !given.flags.includes('-')
  if (zeros && (given.precision === undefined || /[eEfFgGv]/.test(given.verb))) {
    return sign + digits.padStart(given.width - sign.length, '0')
  }
  return pad(sign + digits, { ...given, flags: given.flags.replaceAll('0', '') })
}

/** Width counts characters, not bytes. */
function pad(text: string, given: Directive): string {
  const missing = given.width - [...toText(text)].length
  if (missing <= 0) return text
  if (given.flags.includes('-')) return text + ' '.repeat(missing)
  return (given.flags.includes('0') ? '0' : ' ').repeat(missing) + text
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : toBinary([...toText(text)].slice(0, precision).join(''))
}

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** Go's strconv.Quote of binary text. */
export function quote(binary: string): string {
  const quoted = [...toText(binary)].map((character) => {
    const known = escapes[character]
    if (known !== undefined) return known
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
    return character
  })
  return `"${toBinary(quoted.join(''))}"`
}
