import type { JsonObject } from '../engine/types.ts'
import type { LabelSelector, ObjectReference } from '../kubernetes/types.ts'
import type { SourceDocument } from '../source/types.ts'

/** Everything that a person wrote, parsed and checked. Lists are sorted by kind, namespace, name. */
export interface Fleet {
  readonly clusters: readonly Cluster[]
  readonly profiles: readonly Profile[]
  readonly sets: readonly ClusterSet[]
  readonly classifiers: readonly Classifier[]
  readonly eventSources: readonly EventSource[]
  readonly eventTriggers: readonly EventTrigger[]
  readonly healthChecks: readonly HealthCheck[]
  readonly clusterHealthChecks: readonly ClusterHealthCheck[]
  readonly roleRequests: readonly RoleRequest[]
  readonly promotions: readonly ClusterPromotion[]
  /** Every other object, by `objectKey`: what references resolve to before the live management cluster is asked. */
  readonly objects: ReadonlyMap<string, ManagementObject>
}

/** Any Kubernetes object of the repository, as written. */
export interface ManagementObject extends ObjectReference {
  readonly document: SourceDocument
}

interface Definition {
  readonly name: string
  readonly document: SourceDocument
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** An error was reported inside it and the faulty part left out: what it gives may be incomplete. */
  readonly faulty?: true
  /** It has fields that its kind does not know: it may select or deploy less than was meant. */
  readonly ignores?: true
}

/** A cluster of the inventory. */
export interface Cluster {
  readonly type: 'capi' | 'sveltos' | 'configured'
  readonly namespace: string
  readonly name: string
  /** `<namespace>/<name>`, with `capi-` or `sveltos-` before the name where both kinds share it (decision 11). */
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** What templates see as `.Cluster`, exact JSON text. */
  readonly json: string
  readonly value: JsonObject
  readonly paused: boolean
  /** `spec.controlPlaneRef` and `spec.infrastructureRef` of a Cluster API cluster. */
  readonly controlPlane?: ObjectReference
  readonly infrastructure?: ObjectReference
  /** `v1.34.2`, from `status.version`, `spec.topology.version`, the control plane's `spec.version` or fleetwright.yaml. */
  readonly version?: string
  /** Whether it says of itself that it is ready; undefined when it does not say. */
  readonly ready?: boolean
  readonly context?: string
  /** Name and key of the Secret with its kubeconfig in `namespace`, for Flux (decision 8). */
  readonly kubeconfigSecret?: { readonly name: string; readonly key: string }
  /** Absent for clusters that come from the live management cluster. */
  readonly document?: SourceDocument
  /** Path inside `document` for a cluster of fleetwright.yaml. */
  readonly path?: readonly (string | number)[]
  /** It has fields that its kind does not know: a misspelt label field selects it for nothing. */
  readonly ignores?: true
}

export type SyncMode = 'OneTime' | 'Continuous' | 'ContinuousWithDriftDetection' | 'DryRun'
export type DeploymentType = 'Local' | 'Remote'

/** The spec that ClusterProfile, Profile and the generated profiles of events share (sveltos.md 1.1). Templates are still unrendered text. */
export interface ProfileSpec {
  /** Undefined and empty both select nothing. */
  readonly clusterSelector?: LabelSelector
  readonly clusterRefs: readonly ObjectReference[]
  readonly setRefs: readonly string[]
  readonly syncMode: SyncMode
  readonly tier: number
  readonly continueOnConflict: boolean
  readonly continueOnError: boolean
  /** As written: an integer is absolute, text is a share (sveltos.md 1.5). */
  readonly maxUpdate?: number | string
  readonly stopMatchingBehavior: 'WithdrawPolicies' | 'LeavePolicies'
  readonly reloader: boolean
  readonly templateResourceRefs: readonly TemplateResourceRef[]
  readonly dependsOn: readonly string[]
  readonly policyRefs: readonly PolicyRef[]
  readonly helmCharts: readonly HelmChart[]
  readonly kustomizationRefs: readonly KustomizationRef[]
  readonly preDeployChecks: readonly ValidateHealth[]
  readonly validateHealths: readonly ValidateHealth[]
  readonly preDeleteChecks: readonly ValidateHealth[]
  readonly postDeleteChecks: readonly ValidateHealth[]
  readonly patches: readonly WrittenPatch[]
  readonly patchesFrom: readonly ValueFrom[]
  readonly driftExclusions: readonly DriftExclusion[]
  readonly maxConsecutiveFailures?: number
  readonly extraLabels: Readonly<Record<string, string>>
  readonly extraAnnotations: Readonly<Record<string, string>>
}

export interface Profile extends Definition {
  readonly kind: 'ClusterProfile' | 'Profile'
  /** Absent for a ClusterProfile. */
  readonly namespace?: string
  /** `ClusterProfile/monitoring`, `Profile/team-a/monitoring`. */
  readonly id: string
  readonly spec: ProfileSpec
  /** Annotation `profile.projectsveltos.io/paused`. */
  readonly paused: boolean
}

export type SourceKind = 'ConfigMap' | 'Secret' | 'GitRepository' | 'OCIRepository' | 'Bucket'

export interface ValueFrom {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly namespace: string
  readonly name: string
  readonly optional: boolean
}

export interface RemoteURL {
  readonly url: string
  readonly secretRef?: { readonly namespace: string; readonly name: string }
  readonly template: boolean
  readonly insecureSkipTLSVerify: boolean
  readonly plainHTTP: boolean
}

interface SourceRef {
  /** Exactly one of `kind` and `remoteURL` (checked); a kustomization may have neither: `path` is then a folder of the repository. */
  readonly kind?: SourceKind
  readonly namespace: string
  readonly name: string
  readonly path: string
  readonly deploymentType: DeploymentType
  readonly optional: boolean
  readonly tier: number
  readonly skipNamespaceCreation: boolean
  readonly force: boolean
  readonly remoteURL?: RemoteURL
}

export type PolicyRef = SourceRef

export interface KustomizationRef extends SourceRef {
  readonly components: readonly string[]
  readonly targetNamespace: string
  readonly values: Readonly<Record<string, string>>
  readonly valuesFrom: readonly ValueFrom[]
}

export interface HelmChart {
  readonly repositoryURL: string
  readonly repositoryName: string
  readonly chartName: string
  readonly chartVersion: string
  readonly releaseName: string
  readonly releaseNamespace: string
  readonly values: string
  readonly valuesFrom: readonly ValueFrom[]
  readonly helmChartAction: 'Install' | 'Uninstall'
  readonly options: HelmOptions
  readonly registryCredentialsConfig?: RegistryCredentials
}

export interface HelmOptions {
  readonly skipCRDs: boolean
  readonly skipSchemaValidation: boolean
  readonly disableHooks: boolean
  readonly wait: boolean
  /** Go duration; default `5m`. */
  readonly timeout: string
  readonly createNamespace: boolean
  readonly postRenderStrategy: 'combined' | 'separate' | 'nohooks'
  /** Options that a renderer cannot honour, by their path; kept for the note that says so. */
  readonly unsupported: readonly string[]
}

export interface RegistryCredentials {
  readonly credentials?: { readonly namespace: string; readonly name: string }
  readonly key: string
  readonly ca?: { readonly namespace: string; readonly name: string }
  readonly insecureSkipTLSVerify: boolean
  readonly plainHTTP: boolean
}

export interface TemplateResourceRef {
  readonly resource: ObjectReference
  readonly identifier: string
  readonly optional: boolean
  readonly ignoreStatusChanges: boolean
  readonly watchFields: readonly string[]
}

export interface PatchTarget {
  readonly group?: string
  readonly version?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
  readonly labelSelector?: string
  readonly annotationSelector?: string
}

export interface WrittenPatch {
  readonly patch: string
  readonly target?: PatchTarget
}

export interface DriftExclusion {
  readonly paths: readonly string[]
  readonly target?: PatchTarget
}

export interface ValidateHealth {
  readonly name: string
  readonly featureID: 'Resources' | 'Helm' | 'Kustomize'
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespace: string
  readonly labelFilters: readonly LabelFilter[]
  readonly script: string
  readonly evaluateCEL: readonly { readonly name: string; readonly rule: string }[]
  /** What else it asks, which no facts hold: a metrics server, or a Job that it runs. */
  readonly asks?: 'metrics' | 'job'
}

export interface LabelFilter {
  readonly key: string
  readonly operation: 'Equal' | 'Different' | 'Has' | 'DoesNotHave'
  readonly value: string
}

export interface ResourceSelector {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly labelFilters: readonly LabelFilter[]
  readonly selector?: LabelSelector
  readonly evaluateCEL: readonly { readonly name: string; readonly rule: string }[]
  /** Lua. */
  readonly evaluate: string
}

export interface ClusterSet extends Definition {
  readonly kind: 'ClusterSet' | 'Set'
  readonly namespace?: string
  readonly clusterSelector?: LabelSelector
  readonly clusterRefs: readonly ObjectReference[]
  /** 0 selects no cluster. */
  readonly maxReplicas: number
  /** `status.selectedClusterRefs`, when the object carries it. */
  readonly selected: readonly ObjectReference[]
}

/** Kinds that are parsed and checked here and evaluated with live clusters; their spec keeps the CRD's own shape. */
export type Classifier = ClusterClassifier | ManagementClusterClassifier

/** `kind: Classifier`. Without any constraint every cluster matches. */
export interface ClusterClassifier extends Definition {
  readonly kind: 'Classifier'
  readonly classifierLabels: readonly ClassifierLabel[]
  /** All must hold. */
  readonly versionConstraints: readonly VersionComparison[]
  readonly resourceConstraint?: ResourceConstraint
  /** Up to v0.20; all must hold (sveltos.md 4.5). */
  readonly countConstraints: readonly CountConstraint[]
}

export interface ManagementClusterClassifier extends Definition {
  readonly kind: 'ManagementClusterClassifier'
  readonly classifierLabels: readonly ClassifierLabel[]
  /** Of the management cluster. */
  readonly matchResources: readonly ResourceSelector[]
  /** Lua: resources in, clusters out. */
  readonly classificationLua: string
}

export interface ClassifierLabel {
  readonly key: string
  readonly value: string
}

export interface VersionComparison {
  /** A version, or a part of one, as Masterminds/semver reads it. */
  readonly version: string
  readonly comparison:
    'Equal' | 'NotEqual' | 'GreaterThan' | 'LessThan' | 'GreaterThanOrEqualTo' | 'LessThanOrEqualTo'
}

export interface ResourceConstraint {
  readonly resourceSelectors: readonly ResourceSelector[]
  /** Lua; empty: each selector must find an object. */
  readonly aggregatedClassification: string
}

export interface CountConstraint {
  /** Its `evaluate` is the old `script`. */
  readonly selector: ResourceSelector
  /** `field` is a path with dots. */
  readonly fieldFilters: readonly {
    readonly field: string
    readonly operation: 'Equal' | 'Different'
    readonly value: string
  }[]
  readonly minCount?: number
  readonly maxCount?: number
}
/** What counts as an event in a cluster (sveltos.md 5.1). */
export interface EventSource extends Definition {
  readonly kind: 'EventSource'
  readonly resourceSelectors: readonly ResourceSelector[]
  /** Lua; empty: all that any selector finds. */
  readonly aggregatedSelection: string
  /** Whether templates get the objects, and not their names alone. */
  readonly collectResources: boolean
  /** CloudEvents that one of these fits count too. */
  readonly messagingMatchCriteria: readonly MessagingMatchCriteria[]
}
/** Regular expressions of Go that need not match the whole; an empty one fits everything. */
export interface MessagingMatchCriteria {
  readonly subject: string
  readonly cloudEventSource: string
  readonly cloudEventType: string
  readonly cloudEventSubject: string
}
/** A ConfigMap or Secret that an event gets a copy of, filled in, in namespace `projectsveltos`. */
export interface EventGenerator {
  readonly namespace: string
  readonly name: string
  /** Template of the name of the copy. */
  readonly nameFormat: string
  readonly optional: boolean
}
/** What is deployed when an event source sees something (sveltos.md 5.2). Templates are still unrendered text. */
export interface EventTrigger extends Definition {
  readonly kind: 'EventTrigger'
  readonly sourceClusterSelector?: LabelSelector
  /** ClusterSets whose members are sources too. */
  readonly clusterSetRefs: readonly string[]
  readonly destinationClusterSelector?: LabelSelector
  readonly destinationCluster?: ObjectReference
  readonly eventSourceName: string
  readonly oneForEvent: boolean
  /** Empty: a name that follows from trigger, source cluster and event. */
  readonly profileNameFormat: string
  readonly configMapGenerator: readonly EventGenerator[]
  readonly secretGenerator: readonly EventGenerator[]
  /** Gives `Create` or `Delete`. */
  readonly cloudEventAction: string
  /** Contents behind the old kind EventBasedAddOn are filled in without being annotated. */
  readonly instantiatesAll: boolean
  /** What the generated profiles get, before event data is filled in; without selector, references and sets. */
  readonly profileSpec: ProfileSpec
}
/** Judges objects of the clusters for which a ClusterHealthCheck names it (sveltos.md 6). */
export interface HealthCheck extends Definition {
  readonly kind: 'HealthCheck'
  readonly resourceSelectors: readonly ResourceSelector[]
  /** Lua. */
  readonly evaluateHealth: string
  /** Whether `evaluateHealth` judges one object at a time, as it was written up to v0.21. */
  readonly judgesEach: boolean
}
/** What makes a cluster healthy as a whole (sveltos.md 6). */
export interface ClusterHealthCheck extends Definition {
  readonly kind: 'ClusterHealthCheck'
  readonly clusterSelector?: LabelSelector
  readonly livenessChecks: readonly LivenessCheck[]
  /** Names; nobody is notified. */
  readonly notifications: readonly string[]
}
export interface LivenessCheck {
  readonly name: string
  /** `Addons`: all add-ons of the cluster are deployed. */
  readonly type: 'Addons' | 'HealthCheck'
  /** Name of the HealthCheck. */
  readonly healthCheck?: string
}
export interface RoleRequest extends Definition {
  readonly kind: 'RoleRequest'
  readonly clusterSelector?: LabelSelector
  readonly spec: JsonObject
}
export interface ClusterPromotion extends Definition {
  readonly kind: 'ClusterPromotion'
  /** What every stage deploys; the selectors are those of the stages. */
  readonly profileSpec: ProfileSpec
  readonly stages: readonly { readonly name: string; readonly clusterSelector?: LabelSelector }[]
  readonly spec: JsonObject
}
