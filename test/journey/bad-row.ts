import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import type { CacheFiles } from '../../src/adapters/charts/disk-cache.ts'
import type { RunOptions } from './run.ts'
import type { Change, Files } from './small-fleet.ts'

/** How a server answers before and after something goes wrong. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Where the rendered branch of a row lives. */
export interface Place {
  readonly writer: BranchWriter
  /** Texts of what is on the branch now, by path. */
  files(): Promise<ReadonlyMap<string, string>>
  /** What goes wrong, once the healthy state is there. */
  spoil?(): Promise<void> | void
}

/** One line of the table: a fleet that compiles, what then goes wrong with its cluster `ill`, and what has to come of it. */
export interface Row {
  readonly what: string
  /** Part of cluster `ill` in the healthy fleet; default: a profile `ill` with one ConfigMap. */
  readonly good?: Files
  readonly bad?: Change
  /** Errors as `code file:line:column`, in print order. */
  readonly says?: readonly string[]
  /** Warnings likewise. */
  readonly warns?: readonly string[]
  /** Message of the EnvironmentError that ends the run. */
  readonly fails?: RegExp
  /**
   * - `ill stays`: cluster `well` is written, every file of `ill` is as it was;
   * - `branch stays`: all clusters compile and are reported, the branch is as it was;
   * - `all goes on`: both are written;
   * - `branch is theirs`: it holds what `keeps` names and nothing else.
   */
  readonly then: 'ill stays' | 'branch stays' | 'all goes on' | 'branch is theirs'
  /** Paths of somebody else that are on the branch afterwards. */
  readonly keeps?: readonly string[]
  /** Files of the branch's cluster `ill` afterwards: a text that one of them has to hold. */
  readonly shows?: string
  /** Stands for the registry that the fleet calls `http://remote.example`. */
  readonly remote?: { readonly good: Answer; readonly bad: Answer }
  /** The file system that the cache of downloads uses when things go wrong. */
  readonly cacheFiles?: CacheFiles
  /** The cache of downloads is empty when things go wrong: another machine compiles. */
  readonly forgets?: true
  readonly place?: () => Promise<Place> | Place
  /** Of the run in which things go wrong. */
  readonly options?: RunOptions
  /** An engine that gives up on a unit soon. */
  readonly impatient?: true
}
