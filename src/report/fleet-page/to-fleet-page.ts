import { countOf, formatNumber } from '../review/counts.ts'
import { countFacts, viewFacts } from './facts-view.ts'
import { toFleetAddress, type FleetQuery } from './fleet-query.ts'
import {
  formatTime,
  viewChange,
  viewConflicts,
  viewHeld,
  viewProposal,
  viewStale,
  type ChangeRow,
  type HeldRow,
  type ListView,
  type ProposalRow,
  type StaleRow,
} from './lists-view.ts'
import { viewPlacement, type PlacementView } from './placement-view.ts'
import { isHeld, selectClusters } from './select-clusters.ts'
import type { FleetConflict, FleetState, WaitingProposal } from './types.ts'

/** Everything that the page of a fleet says. Templates put markup around it and nothing else. */
export interface FleetPageView {
  /** `acme/fleet`. */
  readonly title: string
  readonly url: string
  /** Of this page, without a query. */
  readonly path: string
  /** What one should know before anything else. */
  readonly notices: readonly string[]
  readonly source: CommitView
  readonly rendered: CommitView
  readonly totals: readonly { readonly label: string; readonly value: string }[]
  /** `2026-01-02 03:04 UTC`: when all of this was read. */
  readonly readAt: string
  readonly filter: {
    readonly cluster: string
    readonly addOn: string
    readonly isTroubledOnly: boolean
    readonly isActive: boolean
  }
  readonly placement: PlacementView
  readonly facts: { readonly sentence: string; readonly stale: ListView<StaleRow> }
  readonly conflicts: ListView<FleetConflict>
  readonly held: ListView<HeldRow>
  readonly changes: readonly ChangeRow[]
  readonly proposals: readonly ProposalRow[]
}

interface CommitView {
  readonly branch: string
  /** Empty where there is none. */
  readonly commit: string
  readonly url: string
}

export interface FleetPageOptions {
  readonly query: FleetQuery
  /** Own pull requests that are open. */
  readonly proposals: readonly WaitingProposal[]
  /** Milliseconds since the epoch: ages are counted to it. */
  readonly now: number
  /** Milliseconds since the epoch at which the state was read. */
  readonly readAt: number
  /** A newer state is worked out, or could not be. */
  readonly notice?: string
}

/** A fleet and what somebody wants to see of it → what the page says. Pure. */
export function toFleetPage(state: FleetState, options: FleetPageOptions): FleetPageView {
  const { query, proposals, now, readAt, notice } = options
  const { repository, clusters, conflicts, maxAgeMs } = state
  const path = fleetPath(repository)
  const selected = selectClusters(clusters, conflicts, query)
  const ids = new Set(selected.map(({ id }) => id))
  const limits = { maxAgeMs, now }
  return {
    title: `${repository.owner}/${repository.name}`,
    ...{ url: repository.url, path },
    notices: [...(notice === undefined ? [] : [notice]), ...describeTrouble(state)],
    source: viewCommit(repository.url, state.source),
    rendered: viewCommit(repository.url, state.rendered),
    totals: describeTotals(state, proposals),
    readAt: formatTime(new Date(readAt).toISOString()),
    filter: {
      ...{ cluster: query.cluster, addOn: query.addOn, isTroubledOnly: query.isTroubledOnly },
      isActive: toFleetAddress('', { ...query, page: 1 }) !== '',
    },
    placement: viewPlacement(state, selected, { query, now, path }),
    facts: {
      sentence: countFacts(selected.map((cluster) => viewFacts(cluster, limits).state)),
      stale: viewStale(selected, limits),
    },
    conflicts: viewConflicts(conflicts, ids),
    held: viewHeld(selected),
    changes: state.changes.map((change) => viewChange(state, change)),
    proposals: proposals.map((proposal) => viewProposal(repository.url, proposal)),
  }
}

/** Where the page of a repository is. */
export function fleetPath({ owner, name }: { readonly owner: string; readonly name: string }): string {
  return `/fleet/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`
}

function describeTrouble({ source, rendered, faults, brake }: FleetState): readonly string[] {
  const { errors, warnings } = faults
  const isBehind = rendered.commit !== undefined && rendered.sourceCommit !== source.commit
  return [
    ...describeBrakes(brake ?? []),
    ...(rendered.commit === undefined ? ['Nothing has been rendered yet.'] : []),
    ...(isBehind
      ? [`The rendered branch was not made from ${source.commit.slice(0, 12)}, the head of ${source.branch}.`]
      : []),
    ...(errors + warnings > 0
      ? [
          `The compile says ${countOf(errors, 'error')} and ${countOf(warnings, 'warning')}; its check has them.`,
        ]
      : []),
  ]
}

const mostReasons = 5

function describeBrakes(reasons: readonly string[]): readonly string[] {
  const more = reasons.length - mostReasons
  return [
    ...reasons
      .slice(0, mostReasons)
      .map((reason) => `Nothing is written until somebody approves it: ${reason}`),
    ...(more > 0 ? [`${countOf(more, 'more reason')} of that kind.`] : []),
  ]
}

function describeTotals(
  { clusters, conflicts }: FleetState,
  proposals: readonly WaitingProposal[],
): FleetPageView['totals'] {
  const addOns = new Set(clusters.flatMap(({ units }) => units.map(({ name }) => name)))
  const held = clusters.filter(isHeld).length
  return [
    { label: 'Clusters', count: clusters.length },
    { label: 'Add-ons', count: addOns.size },
    { label: 'Conflicts', count: conflicts.length },
    { label: 'Clusters with holds', count: held },
    { label: 'Pull requests waiting', count: proposals.length },
  ].map(({ label, count }) => ({ label, value: formatNumber(count) }))
}

function viewCommit(url: string, place: { readonly branch: string; readonly commit?: string }): CommitView {
  const { branch, commit } = place
  if (commit === undefined) return { branch, commit: '', url: '' }
  return { branch, commit: commit.slice(0, 12), url: `${url}/commit/${commit}` }
}
