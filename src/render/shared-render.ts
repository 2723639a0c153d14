import type { ChartInfo, FileTree, Outcome } from '../engine/types.ts'
import type { UnitInputs } from './inputs-digest.ts'
import { renderUnit, type Engines, type UnitObjects } from './render-unit.ts'

/** Renders by inputs digest: however many clusters share inputs, they are rendered once (design 10). */
export type SharedRender = (given: UnitInputs, inputs: string) => Promise<Outcome<UnitObjects>>

/** `presents`: what impure renders of earlier compiles were given as the present, by inputs digest. */
export function createSharedRender(engines: Engines, presents: ReadonlyMap<string, string>): SharedRender {
  const renders = new Map<string, Promise<Outcome<UnitObjects>>>()
  const charts = new Map<string, Promise<Outcome<ChartInfo>>>()
  const loadChart = (chart: FileTree): Promise<Outcome<ChartInfo>> => {
    const found = charts.get(chart.digest) ?? engines.engine.loadChart(chart)
    charts.set(chart.digest, found)
    return found
  }
  return (given, inputs) => {
    const found =
      renders.get(inputs) ??
      renderUnit({ ...engines, loadChart }, given, { inputs, present: presents.get(inputs) })
    renders.set(inputs, found)
    return found
  }
}
