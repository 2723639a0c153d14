import { z } from 'zod'
import { parseKubernetesVersion } from '../../config/config.ts'
import type { Report } from '../../diagnostics/types.ts'
import { objectKey } from '../../kubernetes/object-key.ts'
import type { ObjectReference } from '../../kubernetes/types.ts'
import { checkShape } from '../../source/source.ts'
import type { SourceDocument } from '../../source/types.ts'
import { shapeFault } from '../diagnostics.ts'
import { checkName, metadata } from '../reading.ts'
import type { Cluster, ManagementObject } from '../types.ts'

/** `apiVersion` in v1beta1, `apiGroup` in v1beta2 of Cluster API. */
const reference = z.looseObject({
  apiVersion: z.string().optional(),
  apiGroup: z.string().optional(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
})

/** What fleetwright reads of a Cluster. Cluster API has many versions and its own checks: all else passes unseen. */
const writtenCluster = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      paused: z.boolean().optional(),
      controlPlaneRef: reference.optional(),
      infrastructureRef: reference.optional(),
      topology: z.looseObject({ version: z.string().optional() }).optional(),
    })
    .optional(),
})

type Condition = { readonly type?: unknown; readonly status?: unknown }
type Status = {
  readonly controlPlaneReady?: unknown
  readonly initialization?: { readonly controlPlaneInitialized?: unknown } | null
  readonly conditions?: readonly (Condition | null)[] | null
}

/**
 * Cluster of Cluster API, v1beta1 and v1beta2. Its version is that of the topology, or of the control plane object where the
 * repository has it. Its id is made once all clusters are known.
 */
export function parseCapiCluster(
  document: SourceDocument,
  objects: ReadonlyMap<string, ManagementObject>,
  report: Report,
): Cluster | undefined {
  const { value, faults } = checkShape(writtenCluster, document.value)
  for (const fault of faults) report(shapeFault(document, fault))
  if (value === undefined) return undefined
  const { name, namespace = 'default', labels = {}, annotations = {} } = value.metadata
  checkName(document, { name, namespace }, report)
  const { spec = {} } = value
  const controlPlane = toReference(spec.controlPlaneRef, namespace)
  const infrastructure = toReference(spec.infrastructureRef, namespace)
  const written = spec.topology?.version ?? controlPlaneVersion(controlPlane, objects)
  const version = written === undefined ? undefined : parseKubernetesVersion(written)
  const ready = isReady(document.value.status as Status | null | undefined)
  return {
    type: 'capi',
    namespace,
    name,
    id: `${namespace}/${name}`,
    labels,
    annotations,
    json: document.json,
    value: document.value,
    paused: spec.paused === true || Object.hasOwn(annotations, 'cluster.x-k8s.io/paused'),
    ...(controlPlane === undefined ? {} : { controlPlane }),
    ...(infrastructure === undefined ? {} : { infrastructure }),
    ...(version === undefined ? {} : { version }),
    ...(ready === undefined ? {} : { ready }),
    // Written by Cluster API for every cluster that it makes.
    kubeconfigSecret: { name: `${name}-kubeconfig`, key: 'value' },
    document,
    ...(faults.some(({ kind }) => kind === 'unknown-field') ? { ignores: true } : {}),
  }
}

function toReference(
  written: z.infer<typeof reference> | undefined,
  namespace: string,
): ObjectReference | undefined {
  if (written === undefined) return undefined
  const { apiVersion, apiGroup, kind, name } = written
  // v1beta2 leaves the version to the server; objects are known without it.
  const group = apiGroup === undefined ? '' : `${apiGroup}/v1beta2`
  return { apiVersion: apiVersion ?? group, kind, namespace: written.namespace ?? namespace, name }
}

function controlPlaneVersion(
  controlPlane: ObjectReference | undefined,
  objects: ReadonlyMap<string, ManagementObject>,
): string | undefined {
  const object = controlPlane === undefined ? undefined : objects.get(objectKey(controlPlane))
  const spec = object?.document.value.spec as { readonly version?: unknown } | null | undefined
  return typeof spec?.version === 'string' ? spec.version : undefined
}

/** Undefined when the object carries no status, as in Git. */
function isReady(status: Status | null | undefined): boolean | undefined {
  if (status === null || status === undefined) return undefined
  if (status.controlPlaneReady === true || status.initialization?.controlPlaneInitialized === true)
    return true
  const conditions = status.conditions ?? []
  const known = conditions.filter(
    (one) => one?.type === 'ControlPlaneInitialized' || one?.type === 'ControlPlaneReady',
  )
  if (known.length > 0) return known.some((one) => one?.status === 'True')
  return status.controlPlaneReady === false ? false : undefined
}
