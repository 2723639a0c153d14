import { isMap, isScalar, parseAllDocuments, visit, type Node } from 'yaml'
import type { Interval } from './intervals.ts'

const mention = /\bkind["']?\s*:\s*["']?Secret\b/g

/** A manifest is looked for this far around the word: reading a text that is no YAML takes long. */
const reach = 1 << 16

/** Where a text holds manifests of Secrets, in YAML or JSON: the places of their values. Pure; asks for positions alone. */
export function embeddedSecrets(text: string): readonly Interval[] {
  const found: Interval[] = []
  let done = 0
  for (const { index } of text.matchAll(mention)) {
    if (index < done) continue
    const start = documentStart(text, index)
    const end = documentEnd(text, index)
    const part = text.slice(start, end)
    for (const place of valuesIn(part)) found.push({ start: start + place.start, end: start + place.end })
    done = end
  }
  return found
}

function documentStart(text: string, index: number): number {
  const marker = text.lastIndexOf('\n---', index)
  return Math.max(0, marker < 0 ? 0 : marker + 1, index - reach)
}

function documentEnd(text: string, index: number): number {
  const marker = text.indexOf('\n---', index)
  return Math.min(text.length, marker < 0 ? text.length : marker + 1, index + reach)
}

function valuesIn(text: string): readonly Interval[] {
  const found: Interval[] = []
  for (const document of parseAllDocuments(text, {
    logLevel: 'silent',
    strict: false,
    prettyErrors: false,
  })) {
    visit(document, {
      Map(_, map) {
        if (map.get('kind') !== 'Secret') return
        for (const field of ['data', 'stringData']) {
          const values = map.get(field, true) as Node | undefined
          const nodes = isMap(values)
            ? values.items.map(({ value }) => value as Node | null)
            : [values ?? null]
          found.push(...nodes.flatMap((node) => placeOf(node, text)))
        }
      },
    })
  }
  return found
}

/** Of a scalar inside its quotes; of anything else as a whole. */
function placeOf(node: Node | null, text: string): readonly Interval[] {
  const range = node?.range
  if (!range) return []
  const [start, end] = range
  if (!isScalar(node)) return [{ start, end }]
  if (node.value === '' || node.value === null) return []
  switch (node.type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return [{ start: start + 1, end: end - 1 }]
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const header = text.indexOf('\n', start)
      const content = header < 0 ? null : /\S[^]*\S|\S/.exec(text.slice(header, end))
      if (content === null) return []
      return [{ start: header + content.index, end: header + content.index + content[0].length }]
    }
    default:
      return [{ start, end }]
  }
}
