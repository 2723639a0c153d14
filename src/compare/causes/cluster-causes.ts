import type { Span } from '../../diagnostics/types.ts'
import { classifiedLabelPath, formatReason, labelPath } from '../../resolve/resolve.ts'
import type { ClusterPlan, PlannedLabel } from '../../resolve/types.ts'
import { locate } from '../../source/source.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { ChangeCause } from '../types.ts'
import { differencesBetween, type Difference } from './differences.ts'
import { objectFacts, versionFacts } from './fact-causes.ts'
import { placeOfDifference } from './places.ts'
import type { KnownSide, KnownSides } from './sides.ts'

/** What labels of a cluster became, who set them, and what of the cluster made them so. */
export function labelCauses(
  keys: readonly string[],
  cluster: string,
  sides: KnownSides,
): readonly ChangeCause[] {
  const causes = keys.flatMap((key) => labelCause(key, cluster, sides) ?? [])
  return [...causes, ...keys.flatMap((key) => classifiedFacts(key, cluster, sides))]
}

/** What a classifier looks at, where it is written as before and says something else. */
function classifiedFacts(key: string, cluster: string, sides: KnownSides): readonly ChangeCause[] {
  const labels = [sides.before, sides.after].map(({ clusterOf }) =>
    clusterOf(cluster)?.labels.find((label) => label.key === key),
  )
  const [was, is] = labels
  if (was?.value === is?.value) return []
  const origins = labels.flatMap((label) => (typeof label?.origin === 'object' ? [label.origin] : []))
  if (origins.length === 0) return []
  const isByVersion = origins.some(({ because }) => because.some(({ kind }) => kind === 'version'))
  const askers = origins.map(({ classifier }) => classifier)
  return [...(isByVersion ? versionFacts(cluster, sides) : []), ...objectFacts(cluster, askers, sides)]
}

/** What a label of a cluster became, and who set it. */
function labelCause(key: string, cluster: string, sides: KnownSides): ChangeCause | undefined {
  const { before, after } = sides
  const [old, now] = [before.clusterOf(cluster), after.clusterOf(cluster)]
  const [was, is] = [old, now].map((plan) => plan?.labels.find((label) => label.key === key))
  if (was?.value === is?.value) return undefined
  if (is && now) {
    const instead = was ? `, it was ${quoted(was.value)}` : ''
    const text = `label \`${key}\` of the cluster is ${quoted(is.value)}${instead}${originText(is)}`
    const fact = isFact(is) && { fact: `is labelled ${key}=${is.value}` }
    return withSpan({ text, side: 'after', ...fact }, originSpan(is, now, before))
  }
  if (!was || !old) return undefined
  const text = `label \`${key}\` of the cluster is gone, it was ${quoted(was.value)}${originText(was)}`
  const fact = isFact(was) && now !== undefined && { fact: `lost its label ${key}` }
  return withSpan({ text, side: 'before', ...fact }, originSpan(was, old, after))
}

/** Nobody wrote it in the repository, and no classifier worked it out. */
function isFact({ origin }: PlannedLabel): boolean {
  return origin === 'observed' || origin === 'what-if'
}

/** An empty value is one too. */
function quoted(value: string): string {
  return `\`${value === '' ? '""' : value}\``
}

function originText({ origin }: PlannedLabel): string {
  if (origin === 'written') return ''
  if (origin === 'observed') return ', as observed in the management cluster'
  if (origin === 'what-if') return ', as is supposed'
  const reasons = origin.because.map(formatReason).join(', ')
  return `, set by ${origin.classifier}${reasons === '' ? '' : `: ${reasons}`}`
}

/** The line that sets it; of a classifier, where it differs from the other side's, else what made it match. */
function originSpan(
  { key, origin }: PlannedLabel,
  { cluster }: ClusterPlan,
  other: KnownSide,
): Span | undefined {
  if (typeof origin === 'object') {
    const { document, classifier, because } = origin
    const [difference] = differencesFrom(other.classifiers.get(classifier), document)
    if (difference) return placeOfDifference(document, difference)
    const reason = because.find((one) => 'path' in one)
    return locate(document, reason?.path ?? classifiedLabelPath(document, key))
  }
  return origin === 'written' && cluster.document
    ? locate(cluster.document, labelPath(cluster, key))
    : undefined
}

function differencesFrom(other: SourceDocument | undefined, own: SourceDocument): readonly Difference[] {
  if (!other) return []
  const differences = differencesBetween(other, own, { before: ['spec'], after: ['spec'] })
  return differences.filter(({ change }) => change !== 'removed')
}

export function withSpan(cause: Omit<ChangeCause, 'span'>, span: Span | undefined): ChangeCause {
  return { ...cause, ...(span && { span }) }
}

/** That the cluster runs another version: charts and classifiers see it. */
export function versionCauses(cluster: string, sides: KnownSides): readonly ChangeCause[] {
  const [before, after] = [sides.before.clusterOf(cluster), sides.after.clusterOf(cluster)]
  const facts = versionFacts(cluster, sides)
  if (facts.length > 0 || !before || !after || before.kubeVersion === after.kubeVersion) return facts
  const text = `Kubernetes of the cluster is ${after.kubeVersion}, it was ${before.kubeVersion}`
  return [withSpan({ text, side: 'after' }, versionSpan(before, after))]
}

/** Where the version is written, if somebody wrote another one. */
function versionSpan(before: ClusterPlan, after: ClusterPlan): Span | undefined {
  const [was, is] = [before.cluster, after.cluster]
  if (!was.document || !is.document) return undefined
  const difference = differencesBetween(was.document, is.document, {
    before: was.path ?? [],
    after: is.path ?? [],
  }).find(({ path }) => path.at(-1) === 'version')
  return difference && placeOfDifference(is.document, difference)
}

/** Labels that differ, sorted. */
export function differingLabels(
  before: ClusterPlan | undefined,
  after: ClusterPlan | undefined,
): readonly string[] {
  const keys = [before, after].flatMap((plan) => (plan?.labels ?? []).map(({ key }) => key))
  const valueOf = (plan: ClusterPlan | undefined, key: string): string | undefined =>
    plan?.labels.find((label) => label.key === key)?.value
  return [...new Set(keys)].filter((key) => valueOf(before, key) !== valueOf(after, key)).sort()
}
