import { compareText } from '../kubernetes/text-order.ts'
import type { Plan, PlannedUnit } from '../resolve/types.ts'

/** A profile that gives some clusters something else than before. */
export interface ChangedProfile {
  /** `ClusterProfile/monitoring`, `EventTrigger/policy@production/eu`. */
  readonly profile: string
  /** Cluster ids, sorted. */
  readonly clusters: readonly string[]
}

/** Profiles whose units differ between two plans, and on which clusters; sorted. Pure. */
export function changedProfiles(before: Plan, after: Plan): readonly ChangedProfile[] {
  const [old, now] = [unitTexts(before), unitTexts(after)]
  const changed = new Map<string, Set<string>>()
  for (const [key, { profile, cluster }] of new Map([...old, ...now])) {
    if (old.get(key)?.texts.join('\n') === now.get(key)?.texts.join('\n')) continue
    changed.set(profile, (changed.get(profile) ?? new Set()).add(cluster))
  }
  return [...changed]
    .sort(([a], [b]) => compareText(a, b))
    .map(([profile, clusters]) => ({ profile, clusters: [...clusters].sort(compareText) }))
}

interface ProfileUnits {
  readonly profile: string
  readonly cluster: string
  readonly texts: string[]
}

/** By cluster and profile. */
function unitTexts({ clusters }: Plan): ReadonlyMap<string, ProfileUnits> {
  const found = new Map<string, ProfileUnits>()
  for (const { cluster, units, kubeVersion, apiVersions } of clusters) {
    // What charts see of the cluster.
    const capabilities = JSON.stringify([kubeVersion, apiVersions])
    for (const unit of units) {
      const profile = unit.claim.profile.id
      const key = `${cluster.id}\0${profile}`
      const known = found.get(key) ?? { profile, cluster: cluster.id, texts: [] }
      found.set(key, known)
      known.texts.push(unitText(unit), unit.kind === 'helm' ? capabilities : '')
    }
  }
  return found
}

/** Everything but where it was written, which is no part of what is given. */
function unitText({ claim, ...unit }: PlannedUnit): string {
  return JSON.stringify([claim.tier, unit], (key, value: unknown) => (key === 'origin' ? undefined : value))
}
