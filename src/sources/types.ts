import type { FileTree } from '../engine/types.ts'

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
