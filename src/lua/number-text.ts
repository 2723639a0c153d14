/** Text of a number as gopher-lua prints it: `5`, `0.1`, `1e+20`, `+Inf`. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return integerText(value)
  return formatGoFloat(value)
}

/** All digits, which JavaScript itself gives up to 1e21 only by rounding at 17. */
export function integerText(value: number): string {
  return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : BigInt(value).toString()
}

/** Go's `%v` of a float64: shortest digits, an exponent below 1e-4 and from 1e6 on. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const exponent = Number(value.toExponential().split('e')[1])
  return exponent < -4 || exponent >= 6 ? goExponent(value.toExponential()) : plainDigits(value)
}

/** JavaScript's `1e+2`, `1e-7` with Go's two-digit exponent. */
export function goExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function plainDigits(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  // JavaScript turns to exponents below 1e-6, Go below 1e-4: only small numbers come here.
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(-Number(exponent) - 1)}${digits}`
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const hexFloat = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/

/**
 * A number of source code, or of a text in arithmetic: Go's ParseInt with base prefixes (`0x10`, `0b1`, and `017` is
 * octal), else its ParseFloat. Undefined for what is none.
 */
export function parseNumber(text: string): number | undefined {
  const trimmed = trim(text)
  return parseGoInteger(trimmed, 0) ?? parseGoFloat(trimmed)
}

/** Cuts blanks, tabs and newlines only, as gopher-lua does. */
function trim(text: string): string {
  return text.replace(/^[ \t\n]+|[ \t\n]+$/g, '')
}

/** Go's strconv.ParseInt; base 0 reads prefixes and underscores. Undefined beyond 64 bits. */
export function parseGoInteger(text: string, base: number): number | undefined {
  const match = /^([+-]?)(.+)$/s.exec(text)
  if (match === null) return undefined
  let digits = match[2] ?? ''
  let radix = base
  if (base === 0) {
    const prefix = /^0([xXbBoO]?)/.exec(digits)
    radix = 10
    if (prefix !== null && digits.length > 1) {
      radix = { x: 16, b: 2, o: 8, '': 8 }[(prefix[1] ?? '').toLowerCase()] ?? 8
      digits = digits.slice(prefix[0].length)
    }
    if (/^_?[0-9a-zA-Z]+(_[0-9a-zA-Z]+)*$/.test(digits)) digits = digits.replaceAll('_', '')
  }
  return parseDigits(match[1] === '-', digits, radix)
}

function parseDigits(negative: boolean, digits: string, radix: number): number | undefined {
  if (digits === '' || radix < 2 || radix > 36) return undefined
  let value = 0n
  for (const digit of digits.toLowerCase()) {
    const known = /[0-9a-z]/.test(digit) ? parseInt(digit, 36) : 36
    if (known >= radix) return undefined
    value = value * BigInt(radix) + BigInt(known)
    if (value > 2n ** 63n) return undefined
  }
  if (!negative && value === 2n ** 63n) return undefined
  return Number(negative ? -value : value)
}

/** Go's strconv.ParseFloat; a value beyond the largest float is an error there, so undefined here. */
export function parseGoFloat(text: string): number | undefined {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return NaN
  const hex = hexFloat.exec(text)
  if (hex !== null) {
    const [, sign, whole = '', fraction = '', exponent = '0'] = hex
    if (whole + fraction === '') return undefined
    const value = parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length)
    return sign === '-' ? -value : value
  }
  if (!decimal.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** The global `tonumber` of gopher-lua: without a point it reads whole numbers only, so `1e2` is none. */
export function toNumber(text: string, base: number | undefined): number | undefined {
  const trimmed = trim(text)
  if (trimmed.includes('.')) return parseGoFloat(trimmed)
  if (base === undefined && /^0x/i.test(trimmed)) return parseGoInteger(trimmed.slice(2), 16)
  return parseGoInteger(trimmed, base ?? 10)
}
