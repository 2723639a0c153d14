import type { Review } from '../../types.ts'
import { clusterList, clusterLists, type ClusterList } from '../cluster-list.ts'
import { countOf } from '../counts.ts'
import { fleetText, maybeText, type FleetText } from '../fleet-text.ts'
import type { PlacementRow } from '../placement.ts'

export interface PlacementModel {
  readonly rows: readonly {
    readonly unit: FleetText
    readonly change: PlacementRow['change']
    readonly before: FleetText | undefined
    readonly after: FleetText | undefined
    readonly clusters: ClusterList
  }[]
  /** What is left out, in words. */
  readonly more: string | undefined
}

export interface PlacementLevel {
  readonly mostRows: number
  /** Bytes for names of clusters. */
  readonly namesRoom: number
}

export function placementModel(
  rows: readonly PlacementRow[],
  review: Review,
  { mostRows, namesRoom }: PlacementLevel,
): PlacementModel | undefined {
  if (rows.length === 0) return undefined
  const shown = rows.length <= mostRows + 1 ? rows : rows.slice(0, mostRows)
  const lists = clusterLists(
    shown.map(({ unit, clusters }) => ({ label: unit, clusters })),
    review,
    namesRoom,
  )
  return {
    rows: shown.map((row, index) => ({
      unit: fleetText(row.unit),
      change: row.change,
      before: maybeText(describeSide(row, row.before)),
      after: maybeText(describeSide(row, row.after)),
      clusters: lists[index] ?? clusterList(row.clusters, review),
    })),
    more: describeRest(rows.slice(shown.length)),
  }
}

function describeSide({ change }: PlacementRow, side: PlacementRow['before']): string | undefined {
  if (side === undefined) return undefined
  const what = side.chart ? `${side.chart.name} ${side.chart.version}` : side.kind
  return change === 'moved' ? `${what}, ${side.profile}` : what
}

/** `And 30 more rows: 12 lost, 18 changed.` */
function describeRest(rows: readonly PlacementRow[]): string | undefined {
  if (rows.length === 0) return undefined
  const kinds = Map.groupBy(rows, ({ change }) => change)
  const parts = [...kinds].map(([change, group]) => {
    const clusters = new Set(group.flatMap((row) => row.clusters)).size
    return `${countOf(new Set(group.map(({ unit }) => unit)).size, 'add-on')} ${change} on ${countOf(clusters, 'cluster')}`
  })
  return `And ${countOf(rows.length, 'more row')}: ${parts.join('; ')}.`
}
