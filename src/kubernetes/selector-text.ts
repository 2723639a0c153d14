import type { LabelRequirement, LabelSelector } from './types.ts'

/** Where and why a selector text is wrong. */
export interface SelectorFault {
  readonly message: string
  /** UTF-16 offsets into the text. */
  readonly start: number
  readonly end: number
}

export type ParsedSelector =
  | { readonly ok: true; readonly selector: LabelSelector }
  | { readonly ok: false; readonly fault: SelectorFault }

interface Token {
  readonly type: 'symbol' | 'word' | 'end'
  readonly text: string
  readonly start: number
}

/** Found while parsing; turned into a result by `parseSelector` alone. */
class SelectorError extends Error {
  readonly token: Token
  constructor(message: string, token: Token) {
    super(message)
    this.token = token
  }
}

/**
 * kubectl's selector text → selector, as `metav1.ParseToLabelSelector` reads it: `k!=v`, `>` and `<` are faults, since a
 * LabelSelector cannot say them; of `a=x,a=y` the last wins (sveltos.md 13.5). An empty text selects nothing.
 * @example parseSelector('env in (qa, prod),!legacy')
 */
export function parseSelector(text: string): ParsedSelector {
  try {
    return { ok: true, selector: new SelectorParser(tokenize(text)).parse() }
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error
    const { message, token } = error
    return {
      ok: false,
      fault: { message, start: token.start, end: token.start + Math.max(token.text.length, 1) },
    }
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s+|(==|!=|[=!(),<>])|([^\s=!(),<>]+)/g
  for (const { 0: all, 1: symbol, index } of text.matchAll(pattern)) {
    if (all.trim() === '') continue
    tokens.push({ type: symbol === undefined ? 'word' : 'symbol', text: all, start: index })
  }
  return [...tokens, { type: 'end', text: '', start: text.length }]
}

class SelectorParser {
  private readonly tokens: readonly Token[]
  private at = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  parse(): LabelSelector {
    const matchLabels: Record<string, string> = {}
    const matchExpressions: LabelRequirement[] = []
    if (this.peek().type === 'end') return { matchLabels, matchExpressions }
    for (;;) {
      const requirement = this.readRequirement()
      if ('value' in requirement) matchLabels[requirement.key] = requirement.value
      else matchExpressions.push(requirement)
      const next = this.take()
      if (next.type === 'end') break
      if (next.text !== ',') throw new SelectorError(`found '${next.text}', expected ',' or the end`, next)
    }
    matchExpressions.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    return { matchLabels, matchExpressions }
  }

  private readRequirement(): LabelRequirement | { readonly key: string; readonly value: string } {
    const first = this.take()
    const isNegated = first.text === '!'
    const name = isNegated ? this.take() : first
    if (name.type !== 'word') throw new SelectorError(`found '${name.text}', expected a label's key`, name)
    checkKey(name)
    const key = name.text
    if (isNegated) return { key, operator: 'DoesNotExist', values: [] }
    const next = this.peek()
    if (next.type === 'end' || next.text === ',') return { key, operator: 'Exists', values: [] }
    const operator = this.take()
    switch (operator.text) {
      case '=':
      case '==':
        return { key, value: this.readValue() }
      case 'in':
        return { key, operator: 'In', values: this.readValues() }
      case 'notin':
        return { key, operator: 'NotIn', values: this.readValues() }
      case '!=':
        throw new SelectorError(`'!=' cannot be said by a label selector; write '${key} notin (…)'`, operator)
      case '>':
      case '<':
        throw new SelectorError(`'${operator.text}' is not supported in label selectors`, operator)
      default:
        throw new SelectorError(`found '${operator.text}', expected in, notin, = or ==`, operator)
    }
  }

  private readValue(): string {
    const next = this.peek()
    if (next.type === 'end' || next.text === ',') return ''
    const token = this.take()
    if (token.type !== 'word') throw new SelectorError(`found '${token.text}', expected a value`, token)
    checkValue(token)
    return token.text
  }

  /** `(a, b)`; an empty place between commas is the empty value, and `()` holds one. */
  private readValues(): string[] {
    const open = this.take()
    if (open.text !== '(') throw new SelectorError(`found '${open.text}', expected '('`, open)
    const values = new Set<string>()
    for (;;) {
      const next = this.peek()
      if (next.type === 'word') {
        checkValue(next)
        values.add(this.take().text)
      } else values.add('')
      const end = this.take()
      if (end.text === ')') return [...values].sort()
      if (end.text !== ',') throw new SelectorError(`found '${end.text}', expected ',' or ')'`, end)
    }
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { type: 'end', text: '', start: 0 }
  }

  private take(): Token {
    const token = this.peek()
    if (token.type !== 'end') this.at++
    return token
  }
}

const namePattern = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const prefixPattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

/** Whether Kubernetes takes this for the key of a label: `name` or `prefix/name`. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/')
  const prefix = slash < 0 ? undefined : key.slice(0, slash)
  const name = key.slice(slash + 1)
  if (prefix !== undefined && (prefix.length > 253 || !prefixPattern.test(prefix))) return false
  return name.length <= 63 && namePattern.test(name)
}

/** Whether Kubernetes takes this for the value of a label. */
export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= 63 && namePattern.test(value))
}

function checkKey(token: Token): void {
  if (!isLabelKey(token.text)) throw new SelectorError(`'${token.text}' is no valid key of a label`, token)
}

function checkValue(token: Token): void {
  if (!isLabelValue(token.text))
    throw new SelectorError(`'${token.text}' is no valid value of a label`, token)
}
