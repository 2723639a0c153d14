import type { ClusterAddress, ClusterReader } from '../observe/cluster-reader-port.ts'

/** Opens clusters to compare them with what they should have. Failures are those of `ClusterReaders`. */
export interface LiveClusters {
  open(address: ClusterAddress): Promise<LiveCluster>
}

/**
 * One cluster, read and asked what it would make of something. Apart from `ClusterReader`, so that whoever only observes
 * cannot even ask for a dry run: a role without `patch` is enough there. Nothing is ever stored.
 */
export interface LiveCluster extends ClusterReader {
  /** With its `managedFields`; undefined where there is none. Throws as ClusterReader does. */
  find(place: ObjectAddress, signal?: AbortSignal): Promise<LiveObject | undefined>
  /**
   * What applying would make of an object: server-side apply that forces conflicts, as a dry run. Throws as ClusterReader
   * does, with reason `forbidden` where the role lacks `patch`.
   */
  tryApply(apply: TriedApply, signal?: AbortSignal): Promise<ApplyAnswer>
}

/** As values that keep exact numbers (`parseExactJson`), with `apiVersion` and `kind`. */
export type LiveObject = Readonly<Record<string, unknown>>

export interface ObjectAddress {
  readonly group: string
  readonly version: string
  /** Plural: `deployments`. */
  readonly resource: string
  readonly kind: string
  /** Empty for a cluster-wide kind. */
  readonly namespace: string
  readonly name: string
}

export interface TriedApply {
  readonly place: ObjectAddress
  readonly object: LiveObject
  /** Who applies: fields of his that the object lacks go away. */
  readonly fieldManager: string
}

export type ApplyAnswer =
  | { readonly type: 'applied'; readonly object: LiveObject }
  /** The server, or a webhook of it, would not take it: 422, 409, 500. Nothing of what it says is handed on. */
  | { readonly type: 'refused'; readonly status: number }
