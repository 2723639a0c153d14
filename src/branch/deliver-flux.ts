import type { FleetConfig } from '../config/types.ts'
import type { JsonObject } from '../engine/types.ts'
import { deliveryMetadata, type ClusterDelivery, type DeliveryObject } from './delivery-object.ts'
import { deliveryName } from './delivery-names.ts'
import type { DeliveryPart } from './delivery-parts.ts'
import { toIgnoreRule } from './ignored-fields.ts'
import { clusterFolder } from './paths.ts'

/** Where Flux itself lives, and with it what a spoke applies to itself. */
export const fluxNamespace = 'flux-system'

/** One Flux Kustomization for every folder of a cluster. */
export function deliverFlux(delivery: ClusterDelivery, config: FleetConfig): DeliveryObject[] {
  const isSpoke = config.rendered.mode === 'spoke'
  return delivery.parts.map((part) => {
    // A spoke's own Flux reads one folder; what goes to the management cluster must not lie in it.
    const isApart = isSpoke && part.record.local
    const root = isApart ? 'delivery/flux-management' : 'delivery/flux'
    const namespace =
      isSpoke && !part.record.local
        ? (config.rendered.source.namespace ?? fluxNamespace)
        : delivery.target.namespace
    const name = fluxName(delivery, part.key)
    return {
      path: `${root}/${clusterFolder(delivery.cluster)}/${part.key}.yaml`,
      key: part.key,
      identity: `Kustomization ${namespace}/${name}`,
      json: {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name, namespace, ...deliveryMetadata(delivery.cluster, part) },
        spec: kustomizationSpec(delivery, part, { config, namespace }),
      },
    }
  })
}

function fluxName({ target }: ClusterDelivery, key: string): string {
  return deliveryName(target.name, key)
}

function kustomizationSpec(
  delivery: ClusterDelivery,
  part: DeliveryPart,
  { config, namespace }: { config: FleetConfig; namespace: string },
): JsonObject {
  const { rendered } = config
  const { target } = delivery
  const isRemote = rendered.mode === 'hub' && !part.record.local && !target.isManagement
  return {
    ...(part.dependsOn.length > 0 && {
      dependsOn: part.dependsOn.map((key) => ({ name: fluxName(delivery, key) })),
    }),
    ...(isRemote && { kubeConfig: { secretRef: target.kubeconfig } }),
    interval: '10m0s',
    retryInterval: '1m0s',
    timeout: duration(part.record.timeoutMs),
    path: `./${part.folder}`,
    ...removalOf(part),
    sourceRef: {
      kind: 'GitRepository',
      name: rendered.source.name,
      ...(rendered.source.namespace !== undefined &&
        rendered.source.namespace !== namespace && { namespace: rendered.source.namespace }),
    },
    wait: true,
    ...healthOf(delivery, part),
    ...(part.record.ignores && { ignore: part.record.ignores.map(toIgnoreRule) }),
    ...(delivery.isSuspended(part.unit) && { suspend: true }),
    // A Job cannot be changed: a hook of a new version replaces the old one.
    ...(isHookPart(part) && { force: true }),
    ...(part.record.isEncrypted && { decryption: { provider: 'sops' } }),
    ...(isOnce(part) && {
      commonMetadata: { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } },
    }),
  }
}

/** `wait` asks Flux' own rules; for the kinds that are named here it asks these instead. */
function healthOf({ expressions }: ClusterDelivery, { key }: DeliveryPart): JsonObject {
  const wanted = expressions.get(key)
  return wanted ? { healthCheckExprs: wanted.map((expression) => ({ ...expression })) } : {}
}

/**
 * What goes when something is taken out of the branch.
 * Namespaces and CRDs are never pruned: everything in them, and every object of their kinds, would go along.
 * LeavePolicies prunes what a unit no longer renders, and leaves everything when the unit itself goes.
 */
function removalOf({ part, record }: DeliveryPart): { prune: boolean; deletionPolicy?: string } {
  if (record.kind === 'namespaces' || part.name === 'crds') return { prune: false }
  return record.leave ? { prune: true, deletionPolicy: 'Orphan' } : { prune: true }
}

/** Applied where it is absent and never again. */
function isOnce({ record }: DeliveryPart): boolean {
  return record.syncMode === 'OneTime'
}

export function isHookPart({ part }: DeliveryPart): boolean {
  return part.name.startsWith('pre-') || part.name.startsWith('post-')
}

/** As Go prints durations, since Flux prints them so. */
function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`
}
