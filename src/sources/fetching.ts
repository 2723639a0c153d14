import type { Report } from '../diagnostics/types.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import type { createLimit } from './concurrency-limit.ts'
import type { CredentialsReader } from './credentials-port.ts'
import type { KustomizationReader } from './kustomization-reader.ts'
import type { SourceCache } from './source-cache-port.ts'
import type { SourceRemote } from './source-remote-port.ts'
import type { FetchProgress, Lock, Pin } from './types.ts'
import type { Vouched } from './vouched.ts'

/** What the stage reads from. */
export interface SourcePorts {
  readonly repository: RepositoryReader
  readonly remote: SourceRemote
  readonly cache: SourceCache
  readonly credentials: CredentialsReader
  /** The engine. */
  readonly kustomizations: KustomizationReader
}

export interface FetchOptions {
  /** Default: none. */
  readonly lock?: Lock
  /** Pins of the last build (`build.json`): what exact versions were when first used. */
  readonly pins?: ReadonlyMap<string, Pin>
  /** Nothing but what the lock file holds. */
  readonly locked?: boolean
  /** Nothing but what the cache holds. */
  readonly offline?: boolean
  /** Remote URLs of the compiled repository: a Flux source with one of them is the compiled commit. */
  readonly ownUrls?: readonly string[]
  /** While the head of a change is compiled: what its base stands for. */
  readonly vouched?: Vouched
  /** Downloads side by side; default 6. */
  readonly concurrency?: number
  readonly onProgress?: (progress: FetchProgress) => void
}

/** One run of the stage, handed through its functions. */
export interface Fetching {
  readonly ports: SourcePorts
  readonly options: FetchOptions
  readonly lock: Lock
  readonly report: Report
  readonly limit: ReturnType<typeof createLimit>
  /** Which pins `fleetwright update` moves, and which of them a person named; absent while compiling. */
  readonly update?: {
    readonly isMoved: (key: string) => boolean
    readonly isNamed: (key: string) => boolean
  }
}
