import type { ClusterSet, Profile } from '../../intent/types.ts'
import { emptySelector, formatSelector, matchesLabels } from '../../kubernetes/label-selector.ts'
import type { LabelSelector, ObjectReference } from '../../kubernetes/types.ts'
import { writtenId, writtenPath } from '../../resolve/resolve.ts'
import type { ClusterPlan, ProfileClaim } from '../../resolve/types.ts'
import { locate } from '../../source/source.ts'
import type { DocumentPath, SourceDocument } from '../../source/types.ts'
import type { ChangeCause } from '../types.ts'
import { labelCauses } from './cluster-causes.ts'
import { differencesBetween } from './differences.ts'
import { placeOfDifference } from './places.ts'
import { claimsOf, type KnownSide, type KnownSides } from './sides.ts'

/** Profiles may depend on profiles that depend on profiles. */
const longestChain = 4

/** What is to be explained: that a profile applies to a cluster on `there` and does not on the other side. */
export interface Selected {
  readonly claim: ProfileClaim
  readonly cluster: string
  readonly there: KnownSide['side']
}

/** Why a profile that is on both sides applies to a cluster on one of them alone. */
export function selectionCauses(
  { claim, cluster, there }: Selected,
  sides: KnownSides,
  chain = 0,
): readonly ChangeCause[] {
  const { profile, because } = claim
  const [own, other] = there === 'after' ? [sides.after, sides.before] : [sides.before, sides.after]
  const same = other.profiles.get(profile.id)
  switch (because.kind) {
    case 'selector': {
      const path = writtenPath(profile, ['spec', 'clusterSelector'])
      return selectorCauses(
        { id: writtenId(profile), path, there, own: profile, other: same, cluster, of: selectorOf },
        sides,
      )
    }
    case 'cluster-ref': {
      const plan = own.clusterOf(cluster)
      const index = profile.spec.clusterRefs.findIndex(
        (reference) => plan && isMeant(reference, plan, profile.namespace),
      )
      const place = writtenPath(profile, ['spec', 'clusterRefs', Math.max(index, 0)])
      const isWritten = writtenId(profile) === profile.id
      const words = isWritten ? 'name the cluster' : 'give it to the cluster'
      const now = isWritten ? 'names the cluster' : 'gives it to the cluster'
      return [named(there, profile, place, [now, `does not ${words} any more`])]
    }
    case 'set':
      return setCauses({ claim, cluster, there }, because.set, sides)
    case 'dependency':
      return dependencyCauses({ claim, cluster, there }, because.of, sides, chain)
  }
}

/** A sentence about what a profile does on one side alone. */
export function named(
  there: KnownSide['side'],
  profile: Pick<Profile, 'id' | 'document'>,
  path: DocumentPath,
  [now, noMore]: readonly [string, string],
): ChangeCause {
  return {
    text: `${writtenId(profile)} ${there === 'after' ? now : noMore}`,
    span: locate(profile.document, path),
    side: there,
  }
}

interface Selecting<Selector extends { readonly document: SourceDocument }> {
  readonly id: string
  /** Of the selector. */
  readonly path: DocumentPath
  readonly there: KnownSide['side']
  readonly own: Selector
  /** The same on the other side, where it is known. */
  readonly other: Selector | undefined
  readonly cluster: string
  readonly of: (one: Selector) => LabelSelector
}

function selectorOf({ spec }: Profile): LabelSelector {
  return spec.clusterSelector ?? emptySelector
}

/** Another selector, other labels, or both; which of them is found by trying the one of each side with the other's. */
function selectorCauses<Selector extends { readonly document: SourceDocument }>(
  selecting: Selecting<Selector>,
  sides: KnownSides,
): readonly ChangeCause[] {
  const { id, there, own, other, cluster, of } = selecting
  const [here, elsewhere] =
    there === 'after'
      ? [sides.after.clusterOf(cluster), sides.before.clusterOf(cluster)]
      : [sides.before.clusterOf(cluster), sides.after.clusterOf(cluster)]
  const isOtherSelector = other !== undefined && formatSelector(of(own)) !== formatSelector(of(other))
  const isBySelector = isOtherSelector && !matchesLabels(of(other), labelsOf(here))
  const isByLabels = elsewhere !== undefined && !matchesLabels(of(own), labelsOf(elsewhere))
  const causes = [
    ...(isBySelector ? [selectorCause(selecting, other)] : []),
    ...(isByLabels ? labelCauses(keysOf(of(own)), cluster, sides) : []),
  ]
  if (causes.length > 0) return causes
  const words = there === 'after' ? 'selects' : 'selected'
  const text = `${id} ${words} the cluster by ${formatSelector(of(own))}`
  return [{ text, span: locate(own.document, selecting.path), side: there }]
}

function labelsOf(plan: ClusterPlan | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((plan?.labels ?? []).map(({ key, value }) => [key, value]))
}

function selectorCause<Selector extends { readonly document: SourceDocument }>(
  { id, path, there, own, of }: Selecting<Selector>,
  other: Selector,
): ChangeCause {
  const [before, after] = there === 'after' ? [other, own] : [own, other]
  const [was, is] = [of(before), of(after)].map(formatSelector)
  const differences = differencesBetween(before.document, after.document, { before: path, after: path })
  const difference = differences.find(({ change }) => change !== 'removed')
  return {
    text: `${id} selects ${is ?? ''} now, it selected ${was ?? ''}`,
    span: difference ? placeOfDifference(after.document, difference) : locate(after.document, path, 'key'),
    side: 'after',
  }
}

/** Labels that a selector asks for. */
function keysOf({ matchLabels, matchExpressions }: LabelSelector): readonly string[] {
  return [...new Set([...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)])].sort()
}

function setCauses(
  { claim: { profile }, cluster, there }: Selected,
  id: string,
  sides: KnownSides,
): readonly ChangeCause[] {
  const [own, other] = there === 'after' ? [sides.after, sides.before] : [sides.before, sides.after]
  const name = id.slice(id.lastIndexOf('/') + 1)
  const index = Math.max(profile.spec.setRefs.indexOf(name), 0)
  const wasMember = other.plan?.sets.find((set) => set.id === id)?.members.includes(cluster) === true
  if (wasMember)
    return [named(there, profile, ['spec', 'setRefs', index], [`uses ${id}`, `does not use ${id} any more`])]
  const set = own.sets.get(id)
  const member: ChangeCause = {
    text:
      there === 'after' ? `the cluster is a member of ${id}` : `the cluster is no member of ${id} any more`,
    span: set ? locate(set.document, ['spec']) : locate(profile.document, ['spec', 'setRefs', index]),
    side: there,
  }
  const selector = ({ clusterSelector }: ClusterSet): LabelSelector => clusterSelector ?? emptySelector
  if (!set?.clusterSelector) return [member]
  const why = selectorCauses(
    {
      ...{ id, path: ['spec', 'clusterSelector'], there, own: set, cluster, of: selector },
      other: other.sets.get(id),
    },
    sides,
  )
  return [member, ...why]
}

function dependencyCauses(
  { claim: { profile }, cluster, there }: Selected,
  of: string,
  sides: KnownSides,
  chain: number,
): readonly ChangeCause[] {
  const [own, other] = there === 'after' ? [sides.after, sides.before] : [sides.before, sides.after]
  const dependent = own.profiles.get(of)
  if (!dependent) return []
  const index = Math.max(dependent.spec.dependsOn.indexOf(profile.name), 0)
  const words = `depends on ${profile.id}`
  const cause = named(
    there,
    dependent,
    ['spec', 'dependsOn', index],
    [words, `does not need ${profile.id} on the cluster any more`],
  )
  const isThere = appliesOn(other, of, cluster) || !other.profiles.has(of) || chain >= longestChain
  const claim = claimOn(own, of, cluster)
  return isThere || !claim
    ? [cause]
    : [cause, ...selectionCauses({ claim, cluster, there }, sides, chain + 1)]
}

function claimOn(side: KnownSide, profile: string, cluster: string): ProfileClaim | undefined {
  const plan = side.clusterOf(cluster)
  return plan && claimsOf(plan).find((claim) => claim.profile.id === profile)
}

/** Whether a profile applies to a cluster, as far as its units and what it selects say. */
export function appliesOn(side: KnownSide, profile: string, cluster: string): boolean {
  const plan = side.clusterOf(cluster)
  const written = side.profiles.get(profile)
  if (!plan || !written) return false
  const { namespace, spec } = written
  if (namespace !== undefined && namespace !== plan.cluster.namespace) return false
  const sets = new Set(
    spec.setRefs.map((name) => (namespace === undefined ? `ClusterSet/${name}` : `Set/${namespace}/${name}`)),
  )
  return (
    claimOn(side, profile, cluster) !== undefined ||
    matchesLabels(selectorOf(written), labelsOf(plan)) ||
    spec.clusterRefs.some((reference) => isMeant(reference, plan, namespace)) ||
    (side.plan?.sets ?? []).some(({ id, members }) => sets.has(id) && members.includes(cluster))
  )
}

function isMeant(reference: ObjectReference, { cluster }: ClusterPlan, namespace?: string): boolean {
  return cluster.name === reference.name && cluster.namespace === (namespace ?? reference.namespace)
}
