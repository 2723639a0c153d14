import type { Report } from '../diagnostics/types.ts'
import type { Engine, FileTree } from '../engine/types.ts'
import type { Plan } from '../resolve/types.ts'
import { prepareCluster, renderCluster, type ClusterWork } from './render-cluster.ts'
import { createDigester } from './inputs-digest.ts'
import type { EvaluateLua } from './policy-texts.ts'
import { createSharedRender } from './shared-render.ts'
import { createSourceFiles } from './source-files.ts'
import type { KnownUnits, Rendered } from './types.ts'

export type { EvaluateLua } from './policy-texts.ts'
export { identityKey } from './object-owners.ts'

/** What a fetched source looks like from here: files, and trees for what its kustomizations name. */
export interface RenderSource {
  readonly tree: FileTree
  readonly remotes: ReadonlyMap<string, FileTree>
  readonly charts: ReadonlyMap<string, FileTree>
}

/** For a tree that is rendered whole. */
export const nothingKnown: KnownUnits = {
  clusters: new Map(),
  presents: new Map(),
  impure: new Map(),
  owners: new Map(),
  load: () => Promise.resolve(new Map()),
}

export interface RenderOptions {
  readonly engine: Engine
  readonly evaluateLua: EvaluateLua
  /** `FLEETWRIGHT_KEY`. */
  readonly key?: Uint8Array
  /** ISO 8601 UTC, the present for renders that ask for it for the first time (decision 5: the commit's time). */
  readonly now: string
  /** What the rendered branch has already. */
  readonly known: KnownUnits
  readonly report: Report
  /** Called after each unit. */
  readonly onProgress?: (done: number, total: number) => void
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
