import type { Report } from '../../diagnostics/types.ts'
import type { JsonObject } from '../../engine/types.ts'
import type { ClusterClassifier, Fleet, Profile, ResourceSelector } from '../../intent/types.ts'
import { matchesLabels } from '../../kubernetes/label-selector.ts'
import { groupOf, objectKey } from '../../kubernetes/object-key.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { ClusterFacts, Facts } from '../../observe/types.ts'
import { createKnowledge } from '../knowledge.ts'
import { formatIdentity } from '../resources/select-resources.ts'
import type { Scripts } from '../scripts.ts'
import type { Claim, ClassifiedBy, ClusterPlan, PlannedLabel } from '../types.ts'
import { classify } from './classify.ts'
import { oscillation, type Swing } from './diagnostics.ts'

/** What one profile puts into one cluster, of the kinds that classifiers ask for. */
export interface Deployed {
  readonly profile: Profile
  readonly because: Claim['because']
  /** Exact JSON texts. */
  readonly objects: readonly string[]
}

export interface Foreseen {
  readonly fleet: Pick<Fleet, 'classifiers'>
  readonly facts: Facts
  /** Their faults were reported with the plan. */
  readonly scripts: Scripts
}

/** Longest chain of labels and profiles that is followed. */
const maxSteps = 5

/** Kinds whose objects may change labels, `<group>/<Kind>`; empty where nothing can oscillate. */
export function classifiedKinds({ classifiers }: Pick<Fleet, 'classifiers'>): ReadonlySet<string> {
  const selectors = classifiers.flatMap((one) => (one.kind === 'Classifier' ? selectorsOf(one) : []))
  return new Set(selectors.map(({ group, kind }) => `${group}/${kind}`))
}

function selectorsOf({
  resourceConstraint,
  countConstraints,
}: ClusterClassifier): readonly ResourceSelector[] {
  return [
    ...(resourceConstraint?.resourceSelectors ?? []),
    ...countConstraints.map(({ selector }) => selector),
  ]
}

/**
 * Says where what a plan deploys would change labels so that it is no longer selected, is taken away, and selected again:
 * the cluster would never come to rest. Plays the cluster forward with the objects of its profiles in place, for a few
 * steps; objects that are there already count as they are. Pure but for `report`.
 */
export function foreseeOscillation(
  plan: ClusterPlan,
  deployed: readonly Deployed[],
  foreseen: Foreseen,
  report: Report,
): void {
  const own = foreseen.facts.clusters.get(plan.cluster.id)
  if (plan.hold !== undefined || own === undefined) return
  const live = new Set(own.objects.map(keyOf))
  const fresh = deployed.map((one) => ({
    ...one,
    objects: one.objects.filter((json) => !live.has(keyOf(json))),
  }))
  if (fresh.every(({ objects }) => objects.length === 0)) return
  let present: readonly Deployed[] = fresh
  let swing: Swing | undefined
  const seen = [idsOf(present)]
  for (let step = 0; step < maxSteps; step++) {
    const labels = labelsWith(present, plan, own, foreseen)
    if (labels === undefined) return
    const next = stillSelected(fresh, labels)
    const ids = idsOf(next)
    if (ids === seen.at(-1)) return
    swing ??= findSwing(plan, fresh, next, labels)
    if (seen.includes(ids)) break
    seen.push(ids)
    present = next
  }
  if (swing) report(oscillation(plan.cluster, swing))
}

function idsOf(deployed: readonly Deployed[]): string {
  return deployed.map(({ profile }) => profile.id).join('\n')
}

function keyOf(json: string): string {
  const { apiVersion, kind, metadata } = JSON.parse(json) as {
    readonly apiVersion: string
    readonly kind: string
    readonly metadata: { readonly namespace?: string; readonly name: string }
  }
  return objectKey({ apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name })
}

/** The labels of a cluster that has these objects, too; undefined when a classifier cannot say. */
function labelsWith(
  present: readonly Deployed[],
  { cluster, labels, kubeVersion, apiVersions, scopes }: ClusterPlan,
  own: ClusterFacts,
  { fleet, facts, scripts }: Foreseen,
): readonly PlannedLabel[] | undefined {
  const objects = [...own.objects, ...present.flatMap((one) => one.objects)]
  const imagined = { ...facts, clusters: new Map([[cluster.id, { ...own, objects }]]) }
  const state = {
    ...{ cluster, labels: [], labelMap: {}, ready: true, kubeVersion, apiVersions, scopes },
    // A cluster whose version matters and is not known is held.
    versionKnown: true,
  }
  const silent = { ...scripts, report: () => undefined }
  const { clusters } = classify([state], fleet, createKnowledge(imagined), silent)
  const classified = clusters.get(cluster.id)
  if (classified === undefined || classified.hold) return undefined
  const written = Object.entries(cluster.labels).map(([key, value]): PlannedLabel => ({
    key,
    value,
    origin: 'written',
  }))
  const others = labels.filter(({ origin }) => typeof origin === 'string')
  const joined = new Map([...written, ...others, ...classified.labels].map((label) => [label.key, label]))
  return [...joined.values()].sort((a, b) => compareText(a.key, b.key))
}

/** Profiles that labels select, with their prerequisites; those that do not go by labels stay. */
function stillSelected(deployed: readonly Deployed[], labels: readonly PlannedLabel[]): readonly Deployed[] {
  const map = Object.fromEntries(labels.map(({ key, value }) => [key, value]))
  const selected = new Set(deployed.filter((one) => isSelected(one, map)).map(({ profile }) => profile.id))
  for (let size = -1; size !== selected.size;) {
    size = selected.size
    for (const { profile, because } of deployed)
      if (because.kind === 'dependency' && selected.has(because.of)) selected.add(profile.id)
  }
  return deployed.filter(({ profile }) => selected.has(profile.id))
}

function isSelected({ profile, because }: Deployed, labels: Readonly<Record<string, string>>): boolean {
  const { clusterSelector, clusterRefs } = profile.spec
  switch (because.kind) {
    case 'selector':
      // A reference beside the selector may name this very cluster.
      return (
        clusterRefs.length > 0 || (clusterSelector !== undefined && matchesLabels(clusterSelector, labels))
      )
    case 'cluster-ref':
    case 'set':
      return true
    case 'dependency':
      return false
  }
}

/** The first change: which label of which classifier deselects which profile, and the object that brings it about. */
function findSwing(
  plan: ClusterPlan,
  deployed: readonly Deployed[],
  next: readonly Deployed[],
  labels: readonly PlannedLabel[],
): Swing | undefined {
  const lost = deployed.find((one) => one.because.kind === 'selector' && !next.includes(one))
  if (lost === undefined) return undefined
  const { matchLabels = {}, matchExpressions = [] } = lost.profile.spec.clusterSelector ?? {}
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]
  for (const key of keys.sort()) {
    const before = plan.labels.find((label) => label.key === key)
    const after = labels.find((label) => label.key === key)
    if (before?.value === after?.value) continue
    const by = originOf(after) ?? originOf(before)
    if (by === undefined) continue
    const cause = causeOf(by, deployed)
    return {
      ...{ key, before: before?.value, after: after?.value, by, lost: lost.profile },
      ...(cause ?? { deployer: lost.profile, object: undefined }),
    }
  }
  return undefined
}

function originOf(label: PlannedLabel | undefined): ClassifiedBy | undefined {
  return label === undefined || typeof label.origin === 'string' ? undefined : label.origin
}

/** The object that made the classifier match, or one of a kind that it asks for. */
function causeOf(
  { because }: ClassifiedBy,
  deployed: readonly Deployed[],
): { readonly deployer: Profile; readonly object: string } | undefined {
  const named = new Set(because.flatMap((reason) => (reason.kind === 'objects' ? reason.objects : [])))
  const all = deployed.flatMap(({ profile, objects }) =>
    objects.map((json) => ({ deployer: profile, object: identityOf(json) })),
  )
  return all.find(({ object }) => named.has(object)) ?? all[0]
}

function identityOf(json: string): string {
  return formatIdentity({ json, value: JSON.parse(json) as JsonObject })
}

/** `apps/Deployment` of an object. */
export function kindKey({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string
  readonly kind: string
}): string {
  return `${groupOf(apiVersion)}/${kind}`
}
