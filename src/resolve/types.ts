import type { Need } from '../observe/types.ts'
import type { SourceDocument } from '../source/types.ts'
import type { Cluster, DeploymentType, Profile, SyncMode } from '../intent/types.ts'
import type { Finish } from '../engine/types.ts'

/** What every cluster is to run, before anything is fetched or rendered. Sorted everywhere. */
export interface Plan {
  readonly clusters: readonly ClusterPlan[]
  /** Everything that must be fetched to render it, by key, without duplicates, sorted by key. */
  readonly references: readonly SourceReference[]
  /** Members that each ClusterSet and Set selects; recorded, so that the next compile keeps them (decision 1). */
  readonly sets: readonly { readonly id: string; readonly members: readonly string[] }[]
  /** Everything that was asked of the facts, answered or not, sorted by cluster and query. */
  readonly needs: readonly Need[]
  /** Labels that more than one classifier claims, sorted by cluster and key. */
  readonly labelConflicts: readonly LabelConflict[]
  /** What each event trigger made of each of its source clusters, sorted by trigger and cluster. */
  readonly events: readonly TriggeredEvents[]
  /** How the clusters are; decides nothing. */
  readonly health: HealthReport
}

export interface ClusterPlan {
  readonly cluster: Cluster
  readonly labels: readonly PlannedLabel[]
  /** What charts see as `.Capabilities`. */
  readonly kubeVersion: string
  /** What is written, where the cluster is still at another version. */
  readonly wantedVersion?: string
  /** Of Cluster API clusters. */
  readonly machines?: ClusterMachines
  readonly apiVersions: readonly string[]
  /** `<group>/<Kind>` → namespaced. */
  readonly scopes: Readonly<Record<string, boolean>>
  /** Set when the whole folder stays as it is on the rendered branch. */
  readonly hold?: Hold
  /**
   * Profiles, or event triggers and their source clusters (`isHeldBy`), whose units on this cluster stay although they are not planned any more: paused
   * ones, ones whose units could not be named, and ones with misspelt fields.
   */
  readonly heldProfiles: readonly { readonly profile: string; readonly hold: Hold }[]
  /** In delivery order: a unit comes after what it depends on. */
  readonly units: readonly PlannedUnit[]
  readonly conflicts: readonly Conflict[]
}

/** What a Cluster API cluster is made of, as wanted and as it is. */
export interface ClusterMachines {
  readonly controlPlane?: MachineSet
  /** MachineDeployments, then MachinePools. */
  readonly workers: readonly MachineSet[]
  /** CIDR blocks. */
  readonly pods: readonly string[]
  readonly services: readonly string[]
  readonly infrastructure?: { readonly kind: string; readonly name: string }
}

export interface MachineSet {
  readonly kind: string
  readonly name: string
  /** Wanted: of the topology, else of the object's spec. */
  readonly version?: string
  /** Oldest version that runs now, as the control plane's status says. */
  readonly versionNow?: string
  /** Wanted. */
  readonly replicas?: number
  readonly readyReplicas?: number
}

export interface PlannedLabel {
  readonly key: string
  readonly value: string
  /** `written`, `observed`, or the classifier that claims it. */
  readonly origin: 'written' | 'observed' | 'what-if' | ClassifiedBy
}

/** The classifier that sets a label, and what made it match. */
export interface ClassifiedBy {
  /** `Classifier/calico`, `ManagementClusterClassifier/regions`. */
  readonly classifier: string
  readonly document: SourceDocument
  readonly because: readonly ClassifierReason[]
}

export type ClassifierReason =
  | { readonly kind: 'version'; readonly constraint: string; readonly version: string }
  /** Objects that a selector found; at most five are named. `path` is the selector's inside the classifier. */
  | {
      readonly kind: 'objects'
      readonly path: readonly (string | number)[]
      readonly count: number
      readonly objects: readonly string[]
    }
  | { readonly kind: 'script'; readonly path: readonly (string | number)[]; readonly message: string }
  /** It has no constraint: every cluster matches. */
  | { readonly kind: 'always' }

/** Two classifiers want one label; the one whose id sorts first has it (sveltos.md 4.3). */
export interface LabelConflict {
  readonly cluster: string
  readonly key: string
  readonly owner: { readonly classifier: string; readonly value: string }
  readonly loser: { readonly classifier: string; readonly value: string }
}

/** What one event trigger saw in one source cluster. */
export interface TriggeredEvents {
  /** `EventTrigger/service-policy`. */
  readonly trigger: string
  /** `EventSource/load-balancer-service`. */
  readonly source: string
  /** Where that is written; absent where there is none of the name. */
  readonly document?: SourceDocument
  /** Cluster id. */
  readonly cluster: string
  /** `Service default/web`, or `CloudEvent <source> <subject>`. Sorted. */
  readonly objects: readonly string[]
  /** Ids of the profiles that were generated. */
  readonly profiles: readonly string[]
  /** Set when it could not be worked out: what it gave before stays. */
  readonly hold?: Hold
}

/** What HealthChecks and ClusterHealthChecks say (sveltos.md 6). */
export interface HealthReport {
  /** Sorted by cluster and HealthCheck, then as its script lists them. */
  readonly objects: readonly JudgedObject[]
  /** Sorted by cluster and ClusterHealthCheck, then as that lists them. */
  readonly conditions: readonly HealthCondition[]
}

export interface JudgedObject {
  /** Cluster id. */
  readonly cluster: string
  /** `HealthCheck/deployments`. */
  readonly healthCheck: string
  /** Absent where no object can be judged, and where the script names none. */
  readonly object?: {
    readonly apiVersion: string
    readonly kind: string
    readonly namespace?: string
    readonly name: string
  }
  /** `Unknown`: the facts do not say, or the script failed. */
  readonly status: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Unknown'
  readonly message: string
}

/** One entry of `livenessChecks`, in one cluster. */
export interface HealthCondition {
  readonly cluster: string
  /** `ClusterHealthCheck/production`. */
  readonly clusterHealthCheck: string
  readonly check: string
  readonly type: 'Addons' | 'HealthCheck'
  readonly status: 'Passing' | 'Failing' | 'Unknown'
  /** Empty when it passes. */
  readonly message: string
}

/** Why a unit or cluster stays as it is. */
export interface Hold {
  readonly reason:
    | 'cluster-paused'
    | 'profile-paused'
    | 'facts-missing'
    | 'facts-too-old'
    | 'cluster-not-ready'
    | 'one-time'
    | 'not-selected'
    | 'error'
  readonly message: string
}

/** That a profile applies to a cluster, and why. */
export type ProfileClaim = Omit<Claim, 'path' | 'referenceTier'>

/** One profile's claim on a unit. */
export interface Claim {
  readonly profile: Profile
  /** Of the profile; the lower owns. */
  readonly tier: number
  /** Of the reference, among references of one profile only. */
  readonly referenceTier: number
  /** Why the profile applies to the cluster. */
  readonly because:
    | { readonly kind: 'selector' }
    | { readonly kind: 'cluster-ref' }
    | { readonly kind: 'set'; readonly set: string }
    | { readonly kind: 'dependency'; readonly of: string }
  /** Path of the helmCharts, kustomizationRefs or policyRefs entry inside the profile's document. */
  readonly path: readonly (string | number)[]
}

export interface Conflict {
  /** `Helm release monitoring/grafana`, `ConfigMap default/x`. */
  readonly what: string
  readonly owner: Claim
  readonly loser: Claim
  /** The tiers were equal and the name decided: an error that holds nothing (decision 4). */
  readonly tie: boolean
}

interface UnitBase {
  /** Folder name on the rendered branch (decision 12). */
  readonly name: string
  readonly claim: Claim
  readonly deploymentType: DeploymentType
  /** Names of units of this cluster that must be ready first, sorted. */
  readonly dependsOn: readonly string[]
  /** DryRun is shown and not written. */
  readonly syncMode: SyncMode
  /** Removing it from intent leaves its objects in the cluster. */
  readonly leaveOnRemoval: boolean
  readonly createNamespaces: boolean
  readonly finish: Finish
  readonly hold?: Hold
}

export interface HelmUnit extends UnitBase {
  readonly kind: 'helm'
  readonly source: SourceReference
  /** Folder of the chart inside the source; `''` for a source that is the chart. */
  readonly path: string
  readonly release: { readonly name: string; readonly namespace: string }
  /** Merged and instantiated, exact JSON text. */
  readonly values: string
  readonly includeCrds: boolean
  readonly skipSchemaValidation: boolean
  readonly disableHooks: boolean
  /** Milliseconds; becomes the timeout of the delivery object. */
  readonly timeoutMs: number
}

export interface KustomizeUnit extends UnitBase {
  readonly kind: 'kustomize'
  readonly source: SourceReference
  /** Folder inside the source. */
  readonly path: string
  readonly components: readonly string[]
  readonly values: Readonly<Record<string, string>>
}

export interface PolicyUnit extends UnitBase {
  readonly kind: 'policy'
  readonly content: PolicyContent
  /** How each text becomes manifests. */
  readonly instantiate: 'template' | 'lua' | 'none'
  /** Dot of the templates as exact JSON text (sveltos.md 2.1). */
  readonly templateData: string
  readonly origin?: SourceDocument
}

export type PolicyContent =
  | { readonly type: 'texts'; readonly texts: readonly { readonly name: string; readonly text: string }[] }
  | { readonly type: 'source'; readonly source: SourceReference; readonly path: string }

/** A unit that a profile asks for and that could not be worked out: its folder stays as it is. Always with a hold. */
export interface UnresolvedUnit extends UnitBase {
  readonly kind: 'unresolved'
  readonly hold: Hold
}

export type PlannedUnit = HelmUnit | KustomizeUnit | PolicyUnit | UnresolvedUnit

/** A secret or config map of the management cluster that holds credentials, resolved. Values never leave memory. */
export interface CredentialsReference {
  readonly namespace: string
  readonly name: string
}

interface Transport {
  readonly credentials?: CredentialsReference
  readonly ca?: CredentialsReference
  readonly insecureSkipTLSVerify?: boolean
  readonly plainHTTP?: boolean
}

/** Something that must be fetched. `key` identifies it in the lock file and in every digest: equal keys are one fetch. */
export type SourceReference = { readonly key: string; readonly origin?: SourceOrigin } &
  /**
   * A folder of the compiled commit. `closure`: also every file and folder that its kustomization reaches, wherever it
   * lies; paths in the tree are then those of the repository.
   */
  (
    | {
        readonly type: 'repository'
        readonly path: string
        readonly closure?: 'kustomization'
        readonly components?: readonly string[]
      }
    | ({
        readonly type: 'helm-http'
        readonly url: string
        readonly chart: string
        readonly version: string
      } & Transport)
    | ({ readonly type: 'helm-oci'; readonly url: string; readonly version: string } & Transport)
    | ({
        readonly type: 'git'
        readonly url: string
        readonly ref: {
          readonly branch?: string
          readonly tag?: string
          readonly semver?: string
          readonly commit?: string
          readonly name?: string
        }
        /** `.gitignore`-style lines of the Flux GitRepository. */
        readonly ignore?: string
      } & Transport)
    | ({
        readonly type: 'oci'
        readonly url: string
        readonly ref: { readonly tag?: string; readonly semver?: string; readonly digest?: string }
        readonly layer?: { readonly mediaType?: string; readonly operation?: 'extract' | 'copy' }
        readonly ignore?: string
      } & Transport)
    | ({
        readonly type: 'bucket'
        readonly endpoint: string
        readonly bucket: string
        readonly prefix?: string
        readonly region?: string
        readonly ignore?: string
      } & Transport)
    | ({ readonly type: 'remote'; readonly url: string } & Transport)
    /** `kustomize.tar.gz` of a ConfigMap or Secret of the repository: base64 of the archive. */
    | { readonly type: 'archive'; readonly base64: string }
  )

/** Where a person asked for it, for diagnostics. */
export interface SourceOrigin {
  readonly document: SourceDocument
  readonly path: readonly (string | number)[]
}
