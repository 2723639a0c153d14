import type { Report } from '../diagnostics/types.ts'
import type { Engine, FileTree } from '../engine/types.ts'
import type { EvaluateLua } from './policy-texts.ts'
import type { KnownUnits } from './types.ts'

/** What a fetched source looks like from here: files, and trees for what its kustomizations name. */
export interface RenderSource {
  readonly tree: FileTree
  readonly remotes: ReadonlyMap<string, FileTree>
  readonly charts: ReadonlyMap<string, FileTree>
}

/** What a render needs besides plan and sources. */
export interface RenderOptions {
  readonly engine: Engine
  readonly evaluateLua: EvaluateLua
  /** `FLEETWRIGHT_KEY`. */
  readonly key?: Uint8Array
  /** ISO 8601 UTC, the present for renders that ask for it for the first time (decision 5: the commit's time). */
  readonly now: string
  /** What the rendered branch has already. */
  readonly known: KnownUnits
  readonly report: Report
  /** Called after each unit. */
  readonly onProgress?: (done: number, total: number) => void
}
