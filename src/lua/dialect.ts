/** Why a script can't be read, before the machine sees it. */
export interface DialectFault {
  readonly line: number
  readonly message: string
}

const simpleEscapes = new Set([...'abfnrtv\\"\'\n\r'])
/** Operators of Lua 5.3 that 5.1 has not. */
const newOperators = ['//', '<<', '>>', '&', '|']

/**
 * Turns a script as gopher-lua reads it into one that the 5.3 machine reads alike, line for line: an unknown escape
 * (`"\."`) is the character itself, `\300` wraps to a byte, and the operators that came after 5.1 are refused.
 */
export function toMachineDialect(script: string): string | DialectFault {
  let output = ''
  let at = 0
  while (at < script.length) {
    const token = readToken(script, at)
    if (typeof token.text !== 'string') return { line: lineOf(script, at), message: token.text.problem }
    output += token.text
    at = token.end
  }
  return output
}

interface Token {
  readonly text: string | { readonly problem: string }
  readonly end: number
}

function readToken(script: string, start: number): Token {
  const character = script.charAt(start)
  const word = /^[A-Za-z_]\w*/.exec(script.slice(start, start + 256))
  if (word !== null) return { text: word[0], end: start + word[0].length }
  const number = /^\.?\d[\w.]*/.exec(script.slice(start, start + 256))
  // gopher-lua skips one leading zero of a number and reads the rest.
  if (number !== null) return { text: number[0].replace(/^0(?=\d)/, ''), end: start + number[0].length }
  if (character === '"' || character === "'") return readString(script, start)
  const end = script.startsWith('--', start) ? commentEnd(script, start) : longBracketEnd(script, start)
  if (end !== undefined) return { text: script.slice(start, end), end }
  const operator = newOperators.find((one) => script.startsWith(one, start))
  if (operator !== undefined) return { text: { problem: `unexpected symbol near '${operator}'` }, end: start }
  if (character === '~' && script.charAt(start + 1) !== '=') {
    return { text: { problem: "unexpected symbol near '~'" }, end: start }
  }
  const width = character === '~' ? 2 : 1
  return { text: script.slice(start, start + width), end: start + width }
}

function commentEnd(script: string, start: number): number {
  const long = longBracketEnd(script, start + 2)
  if (long !== undefined) return long
  const newline = script.indexOf('\n', start)
  return newline < 0 ? script.length : newline
}

/** End of `[[…]]` or `[==[…]==]` at a position; undefined where none starts. An unfinished one goes to the end. */
function longBracketEnd(script: string, start: number): number | undefined {
  const opening = /^\[(=*)\[/.exec(script.slice(start, start + 64))
  if (opening === null) return undefined
  const closing = `]${opening[1] ?? ''}]`
  const found = script.indexOf(closing, start + opening[0].length)
  return found < 0 ? script.length : found + closing.length
}

function readString(script: string, start: number): Token {
  const quote = script.charAt(start)
  let text = quote
  let at = start + 1
  while (at < script.length) {
    const character = script.charAt(at)
    if (character === '\\') {
      const escape = readEscape(script, at)
      text += escape.text
      at = escape.end
      continue
    }
    text += character
    at += 1
    // An unfinished string is the machine's to report.
    if (character === quote || character === '\n') break
  }
  return { text, end: at }
}

function readEscape(script: string, start: number): { text: string; end: number } {
  const decimal = /^\\(\d{1,3})/.exec(script.slice(start, start + 4))
  if (decimal !== null) {
    const code = Number(decimal[1]) % 256
    return { text: `\\${String(code).padStart(3, '0')}`, end: start + decimal[0].length }
  }
  const character = script.charAt(start + 1)
  const text = simpleEscapes.has(character) ? `\\${character}` : character
  return { text, end: start + 1 + character.length }
}

function lineOf(script: string, offset: number): number {
  return script.slice(0, offset).split('\n').length
}
