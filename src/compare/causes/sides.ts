import type { ClusterSet, Fleet, Profile } from '../../intent/types.ts'
import type { ClusterPlan, Plan, PlannedUnit, ProfileClaim } from '../../resolve/types.ts'
import { factDifferences, type FactChange } from '../../observe/observe.ts'
import type { SourceDocument } from '../../source/types.ts'
import type { Side } from '../types.ts'

/** What is known of one side, found by name. */
export interface KnownSide {
  readonly side: 'before' | 'after'
  readonly plan: Plan | undefined
  readonly fleet: Fleet | undefined
  readonly isLost: boolean
  /** Clusters that are only supposed. */
  readonly isSupposed: (cluster: string) => boolean
  readonly clusterOf: (id: string) => ClusterPlan | undefined
  readonly unitOf: (cluster: string, unit: string) => PlannedUnit | undefined
  /** Written and generated ones; without a fleet, those that any cluster gets. */
  readonly profiles: ReadonlyMap<string, Profile>
  /** By id. */
  readonly sets: ReadonlyMap<string, ClusterSet>
  /** Where they are written, by id. */
  readonly classifiers: ReadonlyMap<string, SourceDocument>
}

export interface KnownSides {
  readonly before: KnownSide
  readonly after: KnownSide
  /** Files of the repository in which they differ. */
  readonly changedFiles: readonly string[]
  /** What the facts say otherwise of a cluster, by id. */
  readonly factsOf: (cluster: string) => readonly FactChange[]
}

export function toKnownSide(side: KnownSide['side'], { plan, fleet, facts, isLost }: Side): KnownSide {
  const clusters = new Map((plan?.clusters ?? []).map((cluster) => [cluster.cluster.id, cluster]))
  const units = new Map<string, ReadonlyMap<string, PlannedUnit>>()
  return {
    ...{ side, plan, fleet, isLost: isLost === true },
    isSupposed: (id) => facts?.whatIf?.has(id) === true,
    clusterOf: (id) => clusters.get(id),
    unitOf: (cluster, unit) => {
      const known = units.get(cluster) ?? new Map(clusters.get(cluster)?.units.map((one) => [one.name, one]))
      units.set(cluster, known)
      return known.get(unit)
    },
    profiles: new Map(
      [
        ...[...clusters.values()].flatMap(claimsOf).map(({ profile }) => profile),
        ...(fleet?.profiles ?? []),
      ].map((profile) => [profile.id, profile]),
    ),
    classifiers: new Map(
      (fleet?.classifiers ?? []).map(({ kind, name, document }) => [`${kind}/${name}`, document]),
    ),
    sets: new Map((fleet?.sets ?? []).map((set) => [setId(set), set])),
  }
}

/** Nothing where both sides know the same, which is the rule. */
export function findFacts(before: Side, after: Side): KnownSides['factsOf'] {
  const isSame = before.facts?.digest === after.facts?.digest && before.facts?.whatIf === after.facts?.whatIf
  if (isSame || !before.facts || !after.facts) return () => []
  const needs = [...(before.needs ?? []), ...(after.needs ?? [])]
  const changes = Map.groupBy(factDifferences(before.facts, after.facts, needs), ({ cluster }) => cluster)
  return (cluster) => changes.get(cluster) ?? []
}

function setId({ namespace, name }: ClusterSet): string {
  return namespace === undefined ? `ClusterSet/${name}` : `Set/${namespace}/${name}`
}

/** Of every profile that is known to apply to a cluster. */
export function claimsOf({ units, conflicts }: ClusterPlan): readonly ProfileClaim[] {
  return [...units.map(({ claim }) => claim), ...conflicts.flatMap(({ owner, loser }) => [owner, loser])]
}
