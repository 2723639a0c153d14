import type { ClusterInReview, Rule } from '../rule.ts'
import { counted } from '../wording.ts'

/** "Nothing is deleted because something was missing" (architecture): what does go was asked for, and is said first. */
export const clusterEmptied: Rule = {
  name: 'cluster-emptied',
  severity: 'high',
  what: 'A cluster loses everything that it runs.',
  why: 'The last add-on goes, or the cluster is no part of the fleet any more: delivery deletes what it applied. Most often a label was renamed, or the file of a cluster moved out of what is read.',
  example: '  metadata:\n    labels:\n-     env: production\n+     environment: production',
  fix: 'Look at the labels of the cluster and the selectors of its profiles. A cluster that is to go empty needs an approval of its deletions.',
  looksAt: 'cluster',
  *find(cluster) {
    if (!isEmptied(cluster)) return
    const units = cluster.units.filter(({ change }) => isLostAddOn(change))
    const isGone = cluster.after === undefined
    const start = isGone ? 'The cluster is no part of the fleet any more and loses' : 'The cluster loses'
    yield { message: `${start} everything that it runs: ${counted(units.length, 'add-on')}` }
  },
}

/** It had add-ons and has none left; the namespaces that fleetwright itself made for them do not count. */
export function isEmptied({ units, after }: ClusterInReview): boolean {
  const isEmpty = [...(after?.units.values() ?? [])].every(({ settings }) => settings.kind === 'namespaces')
  return isEmpty && units.some(({ change }) => isLostAddOn(change))
}

function isLostAddOn({ change, before }: ClusterInReview['units'][number]['change']): boolean {
  return change === 'lost' && before?.kind !== 'namespaces'
}
