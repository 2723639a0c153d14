import type { JsonObject } from '../engine/types.ts'
import {
  clusterAnnotation,
  managedBy,
  profileAnnotation,
  unitAnnotation,
} from '../kubernetes/delivery-marks.ts'
import type { HealthExpression } from './cluster-health.ts'
import type { DeliveryPart } from './delivery-parts.ts'
import type { DeliveryTarget } from './types.ts'

/** An object that makes Flux or Argo CD apply folders of a cluster. */
export interface DeliveryObject {
  /** Where it is written. */
  readonly path: string
  /** Key of the part that it stands for; the first one, if it stands for several. */
  readonly key: string
  /** `Kustomization fleet/prod.helm-web-app`. */
  readonly identity: string
  readonly json: JsonObject
}

export interface ClusterDelivery {
  /** Cluster id. */
  readonly cluster: string
  readonly target: DeliveryTarget
  readonly parts: readonly DeliveryPart[]
  /** Units whose objects are to be left alone for now: of paused clusters and profiles. */
  readonly isSuspended: (unit: string) => boolean
  /** By key of the part: what its objects must meet before it counts as ready, for Flux. */
  readonly expressions: ReadonlyMap<string, readonly HealthExpression[]>
}

/** Folders below which every file is fleetwright's, because what reads them applies all that lies there. */
export const deliveryRoots = [
  'delivery/flux',
  'delivery/flux-management',
  'delivery/argocd',
  // Applied by nobody, but written by nobody else.
  'delivery/argocd-cm',
] as const

/** What says on a delivery object for whom it is. */
export function deliveryMetadata(
  cluster: string,
  part: DeliveryPart,
): { labels: JsonObject; annotations: JsonObject } {
  const { profile } = part.record
  return {
    labels: { [managedBy.label]: managedBy.value },
    annotations: {
      [clusterAnnotation]: cluster,
      ...(profile !== '' && { [profileAnnotation]: profile }),
      [unitAnnotation]: part.unit,
    },
  }
}
