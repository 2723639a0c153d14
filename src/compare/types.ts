import type { UnitSettings } from '../branch/types.ts'
import type { Span } from '../diagnostics/types.ts'
import type { JsonObject } from '../engine/types.ts'
import type { Fleet } from '../intent/types.ts'
import type { Facts, Need } from '../observe/types.ts'
import type { ChartIdentity, ObjectIdentity } from '../render/types.ts'
import type { Plan } from '../resolve/types.ts'

/** One side of a comparison: what a tree holds, as far as it differs from the other side, and the plan that it came from. */
export interface Side {
  /** By cluster id, sorted. */
  readonly clusters: ReadonlyMap<string, SideCluster>
  /** Why units are where they are; absent where nothing was compiled: what clusters run has no plan. */
  readonly plan?: Plan
  /** What was written, from which the plan follows; without it, less can be said of why something changes. */
  readonly fleet?: Fleet
  /** What was known of the clusters, and who asked: where the sides differ in it, that is a cause. */
  readonly facts?: Facts
  readonly needs?: readonly Need[]
  /** There was a plan, and nobody can tell any more which: what it lacks says nothing. */
  readonly isLost?: true
}

export interface SideCluster {
  /** By name, sorted; the `namespaces` unit included. */
  readonly units: ReadonlyMap<string, SideUnit>
}

export interface SideUnit {
  readonly settings: UnitSettings
  readonly chart?: ChartIdentity
  /** Equal digests on both sides mean equal objects. */
  readonly digest: string
  /** How many objects it has. */
  readonly count: number
  /** In apply order. Empty where the digest is that of the other side: nobody reads what is equal. */
  readonly objects: readonly SideObject[]
  /** Kinds of its objects that neither Kubernetes has nor a unit of the cluster defines, `<group>/<Kind>`; absent for none. */
  readonly kinds?: readonly string[]
  /** Objects that deliver it (Kustomization, Application), where they differ from the other side's; sorted by path. */
  readonly delivery: readonly SideObject[]
}

/** One object of a tree. Secret values are masked already: no later stage ever sees one (decision 6). */
export interface SideObject extends ObjectIdentity {
  /** On the rendered branch. */
  readonly path: string
  /** Template, kustomization or text that it came from. */
  readonly source?: string
  /** Of the whole object, unmasked: equal digests mean equal objects. */
  readonly digest: string
  /** Masked. Objects of equal digest share it. Numbers beyond 53 bits are raw JSON (`parseExactJson`). */
  readonly value: JsonObject
}

/** Where a value lies in an object: keys, indices, and items of lists that Kubernetes tells apart by keys. */
export type FieldPath = readonly PathStep[]
/** A number is an index among the items before; that of an item which is `added`, among those after. */
export type PathStep = string | number | ItemKey
/**
 * `{ name: 'app' }`, `{ containerPort: 80, protocol: 'TCP' }`: the merge keys of an item, in the order of the schema. With the
 * empty name as its only key it is an item of a list of scalars, which is known by itself: `{ '': 'NET_ADMIN' }`.
 */
export type ItemKey = { readonly [key: string]: string | number | boolean }

/** Any value of an object; unlike Json it may hold raw JSON numbers. */
export type FieldValue = unknown

/** How two values differ at one place. */
export interface FieldChange {
  readonly path: FieldPath
  /** `reordered`: a list has the same items in another order. */
  readonly change: 'added' | 'removed' | 'changed' | 'reordered'
  /** Absent for `added`. For `reordered`: the whole list. */
  readonly before?: FieldValue
  /** Absent for `removed`. For `reordered`: the whole list. */
  readonly after?: FieldValue
  /** For `added` items with an ItemKey: index among the items of the list after. */
  readonly index?: number
  /** Why it is no news: counted and collapsed, never hidden from totals. */
  readonly routine?: Routine
  /** Both sides are texts that hold structured data: what differs in it. Empty: form or comments alone. */
  readonly inside?: { readonly format: 'yaml' | 'json' | 'toml'; readonly fields: readonly FieldChange[] }
}

/** Kinds of changes that every release makes. */
export type Routine = 'chart-label' | 'version-label' | 'checksum' | 'generated-hash' | 'order' | 'form'

/** An object as a reader knows it. */
export interface ObjectPlace extends ObjectIdentity {
  /** On the rendered branch. */
  readonly path: string
  readonly source?: string
  /** Unit that holds it; differs between the sides for a moved object only. */
  readonly unit: string
}

/** What happens to one object of one cluster. */
export interface ObjectChange {
  /** `renamed`: the same but for its name; `moved`: from or to another unit of the cluster, named at `before` and `after`. */
  readonly change: 'added' | 'removed' | 'changed' | 'renamed' | 'moved'
  readonly before?: ObjectPlace
  readonly after?: ObjectPlace
  /** Sorted as they stand in the object. Empty for added and removed ones. The rename itself is no field. */
  readonly fields: readonly FieldChange[]
  /** The whole object, masked, where it is added or removed. */
  readonly value?: JsonObject
  /** Every field is routine. */
  readonly routine: boolean
  /** It delivers the unit and is no part of it. */
  readonly delivery?: true
  /** Equal keys mean equal changes but for the cluster. */
  readonly key: string
}

/** What a unit is on one side. */
export interface UnitSummary {
  readonly kind: UnitSettings['kind']
  /** Owner; empty for the `namespaces` unit. */
  readonly profile: string
  readonly chart?: ChartIdentity
  readonly count: number
  readonly settings: UnitSettings
}

/** What happens to one add-on of one cluster. */
export interface UnitChange {
  /** Cluster id. */
  readonly cluster: string
  readonly unit: string
  /** `moved`: another profile owns it now; its objects may change as well. */
  readonly change: 'gained' | 'lost' | 'changed' | 'moved'
  readonly before?: UnitSummary
  readonly after?: UnitSummary
  /** Sorted. A moved object stands at the unit that gains it. */
  readonly objects: readonly ObjectChange[]
  /** Container images that appear or go, sorted. */
  readonly images: readonly ImageChange[]
  /** Nothing but routine changes. */
  readonly routine: boolean
  /** Why, first cause first. Empty where the plans do not say. */
  readonly causes: readonly ChangeCause[]
}

/** One image reference that is exchanged for another, by repository; one side is absent where it appears or goes. */
export interface ImageChange {
  readonly before?: string
  readonly after?: string
}

/** One sentence of why a unit changes, with the line that a person wrote. */
export interface ChangeCause {
  readonly text: string
  readonly span?: Span
  /** That a cluster is another one than before, in few words and without its name: `serves 1.34`, `joined the fleet`. */
  readonly fact?: string
  /** On which side it stands; what is lost has its cause in `before`. */
  readonly side: 'before' | 'after'
}

/**
 * The same change in many clusters. What differs by the name of the cluster alone counts as the same: `agent-prod-eu` and
 * `agent-prod-us`. Units, owners, objects and places of causes are then those of the first cluster.
 */
export interface UnitFold {
  readonly unit: string
  readonly change: UnitChange['change']
  readonly before?: UnitSummary
  readonly after?: UnitSummary
  /** Sorted. */
  readonly clusters: readonly string[]
  /** Equal for all of them: a change with news folds with others that have some. */
  readonly routine: boolean
  readonly images: readonly { readonly image: ImageChange; readonly clusters: readonly string[] }[]
  readonly objects: readonly ObjectFold[]
  /** By text. First causes first, then those of most clusters. */
  readonly causes: readonly { readonly cause: ChangeCause; readonly clusters: readonly string[] }[]
}

/** The same object change in many clusters: same object, same fields; values may differ and stand in rows. */
export interface ObjectFold {
  readonly change: ObjectChange['change']
  readonly before?: ObjectPlace
  readonly after?: ObjectPlace
  readonly clusters: readonly string[]
  readonly routine: boolean
  readonly delivery?: true
  /**
   * For added and removed ones: where clusters differ from `value`, as `changed`. Rows say what each group of clusters has
   * there, as `before` where the object is removed and as `after` where it is added; a row with neither has nothing there.
   */
  readonly fields: readonly FieldFold[]
  /** The whole object, masked, of the first cluster, where it is added or removed. */
  readonly value?: JsonObject
}

export interface FieldFold {
  readonly path: FieldPath
  readonly change: FieldChange['change']
  readonly routine?: Routine
  readonly format?: 'yaml' | 'json' | 'toml'
  /** Of structured text, where all clusters agree on which fields differ. */
  readonly inside?: readonly FieldFold[]
  /** One row where all clusters agree; else one for each pair of values, the largest group first. */
  readonly values: readonly FieldRow[]
}

export interface FieldRow {
  readonly clusters: readonly string[]
  readonly before?: FieldValue
  readonly after?: FieldValue
}

/** Something that a reviewer should look at before anything else. Made by the rules of `dangers/` and by the checks of the review. */
export interface Danger {
  /** Name of the rule, documented in docs/reference/dangers.md. */
  readonly rule: DangerRule
  /** `high`: data or service may be lost, or security weakens. */
  readonly severity: 'high' | 'medium'
  /** One sentence that names the thing, without the clusters. */
  readonly message: string
  /** Sorted; empty where it concerns the repository. */
  readonly clusters: readonly string[]
  readonly unit?: string
  readonly object?: ObjectPlace
  readonly path?: FieldPath
  /** The line that a person wrote. */
  readonly span?: Span
  /** On which side the line stands; what is lost stands in `before` alone, and no line of the head can be marked. */
  readonly side?: 'before' | 'after'
}

export type DangerRule =
  | 'unit-removed'
  | 'object-removed'
  | 'cluster-emptied'
  | 'namespace-removed'
  | 'crd-removed'
  | 'volume-claim-removed'
  | 'crd-version-removed'
  | 'crd-field-removed'
  | 'immutable-field'
  | 'selector-changed'
  | 'version-downgrade'
  | 'replicas-zero'
  | 'disruption-budget-removed'
  | 'network-policy-removed'
  | 'rbac-widened'
  | 'privileged'
  | 'host-access'
  | 'image-latest'
  | 'image-registry'
  | 'prune-switched'
  | 'suspend-switched'
  | 'api-not-served'
  | 'api-removed'
  | 'api-deprecated'
  | 'owner-changed'
  | 'schema'
  | 'facts-old'
  | 'impure-chart'
  | 'all-at-once'
  | 'brake'
  | 'trust-loosened'
  | 'host-new'
  | 'version-skew'

/**
 * True numbers, whatever is shown. Sums over clusters: an object in three clusters counts three times. Objects that deliver
 * units count as well.
 */
export interface Totals {
  readonly clusters: { readonly all: number; readonly changed: number }
  readonly units: {
    readonly gained: number
    readonly lost: number
    readonly changed: number
    readonly moved: number
    /** Among the changed ones. */
    readonly routine: number
  }
  readonly objects: {
    readonly added: number
    readonly removed: number
    readonly changed: number
    readonly renamed: number
    readonly moved: number
    /** Among the changed ones. */
    readonly routine: number
  }
}

/** What one tree would make of another. Equal trees give empty lists. Sorted everywhere. */
export interface Comparison {
  /** By cluster, then unit. */
  readonly changes: readonly UnitChange[]
  /** The same, folded: placement first (lost, gained, moved), then changed, then routine; by unit within. */
  readonly folds: readonly UnitFold[]
  /** The most severe first, then in the order of the rules; folded over clusters. */
  readonly dangers: readonly Danger[]
  readonly totals: Totals
  readonly schemas: CheckedSchemas
}

/**
 * How many objects that a change adds or changes were held against what their cluster says of their kind. Sums over
 * clusters, as totals are.
 */
export interface CheckedSchemas {
  readonly checked: number
  /** APIs of which no schema is known, `acme.dev/v1 Widget`, sorted, with the number of objects: nobody looked at those. */
  readonly unchecked: readonly { readonly api: string; readonly objects: number }[]
}

/** A Cluster API cluster whose version is written anew: what it does, and what follows once it has happened. */
export interface Upgrade {
  readonly cluster: string
  /** `v1.24.3`. */
  readonly from: string
  readonly to: string
  /** `KubeadmControlPlane fleet/prod`: how many machines are replaced, where that is known. */
  readonly machines: readonly { readonly kind: string; readonly name: string; readonly replicas?: number }[]
  /** Labels that classifiers set otherwise afterwards. */
  readonly labels: readonly {
    readonly key: string
    readonly before?: string
    readonly after?: string
    /** `Classifier/k125`. */
    readonly classifier: string
  }[]
  /** APIs that are served no more and that rendered objects of the cluster use, `policy/v1beta1 PodSecurityPolicy`. */
  readonly lostApis: readonly { readonly api: string; readonly objects: readonly string[] }[]
  /** From the head to the head once the cluster has its wanted version. */
  readonly follows: Comparison
  readonly dangers: readonly Danger[]
}
