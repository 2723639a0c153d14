import type { ValueFrom } from '../intent/types.ts'
import { findContents } from './content.ts'
import { badSource } from './diagnostics.ts'
import { instantiateIn, placeOf, Unresolvable, type Claimed, type World } from './world.ts'

/**
 * Values of a chart (sveltos.md 1.9): its own, then the documents of static sources, then those of templated ones,
 * which therefore win whatever the order of the list. A single document goes to the engine as it is written.
 */
export async function chartValues(
  world: World,
  claimed: Claimed,
  own: string,
  from: { readonly valuesFrom: readonly ValueFrom[]; readonly path: readonly (string | number)[] },
): Promise<string> {
  const sources = await findContents(world, claimed, from.valuesFrom, from.path)
  const documents = [{ name: 'values', text: own }]
  for (const source of sources)
    if (source.instantiate !== 'template') documents.push(...source.texts.map((text) => named(source, text)))
  for (const source of sources)
    if (source.instantiate === 'template') {
      const templates = source.texts.map(({ text }) => ({ path: from.path, text }))
      const texts = await instantiateIn(world, claimed, 'profile', templates)
      documents.push(
        ...source.texts.map(({ name }, index) => named(source, { name, text: texts[index] ?? '' })),
      )
    }
  const filled = documents.filter(({ text }) => text.trim() !== '')
  if (filled.length <= 1) return filled[0]?.text ?? ''
  const merged = await world.engine.mergeValues(filled)
  if (merged.ok) return merged.value
  world.report(
    badSource(placeOf(claimed, from.path), merged.fault.file ?? 'the values', merged.fault.message),
  )
  throw new Unresolvable(`values cannot be merged: ${merged.fault.message}`)
}

function named(
  source: { readonly namespace: string; readonly name: string },
  text: { name: string; text: string },
) {
  return { name: `${source.namespace}/${source.name}/${text.name}`, text: text.text }
}

/**
 * Values of a kustomization (sveltos.md 1.10): the written map and templated sources first, static sources override,
 * later references override earlier ones.
 */
export async function kustomizeValues(
  world: World,
  claimed: Claimed,
  own: Readonly<Record<string, string>>,
  from: { readonly valuesFrom: readonly ValueFrom[]; readonly path: readonly (string | number)[] },
): Promise<Readonly<Record<string, string>>> {
  const keys = Object.keys(own)
  const texts = await instantiateIn(
    world,
    claimed,
    'profile',
    keys.map((key) => ({ path: [...from.path.slice(0, -1), 'values', key], text: own[key] ?? '' })),
  )
  const templated: Record<string, string> = Object.fromEntries(
    keys.map((key, index) => [key, texts[index] ?? '']),
  )
  const fixed: Record<string, string> = {}
  for (const source of await findContents(world, claimed, from.valuesFrom, from.path)) {
    if (source.instantiate !== 'template') {
      for (const { name, text } of source.texts) fixed[name] = text
      continue
    }
    const templates = source.texts.map(({ text }) => ({ path: from.path, text }))
    const results = await instantiateIn(world, claimed, 'profile', templates)
    source.texts.forEach(({ name }, index) => (templated[name] = results[index] ?? ''))
  }
  return { ...templated, ...fixed }
}
