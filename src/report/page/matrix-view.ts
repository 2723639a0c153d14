import type { Danger, UnitChange, UnitFold } from '../../compare/types.ts'
import type { Review, ReviewedCluster } from '../types.ts'
import type { ClusterSets } from './cluster-sets.ts'
import { markOf, type ChangeMark } from './marks.ts'
import { nameOfFirst, type NameUnit } from './unit-names.ts'

/** Clusters by add-ons after the change, with what changes. */
export interface MatrixView {
  readonly columns: readonly ColumnView[]
  /** Clusters whose cells are all equal share a row; rows with changes first. */
  readonly rows: readonly MatrixRow[]
}

export interface ColumnView {
  readonly unit: string
  /** `helm` and `monitoring-grafana`. */
  readonly kind: string
  readonly name: string
  /** Clusters in which it changes. */
  readonly changed: number
}

export interface MatrixRow {
  /** Number of the group of clusters. */
  readonly number: number
  readonly count: number
  readonly first: string
  /** Empty where the row is of one cluster. */
  readonly last: string
  /** Of Kubernetes: `v1.34.2`, `3 versions`. */
  readonly version: string
  readonly isGone: boolean
  readonly isChanged: boolean
  readonly cells: readonly MatrixCell[]
}

export interface MatrixCell {
  /** Absent where nothing changes. */
  readonly mark: ChangeMark | undefined
  /** A version, or that it is there; empty where it is not. Of what is lost, the version that it had. */
  readonly version: string
  /** The version before, where it is another. */
  readonly former: string
  /** Fragment of the change. */
  readonly fold: string
  readonly danger: Danger['severity'] | undefined
  /** Index of the owner among `owners`; empty where nobody owns it. */
  readonly owner: string
}

export interface MatrixContext {
  readonly sets: ClusterSets
  readonly dangers: readonly Danger[]
  readonly nameUnit: NameUnit
}

export interface Matrix extends MatrixView {
  /** Profiles that own something. */
  readonly owners: readonly string[]
}

/** Says that an add-on without a version is there. */
const present = '✓'

export function viewMatrix(review: Review, context: MatrixContext): Matrix {
  const { fleet, comparison } = review
  const { nameUnit } = context
  const changes = changesByCluster(comparison.changes, nameUnit)
  const clusters = withUnknown(fleet, changes)
  const there = new Map(
    clusters.map(({ id, units }) => [id, new Map(units.map((unit) => [nameUnit(id, unit.unit), unit]))]),
  )
  const columns = [...new Set([...there.values(), ...changes.values()].flatMap((units) => [...units.keys()]))]
  columns.sort()
  const owners = new Map<string, number>()
  const toCell = createCells(review, { ...context, owners })
  const rows = new Map<string, { readonly cells: readonly MatrixCell[]; readonly of: ReviewedCluster[] }>()
  for (const cluster of clusters) {
    const own = { there: there.get(cluster.id), changes: changes.get(cluster.id) }
    const cells = columns.map((unit) =>
      toCell(`${cluster.id} ${unit}`, own.there?.get(unit), own.changes?.get(unit)),
    )
    const key = JSON.stringify([cluster.gone ?? false, cells])
    const row = rows.get(key)
    if (row) row.of.push(cluster)
    else rows.set(key, { cells, of: [cluster] })
  }
  const views = [...rows.values()].map((row) => toRow(row.of, row.cells, context.sets))
  return {
    columns: columns.map((unit) => toColumn(unit, changes)),
    rows: [...views.filter((row) => row.isChanged), ...views.filter((row) => !row.isChanged)],
    owners: [...owners.keys()],
  }
}

/** By cluster and the name of the unit. */
type ChangesByCluster = ReadonlyMap<string, ReadonlyMap<string, UnitChange>>

function changesByCluster(changes: readonly UnitChange[], nameUnit: NameUnit): ChangesByCluster {
  const grouped = Map.groupBy(changes, ({ cluster }) => cluster)
  return new Map(
    [...grouped].map(([cluster, own]) => [
      cluster,
      new Map(own.map((change) => [nameUnit(cluster, change.unit), change])),
    ]),
  )
}

/** A cluster that changes is shown whatever the fleet says. */
function withUnknown(
  fleet: readonly ReviewedCluster[],
  changes: ChangesByCluster,
): readonly ReviewedCluster[] {
  const known = new Set(fleet.map(({ id }) => id))
  const unknown = [...changes.keys()].filter((id) => !known.has(id))
  return [...fleet, ...unknown.map((id) => ({ id, labels: {}, units: [] }))]
}

interface CellContext extends MatrixContext {
  /** Filled on the way. */
  readonly owners: Map<string, number>
}

type ToCell = (
  key: string,
  unit: ReviewedCluster['units'][number] | undefined,
  change: UnitChange | undefined,
) => MatrixCell

function createCells({ comparison }: Review, { dangers, nameUnit, owners }: CellContext): ToCell {
  const folds = indexFolds(comparison.folds, nameUnit)
  const worst = indexDangers(dangers, nameUnit)
  const ownerOf = (profile: string): string => {
    if (profile === '') return ''
    const owner = owners.get(profile) ?? owners.size
    owners.set(profile, owner)
    return String(owner)
  }
  return (key, unit, change) => ({
    mark: change && markOf(change),
    ...(change ? versionsOf(change) : { version: unit ? (unit.version ?? present) : '', former: '' }),
    fold: folds.get(key) ?? '',
    danger: change && worst.get(key),
    owner: ownerOf((change ? (change.after ?? change.before) : unit)?.profile ?? ''),
  })
}

/** Fragments by cluster and unit. */
function indexFolds(folds: readonly UnitFold[], nameUnit: NameUnit): ReadonlyMap<string, string> {
  return new Map(
    folds.flatMap((fold, index) => {
      const unit = nameOfFirst(fold, nameUnit)
      return fold.clusters.map((cluster) => [`${cluster} ${unit}`, `f${index}`] as const)
    }),
  )
}

/** The worst of each cluster and unit. */
function indexDangers(
  dangers: readonly Danger[],
  nameUnit: NameUnit,
): ReadonlyMap<string, Danger['severity']> {
  const worst = new Map<string, Danger['severity']>()
  for (const danger of dangers) {
    const name = nameOfFirst(danger, nameUnit)
    const { clusters, severity } = danger
    for (const cluster of name === '' ? [] : clusters)
      if (worst.get(`${cluster} ${name}`) !== 'high') worst.set(`${cluster} ${name}`, severity)
  }
  return worst
}

function versionsOf({ before, after }: UnitChange): Pick<MatrixCell, 'version' | 'former'> {
  const [former, version] = [before, after].map((side) => side && (side.chart?.version ?? present))
  const isOther = former !== undefined && version !== undefined && former !== version
  return { version: version ?? former ?? present, former: isOther ? former : '' }
}

function toColumn(unit: string, changes: ChangesByCluster): ColumnView {
  const [, kind = '', name = unit] = /^(helm|kustomize|policy)-(.+)$/.exec(unit) ?? []
  return { unit, kind, name, changed: [...changes.values()].filter((own) => own.has(unit)).length }
}

function toRow(
  clusters: readonly ReviewedCluster[],
  cells: readonly MatrixCell[],
  sets: ClusterSets,
): MatrixRow {
  const ids = clusters.map(({ id }) => id)
  const versions = [...new Set(clusters.flatMap(({ version }) => version ?? []))]
  return {
    number: sets.numberOf(ids),
    count: ids.length,
    first: ids[0] ?? '',
    last: ids.length > 1 ? (ids.at(-1) ?? '') : '',
    version: versions.length > 1 ? `${versions.length} versions` : (versions[0] ?? ''),
    isGone: clusters.some(({ gone }) => gone),
    isChanged: cells.some(({ mark }) => mark),
    cells,
  }
}
