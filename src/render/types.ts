import type { EngineObject } from '../engine/types.ts'
import type { Conflict, Hold, PlannedUnit } from '../resolve/types.ts'

/** One unit of one cluster after rendering. */
export interface RenderedUnit {
  readonly unit: PlannedUnit
  /** sha256 over everything that its objects depend on, hex: equal digests mean equal objects. */
  readonly inputs: string
  readonly result:
    | { readonly status: 'rendered'; readonly manifests: readonly Manifest[]; readonly chart?: ChartIdentity }
    /** Its inputs are those of the unit on the rendered branch: its folder is taken over as it is. */
    | { readonly status: 'unchanged' }
    /** Stays as it is on the rendered branch. */
    | { readonly status: 'held'; readonly hold: Hold }
}

export interface ChartIdentity {
  readonly name: string
  readonly version: string
  readonly appVersion?: string
}

/** One object of the fleet, ready to be written. Its origin is its unit and `source`. */
export type Manifest = EngineObject

export interface RenderedCluster {
  /** Cluster id. */
  readonly id: string
  readonly units: readonly RenderedUnit[]
  /** Conflicts over single objects, beside those of the plan over releases. */
  readonly conflicts: readonly Conflict[]
}
