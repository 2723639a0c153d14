import type { Upgrade } from '../../compare/types.ts'
import type { MarkName } from './cluster-name.ts'
import type { ClusterSets } from './cluster-sets.ts'
import { assignDangers } from './danger-view.ts'
import type { NameUnit } from './unit-names.ts'
import { viewFold, type FoldView } from './fold-view.ts'

/** What happens when one cluster takes the version that the change writes. */
export interface UpgradeView {
  readonly cluster: string
  readonly number: number
  readonly from: string
  readonly to: string
  readonly machines: readonly string[]
  readonly labels: readonly {
    readonly key: string
    readonly before: string
    readonly after: string
    readonly classifier: string
  }[]
  readonly lostApis: Upgrade['lostApis']
  readonly folds: readonly FoldView[]
}

export interface UpgradeContext {
  readonly sets: ClusterSets
  readonly nameUnit: NameUnit
  readonly markName: MarkName
}

export function viewUpgrade(upgrade: Upgrade, index: number, context: UpgradeContext): UpgradeView {
  const { sets, nameUnit } = context
  const { cluster, from, to, machines, labels, lostApis, follows } = upgrade
  const dangers = assignDangers([...upgrade.dangers, ...follows.dangers], follows.folds, nameUnit)
  return {
    ...{ cluster, from, to, lostApis },
    number: sets.numberOf([cluster]),
    machines: machines.map(({ kind, name, replicas }) =>
      replicas === undefined ? `${kind} ${name}` : `${kind} ${name}: ${replicas} replaced`,
    ),
    labels: labels.map(({ key, before, after, classifier }) => ({
      ...{ key, classifier },
      before: before ?? 'not set',
      after: after ?? 'not set',
    })),
    folds: follows.folds.map((fold, at) => viewFold(fold, at, { ...context, dangers, prefix: `u${index}-` })),
  }
}
