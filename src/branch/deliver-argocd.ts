import type { FleetConfig } from '../config/types.ts'
import type { JsonObject } from '../engine/types.ts'
import { deliveryMetadata, type ClusterDelivery, type DeliveryObject } from './delivery-object.ts'
import { deliveryName } from './delivery-names.ts'
import type { DeliveryPart } from './delivery-parts.ts'
import { toIgnoreDifferences } from './ignored-fields.ts'
import { clusterFolder } from './paths.ts'

/**
 * One Argo CD Application for every unit of a cluster, and one for its CRDs, which must never be pruned. Helm hooks stay
 * in the unit's Application: Argo CD reads their `helm.sh/hook` annotations, and an Application of nothing but hooks
 * would never be out of sync.
 */
export function deliverArgocd(delivery: ClusterDelivery, config: FleetConfig): DeliveryObject[] {
  const groups = Map.groupBy(
    delivery.parts,
    ({ unit, part }) => `${unit}${part.name === 'crds' ? '~crds' : ''}`,
  )
  return [...groups.values()].flatMap((parts) => {
    const main = parts.find(({ part }) => part.name === 'main') ?? parts[0]
    return main ? [application(delivery, { config, parts, main })] : []
  })
}

interface Application {
  readonly config: FleetConfig
  readonly parts: readonly DeliveryPart[]
  readonly main: DeliveryPart
}

function application(delivery: ClusterDelivery, { config, parts, main }: Application): DeliveryObject {
  const { argocd, branch } = config.rendered
  const isCrds = main.part.name === 'crds'
  const key = isCrds ? main.key : main.unit
  const name = deliveryName(...delivery.cluster.split('/'), key)
  const { labels, annotations } = deliveryMetadata(delivery.cluster, main)
  const sources = parts.map(({ folder }) => ({
    repoURL: argocd.repoURL ?? '',
    targetRevision: branch,
    path: folder,
  }))
  const ignored = ignoredOf(main)
  const wave = Math.max(...parts.map((part) => part.wave))
  return {
    path: `delivery/argocd/${clusterFolder(delivery.cluster)}/${key}.yaml`,
    key: main.key,
    identity: `Application ${argocd.namespace}/${name}`,
    json: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name,
        namespace: argocd.namespace,
        labels,
        annotations: { ...annotations, 'argocd.argoproj.io/sync-wave': String(wave) },
        // Without the finalizer the objects stay when the Application goes.
        ...(isRemovedWithUnit(main) && { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
      },
      spec: {
        project: argocd.project,
        ...(sources[1] ? { sources } : { source: sources[0] ?? null }),
        destination: { name: main.record.local ? 'in-cluster' : delivery.target.argocdName },
        syncPolicy: syncPolicy(main, delivery.isSuspended(main.unit)),
        ...(ignored.length > 0 && { ignoreDifferences: ignored }),
      },
    },
  }
}

function ignoredOf({ record }: DeliveryPart): readonly JsonObject[] {
  return (record.ignores ?? []).map(toIgnoreDifferences).filter((entry) => entry !== undefined)
}

function isKept({ part, record }: DeliveryPart): boolean {
  return record.kind === 'namespaces' || part.name === 'crds'
}

function isRemovedWithUnit(main: DeliveryPart): boolean {
  return !isKept(main) && !main.record.leave
}

/** A suspended unit has no `automated`: Argo CD shows what differs and does nothing. */
function syncPolicy(main: DeliveryPart, isSuspended: boolean): JsonObject {
  const { syncMode } = main.record
  return {
    ...(!isSuspended && {
      automated: { prune: !isKept(main), selfHeal: syncMode === 'ContinuousWithDriftDetection' },
    }),
    retry: { limit: 5, backoff: { duration: '30s', factor: 2, maxDuration: '10m' } },
    // Large CRDs do not fit into the annotation of a client-side apply; a kind may arrive with an earlier wave.
    syncOptions: [
      ...['ServerSideApply=true', 'SkipDryRunOnMissingResource=true', 'PruneLast=true'],
      // What is ignored is not only left out of the comparison but kept when something else is applied.
      ...(ignoredOf(main).length > 0 ? ['RespectIgnoreDifferences=true'] : []),
    ],
  }
}
