import { LuaError } from './native.ts'

/** A match: pairs of start and end for the whole and each capture; a position capture has `end` undefined. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly captures: readonly Capture[]
}

export interface Capture {
  readonly start: number
  /** Undefined for `()`, which captures its position. */
  readonly end: number | undefined
}

/**
 * Lua patterns by backtracking, over binary text. Every step is counted, so that a pattern that would take ages ends
 * as any endless script does. An instance matches one pattern against one subject.
 */
export class PatternMatcher {
  readonly #subject: string
  readonly #pattern: string
  readonly #step: (count: number) => void
  readonly #anchored: boolean
  #open: { start: number; end: number | 'open' | 'position' }[] = []
  #depth = 0

  constructor(pattern: string, subject: string, step: (count: number) => void) {
    this.#anchored = pattern.startsWith('^')
    this.#pattern = this.#anchored ? pattern.slice(1) : pattern
    this.#subject = subject
    this.#step = step
  }

  get anchored(): boolean {
    return this.#anchored
  }

  /** First match at or after `from`; an anchored pattern is tried there alone. */
  find(from: number): Match | undefined {
    for (let start = from; start <= this.#subject.length; start += 1) {
      this.#open = []
      this.#depth = 0
      const end = this.#match(start, 0)
      if (end !== undefined) return { start, end, captures: this.#captures() }
      if (this.#anchored) return undefined
    }
    return undefined
  }

  #captures(): Capture[] {
    return this.#open.map(({ start, end }) => {
      if (end === 'open') throw new LuaError('unfinished capture')
      return { start, end: end === 'position' ? undefined : end }
    })
  }

  /** Matches the pattern from `at` on; the end in the subject, or undefined. */
  #match(subject: number, at: number): number | undefined {
    this.#depth += 1
    if (this.#depth > 4000) throw new LuaError('pattern too complex')
    const end = this.#matchItems(subject, at)
    this.#depth -= 1
    return end
  }

  #matchItems(subject: number, at: number): number | undefined {
    let position = subject
    let item = at
    for (;;) {
      this.#step(1)
      if (item >= this.#pattern.length) return position
      const special = this.#matchSpecial(position, item)
      if (special !== 'none') return special
      if (this.#pattern.charAt(item) === '%' && /[b0-9]/.test(this.#pattern.charAt(item + 1))) {
        const after = this.#matchPercent(position, item)
        if (after === undefined) return undefined
        item += this.#pattern.charAt(item + 1) === 'b' ? 4 : 2
        position = after
        continue
      }
      const classEnd = this.#classEnd(item)
      const suffix = this.#pattern.charAt(classEnd)
      if (suffix === '*') return this.#greedy(position, item, classEnd, 0)
      if (suffix === '+') return this.#greedy(position, item, classEnd, 1)
      if (suffix === '-') return this.#lazy(position, item, classEnd)
      if (suffix === '?') {
        if (this.#single(position, item, classEnd)) {
          const end = this.#match(position + 1, classEnd + 1)
          if (end !== undefined) return end
        }
        item = classEnd + 1
        continue
      }
      if (!this.#single(position, item, classEnd)) return undefined
      position += 1
      item = classEnd
    }
  }

  /** Captures and the anchor at the end: what decides the rest of the match by itself. */
  #matchSpecial(position: number, item: number): number | undefined | 'none' {
    const character = this.#pattern.charAt(item)
    if (character === '(') {
      const isPosition = this.#pattern.charAt(item + 1) === ')'
      this.#open.push({ start: position, end: isPosition ? 'position' : 'open' })
      const end = this.#match(position, item + (isPosition ? 2 : 1))
      if (end === undefined) this.#open.pop()
      return end
    }
    if (character === ')') {
      const capture = this.#open.findLast((one) => one.end === 'open')
      if (capture === undefined) throw new LuaError("invalid ')'")
      capture.end = position
      const end = this.#match(position, item + 1)
      if (end === undefined) capture.end = 'open'
      return end
    }
    if (character === '$' && item + 1 === this.#pattern.length) {
      return position === this.#subject.length ? position : undefined
    }
    return 'none'
  }

  /** `%b()` and `%1`. */
  #matchPercent(position: number, item: number): number | undefined {
    const kind = this.#pattern.charAt(item + 1)
    if (kind === 'b')
      return this.#balanced(position, this.#pattern.charAt(item + 2), this.#pattern.charAt(item + 3))
    const capture = this.#open[Number(kind) - 1]
    if (capture === undefined || typeof capture.end !== 'number') throw new LuaError('invalid capture index')
    const text = this.#subject.slice(capture.start, capture.end)
    return this.#subject.startsWith(text, position) ? position + text.length : undefined
  }

  #balanced(position: number, open: string, close: string): number | undefined {
    if (close === '') throw new LuaError('unbalanced pattern')
    if (this.#subject.charAt(position) !== open) return undefined
    let depth = 1
    for (let at = position + 1; at < this.#subject.length; at += 1) {
      this.#step(1)
      const character = this.#subject.charAt(at)
      if (character === close) {
        depth -= 1
        if (depth === 0) return at + 1
      } else if (character === open) depth += 1
    }
    return undefined
  }

  #greedy(position: number, item: number, classEnd: number, least: number): number | undefined {
    let count = 0
    while (this.#single(position + count, item, classEnd)) count += 1
    this.#step(count)
    for (; count >= least; count -= 1) {
      const end = this.#match(position + count, classEnd + 1)
      if (end !== undefined) return end
    }
    return undefined
  }

  #lazy(position: number, item: number, classEnd: number): number | undefined {
    for (let at = position; ; at += 1) {
      const end = this.#match(at, classEnd + 1)
      if (end !== undefined) return end
      if (!this.#single(at, item, classEnd)) return undefined
    }
  }

  #classEnd(item: number): number {
    const character = this.#pattern.charAt(item)
    if (character === '%') {
      if (item + 1 >= this.#pattern.length) throw new LuaError('malformed pattern (ends with %)')
      return item + 2
    }
    if (character !== '[') return item + 1
    let at = item + 1
    if (this.#pattern.charAt(at) === '^') at += 1
    do {
      if (at >= this.#pattern.length) throw new LuaError("malformed pattern (missing ']')")
      at += this.#pattern.charAt(at) === '%' ? 2 : 1
    } while (this.#pattern.charAt(at) !== ']')
    return at + 1
  }

  #single(position: number, item: number, classEnd: number): boolean {
    if (position >= this.#subject.length) return false
    const code = this.#subject.charCodeAt(position)
    const character = this.#pattern.charAt(item)
    if (character === '.') return true
    if (character === '%') return inClass(code, this.#pattern.charAt(item + 1))
    if (character === '[') return this.#inSet(code, item, classEnd - 1)
    return this.#pattern.charCodeAt(item) === code
  }

  #inSet(code: number, item: number, close: number): boolean {
    let at = item + 1
    const negated = this.#pattern.charAt(at) === '^'
    if (negated) at += 1
    for (; at < close; at += 1) {
      if (this.#pattern.charAt(at) === '%') {
        at += 1
        if (inClass(code, this.#pattern.charAt(at))) return !negated
      } else if (this.#pattern.charAt(at + 1) === '-' && at + 2 < close) {
        if (this.#pattern.charCodeAt(at) <= code && code <= this.#pattern.charCodeAt(at + 2)) return !negated
        at += 2
      } else if (this.#pattern.charCodeAt(at) === code) return !negated
    }
    return negated
  }
}

const classes: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,

  c: /[\x00-\x1f\x7f]/,
  d: /[0-9]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[ \f\n\r\t\v]/,
  u: /[A-Z]/,
  w: /[0-9A-Za-z]/,
  x: /[0-9A-Fa-f]/,

  z: /\x00/,
}

function inClass(code: number, name: string): boolean {
  const pattern = classes[name.toLowerCase()]
  if (pattern === undefined) return name.charCodeAt(0) === code
  const inside = pattern.test(String.fromCharCode(code))
  return name === name.toLowerCase() ? inside : !inside
}
