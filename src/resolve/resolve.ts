import type { Report } from '../diagnostics/types.ts'
import type { Engine } from '../engine/types.ts'
import type { Cluster, Fleet, Profile } from '../intent/types.ts'
import { compareText } from '../kubernetes/text-order.ts'
import type { Facts } from '../observe/types.ts'
import { asksForClassified, classify, type Classification } from './classify/classify.ts'
import { clusterState, createApiTables, type ClusterState } from './cluster-state.ts'
import { notStaged } from './diagnostics.ts'
import { generateProfiles } from './events/generate-profiles.ts'
import { judgeHealth } from './health/judge-health.ts'
import { takeStock } from './inventory.ts'
import { createKnowledge } from './knowledge.ts'
import { machinesOf } from './machines.ts'
import { managementObjects } from './management-objects.ts'
import { matchProfiles, selectSets, type Selection } from './matching.ts'
import { orderUnits, type ClaimedUnits } from './order.ts'
import { settleUnits } from './ownership.ts'
import { planProfile } from './plan-profile.ts'
import { createScripts, type Evaluated } from './scripts.ts'
import { profileHold } from './unit-base.ts'
import type { ClusterPlan, Hold, Plan, PlannedUnit, SourceReference } from './types.ts'
import type { World } from './world.ts'

export { classifiedKinds, foreseeOscillation, kindKey, type Deployed } from './classify/oscillation.ts'
export { formatReason } from './classify/format-reason.ts'
export { createScripts, type Evaluated } from './scripts.ts'
export { compareClaims } from './ownership.ts'
export { ownership } from './diagnostics.ts'
export { isHeldBy } from './held-profiles.ts'
export { classifiedLabelPath, labelPath, writtenId, writtenPath } from './written-path.ts'

export interface ResolveOptions {
  readonly engine: Engine
  /** ISO 8601 UTC: the compile's clock, to which ages are measured. */
  readonly asOf: string
  /** ISO 8601 UTC: the present for templates that ask for it. */
  readonly now: string
  /** Clusters to work out; the others are held. Default: all. */
  /** Some intent could not be read: nothing that is deployed goes away, and what is not found does not count as absent. */
  readonly incomplete?: Hold
  readonly isWanted?: (cluster: Cluster, labels: Readonly<Record<string, string>>) => boolean
  /** Facts older than this are an error for their cluster. */
  readonly maxAgeMs: number
  /** Monotonic milliseconds, for the time limits of scripts alone. */
  readonly elapsedMs: () => number
  /** What scripts gave in compiles of the same run before, kept for the next one. */
  readonly outcomes?: Evaluated
  readonly report: Report
}

/** What is planned of a fleet that could not be read. */
export const emptyPlan: Plan = {
  clusters: [],
  references: [],
  sets: [],
  needs: [],
  labelConflicts: [],
  events: [],
  health: { objects: [], conditions: [] },
}

/**
 * Decides what each cluster is to run: labels → sets → events → profiles → references and templates → units → owners →
 * order.
 * Pure: the same fleet and facts give the same plan, in whatever order they come. Reports every fault of every cluster
 * and goes on; what cannot be worked out is in the plan as a hold.
 */
export async function resolve(fleet: Fleet, facts: Facts, options: ResolveOptions): Promise<Plan> {
  const { report, engine, elapsedMs, outcomes } = options
  const limits = { ...options, tables: createApiTables() }
  const knowledge = createKnowledge(facts)
  const scripts = createScripts({
    ...{ clockMs: Date.parse(options.now), elapsedMs, report },
    ...(outcomes && { outcomes }),
  })
  const found = takeStock(fleet, facts, knowledge).map((cluster) =>
    clusterState(cluster, facts, limits, report),
  )
  const classified = classify(found, fleet, knowledge, scripts)
  const states = found.map((state) => unlessUnwanted(withClassified(state, classified), options))
  const sets = selectSets(fleet.sets, states, facts.sets)
  const written = managementObjects(
    { objects: fleet.objects, clusters: states.map(({ cluster }) => cluster) },
    facts,
    { knowledge, isComplete: options.incomplete === undefined },
  )
  const generated = await generateProfiles(states, fleet, facts, {
    ...{ ...scripts, engine, knowledge, objects: written },
    membersOf: new Map(sets.map(({ id, members }) => [id, members])),
  })
  const profiles = [...fleet.profiles, ...generated.profiles]
  const mayBeLabelled = (profile: Profile): boolean => asksForClassified(profile, fleet)
  const selection = matchProfiles(states, profiles, sets, { report, mayBeLabelled })
  reportUnstaged(profiles, selection, report)
  const objects = written.with(generated.objects, generated.hidesObjects)
  const world: World = { engine, objects, report, clockMs: scripts.clockMs }
  const incomplete = incompleteProfiles(fleet)
  const clusters = await Promise.all(
    states.map(async (state) => {
      const machines = machinesOf(state.cluster, objects, { knowledge, fleet })
      const cluster = { ...(await planCluster(world, state, selection)), ...(machines && { machines }) }
      const unplanned = state.cluster.ignores === true || isMislabelled(fleet) ? profiles : incomplete
      const everything = options.incomplete ? [{ profile: '*', hold: options.incomplete }] : []
      return withHeld(keepUnplanned(cluster, unplanned), [...generated.held, ...everything])
    }),
  )
  // Before the needs are counted: what health asks is read with the rest.
  const health = judgeHealth(states, fleet, { knowledge, scripts })
  return {
    clusters,
    references: allReferences(clusters),
    sets,
    needs: knowledge.needs(),
    labelConflicts: classified.conflicts,
    events: generated.events,
    health,
  }
}

/** Classified labels replace written and observed ones (sveltos.md 4.3), but not what is supposed. */
function withClassified(state: ClusterState, { clusters }: Classification): ClusterState {
  const classified = clusters.get(state.cluster.id)
  if (classified === undefined) return state
  const supposed = state.labels.filter(({ origin }) => origin === 'what-if')
  const all = [...state.labels, ...classified.labels, ...supposed]
  const joined = new Map(all.map((label) => [label.key, label]))
  const labels = [...joined.values()].sort((a, b) => compareText(a.key, b.key))
  const hold = state.hold ?? classified.hold
  return {
    ...state,
    labels,
    labelMap: Object.fromEntries(labels.map(({ key, value }) => [key, value])),
    ...(hold && { hold }),
    ...(classified.hold && { unclassified: classified.hold }),
  }
}

/** What an event gave stays where the event could not be seen, and everything where intent could not be read. */
function withHeld(plan: ClusterPlan, held: ClusterPlan['heldProfiles']): ClusterPlan {
  return { ...plan, heldProfiles: [...plan.heldProfiles, ...held] }
}

function unlessUnwanted(state: ClusterState, { isWanted = () => true }: ResolveOptions): ClusterState {
  if (isWanted(state.cluster, state.labelMap)) return state
  return { ...state, hold: { reason: 'not-selected', message: `${state.cluster.id} was not selected` } }
}

async function planCluster(world: World, state: ClusterState, selection: Selection): Promise<ClusterPlan> {
  const { cluster, labels, kubeVersion, wantedVersion, apiVersions, scopes, hold } = state
  const matches = selection.matches.get(cluster.id) ?? []
  const claimed: ClaimedUnits[] = await Promise.all(
    // A cluster that is held keeps its folder whole: what it would get is nobody's concern now.
    (hold ? [] : matches).map(async ({ profile, because }) => {
      const claim = { profile, tier: profile.spec.tier, because }
      return { claim, units: await planProfile(world, claim, state) }
    }),
  )
  const all = claimed.flatMap(({ units }) => [...units.resources, ...units.charts, ...units.kustomizations])
  const owned = settleUnits(all, cluster, world.report)
  return {
    cluster,
    labels,
    kubeVersion,
    ...(wantedVersion !== undefined && { wantedVersion }),
    apiVersions,
    scopes,
    ...(hold && { hold }),
    heldProfiles: heldProfiles(claimed, selection.faulty),
    units: orderUnits(owned.units, claimed, owned.nameOf),
    conflicts: owned.conflicts,
  }
}

/** Whether a misspelt field of a classifier may give a cluster labels, or take some, so that other profiles select it. */
function isMislabelled({ classifiers }: Fleet): boolean {
  return classifiers.some(({ ignores }) => ignores === true)
}

/** Profiles that may select or deploy less than was meant, because they or their sets have fields that nobody knows. */
function incompleteProfiles({ profiles, sets }: Fleet): readonly Profile[] {
  const names = new Set(
    sets.filter(({ ignores }) => ignores === true).map(({ namespace = '', name }) => `${namespace}/${name}`),
  )
  return profiles.filter(
    ({ ignores, namespace = '', spec }) =>
      ignores === true || spec.setRefs.some((name) => names.has(`${namespace}/${name}`)),
  )
}

/** A misspelt field must not remove anything: what such profiles have on the branch and do not plan any more stays. */
function keepUnplanned(plan: ClusterPlan, profiles: readonly Profile[]): ClusterPlan {
  const held = new Set(plan.heldProfiles.map(({ profile }) => profile))
  const message = 'a field is not known, so that something may be missing'
  const more = profiles
    .filter(({ id }) => !held.has(id))
    .map(({ id }) => ({ profile: id, hold: { reason: 'error' as const, message: `${id}: ${message}` } }))
  return { ...plan, heldProfiles: [...plan.heldProfiles, ...more] }
}

/** A faulty profile is held on every cluster: what is wrong with it may be what it selects. */
function heldProfiles(
  claimed: readonly ClaimedUnits[],
  faulty: readonly Profile[],
): ClusterPlan['heldProfiles'] {
  const matched = claimed.map(({ claim, units }) => ({ profile: claim.profile, hold: units.hold }))
  const others = faulty.filter((profile) => matched.every((match) => match.profile !== profile))
  return [...matched, ...others.map((profile) => ({ profile, hold: undefined }))].flatMap(
    ({ profile, hold }) => {
      const why = heldBecause(profile, hold)
      return why ? [{ profile: profile.id, hold: why }] : []
    },
  )
}

function heldBecause(profile: Profile, hold: Hold | undefined): Hold | undefined {
  return profileHold(profile) ?? hold
}

function reportUnstaged(profiles: readonly Profile[], selection: Selection, report: Report): void {
  for (const profile of profiles) {
    if (profile.spec.maxUpdate === undefined) continue
    const clusters = [...selection.matches.values()].filter((list) =>
      list.some((match) => match.profile === profile),
    )
    if (clusters.length > 1) report(notStaged(profile, clusters.length))
  }
}

function allReferences(clusters: readonly ClusterPlan[]): readonly SourceReference[] {
  const found = new Map<string, SourceReference>()
  for (const { units } of clusters)
    for (const unit of units) {
      const source = sourceOf(unit)
      if (source && !found.has(source.key)) found.set(source.key, source)
    }
  return [...found.values()].sort((a, b) => compareText(a.key, b.key))
}

function sourceOf(unit: PlannedUnit): SourceReference | undefined {
  switch (unit.kind) {
    case 'helm':
    case 'kustomize':
      return unit.source
    case 'policy':
      return unit.content.type === 'source' ? unit.content.source : undefined
    case 'unresolved':
      return undefined
  }
}
