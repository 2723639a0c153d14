import type { Plan } from '../resolve/types.ts'
import { prepareCluster, renderCluster, type ClusterWork } from './render-cluster.ts'
import { createDigester } from './inputs-digest.ts'
import type { RenderOptions, RenderSource } from './render-options.ts'
import { createSharedRender } from './shared-render.ts'
import { createSourceFiles } from './source-files.ts'
import type { KnownUnits, Rendered } from './types.ts'

export type { EvaluateLua } from './policy-texts.ts'
export type { RenderOptions, RenderSource } from './render-options.ts'
export { identityKey } from './object-owners.ts'

/** For a tree that is rendered whole. */
export const nothingKnown: KnownUnits = {
  clusters: new Map(),
  presents: new Map(),
  impure: new Map(),
  owners: new Map(),
  load: () => Promise.resolve(new Map()),
}

/**
 * Plan + fetched sources → every object of every cluster, with its owner settled. Pure: equal inputs are rendered once
 * and give equal texts; what the rendered branch has already is not rendered again. Reports every fault; a unit that
 * cannot be rendered is held, and the others of its cluster go on.
 */
export async function render(
  plan: Plan,
  sources: ReadonlyMap<string, RenderSource>,
  options: RenderOptions,
): Promise<Rendered> {
  const total = plan.clusters.reduce((sum, { units }) => sum + units.length, 0)
  let done = 0
  const work: ClusterWork = {
    ...options,
    sources,
    digest: createDigester(),
    files: createSourceFiles(),
    shared: createSharedRender(options, options.known.presents),
    onUnit: () => options.onProgress?.(++done, total),
  }
  const prepared = plan.clusters.map((cluster) => prepareCluster(cluster, work))
  // Read at once: each reading may be a process.
  const records = await options.known.load(prepared.flatMap(({ id, isKnown }) => (isKnown ? [] : [id])))
  return Promise.all(prepared.map((cluster) => renderCluster(cluster, records, work)))
}
