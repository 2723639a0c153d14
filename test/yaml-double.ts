import { parseDocument } from 'yaml'
import type { Engine, Json, ParsedDocument } from '../src/engine/types.ts'

/** Plays `Engine.parseYaml` with the `yaml` package, for tests that are about something else than YAML. */
export const yamlDouble: Pick<Engine, 'parseYaml'> = {
  parseYaml: (texts) => Promise.resolve(texts.map(parseStream)),
}

function parseStream(text: string): ParsedDocument[] {
  const separators = [...text.matchAll(/^---.*(?:\n|$)/gm)]
  const parts: { start: number; end: number }[] = []
  let start = 0
  for (const { index, 0: line } of separators) {
    if (index > 0) parts.push({ start, end: index })
    start = index + line.length
  }
  return [...parts, { start, end: text.length }].map((part) => parsePart(text, part))
}

function parsePart(text: string, { start, end }: { start: number; end: number }): ParsedDocument {
  const tree = parseDocument(text.slice(start, end), {
    version: '1.1',
    uniqueKeys: false,
    logLevel: 'silent',
  })
  const error = tree.errors[0]
  if (error !== undefined) {
    return { start, end, fault: { kind: 'yaml', message: error.message, line: error.linePos?.[0].line ?? 1 } }
  }
  const value = JSON.parse(JSON.stringify(tree.toJS() ?? null)) as Json
  return value === null ? { start, end } : { start, end, value, json: JSON.stringify(value) }
}
