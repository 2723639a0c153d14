import { isAlias, isMap, isScalar, visit, type Document, type Node, type Scalar, type YAMLMap } from 'yaml'
import type { Span } from '../diagnostics/types.ts'
import { parseTree } from './locate.ts'
import type { SourceDocument } from './types.ts'

/** A key that a mapping has more than once; Kubernetes reads the last one and forgets the others. */
export interface DuplicateKey {
  readonly key: string
  readonly first: Span
  readonly last: Span
}

type Place = Omit<SourceDocument, 'value' | 'json'>

/** Keys that stand twice in one mapping of a document, in the order of the text. */
export function findDuplicateKeys(place: Place): DuplicateKey[] {
  const found: DuplicateKey[] = []
  visitMaps(place, (map, tree) => {
    const firstOf = new Map<string, Node>()
    for (const { key } of map.items) {
      const written = isAlias(key) ? key.resolve(tree) : key
      if (!isScalar(written) || isMerge(written)) continue
      const name = String(written.value)
      const first = firstOf.get(name)
      if (first === undefined) firstOf.set(name, key as Node)
      else found.push({ key: name, first: toSpan(place, first), last: toSpan(place, key as Node) })
    }
  })
  return found
}

/** A merge key below other keys of its mapping: Kubernetes' reader lets what it brings replace them, YAML's own rule does not. */
export interface LateMerge {
  readonly merge: Span
  /** The first key above it. */
  readonly above: Span
}

export function findLateMerges(place: Place): LateMerge[] {
  const found: LateMerge[] = []
  visitMaps(place, ({ items: [first, ...others] }) => {
    for (const { key } of others) {
      if (isScalar(key) && isMerge(key) && first)
        found.push({ merge: toSpan(place, key), above: toSpan(place, first.key as Node) })
    }
  })
  return found
}

function visitMaps({ file, start, end }: Place, look: (map: YAMLMap, tree: Document) => void): void {
  const tree = parseTree(file.text.slice(start, end))
  visit(tree, {
    Map(_, map) {
      if (isMap(map)) look(map, tree)
    },
  })
}

/** In quotes it is a key as any other. */
function isMerge({ source, type }: Scalar): boolean {
  return source === '<<' && type === 'PLAIN'
}

function toSpan({ file, start }: Place, { range }: Node): Span {
  return { file, start: start + (range?.[0] ?? 0), end: start + (range?.[1] ?? 0) }
}

const blockKey = /^([ \t]*(?:- +)*)("[^"]*"|'[^']*'|[^\s#"'[{|>][^:]*?)[ \t]*:(?:[ \t]|$)/

/**
 * A look at the lines, a hundred times faster than a parse, so that only suspects are parsed: two equal keys of one indentation
 * with nothing less indented between them. Lines of block scalars may raise a false suspicion; flow mappings are looked for by
 * their brace.
 */
export function mayRepeatKeys(text: string): boolean {
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
