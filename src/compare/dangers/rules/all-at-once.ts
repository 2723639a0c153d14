import type { Profile } from '../../../intent/types.ts'
import type { Plan } from '../../../resolve/types.ts'
import { locate } from '../../../source/source.ts'
import type { FleetInReview, FoundInFleet, Rule } from '../rule.ts'

/** "`maxUpdate` and ClusterPromotion are parsed, kept in the plan, and reported as a danger ('changes all N clusters at once') until rollouts exist" (decision 20). */
export const allAtOnce: Rule = {
  name: 'all-at-once',
  severity: 'medium',
  what: 'A profile that limits how many clusters change at a time changes more of them.',
  why: 'Sveltos updates as many clusters at once as `maxUpdate` says. Fleetwright does not: it writes one commit, and every cluster follows it.',
  example:
    '  spec:\n    maxUpdate: 30%\n    helmCharts:\n-   - chartVersion: 25.24.0\n+   - chartVersion: 25.30.1',
  fix: 'Split the profile by selector, and merge one part after the other.',
  looksAt: 'fleet',
  *find(fleet) {
    const profiles = profilesOf(fleet)
    for (const [id, clusters] of changedClusters(fleet)) {
      const found = profiles.get(id)
      const limit = found && limitOf(found.profile.spec.maxUpdate, found.clusters.size)
      if (!found || limit === undefined || clusters.size <= limit) continue
      yield describe(found, [...clusters].sort())
    }
  },
}

function describe({ profile, side }: Reach, clusters: readonly string[]): FoundInFleet {
  const { maxUpdate = '' } = profile.spec
  return {
    message: `${profile.id} changes all ${clusters.length} clusters at once, though its maxUpdate is ${maxUpdate}`,
    clusters,
    span: locate(profile.document, ['spec', 'maxUpdate']),
    side,
  }
}

/** Clusters on which units of a profile change, by profile: what it loses counts as well. */
function changedClusters({ clusters }: FleetInReview): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { id, units } of clusters) {
    for (const { change } of units) {
      const profile = (change.after ?? change.before)?.profile ?? ''
      found.set(profile, (found.get(profile) ?? new Set()).add(id))
    }
  }
  return found
}

interface Reach {
  readonly profile: Profile
  /** Clusters on which it owns something. */
  readonly clusters: Set<string>
  readonly side: 'before' | 'after'
}

/** As they are after the change, else before. */
function profilesOf({ before, after }: FleetInReview): ReadonlyMap<string, Reach> {
  return new Map([...reachOf(before.plan, 'before'), ...reachOf(after.plan, 'after')])
}

function reachOf(plan: Plan | undefined, side: Reach['side']): ReadonlyMap<string, Reach> {
  const found = new Map<string, Reach>()
  for (const { cluster, units } of plan?.clusters ?? []) {
    for (const { claim } of units) {
      const { profile } = claim
      const reach = found.get(profile.id) ?? { profile, clusters: new Set(), side }
      reach.clusters.add(cluster.id)
      found.set(profile.id, reach)
    }
  }
  return found
}

/** As Sveltos counts: a share is rounded up, of quoted numbers too, and 0 is no limit (sveltos.md 12.3). */
function limitOf(maxUpdate: number | string | undefined, clusters: number): number | undefined {
  if (maxUpdate === undefined) return undefined
  const limit =
    typeof maxUpdate === 'number' ? maxUpdate : Math.ceil((Number.parseInt(maxUpdate, 10) * clusters) / 100)
  return limit > 0 ? limit : undefined
}
