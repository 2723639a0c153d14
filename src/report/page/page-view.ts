import type { Totals } from '../../compare/types.ts'
import { countOf, formatNumber } from '../review/counts.ts'
import { listDangers, type ListedDanger } from '../review/danger-list.ts'
import { describeSchemas } from '../review/describe-schemas.ts'
import { reviewVerdict, type VerdictKind } from '../review/verdict.ts'
import type { Review, ReviewedCommit } from '../types.ts'
import { describeFacts, viewBrake, viewFaults, viewHeld } from './about-view.ts'
import type { BrakeView, FaultView, HeldView } from './about-view.ts'
import { createNameMarker } from './cluster-name.ts'
import { createClusterSets, type ClusterSets } from './cluster-sets.ts'
import { assignDangers, viewDanger, type DangerView } from './danger-view.ts'
import { viewFold, type FoldView } from './fold-view.ts'
import { viewMatrix, type MatrixView } from './matrix-view.ts'
import { toProse, type Prose } from './prose.ts'
import { createUnitNames } from './unit-names.ts'
import { viewUpgrade, type UpgradeView } from './upgrade-view.ts'

/** Everything that the page says, in the words in which it says it. Templates put markup around it and nothing else. */
export interface PageView {
  readonly title: string
  /** About the page itself; empty where there is nothing to say. */
  readonly notice: string
  /** What the report is about, by its baseline. */
  readonly heading: string
  readonly base: string
  readonly head: string
  readonly verdict: { readonly kind: VerdictKind; readonly sentence: Prose }
  readonly totals: readonly TotalView[]
  readonly matrix: MatrixView
  readonly brake: BrakeView | undefined
  readonly dangers: readonly DangerView[]
  /** Rules among them, for the filter. */
  readonly rules: readonly string[]
  readonly folds: readonly FoldView[]
  readonly routineFolds: readonly FoldView[]
  /** There is little to read, and nothing has to be unfolded for it. */
  readonly isShort: boolean
  readonly upgrades: readonly UpgradeView[]
  readonly faults: readonly FaultView[]
  readonly standing: string
  readonly held: readonly HeldView[]
  readonly facts: readonly string[]
  /** How many objects were checked against schemas; empty where there was nothing to check. */
  readonly schemas: string
  readonly versions: Review['versions']
  readonly reproduce: string
  /** Groups of clusters that the page refers to by their count. */
  readonly groups: readonly { readonly number: number; readonly count: string; readonly names: string }[]
  readonly data: PageData
}

interface TotalView {
  readonly label: string
  readonly value: string
  readonly note: string
}

/** What the scripts of the page know beside its markup. */
export interface PageData {
  readonly clusters: readonly {
    readonly id: string
    readonly version: string
    readonly labels: Review['fleet'][number]['labels']
  }[]
  /** Indices of the clusters of each group: `0-36,40`. */
  readonly groups: readonly string[]
  /** Group of each row of the matrix. */
  readonly rows: readonly number[]
  readonly owners: readonly string[]
}

const headings = {
  pr: 'What this change does to the fleet',
  rendered: 'What the next compile would write',
  'what-if': 'What this supposition would change',
  pending: 'What delivery has yet to do',
  drift: 'What differs from what was delivered',
}

/** So few changes are shown unfolded. */
const mostUnfolded = 6

export function viewPage(review: Review, title: string): PageView {
  const sets = createClusterSets(review.fleet.map(({ id }) => id))
  const listed = listDangers(review)
  const dangers = listed.filter(({ later }) => !later).map(({ danger }) => danger)
  const markName = createNameMarker()
  const nameUnit = createUnitNames(review, markName)
  const names = { sets, nameUnit, markName }
  const found = assignDangers(dangers, review.comparison.folds, nameUnit)
  const folds = review.comparison.folds.map((fold, index) =>
    viewFold(fold, index, { ...names, dangers: found, prefix: '' }),
  )
  const { owners, ...matrix } = viewMatrix(review, { sets, nameUnit, dangers })
  const { kind, sentence } = reviewVerdict(review)
  const view = {
    title,
    notice: '',
    heading: headings[review.baseline],
    base: describeCommit(review.base),
    head: describeCommit(review.head),
    verdict: { kind, sentence: toProse(sentence) },
    totals: describeTotals(review.comparison.totals, listed),
    matrix,
    brake: review.brake && viewBrake(review.brake),
    dangers: listed.map((danger) => viewDanger(danger, { sets, nameUnit, found })),
    rules: [...new Set(listed.map(({ danger }) => danger.rule))].sort(),
    folds: folds.filter(({ mark }) => mark.kind !== 'routine'),
    routineFolds: folds.filter(({ mark }) => mark.kind === 'routine'),
    isShort: folds.reduce((sum, { objects }) => sum + objects.length, 0) <= mostUnfolded,
    upgrades: review.upgrades.map((upgrade, index) => viewUpgrade(upgrade, index, names)),
    faults: viewFaults(review, sets),
    standing: describeStanding(review),
    held: viewHeld(review, sets),
    facts: describeFacts(review),
    schemas: describeSchemas(review.comparison.schemas),
    versions: review.versions,
    reproduce: review.reproduce,
  }
  // Last: by now every group has been asked for.
  return { ...view, groups: describeGroups(sets), data: toData(review, { sets, matrix, owners }) }
}

function describeCommit({ name, commit }: ReviewedCommit): string {
  return commit === undefined ? name : `${name} ${commit.slice(0, 12)}`
}

function describeTotals(
  { clusters, units, objects }: Totals,
  dangers: readonly ListedDanger[],
): readonly TotalView[] {
  const high = dangers.filter(({ danger }) => danger.severity === 'high').length
  const routine = (count: number): readonly [string, number] => ['routine', count]
  return [
    {
      label: 'Clusters that change',
      value: formatNumber(clusters.changed),
      note: `of ${formatNumber(clusters.all)}`,
    },
    {
      label: 'Add-ons',
      value: formatNumber(units.gained + units.lost + units.changed + units.moved),
      note: describeParts([
        ['gained', units.gained],
        ['lost', units.lost],
        ['moved', units.moved],
        ['changed', units.changed - units.routine],
        routine(units.routine),
      ]),
    },
    {
      label: 'Objects',
      value: formatNumber(
        objects.added + objects.removed + objects.changed + objects.renamed + objects.moved,
      ),
      note: describeParts([
        ['added', objects.added],
        ['removed', objects.removed],
        ['renamed', objects.renamed],
        ['moved', objects.moved],
        ['changed', objects.changed - objects.routine],
        routine(objects.routine),
      ]),
    },
    {
      label: 'Dangers',
      value: formatNumber(dangers.length),
      note: high === 0 ? '' : `${formatNumber(high)} high`,
    },
  ]
}

function describeParts(parts: readonly (readonly [string, number])[]): string {
  const [only, ...others] = parts.filter(([, count]) => count > 0)
  if (only && others.length === 0) return only[0]
  return [...(only ? [only] : []), ...others]
    .map(([word, count]) => `${formatNumber(count)} ${word}`)
    .join(', ')
}

function describeStanding({ diagnostics: { standing, resolved } }: Review): string {
  const parts = [
    ...(standing > 0
      ? [`${countOf(standing, 'diagnostic')} of the base still ${standing === 1 ? 'stands' : 'stand'}`]
      : []),
    ...(resolved > 0
      ? [`${formatNumber(resolved)} of the base ${resolved === 1 ? 'is' : 'are'} resolved`]
      : []),
  ]
  return parts.length === 0 ? '' : `${parts.join('; ')}.`
}

function describeGroups(sets: ClusterSets): PageView['groups'] {
  return sets.listed().map(({ number, names }) => ({
    number,
    count: countOf(names.length, 'cluster'),
    names: names.join(', '),
  }))
}

interface DataParts {
  readonly sets: ClusterSets
  readonly matrix: MatrixView
  readonly owners: readonly string[]
}

function toData(review: Review, { sets, matrix, owners }: DataParts): PageData {
  const fleet = new Map(review.fleet.map((cluster) => [cluster.id, cluster]))
  return {
    clusters: sets.clusters().map((id) => ({
      id,
      version: fleet.get(id)?.version ?? '',
      labels: fleet.get(id)?.labels ?? {},
    })),
    groups: sets.ranges(),
    rows: matrix.rows.map(({ number }) => number),
    owners,
  }
}
