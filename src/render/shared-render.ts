import type { ChartInfo, FileTree, Outcome } from '../engine/types.ts'
import type { ProvidedKind } from './types.ts'
import { sha256, type UnitInputs } from './inputs-digest.ts'
import { renderUnit, type Engines, type UnitObjects } from './render-unit.ts'

/** One render. Equal ones are done once. */
export interface RenderRequest {
  readonly given: UnitInputs
  /** The digest of `given` before `scopedBy` came to it. */
  readonly digest: string
  /** Kinds of other units' definitions that are among the scopes. */
  readonly scopedBy: readonly ProvidedKind[]
  /** Objects that `lookup` finds, exact JSON texts. */
  readonly lookup: readonly string[]
}

/** However many clusters share inputs, they are rendered once (design 10). */
export type SharedRender = (request: RenderRequest) => Promise<Outcome<UnitObjects>>

/** `presents`: what impure renders of earlier compiles were given as the present, by the digest of what they were given. */
export function createSharedRender(engines: Engines, presents: ReadonlyMap<string, string>): SharedRender {
  const renders = new Map<string, Promise<Outcome<UnitObjects>>>()
  const charts = new Map<string, Promise<Outcome<ChartInfo>>>()
  const loadChart = (chart: FileTree): Promise<Outcome<ChartInfo>> => {
    const found = charts.get(chart.digest) ?? engines.engine.loadChart(chart)
    charts.set(chart.digest, found)
    return found
  }
  return (request) => {
    const key = keyOf(request)
    const found =
      renders.get(key) ??
      renderUnit({ ...engines, loadChart }, request.given, {
        ...{ digest: request.digest, lookup: request.lookup },
        ...{ present: presents.get(request.digest) },
      })
    renders.set(key, found)
    return found
  }
}

function keyOf({ digest, scopedBy, lookup }: RenderRequest): string {
  if (scopedBy.length === 0 && lookup.length === 0) return digest
  return sha256(JSON.stringify([digest, scopedBy, lookup]))
}
