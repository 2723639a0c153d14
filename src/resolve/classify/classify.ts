import type { Classifier, ClusterClassifier, Fleet, Profile } from '../../intent/types.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { ClusterState } from '../cluster-state.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Selecting } from '../resources/asker.ts'
import type { Scripts } from '../scripts.ts'
import type { ClassifierReason, Hold, LabelConflict, PlannedLabel } from '../types.ts'
import { classifyFromManagement } from './classify-from-management.ts'
import { judgeVersion } from './judge-version.ts'
import { labelConflict, labelReplaced, notClassified, type LabelPlace } from './diagnostics.ts'
import { askForResources, matchResources } from './match-resources.ts'
import { classifierId, type Unknown, type Verdict } from './verdict.ts'

export interface Classification {
  /** Labels that classifiers give, and a hold where they could not be worked out; by cluster id. */
  readonly clusters: ReadonlyMap<string, ClassifiedCluster>
  /** Sorted by cluster and key. */
  readonly conflicts: readonly LabelConflict[]
}

export interface ClassifiedCluster {
  /** Sorted by key; each replaces a written or observed label of its key (sveltos.md 4.3). */
  readonly labels: readonly PlannedLabel[]
  readonly hold?: Hold
}

/**
 * Which labels the classifiers give to each cluster, from its facts (sveltos.md 4). Pure; sorted everywhere. A label is gone as
 * soon as its classifier does not match: nothing is remembered.
 *
 * A cluster of which a classifier cannot say whether it matches is held whole, since a label selects any profile: one whose
 * facts do not answer, one on whose objects a script fails, and every cluster while a classifier has errors. An assumed version
 * answers nothing.
 */
export function classify(
  states: readonly ClusterState[],
  { classifiers }: Pick<Fleet, 'classifiers'>,
  knowledge: Knowledge,
  scripts: Scripts,
): Classification {
  const judges = classifiers
    .map((classifier) => ({ classifier, judge: judgeOf(classifier, states, { knowledge, scripts }) }))
    .sort((a, b) => compareText(classifierId(a.classifier), classifierId(b.classifier)))
  const clusters = new Map<string, ClassifiedCluster>()
  const conflicts: LabelConflict[] = []
  for (const state of states) {
    const verdicts = judges.map(({ classifier, judge }) => ({ classifier, verdict: judge(state) }))
    const report = reportOf(state, scripts)
    const hold = holdOf(state, verdicts, report)
    const claimed = claimLabels(state, verdicts, report)
    clusters.set(state.cluster.id, { labels: claimed.labels, ...(hold && { hold }) })
    conflicts.push(...claimed.conflicts)
  }
  return {
    clusters,
    conflicts: conflicts.sort((a, b) => compareText(a.cluster, b.cluster) || compareText(a.key, b.key)),
  }
}

/** Whether a profile selects by a label that a classifier may give to a cluster. */
export function asksForClassified({ spec }: Profile, { classifiers }: Pick<Fleet, 'classifiers'>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.clusterSelector ?? {}
  const given = classifiers.flatMap(({ classifierLabels }) => classifierLabels)
  return given.some(
    ({ key, value }) =>
      (Object.hasOwn(matchLabels, key) && matchLabels[key] === value) ||
      matchExpressions.some((requirement) => requirement.key === key),
  )
}

/** What there is to say of a cluster that stays as it is anyway is nobody's concern now. */
function reportOf(state: ClusterState, scripts: Scripts): Scripts['report'] {
  return state.hold ? () => undefined : scripts.report
}

type Judge = (state: ClusterState) => Verdict

interface Judged {
  readonly classifier: Classifier
  readonly verdict: Verdict
}

function judgeOf(classifier: Classifier, states: readonly ClusterState[], selecting: Selecting): Judge {
  if (classifier.faulty === true) {
    const message = `${classifierId(classifier)} has errors`
    return () => ({ known: false, reason: 'error', message })
  }
  if (classifier.kind === 'ManagementClusterClassifier')
    return classifyFromManagement(classifier, states, selecting)
  return (state) => judgeCluster(classifier, state, selecting)
}

function judgeCluster(classifier: ClusterClassifier, state: ClusterState, selecting: Selecting): Verdict {
  const { cluster, kubeVersion, versionKnown } = state
  askForResources(classifier, cluster.id, selecting)
  const because: ClassifierReason[] = []
  if (classifier.versionConstraints.length > 0) {
    if (!versionKnown)
      return { known: false, reason: 'facts-missing', message: `the version of ${cluster.id} is not known` }
    const verdict = judgeVersion(classifier.versionConstraints, kubeVersion)
    if (!verdict.known || !verdict.matches) return verdict
    because.push(...verdict.because)
  }
  const scripts = { ...selecting.scripts, report: reportOf(state, selecting.scripts) }
  const verdict = matchResources(classifier, state, { ...selecting, scripts })
  if (!verdict.known || !verdict.matches) return verdict
  because.push(...verdict.because)
  return { known: true, matches: true, because: because.length > 0 ? because : [{ kind: 'always' }] }
}

function holdOf(
  { cluster }: ClusterState,
  verdicts: readonly Judged[],
  report: Scripts['report'],
): Hold | undefined {
  const unknown = verdicts.filter((one): one is Judged & { verdict: Unknown } => !one.verdict.known)
  const missing = unknown.filter(({ verdict }) => verdict.reason === 'facts-missing')
  if (missing.length > 0)
    report(
      notClassified(
        cluster,
        missing.map(({ classifier }) => classifier),
      ),
    )
  // An error says more than facts that may come by themselves.
  const [first] = [...unknown.filter(({ verdict }) => verdict.reason === 'error'), ...missing]
  if (first === undefined) return undefined
  const { reason, message } = first.verdict
  return { reason, message: `${classifierId(first.classifier)} cannot say whether it matches: ${message}` }
}

interface Claimed {
  readonly labels: readonly PlannedLabel[]
  readonly conflicts: readonly LabelConflict[]
}

/** The first classifier by id has the label (sveltos.md 4.3: the first to come, which no compiler can know). */
function claimLabels(state: ClusterState, verdicts: readonly Judged[], report: Scripts['report']): Claimed {
  const { cluster } = state
  const owners = new Map<string, LabelPlace & { readonly label: PlannedLabel }>()
  const conflicts: LabelConflict[] = []
  for (const { classifier, verdict } of verdicts) {
    if (!verdict.known || !verdict.matches) continue
    const id = classifierId(classifier)
    for (const [index, { key, value }] of classifier.classifierLabels.entries()) {
      const place = { classifier, index }
      const owner = owners.get(key)
      if (owner === undefined) {
        const origin = { classifier: id, document: classifier.document, because: verdict.because }
        owners.set(key, { ...place, label: { key, value, origin } })
      } else if (owner.classifier !== classifier) {
        const ownerId = classifierId(owner.classifier)
        const first = { classifier: ownerId, value: owner.label.value }
        conflicts.push({ cluster: cluster.id, key, owner: first, loser: { classifier: id, value } })
        if (owner.label.value !== value) report(labelConflict(cluster, owner, place))
      }
    }
  }
  for (const { label, ...place } of owners.values()) {
    const written = state.labels.find(({ key, origin }) => key === label.key && origin === 'written')
    if (written && written.value !== label.value) report(labelReplaced(cluster, place, written.value))
  }
  const labels = [...owners.values()].map(({ label }) => label)
  return { labels: labels.sort((a, b) => compareText(a.key, b.key)), conflicts }
}
