import type { Span } from '../../diagnostics/types.ts'
import type { PlannedUnit } from '../../resolve/types.ts'
import { locate, locateInString } from '../../source/source.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { SideObject } from '../types.ts'
import type { SchemaFault } from './schema-node.ts'

/**
 * Where a person wrote what is at fault, if it stands there literally: in a text that is applied as it is, or, as the only
 * one of its kind, among the values of a release. Undefined where that is not sure: a wrong line helps less than none.
 */
export function writtenPlace(unit: PlannedUnit, object: SideObject, fault: SchemaFault): Span | undefined {
  if (unit.kind === 'policy') return placeInPolicy(unit, object, fault)
  return unit.kind === 'helm' ? placeInValues(unit, object, fault) : undefined
}

function placeInPolicy(
  unit: Extract<PlannedUnit, { kind: 'policy' }>,
  object: SideObject,
  fault: SchemaFault,
): Span | undefined {
  const { content, origin } = unit
  if (content.type !== 'texts' || origin?.value['kind'] !== 'ConfigMap') return undefined
  for (const { name, text } of content.texts) {
    const document = documentsOf(text).find((one) => isOf(one, object))
    const found = document && placeInDocument(document, object, fault)
    if (found) return locateInString(origin, ['data', name], found.start, found.end - found.start)
  }
  return undefined
}

/** A line of three dashes begins a document wherever it stands: what is inside of texts is indented. */
function documentsOf(text: string): readonly SourceDocument[] {
  const file = { path: '', text }
  const starts = [0, ...[...text.matchAll(/^---.*$/gm)].map(({ index, 0: line }) => index + line.length)]
  return starts.map((start, index) => {
    const next = starts[index + 1]
    const end = next === undefined ? text.length : text.lastIndexOf('---', next)
    return { file, start, end, value: {}, json: '' }
  })
}

function isOf(document: SourceDocument, { kind, name }: SideObject): boolean {
  return isScalarAt(document, ['kind'], kind) && isScalarAt(document, ['metadata', 'name'], name)
}

function placeInDocument(document: SourceDocument, object: SideObject, fault: SchemaFault): Span | undefined {
  const { kind, place } = fault
  if (kind === 'missing') {
    const parent = place.slice(0, -1)
    const last = parent.at(-1)
    return isKeyAt(document, parent) && last !== undefined ? locate(document, parent, 'key') : undefined
  }
  const value = valueIn(object.value, place)
  if (kind !== 'unknown' && isScalar(value))
    return isScalarAt(document, place, String(value)) ? locate(document, place) : undefined
  return isKeyAt(document, place) ? locate(document, place, 'key') : undefined
}

/** Where a path ends early, what it leads to is not what was looked for. */
function isKeyAt(document: SourceDocument, path: SchemaFault['place']): boolean {
  const last = path.at(-1)
  return typeof last === 'string' && unquoted(textOf(locate(document, path, 'key'))) === last
}

function isScalarAt(document: SourceDocument, path: SchemaFault['place'], value: string): boolean {
  return unquoted(textOf(locate(document, path))) === value
}

function textOf({ file, start, end }: Span): string {
  return file.text.slice(start, end)
}

function unquoted(text: string): string {
  const trimmed = text.trim()
  return /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}

/** Shorter ones stand in many places by chance. */
const shortestValue = 4

function placeInValues(
  unit: Extract<PlannedUnit, { kind: 'helm' }>,
  object: SideObject,
  { kind, place }: SchemaFault,
): Span | undefined {
  const { document } = unit.claim.profile
  const path = [...unit.claim.path, 'values']
  const text = valueIn(document.value, path)
  const value = valueIn(object.value, place)
  const key = place.at(-1)
  if (typeof text !== 'string' || !isScalar(value) || kind === 'missing') return undefined
  const pattern = linePattern(kind === 'unknown' && typeof key === 'string' ? key : undefined, String(value))
  const lines = [...text.matchAll(pattern)]
  const isSure = kind === 'unknown' || String(value).length >= shortestValue
  const [line] = lines
  if (!isSure || lines.length !== 1 || line?.groups?.['found'] === undefined) return undefined
  const { found } = line.groups
  return locateInString(document, path, line.index + line[0].indexOf(found), found.length)
}

/** A line that gives the value to a key, to this one or to any. */
function linePattern(key: string | undefined, value: string): RegExp {
  const [name, quoted] = [key ?? '', value].map((text) =>
    text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  )
  const end = String.raw`[ \t]*(?:#.*)?$`
  const scalar = `(?:"${quoted}"|'${quoted}'|${quoted})`
  return key === undefined
    ? new RegExp(String.raw`(?:: |- )[ \t]*(?<found>${scalar})${end}`, 'gm')
    : new RegExp(String.raw`^[ \t-]*(?<found>["']?${name}["']?):[ \t]*${scalar}${end}`, 'gm')
}

function valueIn(value: unknown, path: SchemaFault['place']): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Readonly<Record<string | number, unknown>>)[step]
  }
  return found
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
