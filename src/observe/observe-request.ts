import type { ClusterFailure } from '../diagnostics/cluster-error.ts'
import type { ClusterAddress } from './cluster-reader-port.ts'
import type { Need } from './types.ts'

/** A kubeconfig in a Secret of the management cluster, as Cluster API and Sveltos write it. */
export interface SecretAddress {
  readonly type: 'secret'
  readonly namespace: string
  readonly name: string
  readonly key: string
}

/** A cluster to observe. */
export interface ObserveTarget {
  /** Cluster id. */
  readonly cluster: string
  readonly address: ClusterAddress | SecretAddress
  /** Labels that its object in the management cluster has, if there is one. */
  readonly labels: Readonly<Record<string, string>>
  /** Whether that object says that the cluster is ready. */
  readonly ready?: boolean
}

export interface ObserveRequest {
  readonly management?: ClusterAddress
  /** All clusters of the inventory: the facts of others go once the management cluster answered, or where there is none. */
  readonly targets: readonly ObserveTarget[]
  /** All needs, answered or not: what nobody needs any more leaves the facts. */
  readonly needs: readonly Need[]
  /** Ids of the clusters to read, `management` among them; the facts of the others stay as they are. Default: all. */
  readonly only?: ReadonlySet<string>
  /** Facts files recorded before, text by path (`isFactsPath`). */
  readonly previous: ReadonlyMap<string, string>
  /** ISO 8601 UTC of this observation. */
  readonly now: string
  /** Clusters that are read at a time. */
  readonly concurrency: number
  /** For everything that is asked of one cluster. */
  readonly clusterDeadlineMs: number
  /** Gives a signal that is aborted after so many milliseconds. Default: `AbortSignal.timeout`. */
  readonly deadline?: (milliseconds: number) => AbortSignal
  /** FLEETWRIGHT_KEY; without it Secrets get no fingerprints, only the names of their keys. */
  readonly key?: Uint8Array
  /** Called as clusters are done with. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface Observed {
  /** All facts files as they are to be recorded now: those of clusters that did not answer as they were. Sorted by path. */
  readonly files: ReadonlyMap<string, string>
  /** One row per cluster that was to be read, and `management`, sorted by id. */
  readonly clusters: readonly ObservedCluster[]
}

export interface ObservedCluster {
  readonly id: string
  /** `kept`: it could not be read, and its last facts stay; `missing`: there are none. */
  readonly status: 'observed' | 'kept' | 'missing'
  /** Whether its facts file is another than before. */
  readonly changed: boolean
  readonly failure?: { readonly reason: ClusterFailure; readonly message: string }
  /** Server's git version, of the facts that now count. Never of `management`, whose facts name none. */
  readonly version?: string
  /** Recorded objects. */
  readonly objects: number
  /** Groups and versions whose server did not answer: their last facts stay. Sorted. */
  readonly unavailable: readonly string[]
}
