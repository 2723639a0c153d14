import { parse as parseToml } from 'smol-toml'
import type { Engine } from '../../engine/types.ts'
import { parseExactJson } from '../../kubernetes/exact-json.ts'
import { isObjectValue } from '../../kubernetes/object-value.ts'
import type { FieldValue } from '../types.ts'
import { isList, isNestedAtMost } from './field-value.ts'

export type TextFormat = 'yaml' | 'json' | 'toml'

export interface StructuredText {
  readonly format: TextFormat
  readonly text: string
}

/** What is nested deeper stays a text: whoever prints a comparison goes down into it. */
const deepest = 60
/** No ConfigMap is larger. */
const mostCharacters = 1 << 20

const nameOfFormat = /\.(?:(json)|(ya?ml)|(toml))$/i
const tomlTable = /^\[{1,2}\s*[\w."' -]+\]{1,2}\s*(?:#.*)?$/
const tomlPair = /^[\w."-]+\s*=\s*\S/
const yamlStart = /^(?:-\s|---|["']?[\w./-]+["']?\s*:(?:\s|$))/
/** JSON may hold templates in its texts; a statement among them may make anything of the rest. */
const templateStatement = /\{\{-?\s*(?:if|range|with|end|else|define|block|template|include)\b/

/** What both texts are written in, going by the name of the field first; undefined for prose, scripts, templates. */
export function formatOfBoth(
  before: string,
  after: string,
  name: string | undefined,
): TextFormat | undefined {
  if (before.length > mostCharacters || after.length > mostCharacters) return undefined
  // `#!/bin/sh`, `#cloud-config`: a comment that is none.
  if (magicComment(before) !== magicComment(after)) return undefined
  const format = formatOfName(name) ?? agreedFormat(guessFormat(before), guessFormat(after))
  const template = format === 'json' ? templateStatement : /\{\{/
  return template.test(before) || template.test(after) ? undefined : format
}

function formatOfName(name: string | undefined): TextFormat | undefined {
  const [, json, yaml, toml] = nameOfFormat.exec(name ?? '') ?? []
  if (json !== undefined) return 'json'
  if (yaml !== undefined) return 'yaml'
  return toml === undefined ? undefined : 'toml'
}

function magicComment(text: string): string {
  return /^#[^\s#].*/.exec(text)?.[0] ?? ''
}

/** JSON is YAML too. */
function agreedFormat(a: TextFormat | undefined, b: TextFormat | undefined): TextFormat | undefined {
  if (a === b) return a
  return [a, b].toSorted().join() === 'json,yaml' ? 'yaml' : undefined
}

function guessFormat(text: string): TextFormat | undefined {
  const lines = text.split('\n')
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'))?.trim() ?? ''
  const isLong = lines.length > 1 && text.trim().includes('\n')
  if (isLong && (tomlTable.test(first) || tomlPair.test(first))) return 'toml'
  if (first.startsWith('{') || first.startsWith('[')) return 'json'
  return isLong && yamlStart.test(first) ? 'yaml' : undefined
}

/**
 * The maps and lists that texts hold, in order; undefined for one that is no map or list, has a fault, or several documents.
 * YAML is read in one request to the engine.
 */
export async function parseTexts(
  texts: readonly StructuredText[],
  parseYaml: Engine['parseYaml'],
): Promise<readonly FieldValue[]> {
  const yaml = texts.filter(({ format }) => format === 'yaml').map(({ text }) => text)
  const documents = (yaml.length === 0 ? [] : await parseYaml(yaml)).values()
  return texts.map(({ format, text }) => {
    if (format !== 'yaml')
      return tryParse(() => (format === 'json' ? parseExactJson(text) : parseTables(text)))
    const [first, ...more] = documents.next().value ?? []
    const json = first?.fault === undefined && more.length === 0 ? first?.json : undefined
    return json === undefined ? undefined : tryParse(() => parseExactJson(json))
  })
}

/** Whatever a text is refused for, its nesting included, it stays a text. */
function tryParse(parse: () => FieldValue): FieldValue {
  try {
    const value = parse()
    return (isObjectValue(value) || isList(value)) && isNestedAtMost(value, deepest) ? value : undefined
  } catch {
    return undefined
  }
}

function parseTables(text: string): FieldValue {
  const tables = parseToml(text, { integersAsBigInt: true, maxDepth: deepest })
  return isNestedAtMost(tables, deepest) ? fromToml(tables) : undefined
}

function toRawNumber(text: string): FieldValue {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)
}

/** TOML tells 1 from 1.0, as who reads it may. Throws at what JSON has no form for: dates, and numbers that are none. */
function fromToml(value: unknown): FieldValue {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : toRawNumber(String(value))
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('no number of JSON')
    return /[.e]/.test(String(value)) ? value : toRawNumber(`${value}.0`)
  }
  if (Array.isArray(value)) return value.map(fromToml)
  if (value instanceof Date) throw new TypeError('no value of JSON')
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromToml(member)]))
}
