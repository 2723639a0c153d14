import { isLiteral, type CredentialName } from './credential-name.ts'
import type { CredentialRules } from './credential-rules.ts'
import type { Interval } from './intervals.ts'
import { isPair } from './recognised-credentials.ts'

/** Values of names that say that they are credentials, in whatever language the text assigns them; in no order. */
export function* assignmentsIn(text: string, rules: CredentialRules): Iterable<Interval> {
  yield* pairsIn(text, rules)
  yield* linesIn(text, rules)
}

/** A mask counts as one sign. */
const sign = (others: string): string => `(?:⟨[^⟩\\n]*⟩|[^⟨${others}])`
const doubleQuoted = String.raw`"[^"\\\n]*(?:\\.[^"\\\n]*)*"`
const singleQuoted = `'[^'\\n]*'`
const shellWord = sign(String.raw`\s"'${'`'}&;,|<>(){}[\]\\`)
const name = String.raw`[A-Za-z][\w.-]{0,80}`

/** A value ends where a shell, a query, JSON or YAML in one line would end it. */
const pairs = [
  // name=value
  String.raw`(?<![\w.$-])-{0,2}(${name})=(${doubleQuoted}|${singleQuoted}|\$\([^()\n]*\)|\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}|${shellWord}+)`,
  // "name": "value"
  String.raw`"([^"\\\n]{1,100})"\s*:\s*(${doubleQuoted})`,
  String.raw`'([^'\\\n]{1,100})'\s*:\s*(${singleQuoted})`,
  // { name: value }
  String.raw`(?=[A-Za-z])(?<![\w.$-])(?<=[{,]\s*)(${name})\s*:\s+(${doubleQuoted}|${singleQuoted}|${sign(String.raw`\s"',{}[\]`)}+)(?=\s*[,}])`,
  // --name value
  String.raw`(?<![\w-])--(${name})[ \t]+(${doubleQuoted}|${singleQuoted}|\$\([^()\n]*\)|(?!-)${sign(String.raw`\s"'${'`'}`)}+)`,
].map((source) => new RegExp(source, 'dg'))

function* pairsIn(text: string, { nameOf, isPublic }: CredentialRules): Iterable<Interval> {
  for (const pattern of pairs) {
    for (const { indices, 1: written = '', 2: value = '' } of text.matchAll(pattern)) {
      const place = indices?.[2]
      const said = nameOf(written) ?? registryName(written, value)
      if (place === undefined || said === undefined) continue
      const inside = withoutQuotes({ start: place[0], end: place[1] }, value)
      if (isLiteral(text.slice(inside.start, inside.end), said, isPublic)) yield inside
    }
  }
}

/** `auth` of a docker configuration: user and password in base64. */
function registryName(written: string, value: string): CredentialName | undefined {
  return written === 'auth' && isPair(value.replaceAll(/["']/g, '')) ? 'certain' : undefined
}

function withoutQuotes({ start, end }: Interval, value: string): Interval {
  const isQuoted = value.length > 1 && /^["']/.test(value) && value.at(0) === value.at(-1)
  return isQuoted ? { start: start + 1, end: end - 1 } : { start, end }
}

/** A line of YAML, TOML, an env or ini file, also behind the number of a frame or the sign of a diff. */
const lines =
  /^([ \t]*(?:\d+[ \t]*\|[ \t]*)?(?:[+-](?!-)[ \t]*)?(?:-[ \t]+)*(?:export[ \t]+|set[ \t]+)?)(["']?)([A-Za-z_][\w.\-/]{0,120})\2[ \t]*(?::=|[:=])[ \t]*(\S[^\r\n]*)$/dgm
/** Files that set a space between name and value: redis, netrc. */
const spaced =
  /^[ \t]*(?:requirepass|masterauth|password|machine[ \t]+\S+[ \t]+login[ \t]+\S+[ \t]+password)[ \t]+(\S+)[ \t]*$/dgm

function* linesIn(text: string, { nameOf, isPublic }: CredentialRules): Iterable<Interval> {
  for (const { indices, 1: lead = '', 3: written = '', 4: value = '' } of text.matchAll(lines)) {
    const place = indices?.[4]
    const said = nameOf(written)
    if (said === undefined || place === undefined) continue
    if (/^[|>][\d+-]{0,3}(?:[ \t]+#.*)?$/.test(value)) {
      yield* blockBelow(text, place[1], lead.length - lead.trimStart().length)
      continue
    }
    const scalar = scalarOf(place[0], value)
    if (scalar !== undefined && isLiteral(text.slice(scalar.start, scalar.end), said, isPublic)) yield scalar
  }
  for (const { indices, 1: value = '' } of text.matchAll(spaced)) {
    const place = indices?.[1]
    if (place !== undefined && isLiteral(value, 'password', isPublic))
      yield { start: place[0], end: place[1] }
  }
}

/** Without anchor, tag, quotes and comment; undefined for mappings, lists and aliases. */
function scalarOf(start: number, value: string): Interval | undefined {
  const lead = /^(?:[&!]\S*[ \t]+){0,3}/.exec(value)?.[0].length ?? 0
  const rest = value.slice(lead)
  const quote = rest.at(0)
  if (quote === '"' || quote === "'") {
    // Where another follows directly it is an escape of itself.
    const closing = /"[^"\\]*(?:(?:\\[^]|"")[^"\\]*)*"|'[^']*(?:''[^']*)*'/y.exec(rest)?.[0]
    if (closing !== undefined) return { start: start + lead + 1, end: start + lead + closing.length - 1 }
  }
  if (quote === undefined || /^(?:\*|\[|\{(?!\{))/.test(rest)) return undefined
  // Code: `password = os.environ['X']`.
  if (/^[A-Za-z_][\w.]*(?:\(.*\)|\[.*\]);?$/.test(rest)) return undefined
  const comment = rest.search(/[ \t]#/)
  const bare = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd().replace(/[,;]$/, '')
  return { start: start + lead, end: start + lead + bare.length }
}

/** Lines behind `from` that are indented deeper than `indent`, without the indentation of the first. */
function* blockBelow(text: string, from: number, indent: number): Iterable<Interval> {
  let end = from
  let begin: number | undefined
  while (end < text.length) {
    const next = text.indexOf('\n', end + 1)
    const line = text.slice(end + 1, next < 0 ? text.length : next)
    const depth = line.length - line.trimStart().length
    if (line.trim() !== '' && depth <= indent) break
    if (begin === undefined && line.trim() !== '') begin = end + 1 + depth
    end = next < 0 ? text.length : next
  }
  if (begin !== undefined) yield { start: begin, end: begin + text.slice(begin, end).trimEnd().length }
}
