import { waitingDeletions } from '../checks/approval-note.ts'
import type { Review } from '../types.ts'
import { countOf, listOf } from './counts.ts'
import { listDangers } from './danger-list.ts'
import { listFaults } from './fault-list.ts'
import { isAllClusters, isOtherVersion, placementRows, versionStep, type PlacementRow } from './placement.ts'

/** What a review comes to. Each includes what comes before it. */
export type VerdictKind = 'none' | 'routine' | 'changes' | 'dangers' | 'errors'

export interface Verdict {
  readonly kind: VerdictKind
  /** One sentence without a full stop; names in it are as the fleet has them. */
  readonly sentence: string
  /** Each danger once. */
  readonly dangers: number
  /** Each fault once, however many clusters have it. */
  readonly errors: number
  readonly warnings: number
}

const mostPhrases = 3

/**
 * What a change comes to, in one sentence: `2 clusters lose kyverno, 198 change grafana 8.0.0 → 8.1.0; 3 dangers`. Pure.
 */
export function reviewVerdict(review: Review): Verdict {
  const dangers = listDangers(review).length
  const faults = listFaults(review.diagnostics.added)
  const said = (severity: string): number =>
    faults.filter(({ diagnostic }) => diagnostic.severity === severity).length
  const [errors, warnings] = [said('error'), said('warning')]
  const isDangerous = dangers > 0 || review.brake !== undefined
  const kind = errors > 0 ? 'errors' : isDangerous ? 'dangers' : kindOfChanges(review)
  const parts = [
    describeChanges(review),
    ...(dangers > 0 ? [countOf(dangers, 'danger')] : []),
    ...(review.brake ? [waitingDeletions] : []),
    ...(errors > 0 ? [countOf(errors, 'new error')] : []),
    ...(warnings > 0 ? [countOf(warnings, 'new warning')] : []),
  ]
  return { kind, sentence: parts.join('; '), dangers, errors, warnings }
}

/** Whether there is anything to tell: what was so before does not count. */
export function isSilent({ comparison, upgrades, dangers, brake, diagnostics }: Review): boolean {
  const isQuiet = dangers.length === 0 && brake === undefined && diagnostics.added.length === 0
  return isQuiet && comparison.folds.length === 0 && comparison.dangers.length === 0 && upgrades.length === 0
}

function kindOfChanges({ comparison, upgrades }: Review): VerdictKind {
  if (upgrades.length > 0 || comparison.folds.some(({ routine }) => !routine)) return 'changes'
  return comparison.folds.length > 0 ? 'routine' : 'none'
}

function describeChanges(review: Review): string {
  const { comparison, fleet } = review
  const rows = placementRows(comparison.folds)
  const phrases = [
    ...upgradePhrases(review),
    ...goneClusters(review, rows),
    ...placementPhrases(review, rows),
  ]
  if (phrases.length === 0) {
    if (comparison.folds.length === 0)
      return fleet.length === 0 ? 'Nothing changes' : `Nothing changes on ${countOf(fleet.length, 'cluster')}`
    return describeQuiet(comparison)
  }
  const shown = phrases.length <= mostPhrases + 1 ? phrases : phrases.slice(0, mostPhrases)
  const rest = phrases.slice(shown.length).reduce((sum, { units }) => sum + units, 0)
  const texts = shown.map((phrase, index) => {
    // The noun stands once: `2 clusters lose a, 198 change b`.
    const isRepeated = shown.slice(0, index).some(({ who }) => who.endsWith('clusters'))
    const who = isRepeated ? phrase.who.replace(/^([\d,]+) clusters$/, '$1') : phrase.who
    return `${who} ${phrase.what}`
  })
  const list =
    rest > 0
      ? `${texts.join(', ')} and ${countOf(rest, 'more add-on')} ${rest === 1 ? 'differs' : 'differ'}`
      : texts.join(', ')
  return list.replace(/^all /, 'All ')
}

/** Changes that no add-on is named for. */
function describeQuiet({ folds }: Review['comparison']): string {
  const clusters = countOf(new Set(folds.flatMap((fold) => fold.clusters)).size, 'cluster')
  if (folds.some(({ routine }) => !routine)) return `Only namespaces change, on ${clusters}`
  return `Routine changes only: ${countOf(new Set(folds.map(({ unit }) => unit)).size, 'add-on')} on ${clusters}`
}

interface Phrase {
  readonly who: string
  readonly what: string
  readonly units: number
}

function upgradePhrases({ upgrades }: Review): readonly Phrase[] {
  const steps = Map.groupBy(upgrades, ({ from, to }) => `${from} → ${to}`)
  return [...steps].map(([step, group]) => ({
    who: subjectOf(group.map(({ cluster }) => cluster)),
    what: `${group.length === 1 ? 'is' : 'are'} upgraded ${step}`,
    units: 0,
  }))
}

/** Clusters that are in the base alone: that they lose everything goes without saying. */
function goneClusters({ fleet }: Review, rows: readonly PlacementRow[]): readonly Phrase[] {
  const gone = fleet.filter((cluster) => cluster.gone === true).map(({ id }) => id)
  if (gone.length === 0) return []
  const isGone = new Set(gone)
  const units = new Set(
    rows
      .filter(({ change, clusters }) => change === 'lost' && clusters.some((id) => isGone.has(id)))
      .map(({ unit }) => unit),
  )
  const extent = units.size === 0 ? '' : ` with ${countOf(units.size, 'add-on')}`
  return [{ who: subjectOf(gone), what: `${gone.length === 1 ? 'goes' : 'go'}${extent}`, units: 0 }]
}

/** Rows that do the same to the same clusters are one phrase. */
function placementPhrases(review: Review, rows: readonly PlacementRow[]): readonly Phrase[] {
  const gone = new Set(review.fleet.filter((cluster) => cluster.gone === true).map(({ id }) => id))
  const told = rows.flatMap((row) => {
    const clusters = row.change === 'lost' ? row.clusters.filter((id) => !gone.has(id)) : row.clusters
    return clusters.length === 0 ? [] : [{ ...row, clusters }]
  })
  const groups = Map.groupBy(told, (row) => JSON.stringify([row.change, row.clusters]))
  const ranks = ['lost', 'gained', 'moved', 'changed']
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group
      return first === undefined ? [] : [{ first, group }]
    })
    .sort(
      (a, b) =>
        ranks.indexOf(a.first.change) - ranks.indexOf(b.first.change) ||
        b.first.clusters.length - a.first.clusters.length,
    )
    .map(({ first, group }) => {
      const { clusters, change } = first
      const isOne = clusters.length === 1
      const verb = isOne ? singular[change] : plural[change]
      const who = isAllClusters(clusters, review)
        ? `all ${countOf(clusters.length, 'cluster')}`
        : subjectOf(clusters)
      return { who, what: `${verb} ${describeRows(group)}`, units: group.length }
    })
}

const plural = { lost: 'lose', gained: 'gain', moved: 'move', changed: 'change' } as const
const singular = { lost: 'loses', gained: 'gains', moved: 'moves', changed: 'changes' } as const

function subjectOf(clusters: readonly string[]): string {
  const [only = ''] = clusters
  return clusters.length === 1 ? only : countOf(clusters.length, 'cluster')
}

function describeRows(rows: readonly PlacementRow[]): string {
  const [only] = rows
  if (rows.length === 1 && only !== undefined) return describeRow(only)
  return rows.length <= 3 ? listOf(rows.map(({ name }) => name)) : countOf(rows.length, 'add-on')
}

function describeRow(row: PlacementRow): string {
  const { name, change, before, after } = row
  if (change === 'moved') return `${name} from ${before?.profile ?? '?'} to ${after?.profile ?? '?'}`
  if (change === 'changed' && isOtherVersion(row)) return `${name} ${versionStep(before, after)}`
  return change === 'gained' && after?.chart ? `${name} ${after.chart.version}` : name
}
