import type { UnitFold, UnitSummary } from '../../compare/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Review } from '../types.ts'

/** What clusters gain, lose or change, without a look at objects: folds that say the same of an add-on are one. */
export interface PlacementRow {
  readonly unit: string
  /** As people call it: the chart's name, unless two add-ons of the review share it. */
  readonly name: string
  readonly change: UnitFold['change']
  readonly before?: UnitSummary
  readonly after?: UnitSummary
  /** Sorted. */
  readonly clusters: readonly string[]
}

const ranks: readonly UnitFold['change'][] = ['lost', 'gained', 'moved', 'changed']

/** Lost ones first, then gained, moved and changed ones, those with another version before the rest; by unit within. Pure. */
export function placementRows(folds: readonly UnitFold[]): readonly PlacementRow[] {
  const groups = new Map<string, UnitFold[]>()
  for (const fold of folds.filter((each) => !each.routine && !isOwnUnit(each))) {
    const key = JSON.stringify([fold.unit, fold.change, ...sideKey(fold.before), ...sideKey(fold.after)])
    const group = groups.get(key)
    if (group) group.push(fold)
    else groups.set(key, [fold])
  }
  const names = shortNames(folds)
  return [...groups]
    .flatMap(([key, [first, ...others]]) => (first === undefined ? [] : [{ key, first, others }]))
    .map(({ key, first, others }) => ({
      key,
      row: {
        unit: first.unit,
        name: names.get(first.unit) ?? first.unit,
        change: first.change,
        ...(first.before && { before: first.before }),
        ...(first.after && { after: first.after }),
        clusters: [...new Set([first, ...others].flatMap(({ clusters }) => clusters))].sort(),
      } satisfies PlacementRow,
    }))
    .sort(
      (a, b) =>
        rankOf(a.row) - rankOf(b.row) || compareText(a.row.unit, b.row.unit) || compareText(a.key, b.key),
    )
    .map(({ row }) => row)
}

/** It only makes namespaces for the others, and nobody asked for it. */
export function isOwnUnit({ before, after }: Pick<UnitFold, 'before' | 'after'>): boolean {
  return (after ?? before)?.kind === 'namespaces'
}

function sideKey(summary: UnitSummary | undefined): readonly unknown[] {
  return summary === undefined ? [null] : [summary.chart?.name, summary.chart?.version, summary.profile]
}

function rankOf(row: PlacementRow): number {
  return ranks.indexOf(row.change) + (row.change === 'changed' && !isOtherVersion(row) ? 1 : 0)
}

export function isOtherVersion({ before, after }: Sides): boolean {
  return before?.chart?.name !== after?.chart?.name || before?.chart?.version !== after?.chart?.version
}

/** Names that people say, by unit. */
function shortNames(folds: readonly UnitFold[]): ReadonlyMap<string, string> {
  const units = new Map(folds.map((fold) => [fold.unit, (fold.after ?? fold.before)?.chart?.name]))
  const uses = new Map<string, number>()
  for (const name of units.values()) if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1)
  return new Map(
    [...units].map(([unit, name]) => [unit, name !== undefined && uses.get(name) === 1 ? name : unit]),
  )
}

/** Whether something may be said of all clusters that there are, without naming one. */
export function isAllClusters(clusters: readonly string[], { fleet }: Pick<Review, 'fleet'>): boolean {
  return fleet.length > 1 && clusters.length === fleet.length
}

interface Sides {
  readonly before?: UnitSummary | undefined
  readonly after?: UnitSummary | undefined
}

/** What an add-on goes through, for a sentence that names it already: `3.10.0 → 3.12.0`, `3.12.0` where it appears or goes. */
export function versionOfChange({
  change,
  before,
  after,
}: Sides & Pick<PlacementRow, 'change'>): string | undefined {
  if (change === 'gained') return after?.chart?.version
  if (change === 'lost') return before?.chart?.version
  return isOtherVersion({ before, after }) ? versionStep(before, after) : undefined
}

/** `8.0.0 → 8.1.0`; with the names where the chart itself is another. */
export function versionStep(before: Sides['before'], after: Sides['after']): string {
  const isSame = before?.chart?.name === after?.chart?.name
  const name = (side: Sides['before']): string =>
    side?.chart === undefined
      ? (side?.kind ?? '-')
      : isSame
        ? side.chart.version
        : `${side.chart.name} ${side.chart.version}`
  return `${name(before)} → ${name(after)}`
}
