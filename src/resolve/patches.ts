import type { Patch } from '../engine/types.ts'
import type { ProfileSpec } from '../intent/types.ts'
import { findContents } from './content.ts'
import { badPatch } from './diagnostics.ts'
import { instantiateIn, placeOf, Unresolvable, type Claimed, type World } from './world.ts'

/** Patches of a profile on a cluster in the order of sveltos.md 1.11: its own, then templated sources, then static ones. */
export async function patchesOf(world: World, claimed: Claimed): Promise<readonly Patch[]> {
  const { spec } = claimed.claim.profile
  const own = await instantiateIn(
    world,
    claimed,
    'profile',
    spec.patches.map(({ patch }, index) => ({ path: ['spec', 'patches', index, 'patch'], text: patch })),
  )
  const written = spec.patches.map(({ target }, index) => ({
    patch: own[index] ?? '',
    ...(target && { target }),
  }))
  return [...written, ...(await patchesFrom(world, claimed, spec))]
}

async function patchesFrom(world: World, claimed: Claimed, spec: ProfileSpec): Promise<readonly Patch[]> {
  const path = ['spec', 'patchesFrom']
  const sources = await findContents(world, claimed, spec.patchesFrom, path)
  const ordered = [
    ...sources.filter(({ instantiate }) => instantiate === 'template'),
    ...sources.filter(({ instantiate }) => instantiate !== 'template'),
  ]
  const patches: Patch[] = []
  for (const source of ordered) {
    const templates = source.texts.map(({ text }) => ({ path, text }))
    const texts =
      source.instantiate === 'template'
        ? await instantiateIn(world, claimed, 'profile', templates)
        : templates.map(({ text }) => text)
    for (const documents of await world.engine.parseYaml(texts)) {
      // Only the first document of a data value is used (sveltos.md 1.11).
      const patch = documents[0]?.value as Patch | undefined
      if (typeof patch?.patch !== 'string') {
        world.report(badPatch(placeOf(claimed, path), `${source.kind} ${source.namespace}/${source.name}`))
        throw new Unresolvable(`${source.kind} ${source.namespace}/${source.name} holds no patch`)
      }
      patches.push(patch)
    }
  }
  return patches
}
