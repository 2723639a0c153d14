import { countOf, formatNumber } from '../review/counts.ts'
import { viewFacts, type FactsView } from './facts-view.ts'
import type { FleetCluster, FleetConflict, FleetState, RecentChange, WaitingProposal } from './types.ts'

/** A bounded list, and what is not in it. */
export interface ListView<Row> {
  readonly rows: readonly Row[]
  /** Empty where all of it is shown. */
  readonly more: string
}

export interface HeldRow {
  readonly cluster: string
  /** An add-on, or everything. */
  readonly what: string
  readonly why: string
}

export interface StaleRow {
  readonly cluster: string
  readonly facts: FactsView
}

export interface ChangeRow {
  readonly commit: string
  readonly url: string
  /** `2026-01-02 03:04 UTC`. */
  readonly at: string
  readonly time: string
  readonly subject: string
  /** Empty where it is not known. */
  readonly source: string
  readonly sourceUrl: string
  readonly lines: readonly string[]
  readonly more: string
}

export interface ProposalRow {
  readonly number: number
  readonly title: string
  readonly url: string
  readonly kind: string
  readonly base: string
}

const mostRows = 50
const mostLines = 6

function bounded<Row>(rows: readonly Row[], noun: string): ListView<Row> {
  const more = rows.length - mostRows
  return {
    rows: rows.slice(0, mostRows),
    more: more > 0 ? `${countOf(more, `more ${noun}`)} not shown: the filters narrow this down.` : '',
  }
}

/** Conflicts of the selected clusters. */
export function viewConflicts(
  conflicts: readonly FleetConflict[],
  selected: ReadonlySet<string>,
): ListView<FleetConflict> {
  return bounded(
    conflicts.filter(({ cluster }) => selected.has(cluster)),
    'conflict',
  )
}

export function viewHeld(clusters: readonly FleetCluster[]): ListView<HeldRow> {
  const rows = clusters.flatMap(({ id, hold, units }): readonly HeldRow[] =>
    hold !== undefined
      ? [{ cluster: id, what: 'everything', why: hold }]
      : units.flatMap((unit) =>
          unit.hold === undefined ? [] : [{ cluster: id, what: unit.name, why: unit.hold }],
        ),
  )
  return bounded(rows, 'hold')
}

/** Those of the selected clusters that one should look at. */
export function viewStale(
  clusters: readonly FleetCluster[],
  limits: { readonly maxAgeMs: number; readonly now: number },
): ListView<StaleRow> {
  const rows = clusters.map((cluster) => ({ cluster: cluster.id, facts: viewFacts(cluster, limits) }))
  return bounded(
    rows.filter(({ facts }) => facts.state === 'old' || facts.state === 'silent'),
    'cluster',
  )
}

export function viewChange({ repository: { url } }: FleetState, change: RecentChange): ChangeRow {
  const { commit, at, subject, sourceCommit, lines } = change
  const more = lines.length - mostLines
  return {
    commit: commit.slice(0, 12),
    url: `${url}/commit/${commit}`,
    at: formatTime(at),
    time: at,
    subject,
    source: sourceCommit?.slice(0, 12) ?? '',
    sourceUrl: sourceCommit === undefined ? '' : `${url}/commit/${sourceCommit}`,
    lines: lines.slice(0, mostLines),
    more: more > 0 ? `and ${formatNumber(more)} more` : '',
  }
}

/** What branches of ours are for, by their beginning. */
const kinds: readonly (readonly [string, string])[] = [
  ['fleetwright/fleet/', 'a change of the fleet'],
  ['fleetwright/rollback/', 'a rollback'],
  ['fleetwright/source', 'what the source renders'],
]

export function viewProposal(url: string, { number, title, head, base }: WaitingProposal): ProposalRow {
  const kind = kinds.find(([beginning]) => head.startsWith(beginning))?.[1] ?? head
  return { number, title, url: `${url}/pull/${number}`, kind, base }
}

/** Any ISO 8601 → `2026-01-02 03:04 UTC`; as it was written where it is no time. */
export function formatTime(at: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return at
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
