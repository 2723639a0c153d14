import { RE2JS } from 're2js'

/** Go's regexp package: its syntax, and time linear in the text, whatever the expression. */
export interface FoundText {
  readonly start: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
  readonly named: Readonly<Record<string, string>>
}

/** @throws with Go's words for what is no expression */
export function compileRegexp(expression: string): RE2JS {
  return RE2JS.compile(expression)
}

/** Matches from left to right; negative `limit`: all. An empty match right behind another is none, as in Go. */
export function findAll(expression: RE2JS, text: string, limit: number): FoundText[] {
  const matcher = expression.matcher(text)
  const found: FoundText[] = []
  let lastEnd = -1
  while (found.length !== limit && matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()]
    if (start === end && start === lastEnd) continue
    lastEnd = end
    const groups = Array.from(
      { length: matcher.groupCount() + 1 },
      (_, index) => matcher.group(index) ?? undefined,
    )
    const names = Object.entries(expression.namedGroups())
    found.push({
      start,
      end,
      groups,
      named: Object.fromEntries(names.map(([name, index]) => [name, groups[index] ?? ''])),
    })
  }
  return found
}

export function replaceAll(
  text: string,
  found: readonly FoundText[],
  put: (match: FoundText) => string,
): string {
  let output = ''
  let copied = 0
  for (const match of found) {
    output += text.slice(copied, match.start) + put(match)
    copied = match.end
  }
  return output + text.slice(copied)
}

/** `$1`, `${1}`, `$name`; `$1x` is the group named `1x`, as in Go. */
export function expand(template: string, match: FoundText): string {
  return template.replace(
    /\$(?:\$|\{(\w+)\}|(\w+))/g,
    (all, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare
      if (name === undefined) return '$'
      if (/^\d+$/.test(name)) return match.groups[Number(name)] ?? ''
      return match.named[name] ?? (all === '$' ? '$' : '')
    },
  )
}

/** Go's Regexp.Split. */
export function splitBy(expression: RE2JS, text: string, limit: number): string[] {
  if (limit === 0) return []
  const parts: string[] = []
  let begin = 0
  let end = 0
  for (const match of findAll(expression, text, limit)) {
    if (limit > 0 && parts.length === limit - 1) break
    end = match.start
    if (match.end !== 0) parts.push(text.slice(begin, end))
    begin = match.end
  }
  if (end !== text.length) parts.push(text.slice(begin))
  return parts
}
