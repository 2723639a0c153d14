import type { Span } from '../diagnostics/types.ts'
import type { ObjectFormat } from '../git/git-objects.ts'
import type { EngineVersions, HelmHook } from '../engine/types.ts'
import type { DriftExclusion, SyncMode } from '../intent/types.ts'
import type { ChartIdentity, UnitRecord } from '../render/types.ts'
import type { Hold } from '../resolve/types.ts'
import type { Revision } from '../source/types.ts'
import type { Pin } from '../sources/types.ts'

/**
 * What the rendered branch is to hold, before it is known what it holds now. Units that stay as they are carry no
 * content: `planUpdate` takes theirs over from the branch, by Git tree id, without listing a file.
 */
export interface Tree {
  /** Sorted by id. */
  readonly clusters: readonly TreeCluster[]
  /** Files that are handed through as they are, by path: facts and their ages. */
  readonly files: ReadonlyMap<string, string>
  readonly provenance: Provenance
}

export interface TreeCluster {
  /** `<namespace>/<name>`, also its folder below `clusters/` (decision 11). */
  readonly id: string
  /** Of the rendered cluster: equal digests take the cluster over whole. Empty when something is to be looked at again. */
  readonly digest: string
  readonly target: DeliveryTarget
  /** The whole cluster stays as it is, units that are no longer planned included. */
  readonly hold?: Hold
  /** Profiles whose units all stay as they are, planned or not. */
  readonly heldProfiles: readonly { readonly profile: string; readonly hold: Hold }[]
  readonly units: readonly TreeUnit[]
}

/** Where delivery applies the units of a cluster. */
export interface DeliveryTarget {
  /** Namespace of the cluster's object, where the objects of a Flux hub live (decision 16). */
  readonly namespace: string
  readonly name: string
  /** The cluster that holds the delivery objects: applied without credentials. */
  readonly isManagement: boolean
  /** Secret with the kubeconfig in `namespace` (decision 8). */
  readonly kubeconfig: { readonly name: string; readonly key: string }
  /** Its name in Argo CD. */
  readonly argocdName: string
}

export type TreeUnit =
  | {
      readonly kind: 'files'
      readonly name: string
      readonly settings: UnitSettings
      readonly content: UnitContent
      /** See RecordedUnit. */
      readonly kinds?: readonly string[]
      /** What asks for it. */
      readonly span: Span
      readonly checkSpans: CheckSpans
    }
  /** Its inputs are those of the unit on the branch, and so are its files. */
  | {
      readonly kind: 'unchanged'
      readonly name: string
      readonly settings: UnitSettings
      /** Absent where they are those of the branch. */
      readonly kinds?: readonly string[]
      readonly span: Span
      readonly checkSpans: CheckSpans
    }
  /** Stays as it is on the branch, with its settings; absent there, it stays absent. */
  | { readonly kind: 'held'; readonly name: string; readonly hold: Hold }
  /** Shown and not written: stays as it is on the branch. */
  | { readonly kind: 'dry-run'; readonly name: string }

/** What a unit is and how it is delivered; follows from the plan alone. */
export interface UnitSettings {
  readonly kind: 'helm' | 'kustomize' | 'policy' | 'namespaces'
  /** Owner: `ClusterProfile/monitoring`; empty for the `namespaces` unit, which nobody wrote. */
  readonly profile: string
  readonly tier: number
  /** Applied to the management cluster (`deploymentType: Local`). */
  readonly local: boolean
  /** sha256 over everything that its objects depend on, hex. */
  readonly inputs: string
  readonly syncMode: SyncMode
  /** Its objects stay in the cluster when the unit goes. */
  readonly leave: boolean
  readonly createNamespaces: boolean
  /** Namespace of a Helm release. */
  readonly releaseNamespace?: string
  readonly timeoutMs: number
  /** Units of the same cluster that come first, sorted. */
  readonly dependsOn: readonly string[]
  /** What its own objects must meet before it counts as ready (`validateHealths`); absent when there is nothing. */
  readonly checks?: readonly DeliveredCheck[]
  /** What objects of other units must meet before it is applied (`preDeployChecks`). */
  readonly awaits?: readonly DeliveredCheck[]
  /** Fields of its objects that others may change (`driftExclusions`). */
  readonly ignores?: readonly DriftExclusion[]
}

/** A check of a profile, as far as delivery can make it; where it cannot, that is reported. */
export interface DeliveredCheck {
  readonly name: string
  /** Empty for the core group. */
  readonly group: string
  readonly kind: string
  /** Empty: all. */
  readonly namespace: string
  /** CEL over the fields of one object, for Flux. */
  readonly cel?: string
  /** Sveltos' Lua over one object, for Argo CD. */
  readonly lua?: string
}

/** Where a person wrote the checks of a unit, in their order. */
export interface CheckSpans {
  readonly checks: readonly Span[]
  readonly awaits: readonly Span[]
}

/** What a unit renders to. */
export interface UnitContent extends ContentFacts {
  readonly record: UnitRecord
  /** In the order in which they are applied. */
  readonly parts: readonly TreePart[]
  /** Namespaces that it renders; they are written into the cluster's `namespaces` unit. */
  readonly ownNamespaces: readonly TreeObject[]
}

/** What has to be known of a unit's objects without reading them. */
export interface ContentFacts {
  /** Namespaces that its objects lie in, sorted. */
  readonly namespaces: readonly string[]
  /** API groups of its objects, sorted. */
  readonly groups: readonly string[]
  /** API groups of its CustomResourceDefinitions, sorted. */
  readonly defines: readonly string[]
  /** Secrets with values, `<namespace>/<name>`, sorted. */
  readonly secrets: readonly string[]
  /** Some of its Secrets are encrypted with SOPS: the delivery has to decrypt them. */
  readonly isEncrypted: boolean
  /** Helm hooks that no delivery can run, with their events. */
  readonly leftOut: readonly string[]
}

/**
 * A folder of files of one unit that delivery applies as one: `crds`, `pre-1` …, `main`, `post-1` ….
 * Its folder is the unit's for `main`, `<unit>~<part>` for the others.
 */
export interface TreePart {
  readonly name: string
  readonly objects: readonly TreeObject[]
}

export interface TreeObject {
  /** File name in the part's folder. */
  readonly file: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** Template, kustomization or text that it came from. */
  readonly source?: string
  readonly hook?: HelmHook
  readonly text: string
  /** sha256 of `text`, hex. */
  readonly digest: string
}

/** What a tree was made from. */
export interface Provenance {
  readonly source: Revision
  readonly compiler: string
  readonly engine: EngineVersions
  /** ISO 8601 UTC: the time that ages are counted to. */
  readonly asOf: string
  readonly digests: { readonly facts: string; readonly lock: string; readonly config: string }
  /** What every source key meant, by key. */
  readonly pins: ReadonlyMap<string, Pin>
  /** Members that each ClusterSet and Set selects. */
  readonly sets: readonly { readonly id: string; readonly members: readonly string[] }[]
}

/** `.fleetwright/build.json`: what the branch was made from, and the ids of the records of its clusters. */
export interface BuildRecord {
  readonly generator: 'fleetwright'
  /** Layout of the branch; a newer one than ours is refused. */
  readonly format: number
  readonly compiler: string
  readonly engine: {
    readonly digest: string
    readonly helm: string
    readonly kustomize: string
    readonly go: string
  }
  readonly source: {
    readonly commit?: string
    readonly committedAt?: string
    readonly author?: { readonly name: string; readonly email: string }
    readonly former?: Readonly<Record<string, string>>
  }
  readonly asOf: string
  readonly digests: { readonly facts: string; readonly lock: string; readonly config: string }
  readonly pins: Readonly<Record<string, Pin>>
  readonly sets: Readonly<Record<string, readonly string[]>>
  /** Cluster id → Git blob id of its record. */
  readonly clusters: Readonly<Record<string, string>>
}

/** `.fleetwright/clusters/<namespace>/<name>.json`: what fleetwright wrote for one cluster. */
export interface ClusterRecord {
  readonly digest: string
  readonly target: DeliveryTarget
  readonly units: Readonly<Record<string, RecordedUnit>>
  /** Delivery objects by path: what they were printed from, the file's Git blob id, the object that it makes. */
  readonly delivery: Readonly<Record<string, DeliveryRecord>>
}

export interface RecordedUnit extends UnitSettings, ContentFacts {
  readonly chart?: ChartIdentity
  /** What it drew on besides its inputs, and the time that it was told. */
  readonly impure?: NonNullable<UnitRecord['impure']>
  /** What its chart looked up. */
  readonly looked?: NonNullable<UnitRecord['looked']>
  /** Calls of blocked functions in its templates. */
  readonly blocked?: NonNullable<UnitRecord['blocked']>
  /** Kinds of its objects that neither Kubernetes has nor a unit of the cluster defines, sorted; absent for none. */
  readonly kinds?: readonly string[]
  /** Commit time of the source commit that first had these inputs (decision 22). */
  readonly since: string
  readonly parts: readonly PartRecord[]
  /** Names of the Namespaces that it renders → Git blob ids. */
  readonly ownNamespaces: Readonly<Record<string, string>>
  /** Git blob id of its index file. */
  readonly index: string
}

export interface PartRecord {
  readonly name: string
  /** Git tree id of its folder: tampering shows as another one. */
  readonly tree: string
  /** Number of objects. */
  readonly objects: number
}

export interface DeliveryRecord {
  /** sha256 of the JSON that was printed, hex. */
  readonly json: string
  readonly blob: string
  /** Unit and part that it delivers, as its folder is named. */
  readonly key: string
  /** `Kustomization <namespace>/<name>`: when this goes away, so do the unit's objects. */
  readonly object: string
}

/**
 * `.fleetwright/index/<namespace>/<name>/<unit>.json`: every object of a unit, in the order in which it is applied, and
 * what the render stage wants to know of it the next time.
 */
export interface UnitIndex extends Omit<UnitRecord, 'objects'> {
  /** Canonical YAML of the Namespaces that it renders, by name. */
  readonly namespaces: Readonly<Record<string, string>>
  readonly objects: readonly IndexRow[]
}

export interface IndexRow {
  /** Path on the branch; absent for what another unit owns and for hooks that no delivery can run. */
  readonly path?: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly source?: string
  readonly hook?: HelmHook
}

/** State of a branch before an update. */
export interface BranchState {
  readonly branch: string
  /** Commit id; absent when the branch does not exist. */
  readonly commit?: string
  /** How the repository names objects. */
  readonly format: ObjectFormat
  /** Git tree ids of every folder, by path. */
  readonly folders: ReadonlyMap<string, string>
  /** Git blob ids of the files below `.fleetwright/` and `delivery/`, by path. */
  readonly files: ReadonlyMap<string, string>
}

/** What fleetwright wrote on a branch before, as far as an update needs it. Texts of objects are not read. */
export interface PreviousTree {
  readonly state: BranchState
  /** Absent when the branch does not exist or was not made by fleetwright. */
  readonly build?: BuildRecord
  /** By cluster id. */
  readonly clusters: ReadonlyMap<string, ClusterRecord>
  /** By cluster id: names of units whose files are what was recorded; only these may be taken over without rendering. */
  readonly untouched: ReadonlyMap<string, ReadonlySet<string>>
  /** Paths that somebody else changed, sorted. */
  readonly tampered: readonly string[]
}

/** A branch at one moment, there or imagined, and how its files are read. */
export interface BranchView {
  readonly previous: PreviousTree
  /** Texts by path; paths that it lacks are absent. Throws EnvironmentError. */
  readonly readFiles: (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

/** One commit to be made on top of `base`. */
export interface BranchUpdate {
  readonly branch: string
  /** Commit that the update was planned on; the write fails when the branch is elsewhere by then. */
  readonly base?: string
  readonly message: string
  readonly author: Person
  readonly committer: Person
  /** ISO 8601 UTC; both author and committer time, so that equal updates are equal commits. */
  readonly date: string
  /** Files and folders to take away before anything is written, sorted. */
  readonly removals: readonly string[]
  /** Git blob ids of files to write, by path, sorted. */
  readonly writes: ReadonlyMap<string, string>
  /** Texts by blob id: each distinct one once. */
  readonly texts: ReadonlyMap<string, string>
}

export interface Person {
  readonly name: string
  readonly email: string
}

/** What an update does to one cluster. */
export interface ClusterChange {
  readonly cluster: string
  readonly change: 'added' | 'removed' | 'changed'
  /** Names of units, sorted. */
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/** Deletions that nobody approved yet. */
export interface Brake {
  readonly reasons: readonly BrakeReason[]
  /** Names the tree that would be left, as far as it is applied: `--allow-delete DIGEST`. */
  readonly digest: string
}

export type BrakeReason =
  | { readonly kind: 'cluster'; readonly cluster: string; readonly objects: number }
  | { readonly kind: 'protected'; readonly cluster: string; readonly object: string }
  | { readonly kind: 'share'; readonly cluster: string; readonly deleted: number; readonly objects: number }
  /** An object that delivers part of a unit goes away or moves, and takes what it delivers along. */
  | { readonly kind: 'delivery'; readonly cluster: string; readonly object: string; readonly objects: number }

/** What `planUpdate` says. */
export type UpdatePlan =
  | { readonly status: 'unchanged'; readonly clusters: ReadonlyMap<string, ClusterRecord> }
  | {
      readonly status: 'changed'
      readonly update: BranchUpdate
      readonly changes: readonly ClusterChange[]
      /** Deletions that somebody approved. */
      readonly brake?: Brake
      /** The branch's records after the update, by cluster id. */
      readonly clusters: ReadonlyMap<string, ClusterRecord>
    }
  /** Nothing is to be written before the deletions are approved; the records are those that would be written. */
  | {
      readonly status: 'braked'
      readonly brake: Brake
      readonly clusters: ReadonlyMap<string, ClusterRecord>
    }
  /** The branch is not to be written; the reason was reported. */
  | { readonly status: 'refused' }
