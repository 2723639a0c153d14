/** What was observed in clusters, recorded. Files hold no clock (decision 2); ages live in `observed.json`. */
export interface Facts {
  /** By cluster id `<namespace>/<name>`. */
  readonly clusters: ReadonlyMap<string, ClusterFacts>
  /** Objects of the live management cluster that intent refers to; absent when there is none. */
  readonly management?: ManagementFacts
  /** By cluster id, and under `management`; a cluster that was never observed is absent. */
  readonly observations: ReadonlyMap<string, Observation>
  /** Clusters whose recorded facts could not be read; they are held. */
  readonly unreadable: ReadonlySet<string>
  /** CloudEvents in the order in which they count, oldest first. */
  readonly events: readonly RecordedEvent[]
  /** Members that sets selected at the last compile, cluster ids by set id (`ClusterSet/x`, `Set/<namespace>/x`). */
  readonly sets: ReadonlyMap<string, readonly string[]>
  /** Worlds that are not: what the facts are to say of some clusters, by cluster id. Never compiled onto a branch. */
  readonly whatIf?: ReadonlyMap<string, WhatIf>
  /** sha256 over the canonical facts files, hex. */
  readonly digest: string
}

/** How one cluster is imagined, which need not exist. Its objects and version stand in its facts already. */
export interface WhatIf {
  /** Over all others; null removes a label. */
  readonly labels: Readonly<Record<string, string | null>>
}

/** What a cluster said about its objects. */
export interface Answers {
  /** Objects that intent asked about, as exact JSON texts, sorted by identity. Secrets hold fingerprints only. */
  readonly objects: readonly string[]
  /**
   * What was asked, sorted: an object that is not there was looked for only where one of these covers it. Absent in
   * facts that a person wrote, which count as complete.
   */
  readonly asked?: readonly Query[]
}

/** `.fleetwright/facts/<namespace>/<name>.json`. */
export interface ClusterFacts extends Answers {
  /** Server's git version: `v1.34.2-eks-1`. */
  readonly version?: string
  /** What the API server serves, sorted. */
  readonly resources: readonly ServedResource[]
  /** Labels observed on the cluster object itself in the management cluster, if any. */
  readonly labels: Readonly<Record<string, string>>
  /** Whether the cluster object said that it is ready. */
  readonly ready?: boolean
  /** Digests of recorded CustomResourceDefinition schemas, by `<group>/<Kind>`; the files are `.fleetwright/schemas/<digest>.json`. */
  readonly schemas: Readonly<Record<string, string>>
}

export interface ServedResource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
  /** Plural name in URLs and roles: `deployments`. Absent in facts that a person wrote. */
  readonly name?: string
  /** Sorted. Absent in facts that a person wrote. */
  readonly verbs?: readonly string[]
}

/** `.fleetwright/schemas/<sha256>.json`: a CustomResourceDefinition without what does not concern its objects. */
export interface RecordedSchema {
  readonly group: string
  readonly names: { readonly kind: string; readonly plural: string; readonly [name: string]: unknown }
  readonly scope: 'Namespaced' | 'Cluster'
  /** OpenAPI schema of each served version, by its name. */
  readonly versions: Readonly<Record<string, unknown>>
}

/** `.fleetwright/facts/management.json`. */
export type ManagementFacts = Answers

/** One row of `.fleetwright/observed.json`. */
export interface Observation {
  /** ISO 8601 UTC of the last complete answer; absent when there never was one. */
  readonly observedAt?: string
  readonly reachable: boolean
  /** Why the last attempt failed. */
  readonly reason?: string
}

/** `.fleetwright/facts/events/<namespace>/<cluster>/<file>.json`, or `…/events/all/<file>.json`: a CloudEvent that came. */
export interface RecordedEvent {
  /** Cluster id; empty: it counts for every cluster. */
  readonly cluster: string
  /** NATS subject on which it came; empty where that is not known. */
  readonly subject: string
  /** The CloudEvent (CloudEvents 1.0, JSON), exact JSON text. */
  readonly json: string
}

/** Cluster id of the management cluster where needs and observations name clusters. */
export const managementId = 'management'

/**
 * Something that the compile wants to know of a cluster (decision 26). Stages give every need of theirs, answered or
 * not: what nobody needs any more is not read any more.
 */
export interface Need {
  /** Cluster id, or `management`. */
  readonly cluster: string
  readonly query: Query
  /** Ids of the intent that asks, sorted: `Classifier/calico`, `EventSource/services`, `ClusterProfile/monitoring`. */
  readonly because: readonly string[]
}

/** Which objects of one cluster are asked for. */
export interface Query {
  /** Empty for the core group. */
  readonly group: string
  /** Empty: the one that the server prefers. */
  readonly version: string
  readonly kind: string
  /** Empty: all. */
  readonly namespace: string
  /** Empty: all. */
  readonly name: string
  /** In Kubernetes' selector syntax, canonical; empty: all. */
  readonly labelSelector: string
  /**
   * `identity`: apiVersion, kind and of the metadata name, namespace, labels, annotations and deletionTimestamp;
   * `schema`: of a CustomResourceDefinition, its names and the schema of each served version.
   */
  readonly keep: 'identity' | 'whole' | 'schema'
}
