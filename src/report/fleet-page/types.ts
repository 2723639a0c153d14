/** A fleet at one source commit, as far as its page shows it. */
export interface FleetState {
  readonly repository: {
    readonly owner: string
    readonly name: string
    /** Where people look: `https://github.com/acme/fleet`. */
    readonly url: string
  }
  readonly source: { readonly branch: string; readonly commit: string }
  /** Absent commits: nothing is rendered yet, or the branch does not say what it was made from. */
  readonly rendered: { readonly branch: string; readonly commit?: string; readonly sourceCommit?: string }
  /** Facts that are older are too old. */
  readonly maxAgeMs: number
  /** Sorted by id. */
  readonly clusters: readonly FleetCluster[]
  readonly conflicts: readonly FleetConflict[]
  /** Of the rendered branch, the youngest first. */
  readonly changes: readonly RecentChange[]
  readonly faults: { readonly errors: number; readonly warnings: number }
  /** Why the rendered branch is not written; absent where nothing stops it. */
  readonly brake?: readonly string[]
}

export interface FleetCluster {
  /** `<namespace>/<name>`. */
  readonly id: string
  /** Of Kubernetes, as far as anybody knows. */
  readonly version: string
  /** What is written, where it runs another version. */
  readonly wantedVersion?: string
  readonly labels: readonly (readonly [key: string, value: string])[]
  readonly isPaused: boolean
  /** Why it stays as it is, all of it. */
  readonly hold?: string
  /** Absent where it was never observed. */
  readonly observed?: { readonly observedAt?: string; readonly reachable: boolean; readonly reason?: string }
  readonly units: readonly FleetUnit[]
}

export interface FleetUnit {
  /** `helm-monitoring-grafana`. */
  readonly name: string
  /** Of what it is made, where it has no chart: `kustomize`, `policy`. */
  readonly kind: string
  readonly chart?: string
  /** Of the chart. */
  readonly version?: string
  readonly isDryRun: boolean
  /** Why it stays as it is. */
  readonly hold?: string
}

export interface FleetConflict {
  readonly cluster: string
  readonly what: string
  readonly owner: string
  readonly loser: string
  readonly because: string
}

/** A commit of the rendered branch. */
export interface RecentChange {
  readonly commit: string
  /** ISO 8601. */
  readonly at: string
  readonly subject: string
  readonly sourceCommit?: string
  /** `prod/eu: +helm-x ~helm-y`, as its message has them. */
  readonly lines: readonly string[]
}

/** A pull request that the app opened. */
export interface WaitingProposal {
  readonly number: number
  readonly title: string
  readonly head: string
  readonly base: string
}
