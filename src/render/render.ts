import { builtInScopes, knownMinors, minorOf } from '../kubernetes/api-versions.ts'
import { mergeNeeds } from '../observe/observe.ts'
import type { Facts } from '../observe/types.ts'
import type { Plan } from '../resolve/types.ts'
import type { ClusterWork } from './cluster-work.ts'
import { createDigester } from './inputs-digest.ts'
import { prepareCluster } from './prepare-cluster.ts'
import { renderCluster } from './render-cluster.ts'
import type { RenderOptions, RenderSource } from './render-options.ts'
import { createSharedRender } from './shared-render.ts'
import { createSourceFiles } from './source-files.ts'
import type { KnownUnits, Rendered } from './types.ts'
import { needsOf } from './unit-needs.ts'

export type { EvaluateLua } from './policy-texts.ts'
export type { RenderOptions, RenderSource } from './render-options.ts'
export { identityKey } from './object-owners.ts'

/** What a compile asks for beside its plan. */
export interface RenderInputs {
  readonly plan: Plan
  /** By key of the plan's references; what could not be had is absent. */
  readonly sources: ReadonlyMap<string, RenderSource>
  /** What `lookup` finds. */
  readonly facts: Facts
}

/** For a tree that is rendered whole. */
export const nothingKnown: KnownUnits = {
  clusters: new Map(),
  presents: new Map(),
  units: new Map(),
  load: () => Promise.resolve(new Map()),
}

/**
 * Plan + fetched sources + facts → every object of every cluster, with its owner settled, and what its charts want to
 * know of the cluster. Pure: equal inputs are rendered once and give equal texts; what the rendered branch has already is
 * not rendered again. Reports every fault; a unit that cannot be rendered, or that looks up what the facts do not say, is
 * held, and the others of its cluster go on.
 */
export async function render(
  { plan, sources, facts }: RenderInputs,
  options: RenderOptions,
): Promise<Rendered> {
  const total = plan.clusters.reduce((sum, { units }) => sum + units.length, 0)
  let done = 0
  const work: ClusterWork = {
    ...options,
    facts,
    sources,
    digest: createDigester(),
    files: createSourceFiles(),
    shared: createSharedRender(options, options.known.presents),
    builtIn: createBuiltInKinds(),
    onUnit: () => options.onProgress?.(++done, total),
  }
  const prepared = plan.clusters.map((cluster) => prepareCluster(cluster, work))
  // Read at once: each reading may be a process.
  const records = await options.known.load(prepared.flatMap(({ id, isKnown }) => (isKnown ? [] : [id])))
  const settled = await Promise.all(
    prepared.map(async (one) => ({ prepared: one, ...(await renderCluster(one, records, work)) })),
  )
  const needs = settled.flatMap(({ prepared: { id, answers }, questions }) =>
    questions.flatMap((one) => needsOf(id, one, { answers, facts: facts.clusters.get(id) })),
  )
  return { clusters: settled.map(({ cluster }) => cluster), needs: mergeNeeds(needs) }
}

/** By minor, worked out once: clusters of one version share a table of hundreds of rows. */
function createBuiltInKinds(): ClusterWork['builtIn'] {
  const tables = new Map<number, ReturnType<ClusterWork['builtIn']>>()
  return (kubeVersion) => {
    const minor = minorOf(kubeVersion) ?? Math.max(...knownMinors())
    const table = tables.get(minor) ?? builtInScopes(minor)
    tables.set(minor, table)
    return table
  }
}
