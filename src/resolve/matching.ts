import type { Report } from '../diagnostics/types.ts'
import type { Cluster, ClusterSet, Profile } from '../intent/types.ts'
import { matchesLabels } from '../kubernetes/label-selector.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { LabelSelector, ObjectReference } from '../kubernetes/types.ts'
import type { ClusterState } from './cluster-state.ts'
import { clusterNotFound, selectsNoCluster } from './diagnostics.ts'
import type { Claim } from './types.ts'
import { writtenId } from './written-path.ts'

type Because = Claim['because']

/** Profiles that apply to each cluster, and why; by cluster id, profiles in order of tier and id. */
export type Matches = ReadonlyMap<string, readonly { readonly profile: Profile; readonly because: Because }[]>

export interface Selection {
  readonly matches: Matches
  /** Profiles that were read in part only. */
  readonly faulty: readonly Profile[]
}

export interface SelectedSet {
  /** `ClusterSet/x`, `Set/<namespace>/x`. */
  readonly id: string
  /** Cluster ids. */
  readonly members: readonly string[]
}

interface Labelling {
  readonly report: Report
  /** Whether a classifier may give the labels that a profile asks for: that no cluster has them now is no slip of the pen. */
  readonly mayBeLabelled: (profile: Profile) => boolean
}

/** Which clusters each set selects (sveltos.md 6): those that it has, then others up to its size. */
export function selectSets(
  sets: readonly ClusterSet[],
  states: readonly ClusterState[],
  previousMembers: ReadonlyMap<string, readonly string[]>,
): readonly SelectedSet[] {
  return sets.map((set) => ({ id: setId(set), members: selectMembers(set, states, previousMembers) }))
}

/**
 * Which profile applies to which cluster (sveltos.md 1.2): selector ∪ references ∪ sets ∪ clusters of the profiles that
 * depend on it. Pure; the order of its inputs does not matter.
 */
export function matchProfiles(
  states: readonly ClusterState[],
  profiles: readonly Profile[],
  sets: readonly SelectedSet[],
  { report, mayBeLabelled }: Labelling,
): Selection {
  const membersOf = new Map(sets.map((set) => [set.id, set.members]))
  const own = new Map<Profile, Map<string, Because>>()
  for (const profile of profiles) own.set(profile, ownClusters(profile, states, membersOf, report))
  addDependencies(profiles, own)

  const matches = new Map<string, { profile: Profile; because: Because }[]>()
  const said = new Set<string>()
  for (const [profile, clusters] of own) {
    const writer = writtenId(profile)
    if (clusters.size === 0 && asksForClusters(profile) && !mayBeLabelled(profile) && !said.has(writer)) {
      said.add(writer)
      report(selectsNoCluster(profile))
    }
    for (const [id, because] of clusters) {
      const list = matches.get(id)
      if (list) list.push({ profile, because })
      else matches.set(id, [{ profile, because }])
    }
  }
  for (const list of matches.values())
    list.sort((a, b) => a.profile.spec.tier - b.profile.spec.tier || compareText(a.profile.id, b.profile.id))
  return { matches, faulty: profiles.filter(({ faulty }) => faulty === true) }
}

/** One that names no cluster in any way was reported with the intent. */
function asksForClusters({ spec }: Profile): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.clusterSelector ?? {}
  const selects = Object.keys(matchLabels).length > 0 || matchExpressions.length > 0
  return selects || spec.clusterRefs.length > 0 || spec.setRefs.length > 0
}

function setId(set: ClusterSet): string {
  return set.namespace === undefined ? `ClusterSet/${set.name}` : `Set/${set.namespace}/${set.name}`
}

/** Candidates of a namespaced object are the clusters of its namespace (sveltos.md 1.2). */
function candidates(namespace: string | undefined, states: readonly ClusterState[]): readonly ClusterState[] {
  return namespace === undefined ? states : states.filter((state) => state.cluster.namespace === namespace)
}

function selects(selector: LabelSelector | undefined, state: ClusterState): boolean {
  return selector !== undefined && state.ready && matchesLabels(selector, state.labelMap)
}

function isReferenced(reference: ObjectReference, namespace: string | undefined, cluster: Cluster): boolean {
  const type = reference.apiVersion.startsWith('lib.projectsveltos.io/') ? 'sveltos' : 'capi'
  return (
    (cluster.type === 'configured' || cluster.type === type) &&
    cluster.name === reference.name &&
    cluster.namespace === (namespace ?? reference.namespace)
  )
}

/** Cluster API clusters first, then Sveltos': the order in which sets fill up (sveltos.md 1.2, 6). */
const fillOrder = { capi: 0, sveltos: 1, configured: 2 }

function selectMembers(
  set: ClusterSet,
  states: readonly ClusterState[],
  previousMembers: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const remembered = previousMembers.get(setId(set))
  const isCurrent = (state: ClusterState): boolean =>
    remembered?.includes(state.cluster.id) ??
    set.selected.some((reference) => isReferenced(reference, set.namespace, state.cluster))
  const matching = candidates(set.namespace, states)
    .filter(
      (state) =>
        selects(set.clusterSelector, state) ||
        set.clusterRefs.some((reference) => isReferenced(reference, set.namespace, state.cluster)) ||
        // Its labels are not known: it stays (decision 1), so that its place goes to nobody else.
        (isCurrent(state) && state.unclassified !== undefined),
    )
    .filter((state) => state.ready)
    .sort(
      (a, b) =>
        fillOrder[a.cluster.type] - fillOrder[b.cluster.type] || compareText(a.cluster.id, b.cluster.id),
    )
  const current = matching.filter(isCurrent)
  const others = matching.filter((state) => !isCurrent(state))
  return [...current, ...others].slice(0, set.maxReplicas).map((state) => state.cluster.id)
}

function ownClusters(
  profile: Profile,
  states: readonly ClusterState[],
  membersOf: ReadonlyMap<string, readonly string[]>,
  report: Report,
): Map<string, Because> {
  const { spec, namespace } = profile
  const found = new Map<string, Because>()
  const eligible = candidates(namespace, states)
  for (const state of eligible)
    if (selects(spec.clusterSelector, state)) found.set(state.cluster.id, { kind: 'selector' })
  spec.clusterRefs.forEach((reference, index) => {
    const state = eligible.find((candidate) => isReferenced(reference, namespace, candidate.cluster))
    if (!state) report(clusterNotFound(profile, ['spec', 'clusterRefs', index], reference))
    else if (state.ready && !found.has(state.cluster.id)) found.set(state.cluster.id, { kind: 'cluster-ref' })
  })
  for (const name of spec.setRefs) {
    const id = namespace === undefined ? `ClusterSet/${name}` : `Set/${namespace}/${name}`
    for (const member of membersOf.get(id) ?? [])
      if (!found.has(member)) found.set(member, { kind: 'set', set: id })
  }
  return found
}

/** A prerequisite goes wherever a profile goes that depends on it, and so on upwards; a cycle ends by itself. */
function addDependencies(profiles: readonly Profile[], own: Map<Profile, Map<string, Because>>): void {
  const prerequisites = profiles.map((profile) =>
    profile.spec.dependsOn.flatMap(
      (name) =>
        profiles.find(
          (other) =>
            other.kind === profile.kind && other.namespace === profile.namespace && other.name === name,
        ) ?? [],
    ),
  )
  for (let changed = true; changed;) {
    changed = false
    profiles.forEach((profile, index) => {
      for (const prerequisite of prerequisites[index] ?? [])
        for (const id of own.get(profile)?.keys() ?? []) {
          const clusters = own.get(prerequisite)
          if (clusters === undefined || clusters.has(id)) continue
          clusters.set(id, { kind: 'dependency', of: profile.id })
          changed = true
        }
    })
  }
}
