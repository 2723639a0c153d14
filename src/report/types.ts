import type { Brake } from '../branch/types.ts'
import type { Comparison, Danger, Upgrade } from '../compare/types.ts'
import type { DiagnosticJson } from '../diagnostics/json.ts'
import type { Diagnostic } from '../diagnostics/types.ts'
import type { DeliveredUnit } from '../observe/observe.ts'
import type { Hold, PlannedUnit } from '../resolve/types.ts'

/** What a compile came to. `--output json` prints it as docs/reference/output.schema.json says. */
export interface CompileReport {
  /** Sorted by namespace and name. */
  readonly clusters: readonly ReportedCluster[]
  readonly diagnostics: readonly Diagnostic[]
  readonly branch: ReportedBranch
  /** Deletions that nobody approved: nothing was written. */
  readonly brake?: Brake
}

export interface ReportedCluster {
  readonly namespace: string
  /** As its folder, so that two kinds of cluster with one name differ (decision 11). */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** The whole cluster stays as it is. */
  readonly hold?: Hold
  /** In delivery order. */
  readonly units: readonly ReportedUnit[]
}

export interface ReportedUnit {
  readonly name: string
  /** `ClusterProfile/monitoring`. */
  readonly profile: string
  /** `unresolved`: the profile asks for it and it could not be worked out. */
  readonly kind: PlannedUnit['kind']
  readonly chart?: string
  readonly version?: string
  readonly appVersion?: string
  /** Objects on the rendered branch. */
  readonly objects: number
  /** sha256 over everything that the objects depend on, hex; empty where that is unknown. */
  readonly digest: string
  readonly status: UnitStatus
  /** Why it is held. */
  readonly reason?: string
}

/** `rendered` anew, `unchanged` since the last compile, `held` as it is on the branch, `dry-run` shown and not written. */
export type UnitStatus = 'rendered' | 'unchanged' | 'held' | 'dry-run'

export interface ReportedBranch {
  readonly name: string
  /** Where the branch is now; absent when it does not exist. */
  readonly commit?: string
  readonly changed: boolean
}

/** One row of `fleetwright show addons`: a Helm chart or an object. */
export interface AddOnRow {
  readonly cluster: string
  /** `helm chart`, or `<group>:<Kind>`. */
  readonly resourceType: string
  readonly namespace: string
  readonly name: string
  /** Of a chart; `N/A` for objects. */
  readonly version: string
  /** ISO 8601 UTC of the commit that last changed the unit (decision 22). */
  readonly time: string
  readonly deploymentType: 'Managed cluster' | 'Management cluster'
  readonly profile: string
  /** What its delivery said when it was observed; absent where nothing is recorded. */
  readonly delivered?: DeliveredUnit
}

/** Why something is where it is: each line a cause of the one before. */
export interface Explanation {
  readonly subject: string
  readonly causes: readonly Cause[]
}

export interface Cause {
  readonly text: string
  /** `fleet/monitoring.yaml:12:5`, or the fact that it was observed as. */
  readonly place?: string
  readonly causes: readonly Cause[]
}

/**
 * What a change does to the fleet, ready to be told: every text in it is masked. `--output json` prints it as
 * docs/reference/review.schema.json says. Spans give places only: what they cover is never printed.
 */
export interface Review {
  /**
   * `pr`: what this change does; `rendered`: what the next compile would write; `what-if`: what a supposition would change;
   * `pending`: what delivery has yet to do; `drift`: what somebody else changed.
   */
  readonly baseline: 'pr' | 'rendered' | 'what-if' | 'pending' | 'drift'
  readonly base: ReviewedCommit
  readonly head: ReviewedCommit
  readonly comparison: Comparison
  /** Clusters whose written version changes, sorted. */
  readonly upgrades: readonly Upgrade[]
  /** Beside those of the comparison: of the repository, of configuration and sources. */
  readonly dangers: readonly Danger[]
  /** Deletions that would stop the compile after the merge. */
  readonly brake?: Brake
  readonly diagnostics: {
    /** Said of the head and not of the base, in print order. */
    readonly added: readonly ReviewedDiagnostic[]
    /** How many are said of both. */
    readonly standing: number
    /** How many are said of the base alone. */
    readonly resolved: number
  }
  /** What stays as it is on the rendered branch whatever the head says, and why; sorted. */
  readonly held: readonly { readonly cluster: string; readonly unit?: string; readonly reason: string }[]
  /** Every cluster of base or head with the add-ons that it has after the change, sorted. */
  readonly fleet: readonly ReviewedCluster[]
  readonly facts: ReviewedFacts
  readonly versions: { readonly compiler: string; readonly helm: string; readonly kustomize: string }
  /** Command that gives this report on another machine. */
  readonly reproduce: string
  /** Lines that the change touches in the head, by path, ascending; for annotations. */
  readonly changedLines: ReadonlyMap<string, readonly LineRange[]>
}

/** 1-based, both inclusive. */
export interface LineRange {
  readonly first: number
  readonly last: number
}

export interface ReviewedCommit {
  /** Absent for a folder and for what clusters run. */
  readonly commit?: string
  /** `merge base`, `rendered`, `live`, `main`: as a person names it. */
  readonly name: string
}

export interface ReviewedDiagnostic extends DiagnosticJson {
  /** The lines that it is about with their numbers, masked; absent where it has no place. */
  readonly frame?: string
}

export interface ReviewedCluster {
  /** `<namespace>/<name>`. */
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  /** `v1.34.2`. */
  readonly version?: string
  /** It is in the base alone. */
  readonly gone?: true
  /** Sorted by name; without `namespaces`. */
  readonly units: readonly {
    readonly unit: string
    readonly profile: string
    readonly chart?: string
    readonly version?: string
  }[]
}

export interface ReviewedFacts {
  /** ISO 8601 UTC that ages are counted to. */
  readonly asOf: string
  /** The one that was seen longest ago; absent where nothing was observed. */
  readonly oldest?: { readonly cluster: string; readonly observedAt: string }
  /** Clusters without an answer at the last attempt, sorted. */
  readonly silent: readonly string[]
  /** Clusters of the fleet that were never observed: how many. */
  readonly never: number
}
