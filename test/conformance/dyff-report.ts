import type { FieldChange, FieldPath, ItemKey, PathStep } from '../../src/compare/types.ts'

/*
 * What dyff reports (`-o github --use-go-patch-style`) and changes of ours in one form, at the finest grain at which both say
 * something: `± /spec/replicas`, `+2 /metadata/labels`, `-1 /spec/containers`. A list whose items ours tells apart otherwise
 * than by the keys that dyff knows is one entry with all that lies in it: `list /rules`.
 */

export interface Projection {
  readonly ours: ReadonlySet<string>
  readonly theirs: ReadonlySet<string>
}

export interface DyffEntry {
  readonly operation: '±' | '+' | '-' | '⇆'
  /** Of the value, or of the map or list that gains or loses. */
  readonly path: string
  readonly count: number
}

const numbers = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ')
const header = /^@@ (.*) @@$/
const statement =
  /^! (?:(±) .*|([-+]) (\S+) (?:map|list) entr(?:y|ies) (?:added|removed):|(⇆) order changed)$/

/** By the name of the document, as dyff prints it where there are several. Documents that come and go are left out. */
export function parseDyffReport(text: string): ReadonlyMap<string, readonly DyffEntry[]> {
  const documents = new Map<string, DyffEntry[]>()
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    const path = header.exec(line)?.[1]
    const document = lines[index + 1]
    if (path === undefined || document?.startsWith('# ') !== true) continue
    const rest = lines.slice(index + 2)
    const end = rest.findIndex((other) => header.test(other))
    const entries = (end === -1 ? rest : rest.slice(0, end)).flatMap((other) => parseStatement(path, other))
    documents.set(document.slice(2), [...(documents.get(document.slice(2)) ?? []), ...entries])
  }
  return documents
}

function parseStatement(path: string, line: string): readonly DyffEntry[] {
  const [, changed, sign, count = '', reordered] = statement.exec(line) ?? []
  const operation = changed ?? sign ?? reordered
  if (operation === undefined) return []
  const word = numbers.indexOf(count)
  return [{ operation: operation as DyffEntry['operation'], path, count: word === -1 ? Number(count) : word }]
}

/** What both say of one document. */
export function project(changes: readonly FieldChange[], entries: readonly DyffEntry[]): Projection {
  const lists = new Set(changes.flatMap(otherList))
  const inList = (path: string) => [...lists].find((list) => path === list || path.startsWith(`${list}/`))
  const toLine = ({ operation, path, count }: DyffEntry): string => {
    const list = inList(path)
    if (list !== undefined) return `list ${list}`
    return operation === '+' || operation === '-' ? `${operation}${count} ${path}` : `${operation} ${path}`
  }
  return { ours: new Set(toEntries(changes).map(toLine)), theirs: new Set(entries.map(toLine)) }
}

/** Changes as dyff counts them: what a map or list gains is one entry. */
function toEntries(changes: readonly FieldChange[]): readonly DyffEntry[] {
  const entries = new Map<string, DyffEntry>()
  for (const { change, path } of changes) {
    const operation = operations[change]
    const isOfParent = operation === '+' || operation === '-'
    const at = pointer(isOfParent ? path.slice(0, -1) : path)
    const key = `${operation} ${at}`
    entries.set(key, { operation, path: at, count: (entries.get(key)?.count ?? 0) + 1 })
  }
  return [...entries.values()]
}

const operations = { changed: '±', added: '+', removed: '-', reordered: '⇆' } as const

/** The outermost list whose items are not told apart as dyff does. Of a new order nobody says how they are. */
function otherList({ change, path }: FieldChange): readonly string[] {
  const index = path.findIndex((step) => typeof step !== 'string' && !isNamed(step))
  if (index !== -1) return [pointer(path.slice(0, index))]
  return change === 'reordered' ? [pointer(path)] : []
}

function isNamed(step: PathStep): step is ItemKey {
  if (typeof step !== 'object') return false
  const [key = '', ...more] = Object.keys(step)
  return more.length === 0 && ['name', 'key', 'id'].includes(key)
}

function pointer(path: FieldPath): string {
  return `/${path.map(sectionOf).join('/')}`
}

function sectionOf(step: PathStep): string {
  if (typeof step !== 'object') return String(step)
  return Object.entries(step)
    .map(([key, value]) => `${key}=${value}`)
    .join()
}
