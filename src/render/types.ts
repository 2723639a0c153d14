import type { BlockedCall, EngineObject, Impurity, Lookup } from '../engine/types.ts'
import type { Need } from '../observe/types.ts'
import type { Conflict, Hold, PlannedUnit } from '../resolve/types.ts'

/** What every cluster gets, rendered. */
export interface Rendered {
  /** Clusters and units in the order of the plan. */
  readonly clusters: readonly RenderedCluster[]
  /** What charts look up and of which kinds custom objects are, answered or not, sorted by cluster and query. */
  readonly needs: readonly Need[]
}

export interface RenderedCluster {
  /** Cluster id. */
  readonly id: string
  /**
   * sha256 over the inputs, owners and holds of all its units, hex. A cluster whose digest is the recorded one is taken
   * over whole, unread. Empty where something has to be said again next time: faults, lost objects.
   */
  readonly digest: string
  readonly units: readonly RenderedUnit[]
  /** Conflicts over single objects, beside those of the plan over releases. */
  readonly conflicts: readonly Conflict[]
}

/** One unit of one cluster after rendering. */
export interface RenderedUnit {
  readonly unit: PlannedUnit
  /** sha256 over everything that its objects depend on, hex: equal digests mean equal objects. */
  readonly inputs: string
  /**
   * Kinds of its objects that neither Kubernetes has nor a unit of the cluster defines, `<group>/<Kind>`, sorted. Absent
   * where they are those of the branch.
   */
  readonly kinds?: readonly string[]
  readonly result: UnitResult
}

export type UnitResult =
  | {
      readonly status: 'rendered'
      /** In apply order; without the objects that another unit owns. */
      readonly manifests: readonly Manifest[]
      readonly record: UnitRecord
    }
  /**
   * Inputs and lost objects are those of the unit on the rendered branch: its folder is taken over as it is.
   * The record is absent where the whole cluster is taken over unread.
   */
  | { readonly status: 'unchanged'; readonly record?: UnitRecord }
  /** Stays as it is on the rendered branch, whatever that is. */
  | { readonly status: 'held'; readonly hold: Hold }

/**
 * What the rendered branch records of a unit, so that the next compile can take it over without rendering it:
 * written and read back by the branch stage (index and build.json), compared by this one.
 */
export interface UnitRecord {
  readonly inputs: string
  readonly chart?: ChartIdentity
  /** Every object that the unit renders, in apply order, the lost ones included. */
  readonly objects: readonly ObjectIdentity[]
  /** Those that another unit owns and that are therefore not in the folder, sorted by key. */
  readonly lost: readonly ObjectIdentity[]
  /** Kinds that its CustomResourceDefinitions define. */
  readonly provides: readonly ProvidedKind[]
  /** Kinds that CustomResourceDefinitions of other units define and that decided a namespace of its objects, sorted. */
  readonly scopedBy: readonly ProvidedKind[]
  /** What the render drew on besides its inputs, and the ISO 8601 UTC that it was given as the present (decision 5). */
  readonly impure?: Impurity & { readonly present: string }
  /** Absent when it looks nothing up. */
  readonly looked?: UnitLookups
  /** Calls of functions that are blocked here, by its templates; absent for none. */
  readonly blocked?: readonly BlockedCall[]
}

/** What the chart of a unit looked up in its cluster. */
export interface UnitLookups {
  /** sha256 over everything that its objects depend on but for what it found, hex. */
  readonly given: string
  /** Found or not, sorted. */
  readonly asked: readonly Lookup[]
}

export interface ObjectIdentity {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface ProvidedKind {
  readonly group: string
  readonly kind: string
  readonly namespaced: boolean
}

export interface ChartIdentity {
  readonly name: string
  readonly version: string
  readonly appVersion?: string
}

/** One object of the fleet, ready to be written. Its origin is its unit and `source`. */
export type Manifest = EngineObject

/** What is known of each unit of the branch without reading its index. */
export interface KnownUnit {
  /** Its owner: `ClusterProfile/monitoring`. */
  readonly profile: string
  readonly tier: number
  /** Applied to the management cluster. */
  readonly local: boolean
  /** What is said and asked again of a unit that is taken over, as of one that is rendered. */
  readonly impure?: Impurity
  readonly looked?: UnitLookups
  readonly blocked?: readonly BlockedCall[]
  /** See RenderedUnit; absent for none. */
  readonly kinds?: readonly string[]
}

/** The rendered branch as the render stage sees it: what may be taken over. Read lazily, since most of it never matters. */
export interface KnownUnits {
  /** Recorded digests of clusters, by cluster id. */
  readonly clusters: ReadonlyMap<string, string>
  /** What impure renders were given as the present, by their inputs digest, without what was looked up. */
  readonly presents: ReadonlyMap<string, string>
  /** Every unit that is there, by cluster id and name. */
  readonly units: ReadonlyMap<string, ReadonlyMap<string, KnownUnit>>
  /** Everything is rendered again; records only tell what stands on the branch. */
  readonly anew?: true
  /** Full records of the units of some clusters, by `<cluster id>/<unit>`. */
  load(clusterIds: readonly string[]): Promise<ReadonlyMap<string, UnitRecord>>
}
