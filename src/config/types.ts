import type { Diagnostic } from '../diagnostics/types.ts'
import type { SourceDocument } from '../source/types.ts'

/** `fleetwright.yaml`, complete. Defaults are those of the reference (`docs/reference/configuration.md`). */
export interface FleetConfig {
  /** Absent when the repository has none. */
  readonly document?: SourceDocument
  readonly intent: { readonly include: readonly string[]; readonly exclude: readonly string[] }
  /**
   * kubeconfig context of the management cluster, whether it is the one that this runs in, and which cluster of the fleet
   * it is, if it is one.
   */
  readonly management: { readonly context?: string; readonly inCluster?: boolean; readonly cluster?: string }
  readonly clusters: readonly ConfiguredCluster[]
  readonly facts: { readonly maxAgeMs: number }
  readonly rendered: {
    /** Default `rendered`. */
    readonly branch: string
    /** Default `['flux']`. */
    readonly delivery: readonly ('flux' | 'argocd')[]
    /** Flux only: objects in the management cluster, or a root per cluster. Default `hub`. */
    readonly mode: 'hub' | 'spoke'
    readonly adopt: boolean
    /** Name and namespace of the Flux GitRepository; namespace defaults to the cluster's (decision 16). */
    readonly source: { readonly name: string; readonly namespace?: string }
    /** Argo CD: URL of this repository, and the namespace of the Applications. */
    readonly argocd: { readonly repoURL?: string; readonly namespace: string; readonly project: string }
  }
  readonly brakes: {
    /** 0 to 1; default 0.1. */
    readonly maxDeletedShare: number
    readonly protect: readonly string[]
  }
  readonly secrets: { readonly allow: readonly string[] }
  readonly review: {
    readonly commands: { readonly allow: readonly string[] }
    readonly silence: readonly string[]
  }
  readonly sources: { readonly allowedHosts: readonly string[] }
  /** What the GitHub App does by itself with what it compiled. */
  readonly app: {
    /** When somebody pushes to the source branch. Default `commit`. */
    readonly onPush: AppAction
    /** When a cluster changes. Default `pull-request`. */
    readonly onFleetChange: AppAction
  }
}

/** Write the rendered branch, or propose to. */
export type AppAction = 'commit' | 'pull-request'

export interface ConfiguredCluster {
  readonly name: string
  /** Default `default`. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly context?: string
  /** `v1.34.2`. */
  readonly version?: string
  /** Position in `spec.clusters`. */
  readonly index: number
}

/** A configuration that says nothing for sure: whatever was read of it may not be what was meant. */
export interface BrokenConfig {
  readonly faults: readonly Diagnostic[]
  /** Commit whose configuration counts in its place; absent where none is known that can be read. */
  readonly commit?: string
}

/** What counts of a commit's configuration wherever it is a matter of trust. */
export interface ConfigInForce {
  readonly config: FleetConfig
  readonly broken?: BrokenConfig
}
