import { isMap, isScalar, visit, type Node } from 'yaml'
import type { Span } from '../diagnostics/types.ts'
import { parseTree } from './locate.ts'
import type { SourceDocument } from './types.ts'

/** A key that a mapping has more than once; Kubernetes reads the last one and forgets the others. */
export interface DuplicateKey {
  readonly key: string
  readonly first: Span
  readonly last: Span
}

/** Keys that stand twice in one mapping of a document, in the order of the text. */
export function findDuplicateKeys({
  file,
  start,
  end,
}: Omit<SourceDocument, 'value' | 'json'>): DuplicateKey[] {
  const text = file.text.slice(start, end)
  if (!mayRepeatKeys(text)) return []
  const found: DuplicateKey[] = []
  const toSpan = ({ range }: Node): Span => ({
    file,
    start: start + (range?.[0] ?? 0),
    end: start + (range?.[1] ?? 0),
  })
  visit(parseTree(text), {
    Map(_, map) {
      if (!isMap(map)) return
      const firstOf = new Map<string, Node>()
      for (const { key } of map.items) {
        if (!isScalar(key) || key.source === '<<') continue
        const name = String(key.value)
        const first = firstOf.get(name)
        if (first === undefined) firstOf.set(name, key)
        else found.push({ key: name, first: toSpan(first), last: toSpan(key) })
      }
    },
  })
  return found
}

const blockKey = /^([ \t]*(?:- +)*)("[^"]*"|'[^']*'|[^\s#"'[{|>][^:]*?)[ \t]*:(?:[ \t]|$)/

/**
 * A look at the lines, a hundred times faster than a parse, so that only suspects are parsed: two equal keys of one indentation
 * with nothing less indented between them. Lines of block scalars may raise a false suspicion; flow mappings are looked for by
 * their brace.
 */
function mayRepeatKeys(text: string): boolean {
  if (/\{[^}\n]*,[^}\n]*:/.test(text)) return true
  const scopes: { readonly indent: number; readonly keys: Set<string> }[] = []
  for (const line of text.split('\n')) {
    const match = blockKey.exec(line)
    if (match === null) continue
    const [, lead = '', written = ''] = match
    const key = written.replace(/^["']|["']$/g, '')
    const indent = lead.length
    while ((scopes.at(-1)?.indent ?? -1) > indent) scopes.pop()
    // A dash begins a new mapping at the same indentation.
    if (lead.includes('-')) while ((scopes.at(-1)?.indent ?? -1) >= lead.indexOf('-') + 1) scopes.pop()
    let scope = scopes.at(-1)
    if (scope?.indent !== indent) {
      scope = { indent, keys: new Set() }
      scopes.push(scope)
    }
    if (scope.keys.has(key)) return true
    scope.keys.add(key)
  }
  return false
}
