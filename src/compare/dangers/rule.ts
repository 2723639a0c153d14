import type { Span } from '../../diagnostics/types.ts'
import type { ClusterPlan, Plan } from '../../resolve/types.ts'
import type {
  Danger,
  DangerRule,
  FieldPath,
  ObjectChange,
  ObjectPlace,
  Side,
  SideCluster,
  SideObject,
  SideUnit,
  UnitChange,
} from '../types.ts'

/** One kind of danger: how it is found, and its entry in docs/reference/dangers.md. */
export type Rule = RuleText & RuleSearch

export interface RuleText {
  readonly name: DangerRule
  /** What it finds has this severity unless it says otherwise. */
  readonly severity: Danger['severity']
  /** What it finds, in one sentence without the particulars. */
  readonly what: string
  /** Why that is dangerous: the sentence of the API or of the design that it enforces. */
  readonly why: string
  /** Smallest change that gives it, as a diff. */
  readonly example: string
  /** What to do. */
  readonly fix: string
}

/** How far a rule looks at once. The less it looks at, the more often its answer is used again. */
export type RuleSearch =
  /** At one object on its two sides and nothing else: asked once for all clusters that have the same two texts. */
  | { readonly looksAt: 'object'; readonly find: (object: ObjectInReview) => Iterable<FoundDanger> }
  | { readonly looksAt: 'unit'; readonly find: (unit: UnitInReview) => Iterable<FoundDanger> }
  | { readonly looksAt: 'cluster'; readonly find: (cluster: ClusterInReview) => Iterable<FoundDanger> }
  | { readonly looksAt: 'fleet'; readonly find: (fleet: FleetInReview) => Iterable<FoundInFleet> }

/** What a rule finds; what it leaves out is filled in from where it was found. */
export interface FoundDanger {
  readonly severity?: Danger['severity']
  /** One sentence that names the object, without cluster and unit where the same may be found elsewhere. */
  readonly message: string
  readonly unit?: string
  /** Of a rule that looks at objects: the object as it is after the change, else before. */
  readonly object?: ObjectPlace
  readonly path?: FieldPath
  /** The place of the unit where it is left out. */
  readonly span?: Span
  readonly side?: 'before' | 'after'
}

export interface FoundInFleet extends FoundDanger {
  readonly clusters: readonly string[]
}

export interface ObjectInReview {
  readonly change: ObjectChange
  /** Absent for added objects. */
  readonly before?: SideObject
  /** Absent for removed objects. */
  readonly after?: SideObject
  /** What happens to the unit around it. */
  readonly unitChange: UnitChange['change']
  /** The unit goes and leaves what it applied. */
  readonly isLeft: boolean
  /** The cluster is new to the fleet and gets what others have had before: what is dangerous about it was said then. */
  readonly isKnown: boolean
}

export interface UnitInReview {
  readonly cluster: ClusterInReview
  readonly change: UnitChange
  readonly before?: SideUnit
  readonly after?: SideUnit
  /** Those of `change.objects`, in their order. */
  readonly objects: readonly ObjectInReview[]
}

/** A cluster with changes. */
export interface ClusterInReview {
  readonly id: string
  /** All of its units, changed or not. Absent where it is no part of that side. */
  readonly before?: SideCluster
  readonly after?: SideCluster
  readonly planBefore?: ClusterPlan
  readonly planAfter?: ClusterPlan
  /** Changed ones, sorted. */
  readonly units: readonly UnitInReview[]
}

export interface FleetInReview {
  readonly before: Side
  readonly after: Side
  /** Changed ones, sorted. */
  readonly clusters: readonly ClusterInReview[]
}

/** What rules may know besides the changes. */
export interface DangerContext {
  readonly before: Side
  readonly after: Side
  /** Where a person wrote that the cluster gets the unit. */
  readonly placeOfUnit: (plan: Plan, cluster: string, unit: string) => Span | undefined
}
