import type { FleetConfig } from '../config/types.ts'
import { deliverArgocd } from './deliver-argocd.ts'
import { deliverFlux } from './deliver-flux.ts'
import type { ClusterDelivery, DeliveryObject } from './delivery-object.ts'

/** Delivery objects of one cluster for every engine that the configuration names. */
export function deliver(delivery: ClusterDelivery, config: FleetConfig): DeliveryObject[] {
  return config.rendered.delivery.flatMap((engine) =>
    engine === 'flux' ? deliverFlux(delivery, config) : deliverArgocd(delivery, config),
  )
}
