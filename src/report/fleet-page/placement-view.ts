import { formatNumber } from '../review/counts.ts'
import { viewFacts, type FactsView } from './facts-view.ts'
import { toFleetAddress, type FleetQuery } from './fleet-query.ts'
import { unitMatcher } from './select-clusters.ts'
import type { FleetCluster, FleetState, FleetUnit } from './types.ts'

/** Clusters × add-ons, as much of it as one page holds. */
export interface PlacementView {
  /** `Clusters 51 to 100 of 5,000`. */
  readonly shown: string
  /** What is not among the columns; empty where all are. */
  readonly leftOut: string
  readonly columns: readonly { readonly title: string; readonly unit: string }[]
  readonly rows: readonly PlacementRow[]
  /** Addresses; empty where there is no such page. */
  readonly previous: string
  readonly next: string
}

interface PlacementRow {
  readonly id: string
  readonly labels: string
  readonly version: string
  readonly notes: readonly string[]
  readonly facts: FactsView
  readonly cells: readonly { readonly text: string; readonly note: string; readonly isHeld: boolean }[]
}

/** So many rows and columns, whatever the fleet: a page stays small, and a browser quick. */
const mostRows = 50
const mostColumns = 30
const mostLabels = 8

export interface PlacementOptions {
  readonly query: FleetQuery
  readonly now: number
  /** Of the page: `/fleet/acme/fleet`. */
  readonly path: string
}

/** `selected` are clusters of the state, in the order of their rows. */
export function viewPlacement(
  state: FleetState,
  selected: readonly FleetCluster[],
  { query, now, path }: PlacementOptions,
): PlacementView {
  const pages = Math.max(1, Math.ceil(selected.length / mostRows))
  const page = Math.min(query.page, pages)
  const first = (page - 1) * mostRows
  const rows = selected.slice(first, first + mostRows)
  const { columns, leftOut } = chooseColumns(selected, query)
  const to = (other: number): string =>
    other < 1 || other > pages ? '' : toFleetAddress(path, { ...query, page: other })
  return {
    shown: describeRows(selected.length, first, rows.length),
    leftOut,
    columns,
    rows: rows.map((cluster) => viewRow(cluster, columns, { maxAgeMs: state.maxAgeMs, now })),
    previous: to(page - 1),
    next: to(page + 1),
  }
}

function describeRows(all: number, first: number, count: number): string {
  if (all === 0) return 'No cluster'
  if (count === all) return all === 1 ? '1 cluster' : `All ${formatNumber(all)} clusters`
  return `Clusters ${formatNumber(first + 1)} to ${formatNumber(first + count)} of ${formatNumber(all)}`
}

/** The columns of all pages are the same: those that most of the selected clusters have, by name. */
function chooseColumns(
  clusters: readonly FleetCluster[],
  { addOn }: FleetQuery,
): Pick<PlacementView, 'columns' | 'leftOut'> {
  const isWanted = unitMatcher(addOn)
  const found = new Map<string, { count: number; chart: string }>()
  for (const { units } of clusters) {
    for (const unit of units) {
      const known = found.get(unit.name)
      if (known) known.count += 1
      else if (isWanted(unit)) found.set(unit.name, { count: 1, chart: unit.chart ?? '' })
    }
  }
  const byUse = [...found].sort(
    ([name, { count }], [other, { count: otherCount }]) => otherCount - count || (name < other ? -1 : 1),
  )
  const columns = byUse
    .slice(0, mostColumns)
    .map(([unit, { chart }]) => ({ unit, title: chart === '' ? unit : chart }))
    .sort((a, b) => (a.unit < b.unit ? -1 : 1))
  const more = byUse.length - columns.length
  return {
    columns,
    leftOut:
      more === 0
        ? ''
        : `${formatNumber(more)} more add-ons have no column here: the filter for add-ons shows them.`,
  }
}

function viewRow(
  cluster: FleetCluster,
  columns: PlacementView['columns'],
  limits: { readonly maxAgeMs: number; readonly now: number },
): PlacementRow {
  const { id, version, wantedVersion, isPaused, hold, labels } = cluster
  const units = new Map(cluster.units.map((unit) => [unit.name, unit]))
  const shown = labels.slice(0, mostLabels).map(([key, value]) => `${key}=${value}`)
  return {
    ...{ id, version },
    labels: [...shown, ...(labels.length > mostLabels ? ['…'] : [])].join(', '),
    notes: [
      ...(wantedVersion === undefined ? [] : [`${wantedVersion} is written`]),
      ...(isPaused ? ['paused'] : []),
      ...(hold === undefined ? [] : ['on hold']),
    ],
    facts: viewFacts(cluster, limits),
    cells: columns.map(({ unit }) => viewCell(units.get(unit))),
  }
}

function viewCell(unit: FleetUnit | undefined): PlacementRow['cells'][number] {
  if (unit === undefined) return { text: '', note: '', isHeld: false }
  const isHeld = unit.hold !== undefined
  return { text: unit.version ?? unit.kind, note: isHeld ? 'held' : unit.isDryRun ? 'dry run' : '', isHeld }
}
