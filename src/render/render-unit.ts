import { createHmac } from 'node:crypto'
import type { ChartInfo, Engine, EngineObject, Entropy, FileTree, Outcome } from '../engine/types.ts'
import type { UnitInputs } from './inputs-digest.ts'
import { policyTexts, type EvaluateLua } from './policy-texts.ts'

export interface Engines {
  readonly engine: Engine
  readonly evaluateLua: EvaluateLua
  /** `FLEETWRIGHT_KEY`; without it a render that draws randomness is refused (decision 5). */
  readonly key?: Uint8Array
  /** The present for renders that ask for it, ISO 8601 UTC, when no earlier compile has answered already. */
  readonly now: string
}

/** The objects of one unit, from the engine. */
export interface UnitObjects {
  readonly objects: readonly EngineObject[]
  readonly chart?: ChartInfo
  /** ISO 8601 UTC that was given as the present. */
  readonly present: string
}

/** Loads a chart, or says what an earlier load said. */
interface ChartLoading {
  readonly loadChart: (chart: FileTree) => Promise<Outcome<ChartInfo>>
}

export interface RenderConditions {
  /** Digest of what is given: randomness and clock hang on it, so that they repeat whatever is looked up. */
  readonly digest: string
  /** ISO 8601 UTC; default: now. */
  readonly present?: string | undefined
  /** Objects that `lookup` finds, exact JSON texts. */
  readonly lookup: readonly string[]
}

/** Renders one unit. Equal units under equal conditions give equal objects. */
export async function renderUnit(
  engines: Engines & ChartLoading,
  given: UnitInputs,
  { digest, present = engines.now, lookup }: RenderConditions,
): Promise<Outcome<UnitObjects>> {
  const entropy: Entropy = {
    clockMs: Date.parse(present),
    ...(engines.key && { seed: createHmac('sha256', engines.key).update(digest).digest() }),
  }
  const { unit, cluster, tree } = given
  switch (unit.kind) {
    case 'helm':
      return renderHelm(engines, given, { entropy, present, lookup })
    case 'kustomize': {
      const outcome = await engines.engine.buildKustomization(
        {
          tree: tree ?? emptyTree,
          path: unit.path,
          components: unit.components,
          remotes: given.remotes,
          charts: given.charts,
          capabilities: { kubeVersion: cluster.kubeVersion, apiVersions: cluster.apiVersions },
          values: unit.values,
          finish: unit.finish,
        },
        entropy,
      )
      return withPresent(outcome, present)
    }
    case 'policy': {
      const texts = await policyTexts(unit, tree, { ...engines, entropy })
      if (!texts.ok) return texts
      const outcome = await engines.engine.readObjects({ texts: texts.value, finish: unit.finish })
      if (!outcome.ok) return outcome
      const { impure = outcome.impure, blocked } = texts
      return withPresent({ ...outcome, ...(impure && { impure }), ...(blocked && { blocked }) }, present)
    }
    case 'unresolved':
      return { ok: true, value: { objects: [], present } }
  }
}

const emptyTree = { digest: '', files: new Map<string, Uint8Array>() }

async function renderHelm(
  { engine, loadChart }: Engines & ChartLoading,
  { unit, cluster, tree = emptyTree }: UnitInputs,
  { entropy, present, lookup }: { entropy: Entropy; present: string; lookup: readonly string[] },
): Promise<Outcome<UnitObjects>> {
  if (unit.kind !== 'helm') return { ok: true, value: { objects: [], present } }
  const chart = await loadChart(tree)
  if (!chart.ok) return chart
  const outcome = await engine.renderChart(
    {
      chart: tree,
      release: unit.release,
      values: unit.values,
      capabilities: { kubeVersion: cluster.kubeVersion, apiVersions: cluster.apiVersions },
      lookup,
      includeCrds: unit.includeCrds,
      skipSchemaValidation: unit.skipSchemaValidation,
      disableHooks: unit.disableHooks,
      finish: unit.finish,
    },
    entropy,
  )
  const rendered = withPresent(outcome, present)
  return rendered.ok ? { ...rendered, value: { ...rendered.value, chart: chart.value } } : rendered
}

function withPresent(outcome: Outcome<readonly EngineObject[]>, present: string): Outcome<UnitObjects> {
  return outcome.ok ? { ...outcome, value: { objects: outcome.value, present } } : outcome
}
