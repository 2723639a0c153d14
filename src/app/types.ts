import type { Reviewer } from '../report/reviewer-port.ts'
import type { RequestBudget } from '../review/budget-port.ts'
import type { Conversation } from '../review/conversation-port.ts'
import type { Installations } from '../review/installations-port.ts'
import type { Issues } from '../review/issues-port.ts'
import type { Proposals } from '../review/proposals-port.ts'
import type { Repositories } from '../review/repositories-port.ts'
import type { RepositoryHost } from '../review/repository-host-port.ts'
import type { StateStore } from '../review/state-store-port.ts'
import type { RepositoryId } from '../review/types.ts'
import type { WorkQueue } from '../review/work-queue-port.ts'

/** What those who do the work have at hand. Made once, by `start-app.ts`. */
export interface AppPorts {
  readonly queue: WorkQueue
  readonly state: StateStore
  readonly installations: Installations
  readonly repositories: Repositories
  /** With a token of the installation, asked anew for each request. */
  readonly github: (repository: RepositoryId) => GitHubPorts
  readonly cli: RunCli
  readonly fleets: FleetSettings
  readonly log: Log
  readonly metrics: Metrics
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface GitHubPorts {
  readonly reviewer: Reviewer
  readonly conversation: Conversation
  readonly host: RepositoryHost
  readonly proposals: Proposals
  readonly issues: Issues
  /** What is left of the requests that GitHub takes; absent, and undefined, where nothing limits them. */
  readonly budget?: () => RequestBudget | undefined
}

/** Of one piece of work. */
export interface WorkRun {
  /** With the fields of this work in every line. */
  readonly log: Log
  /** Aborted when the work is superseded or lost, and when the app shuts down: `ClaimAborted` is its reason. */
  readonly signal: AbortSignal
  /** 1 for the first. */
  readonly attempt: number
}

/**
 * Does a kind of work: looks what stands, brings it to what should stand. May be cut off at any point and done again. Throws
 * EnvironmentError where trying again may help; everything that is the user's fault is said on GitHub, and is done.
 */
export type DoWork<Kind> = (ports: AppPorts, work: Kind, run: WorkRun) => Promise<void>

/** Runs the command line as a process of its own, with bounds on time and memory and with nothing of ours in its environment. */
export type RunCli = (call: CliCall) => Promise<CliResult>

export interface CliCall {
  readonly repository: RepositoryId
  /** `diff`, `show clusters`. */
  readonly command: string
  readonly args: readonly string[]
  /** Where it runs: the folder of a WorkingRepository. */
  readonly folder: string
  /** Added to what programs need to run at all. */
  readonly env: Readonly<Record<string, string>>
  /** The head is a stranger's: no credentials of downloads and no key. */
  readonly isUntrusted?: boolean
  readonly signal: AbortSignal
  /** Stage and how far it is, as they come. */
  readonly onProgress?: (stage: string, done: number, total: number) => void
  /** Lines of standard output as they come. Such a child may run for as long as the signal lets it; memory is bounded all the same. */
  readonly onLine?: (line: string) => void
}

export interface CliResult {
  /** As docs/reference/cli.md has them; 124 for time, 137 for memory. */
  readonly exitCode: number
  readonly stdout: string
  /** The end of it. */
  readonly stderr: string
  readonly durationMs: number
  /** It was ended by a signal of somebody else: of a person, or of a system that ran out of memory. */
  readonly isKilled?: true
}

/** What the operator of the app says of each repository. Nothing of it comes from a repository. */
export interface FleetSettings {
  of(repository: RepositoryId): FleetSetting
  /** Those whose clusters are watched. */
  readonly watched: readonly { readonly owner: string; readonly name: string }[]
}

export interface FleetSetting {
  /** Environment of trusted children: FLEETWRIGHT_KEY, FLEETWRIGHT_CREDENTIALS. */
  readonly env: Readonly<Record<string, string>>
  /** Hosts that downloads may come from although their addresses are private; default none, whatever the repository says. */
  readonly privateHosts?: readonly string[]
  /** Absent where the clusters are not watched. */
  readonly clusters?: {
    /** Of the child that observes, and of no other: KUBECONFIG, variables of workload identity. */
    readonly env: Readonly<Record<string, string>>
    /** `--context`, `--allow-exec` and others of `fleetwright observe`. */
    readonly args: readonly string[]
  }
  /** Longest time that one child may run. Default 10 minutes. */
  readonly timeLimitMs: number
  /** Most memory that one child may take. Default 2 GiB. */
  readonly memoryLimitBytes: number
}

/** Structured: a name of what happened and its fields. Secrets are redacted where it is written. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
  /** One whose lines have these fields too. */
  with(fields: Readonly<Record<string, unknown>>): Log
}

/** What is counted. Names and labels are in docs/app.md. */
export interface Metrics {
  /** Seconds that a stage of some work took: `fetch`, `compile`, `post`. */
  stage(work: string, stage: string, seconds: number): void
  failure(work: string, code: string): void
  /** `unchanged` work that needed no child counts as a hit. */
  cache(name: string, isHit: boolean): void
  factsAge(repository: RepositoryId, cluster: string, seconds: number): void
}
