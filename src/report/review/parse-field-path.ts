import { formatFieldPath } from '../../compare/compare.ts'
import type { FieldPath, ItemKey, PathStep } from '../../compare/types.ts'

const name = String.raw`[A-Za-z_][\w-]*`
const quoted = String.raw`"(?:[^"\\]|\\.)*"`
const item = String.raw`(?:${name}|${quoted})?=(?:${quoted}|[\w./:@%+*-]*)`
const step = new RegExp(String.raw`\[(${item}(?:,${item})*)\]|\[(\d+)\]|\[(${quoted})\]|\.?(${name})`, 'y')
const part = new RegExp(String.raw`(${name}|${quoted})?=(${quoted}|[\w./:@%+*-]*)(?:,|$)`, 'y')

/** The path that `formatFieldPath` wrote; one step of the whole text where it wrote no such thing. Pure. */
export function parseFieldPath(text: string): FieldPath {
  if (text === '.') return []
  const path = readSteps(text)
  // A stranger's text may be anything.
  return path !== undefined && formatFieldPath(path) === text ? path : [text]
}

function readSteps(text: string): FieldPath | undefined {
  const path: PathStep[] = []
  for (let at = 0; at < text.length;) {
    step.lastIndex = at
    const match = step.exec(text)
    if (match === null) return undefined
    at = step.lastIndex
    const [, items, index, key, plain] = match
    if (items !== undefined) path.push(readItem(items))
    else path.push(index === undefined ? (plain ?? String(tryJson(key ?? ''))) : Number(index))
  }
  return path
}

function readItem(text: string): ItemKey {
  const item: Record<string, string | number | boolean> = {}
  for (let at = 0; at < text.length;) {
    part.lastIndex = at
    const match = part.exec(text)
    if (match === null) break
    at = part.lastIndex
    const [, key = '', value = ''] = match
    item[key.startsWith('"') ? String(tryJson(key)) : key] = readValue(value)
  }
  return item
}

function readValue(text: string): string | number | boolean {
  if (text.startsWith('"')) return String(tryJson(text))
  if (text === 'true' || text === 'false') return text === 'true'
  return /^[-+.]?\d[\d.]*(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : text
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
