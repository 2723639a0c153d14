import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Node, Pair, Range, Scalar } from 'yaml'
import { lineSpan, positionOf } from '../diagnostics/position.ts'
import type { Span } from '../diagnostics/types.ts'
import { alignString } from './align-string.ts'
import type { DocumentPath, SourceDocument } from './types.ts'

/** Parsed on the first question only: most documents are never asked about. */
const treeOfDocument = new WeakMap<SourceDocument, Document>()

interface Place {
  readonly tree: Document
  readonly key?: Node
  readonly value?: Node
  /** How many segments of the path were found. */
  readonly depth: number
}

/**
 * Where the value at `path` (or its key) stands in the file. A path that is not there gives the nearest parent's key, so that
 * "`spec.x` is missing" points at `spec`. Pure; the `yaml` package is asked for positions and never for values.
 * @example locate(document, ['spec', 'tier'], 'value')
 */
export function locate(document: SourceDocument, path: DocumentPath, part: 'key' | 'value' = 'value'): Span {
  if (document.within !== undefined) {
    return locate(document.within.document, [...document.within.path, ...path], part)
  }
  const place = findPlace(document, path)
  const isWanted = place.depth === path.length && part === 'value'
  const range =
    (isWanted ? usableRange(place.value) : undefined) ?? usableRange(place.key) ?? usableRange(place.value)
  // The root itself: its first key says more than a whole document.
  if (path.length === 0 || place.depth === 0 || range === undefined) return firstLine(document)
  return { file: document.file, start: document.start + range[0], end: document.start + range[1] }
}

/**
 * Where UTF-16 `offset` of the text value at `path` stands in the file: through quotes, escapes and block scalars.
 * @example locateInString(configMap, ['data', 'values.yaml'], 120)
 */
export function locateInString(
  document: SourceDocument,
  path: DocumentPath,
  offset: number,
  length = 1,
): Span {
  if (document.within !== undefined) {
    return locateInString(document.within.document, [...document.within.path, ...path], offset, length)
  }
  const { value, depth } = findPlace(document, path)
  const whole = locate(document, path, 'value')
  if (depth !== path.length || !isScalar(value) || typeof value.value !== 'string' || !value.range)
    return whole
  const [start, end] = value.range
  const base = document.start + start
  const source = document.file.text.slice(base, document.start + end)
  const style = value.type ?? 'PLAIN'
  const from = alignString(source, value.value, style, offset)
  const to = alignString(source, value.value, style, offset + length)
  return { file: document.file, start: base + from, end: base + Math.max(to, from + 1) }
}

function findPlace(document: SourceDocument, path: DocumentPath): Place {
  const tree = treeOf(document)
  let place: Place = { tree, depth: 0, ...(tree.contents === null ? {} : { value: tree.contents }) }
  for (const segment of path) {
    const next = step(tree, place.value, segment)
    if (next === undefined) break
    place = { tree, depth: place.depth + 1, ...next }
  }
  return place
}

function step(
  tree: Document,
  from: Node | undefined,
  segment: string | number,
): { key?: Node; value?: Node } | undefined {
  const node = isAlias(from) ? from.resolve(tree) : from
  if (isSeq(node) && typeof segment === 'number') {
    const item = node.items[segment] as Node | undefined
    return item === undefined ? undefined : { value: item }
  }
  if (!isMap(node)) return undefined
  // Duplicate keys: the last one wins, as Kubernetes reads them.
  for (const pair of node.items.toReversed()) {
    if (isScalar(pair.key) && isKey(pair.key, String(segment))) return parts(pair)
  }
  for (const pair of node.items) {
    if (!isScalar(pair.key) || pair.key.source !== '<<') continue
    const merged = isSeq(pair.value) ? (pair.value.items as Node[]) : [pair.value as Node]
    for (const source of merged) {
      const found = step(tree, source, segment)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function parts(pair: Pair): { key?: Node; value?: Node } {
  return { key: pair.key as Node, ...(pair.value === null ? {} : { value: pair.value as Node }) }
}

/** YAML 1.1 reads the keys `y` and `on` as booleans, which reach JSON as `"true"`. */
function isKey(key: Scalar, name: string): boolean {
  return String(key.value) === name || key.source === name
}

function usableRange(node: Node | undefined): Range | undefined {
  const range = node?.range ?? undefined
  if (range === undefined || isPair(node)) return undefined
  return range[1] > range[0] ? range : undefined
}

function firstLine(document: SourceDocument): Span {
  const { file, start, end } = document
  const text = file.text.slice(start, end)
  const lead = /^(?:\s*(?:---[^\n]*|#[^\n]*|%[^\n]*)?\r?\n)*\s*/.exec(text)?.[0].length ?? 0
  return lineSpan(file, positionOf(file, Math.min(start + lead, Math.max(end - 1, start))).line)
}

function treeOf(document: SourceDocument): Document {
  const known = treeOfDocument.get(document)
  if (known !== undefined) return known
  const tree = parseTree(document.file.text.slice(document.start, document.end))
  treeOfDocument.set(document, tree)
  return tree
}

/** The `yaml` package's tree of one document, as lenient as Kubernetes' reader about duplicate keys. */
export function parseTree(text: string): Document {
  return parseDocument(text, {
    version: '1.1',
    uniqueKeys: false,
    strict: false,
    logLevel: 'silent',
    prettyErrors: false,
  })
}
