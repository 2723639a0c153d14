import { isMap, isScalar, LineCounter, parseDocument, type Document, type Pair } from 'yaml'
import type { Report, SourceFile, Span } from '../diagnostics/types.ts'
import { malformedLock } from './diagnostics.ts'
import type { Lock, LockEntry, Pin } from './types.ts'

/** Name of the lock file, at the repository's root. */
export const lockPath = 'fleetwright.lock'

const header = `# Written by \`fleetwright update\`: what ranges, branches and URLs mean. Commit it; do not edit it.
apiVersion: fleetwright.dev/v1alpha1
kind: Lock
`
const fields = ['version', 'revision', 'digest', 'url'] as const
type Field = (typeof fields)[number]

export const emptyLock: Lock = { entries: new Map() }

/**
 * Reads `fleetwright.lock`. Reports each fault at its place; undefined when there was one, since a lock that is known in
 * part must not be used.
 */
export function parseLock(file: SourceFile, report: Report): Lock | undefined {
  const document = parseDocument(file.text, {
    logLevel: 'silent',
    prettyErrors: false,
    schema: 'failsafe',
    lineCounter: new LineCounter(),
  })
  const faults: { span: Span; reason: string }[] = document.errors.map(({ pos, message }) => ({
    span: { file, start: pos[0], end: Math.max(pos[1], pos[0] + 1) },
    reason: /^(?:<<<<<<<|=======|>>>>>>>)/m.test(file.text) ? 'it holds a merge conflict' : message,
  }))
  const entries = faults.length > 0 ? new Map<string, LockEntry>() : readEntries(file, document, faults)
  for (const { span, reason } of faults) report(malformedLock(span, reason))
  return faults.length > 0 ? undefined : { file, entries }
}

function readEntries(
  file: SourceFile,
  document: Document,
  faults: { span: Span; reason: string }[],
): Map<string, LockEntry> {
  const entries = new Map<string, LockEntry>()
  const root = document.contents
  const whole: Span = { file, start: 0, end: Math.min(file.text.length, 1) }
  const kind = isMap(root) ? root.get('kind') : undefined
  if (!isMap(root) || kind !== 'Lock' || root.get('apiVersion') !== 'fleetwright.dev/v1alpha1') {
    faults.push({ span: whole, reason: 'it is no `kind: Lock` of fleetwright.dev/v1alpha1' })
    return entries
  }
  const sources = root.get('sources')
  if (sources === undefined || sources === null || sources === '') return entries
  if (!isMap(sources)) {
    faults.push({ span: whole, reason: '`sources` is no mapping' })
    return entries
  }
  for (const pair of sources.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const range = (pair.key as { range?: [number, number, number] } | null)?.range
    const span = { file, start: range?.[0] ?? 0, end: range?.[1] ?? 1 }
    const entry = readEntry(pair, span)
    if (typeof entry === 'string') faults.push({ span, reason: `\`${key}\` ${entry}` })
    else entries.set(key, { ...entry, start: span.start, end: span.end })
  }
  return entries
}

/** The entry, or what is wrong with it. */
function readEntry(pair: Pair, span: Span): LockEntry | string {
  if (!isMap(pair.value)) return 'is no mapping'
  const values: Partial<Record<Field, string>> = {}
  for (const { key, value } of pair.value.items) {
    const name = isScalar(key) ? String(key.value) : ''
    if (!(fields as readonly string[]).includes(name)) return `has the unknown field \`${name}\``
    if (!isScalar(value) || typeof value.value !== 'string') return `has no text in \`${name}\``
    values[name as Field] = value.value
  }
  const { version = '', revision, digest, url } = values
  if (digest === undefined) return 'has no `digest`'
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    return 'has a `digest` that is no `sha256:` and 64 hexadecimal digits'
  return {
    version,
    digest,
    ...(revision === undefined ? {} : { revision }),
    ...(url === undefined ? {} : { url }),
    start: span.start,
    end: span.end,
  }
}

/** Sorted YAML of the pins; the same pins give the same bytes. */
export function formatLock(entries: ReadonlyMap<string, Pin>): string {
  const keys = [...entries.keys()].sort()
  if (keys.length === 0) return `${header}sources: {}\n`
  const blocks = keys.map((key) => {
    const pin = entries.get(key)
    const lines = fields.flatMap((field) => {
      const value = pin?.[field]
      return value === undefined || value === '' ? [] : [`    ${field}: ${quote(value)}`]
    })
    return [`  ${quote(key, true)}:`, ...lines].join('\n')
  })
  return `${header}sources:\n${blocks.join('\n')}\n`
}

/** Quoted where a YAML reader of any version could take it for something else than text. */
function quote(text: string, always = false): string {
  const plain = /^(?:sha256:)?[0-9A-Za-z][0-9A-Za-z._/+-]*$/.test(text)
  const ambiguous = /^(?:[0-9._+e-]+|0x[0-9a-f]+|0o[0-7]+|true|false|yes|no|on|off|y|n|null)$/i.test(text)
  const isVersion = /^v?\d+\.\d+\.\d+/.test(text)
  return !always && plain && (!ambiguous || isVersion) ? text : JSON.stringify(text)
}
