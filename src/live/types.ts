import type { UnitSettings } from '../branch/types.ts'
import type { ObjectIdentity } from '../render/types.ts'
import type { LiveObject } from './live-clusters-port.ts'

/** Who applies the rendered branch. */
export type DeliveryEngine = 'flux' | 'argocd'

/** An object that a cluster should have. */
export interface WantedObject extends ObjectIdentity {
  /** On the rendered branch. */
  readonly path: string
  readonly rendered: LiveObject
  readonly engine: DeliveryEngine
  /** Of the Argo CD Application that applies it, where one does. */
  readonly application?: string
  readonly settings: Pick<UnitSettings, 'syncMode' | 'ignores'>
}

/** What a cluster has of a wanted object. */
export type Finding =
  | { readonly type: 'missing' }
  /** Applying it would change nothing, or nobody would apply it. */
  | { readonly type: 'alike' }
  | {
      readonly type: 'differs'
      readonly live: LiveObject
      /** What applying would make of it. */
      readonly applied: LiveObject
      /** It was worked out here, and why: no dry run was wanted or allowed, or the server refused it with this status. */
      readonly predicted?: 'not-asked' | 'not-allowed' | number
    }
  /** Nothing may be said of it. */
  | { readonly type: 'unknown'; readonly reason: string }

/** An object that a deliverer keeps a record of. */
export interface OwnedObject {
  readonly group: string
  /** Empty: any. */
  readonly version: string
  readonly kind: string
  /** Empty for a cluster-wide kind. */
  readonly namespace: string
  readonly name: string
}

/** A Flux Kustomization or an Argo CD Application as it was found. */
export interface Deliverer {
  readonly engine: DeliveryEngine
  /** `Kustomization fleet/prod.helm-web-app`. */
  readonly object: string
  readonly name: string
  /** Cluster id and unit that it delivers. */
  readonly cluster: string
  readonly unit: string
  /** Empty for what nobody wrote. */
  readonly profile: string
  /** It applies to the management cluster. */
  readonly isLocal: boolean
  /** Commits of the rendered branch of which it applied all. */
  readonly commits: readonly string[]
  /** Whether it takes away what the branch no longer has. */
  readonly prunes: boolean
  /** Whether what it applied goes with it. */
  readonly takesAlong: boolean
  readonly owns: readonly OwnedObject[]
}
