/** What was observed in clusters, recorded. Files hold no clock (decision 2); ages live in `observed.json`. */
export interface Facts {
  /** By cluster id `<namespace>/<name>`. */
  readonly clusters: ReadonlyMap<string, ClusterFacts>
  /** Objects of the live management cluster that intent refers to; absent when there is none. */
  readonly management?: ManagementFacts
  /** By cluster id; a cluster that was never observed is absent. */
  readonly observations: ReadonlyMap<string, Observation>
  /** Clusters whose recorded facts could not be read; they are held. */
  readonly unreadable: ReadonlySet<string>
  /** Members that sets selected at the last compile, cluster ids by set id (`ClusterSet/x`, `Set/<namespace>/x`). */
  readonly sets: ReadonlyMap<string, readonly string[]>
  /** sha256 over the canonical facts files, hex. */
  readonly digest: string
}

/** `.fleetwright/facts/<namespace>/<name>.json`. */
export interface ClusterFacts {
  /** Server's git version: `v1.34.2-eks-1`. */
  readonly version?: string
  /** What the API server serves, sorted. */
  readonly resources: readonly ServedResource[]
  /** Labels observed on the cluster object itself in the management cluster, if any. */
  readonly labels: Readonly<Record<string, string>>
  /** Whether the cluster object said that it is ready. */
  readonly ready?: boolean
  /** Objects that intent asked about, as exact JSON texts, sorted by identity. Secrets hold fingerprints only. */
  readonly objects: readonly string[]
}

export interface ServedResource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
}

/** `.fleetwright/facts/management.json`: exact JSON texts, sorted by identity. */
export interface ManagementFacts {
  readonly objects: readonly string[]
}

/** One row of `.fleetwright/observed.json`. */
export interface Observation {
  /** ISO 8601 UTC of the last complete answer. */
  readonly observedAt: string
  readonly reachable: boolean
  /** Why the last attempt failed. */
  readonly reason?: string
}
