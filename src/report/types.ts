import type { Diagnostic } from '../diagnostics/types.ts'
import type { DeliveredUnit } from '../observe/observe.ts'
import type { Hold, PlannedUnit } from '../resolve/types.ts'

/** What a compile came to. `--output json` prints it as docs/reference/output.schema.json says. */
export interface CompileReport {
  /** Sorted by namespace and name. */
  readonly clusters: readonly ReportedCluster[]
  readonly diagnostics: readonly Diagnostic[]
  readonly branch: ReportedBranch
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
