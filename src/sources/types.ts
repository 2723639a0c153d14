import type { SourceFile } from '../diagnostics/types.ts'
import type { FileTree } from '../engine/types.ts'
import type { SourceOrigin, SourceReference } from '../resolve/types.ts'

/** What a plan needs from outside of itself. */
export interface WantedSources {
  readonly references: readonly SourceReference[]
  /** Kustomizations that will be built: their remote bases and `helmCharts` are fetched too. */
  readonly kustomizations: readonly WantedKustomization[]
}

export interface WantedKustomization {
  /** Source that holds it. */
  readonly key: string
  /** Folder inside the source. */
  readonly path: string
  readonly components: readonly string[]
  readonly origin?: SourceOrigin
}

/** A source at one revision, with its files. */
export interface FetchedSource {
  readonly key: string
  /** Chart version, commit, `sha256:…` of an artifact, … */
  readonly revision: string
  readonly tree: FileTree
  /** Trees for remote bases and helmCharts of the kustomizations in it, by the text that they use. */
  readonly remotes: ReadonlyMap<string, FileTree>
  readonly charts: ReadonlyMap<string, FileTree>
}

/** Everything that a plan needs, by source key. A source that could not be had is absent and was reported. */
export type FetchedSources = ReadonlyMap<string, FetchedSource>

/** What a source key means, for good: written to the lock file, and to `build.json` for what was used. */
export interface Pin {
  /** What the publisher calls it: chart version, tag, `refs/heads/main`; empty where there is only one thing to have. */
  readonly version: string
  /** Git commit, digest of an OCI manifest, digest of a bucket's listing; absent where the digest says all. */
  readonly revision?: string
  /** `sha256:…` of the archive, or of the packed tree where no archive is published. */
  readonly digest: string
  /** Where it was downloaded from, without credentials. */
  readonly url?: string
}

/** `fleetwright.lock`, read. */
export interface Lock {
  /** Absent when the repository has none. */
  readonly file?: SourceFile
  readonly entries: ReadonlyMap<string, LockEntry>
}

export interface LockEntry extends Pin {
  /** UTF-16 offsets of the entry's key in the lock file. */
  readonly start?: number
  readonly end?: number
}

/** What `fetchSources` gives. */
export interface Fetched {
  readonly sources: FetchedSources
  /** What was used, by key, remote bases and charts of kustomizations included: to be recorded in `build.json`. */
  readonly pins: ReadonlyMap<string, Pin>
}

/** One pin that `fleetwright update` moved; `from` is absent for a new one, `to` for one that nothing refers to any more. */
export interface LockMove {
  readonly key: string
  readonly from?: Pin
  readonly to?: Pin
}

/** How far a download is. */
export interface FetchProgress {
  readonly key: string
  readonly receivedBytes: number
  readonly totalBytes?: number
}
