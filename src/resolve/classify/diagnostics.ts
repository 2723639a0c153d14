import { diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/types.ts'
import type { Classifier, Cluster, Profile } from '../../intent/types.ts'
import { locate } from '../../source/source.ts'
import type { ClassifiedBy } from '../types.ts'
import { classifierId } from './verdict.ts'

/** A label of a classifier. */
export interface LabelPlace {
  readonly classifier: Classifier
  /** In its `classifierLabels`. */
  readonly index: number
}

export function notClassified(cluster: Cluster, classifiers: readonly Classifier[]): Diagnostic {
  const names = classifiers.map(classifierId).join(', ')
  const [first] = classifiers
  return diagnostic('resolve/not-classified', {
    message: `the labels of the cluster are not known: the facts do not tell what ${names} ask${classifiers.length === 1 ? 's' : ''} for`,
    ...(first && { span: locate(first.document, ['metadata', 'name']) }),
    subject: { cluster: cluster.id },
    hint: 'Record facts with `fleetwright observe`; where only its version is asked for, writing that is enough.',
  })
}

export function labelConflict(cluster: Cluster, owner: LabelPlace, loser: LabelPlace): Diagnostic {
  const { key, value } = labelOf(loser)
  return diagnostic('resolve/label-conflict', {
    message: `label \`${key}\` belongs to ${classifierId(owner.classifier)}, which sets \`${labelOf(owner).value}\`; the \`${value}\` of ${classifierId(loser.classifier)} has no effect`,
    span: spanOf(loser),
    subject: { cluster: cluster.id },
    related: [{ message: 'the owner sets it here', span: spanOf(owner) }],
    hint: 'Make the classifiers exclude each other, or let them set labels of different names.',
  })
}

export function labelReplaced(cluster: Cluster, label: LabelPlace, written: string): Diagnostic {
  const { key, value } = labelOf(label)
  return diagnostic('resolve/label-replaced', {
    message: `${classifierId(label.classifier)} sets label \`${key}\` to \`${value}\`, over the \`${written}\` that is written`,
    span: spanOf(label),
    subject: { cluster: cluster.id },
    hint: 'Remove the label from the cluster, or let the classifier set one of another name.',
  })
}

export function classifiedUnknown(
  classifier: Classifier,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): Diagnostic {
  const what = kind === 'Cluster' || kind === 'SveltosCluster' ? 'is not in the inventory' : 'is no cluster'
  return diagnostic('resolve/classified-unknown', {
    message: `${classifierId(classifier)} names ${kind} ${namespace}/${name}, which ${what}`,
    span: locate(classifier.document, ['spec', 'classificationLua']),
    hint: 'Return the `namespace`, `name` and `kind` (Cluster or SveltosCluster) of clusters of the fleet.',
  })
}

/** A label that changes with what it selects. */
export interface Swing {
  readonly key: string
  /** Absent: the cluster has no such label. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** The classifier that sets the label afterwards, or set it before. */
  readonly by: ClassifiedBy
  /** `Deployment default/web`, which the profile puts there. */
  readonly object: string | undefined
  readonly deployer: Profile
  /** No longer selected afterwards. */
  readonly lost: Profile
}

export function oscillation(cluster: Cluster, swing: Swing): Diagnostic {
  const { key, before, after, by, object = 'its objects', deployer, lost } = swing
  const sets =
    after === undefined ? `no longer sets label \`${key}\`` : `sets label \`${key}\` to \`${after}\``
  const instead = before === undefined || after === undefined ? '' : ` instead of \`${before}\``
  return diagnostic('resolve/oscillation', {
    message: `once ${deployer.id} has deployed ${object}, ${by.classifier} ${sets}${instead}, and ${lost.id} is no longer selected: what it deploys would come and go`,
    span: locate(by.document, ['metadata', 'name']),
    subject: { cluster: cluster.id },
    related: [
      { message: 'this selector stops selecting', span: locate(lost.document, ['spec', 'clusterSelector']) },
    ],
    hint: 'Let the classifier look at something that the profile does not deploy, or set a label that it does not select by.',
  })
}

function labelOf({ classifier, index }: LabelPlace): { readonly key: string; readonly value: string } {
  return classifier.classifierLabels[index] ?? { key: '', value: '' }
}

function spanOf({ classifier, index }: LabelPlace): ReturnType<typeof locate> {
  return locate(classifier.document, ['spec', 'classifierLabels', index, 'value'])
}
