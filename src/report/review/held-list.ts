import { compareText } from '../../kubernetes/text-order.ts'
import type { Review } from '../types.ts'
import { withoutCluster } from './without-cluster.ts'

/** What stays as it is for one reason. */
export interface HeldGroup {
  /** Of several clusters, without the name of any. */
  readonly reason: string
  readonly parts: Review['held']
}

/** By reason, those that hold the most first. Pure. */
export function listHeld(held: Review['held']): readonly HeldGroup[] {
  const groups = Map.groupBy(held, ({ reason, cluster }) => withoutCluster(reason, cluster))
  return [...groups]
    .map(([reason, parts]) => ({ reason: parts.length > 1 ? reason : (parts[0]?.reason ?? reason), parts }))
    .sort((a, b) => b.parts.length - a.parts.length || compareText(a.reason, b.reason))
}

export function namesOfHeld(parts: Review['held']): readonly string[] {
  return parts.map(({ cluster, unit }) => (unit === undefined ? cluster : `${cluster} ${unit}`))
}
