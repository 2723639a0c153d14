import type { Engine } from '../../engine/types.ts'
import type { FieldChange, FieldValue } from '../types.ts'
import { compareValues } from './compare-values.ts'
import { formatOfBoth, parseTexts } from './structured-text.ts'
import type { StructuredText, TextFormat } from './structured-text.ts'

export interface LookInsidePorts {
  readonly parseYaml: Engine['parseYaml']
}

type Inside = NonNullable<FieldChange['inside']>

/** A text in a text is looked into, and no further. */
const levels = 2

/** The same for the changes of one object. */
export async function lookInside(
  changes: readonly FieldChange[],
  ports: LookInsidePorts,
): Promise<readonly FieldChange[]> {
  const [looked = []] = await lookInsideAll([changes], ports)
  return looked
}

/**
 * Changes of texts that hold JSON, YAML or TOML on both sides get what differs in the data, whichever object they are of;
 * where nothing does, they are routine. What they are otherwise stays. Equal changes are compared once, and all YAML is read
 * in one request for each level. Pure but for the engine.
 */
export async function lookInsideAll(
  lists: readonly (readonly FieldChange[])[],
  ports: LookInsidePorts,
): Promise<readonly (readonly FieldChange[])[]> {
  return lookInto(lists, ports, levels)
}

interface ChangedText {
  readonly format: TextFormat
  readonly before: string
  readonly after: string
}

async function lookInto(
  lists: readonly (readonly FieldChange[])[],
  ports: LookInsidePorts,
  left: number,
): Promise<readonly (readonly FieldChange[])[]> {
  if (left === 0) return lists
  const numberOf = createNumbering()
  const texts = new Map<string, ChangedText>()
  const keys = new Map<FieldChange, string>()
  for (const change of lists.flat()) {
    const text = changedText(change)
    if (text === undefined) continue
    const key = `${text.format} ${numberOf(text.before)} ${numberOf(text.after)}`
    texts.set(key, text)
    keys.set(change, key)
  }
  if (texts.size === 0) return lists
  const insides = await compareTexts([...texts.values()], ports, left)
  const byKey = new Map([...texts.keys()].map((key, index) => [key, insides[index]]))
  return lists.map((changes) =>
    changes.map((change) => {
      const inside = byKey.get(keys.get(change) ?? '')
      if (inside === undefined) return change
      const isForm = inside.fields.every(({ routine }) => routine === 'form')
      return { ...change, inside, ...(isForm && { routine: change.routine ?? 'form' }) }
    }),
  )
}

function changedText({ change, path, before, after }: FieldChange): ChangedText | undefined {
  if (change !== 'changed' || typeof before !== 'string' || typeof after !== 'string') return undefined
  const name = path.findLast((step) => typeof step === 'string')
  const format = formatOfBoth(before, after, name)
  return format && { format, before, after }
}

/** Texts are long; a key made of their numbers copies none. */
function createNumbering(): (text: string) => number {
  const numbers = new Map<string, number>()
  return (text) => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
}

/** One for each, in order; undefined where one of the two texts is no data after all. */
async function compareTexts(
  texts: readonly ChangedText[],
  ports: LookInsidePorts,
  left: number,
): Promise<readonly (Inside | undefined)[]> {
  const valueOf = await parseDistinct(texts, ports)
  const compared = texts.map(({ format, before, after }) => {
    const [from, to] = [valueOf({ format, text: before }), valueOf({ format, text: after })]
    if (from === undefined || to === undefined) return undefined
    return { format, fields: compareValues(from, to, { listKeys: () => undefined }) }
  })
  const fields = compared.map((inside) => inside?.fields ?? [])
  const looked = await lookInto(fields, ports, left - 1)
  return compared.map((inside, index) => inside && { ...inside, fields: looked[index] ?? [] })
}

async function parseDistinct(
  texts: readonly ChangedText[],
  ports: LookInsidePorts,
): Promise<(text: StructuredText) => FieldValue> {
  const numberOf = createNumbering()
  const keyOf = ({ format, text }: StructuredText): string => `${format} ${numberOf(text)}`
  const distinct = new Map<string, StructuredText>()
  for (const { format, before, after } of texts)
    for (const text of [before, after]) distinct.set(keyOf({ format, text }), { format, text })
  const parsed = await parseTexts([...distinct.values()], ports.parseYaml)
  const values = new Map([...distinct.keys()].map((key, index) => [key, parsed[index]]))
  return (text) => values.get(keyOf(text))
}
