import type { ServedResource } from './types.ts'

/** How a cluster is reached. */
export type ClusterAddress =
  /** A context of the kubeconfig that the user named; absent: its current one. */
  | { readonly type: 'context'; readonly context?: string }
  /** The service account of the pod that this runs in. */
  | { readonly type: 'in-cluster' }
  /**
   * A kubeconfig out of a Secret or of a repository: it may not run programs nor read files of this machine.
   * `origin` names it in messages.
   */
  | { readonly type: 'kubeconfig'; readonly text: string; readonly origin: string }

/** Opens clusters for reading. */
export interface ClusterReaders {
  /**
   * Throws ClusterError with reason `address`: no such context, a kubeconfig that is none, one that wants what it may not.
   * Connects to nothing yet.
   */
  open(address: ClusterAddress): Promise<ClusterReader>
}

/**
 * One cluster, read-only. Every method throws ClusterError, and the signal's reason once that is aborted; retries with
 * backoff, deadlines of each request and the renewal of tokens are the adapter's.
 */
export interface ClusterReader {
  /** Server's git version: `v1.34.2`. */
  version(signal?: AbortSignal): Promise<string>
  discover(signal?: AbortSignal): Promise<Discovery>
  /**
   * All objects of a resource in pages of 500, as values that keep exact numbers (`parseExactJson`). Starts over by
   * itself when the server gave up the list in between: a page with `restart` says that the pages before do not count.
   */
  list(list: ListRequest, signal?: AbortSignal): AsyncIterable<ListPage>
  /**
   * What changes after `resourceVersion`, until the server ends the watch, which is no error, or the signal is aborted,
   * which ends it too. Throws ClusterError with reason `expired` when the version is too old: list again; with
   * `unreachable` or `timeout` when the connection broke or fell silent: watch on from the last resource version.
   */
  watch(list: ListRequest, resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent>
  close(): Promise<void>
}

export interface Discovery {
  /** Sorted by group, version, kind; without subresources. */
  readonly resources: readonly ServedResource[]
  /** Groups and versions that are served by somebody who did not answer: `metrics.k8s.io/v1beta1`. Sorted. */
  readonly unavailable: readonly string[]
  /**
   * Versions of each group, the core group under the empty name, in the order in which the server prefers them. A group
   * that is absent is taken to prefer as Kubernetes does by itself: stable before beta before alpha, high before low.
   */
  readonly versions?: Readonly<Record<string, readonly string[]>>
}

export interface ListRequest {
  readonly group: string
  readonly version: string
  /** Plural: `deployments`. */
  readonly resource: string
  /** Empty: all namespaces. */
  readonly namespace: string
  readonly labelSelector: string
  /** `metadata.name=x`; empty: all. */
  readonly fieldSelector: string
  /** Metadata only (PartialObjectMetadata); objects then carry the apiVersion and kind that were asked for all the same. */
  readonly metadataOnly: boolean
  /** Of the objects: lists do not repeat it in each. */
  readonly kind: string
}

export interface ListPage {
  /** With `apiVersion` and `kind`. */
  readonly objects: readonly Readonly<Record<string, unknown>>[]
  readonly resourceVersion: string
  readonly restart?: true
}

export interface WatchEvent {
  /** `bookmark` only moves the resource version on. */
  readonly type: 'added' | 'modified' | 'deleted' | 'bookmark'
  readonly object: Readonly<Record<string, unknown>>
  readonly resourceVersion: string
}
