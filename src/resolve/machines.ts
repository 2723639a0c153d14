import type { JsonObject } from '../engine/types.ts'
import type { Cluster, Fleet } from '../intent/types.ts'
import { groupOf } from '../kubernetes/object-key.ts'
import { managementId } from '../observe/types.ts'
import type { Knowledge, KnownObject } from './knowledge.ts'
import type { ManagementObjects } from './management-objects.ts'
import type { ClusterMachines, MachineSet } from './types.ts'

/**
 * What a Cluster API cluster is made of: its control plane through the fields of the contract that every provider keeps
 * (Cluster API book, "ControlPlane provider contract"), its worker sets, networks and infrastructure. What is written is
 * wanted, what the status says is so now. Undefined for clusters of other kinds.
 */
export function machinesOf(
  cluster: Cluster,
  objects: ManagementObjects,
  { knowledge, fleet }: { readonly knowledge: Knowledge; readonly fleet: Pick<Fleet, 'objects'> },
): ClusterMachines | undefined {
  if (cluster.type !== 'capi') return undefined
  const spec = mapAt(cluster.value, ['spec'])
  const controlPlane = controlPlaneOf(cluster, objects)
  const written = writtenWorkers(cluster, fleet)
  const workers = new Map<string, MachineSet>()
  // What is written is wanted; what it has come to is known of the live one alone.
  for (const set of [...topologyWorkers(spec), ...written, ...liveWorkers(cluster, knowledge)])
    workers.set(`${set.kind}/${set.name}`, { ...set, ...workers.get(`${set.kind}/${set.name}`) })
  const { infrastructure } = cluster
  return {
    ...(controlPlane && { controlPlane }),
    workers: [...workers.values()],
    pods: textsAt(spec, ['clusterNetwork', 'pods', 'cidrBlocks']),
    services: textsAt(spec, ['clusterNetwork', 'services', 'cidrBlocks']),
    ...(infrastructure && { infrastructure: { kind: infrastructure.kind, name: infrastructure.name } }),
  }
}

function controlPlaneOf(
  { controlPlane, value }: Cluster,
  objects: ManagementObjects,
): MachineSet | undefined {
  const found = controlPlane && objects.find(controlPlane, 'inventory')
  const object = found === 'not-observed' ? undefined : found?.value
  const topology = mapAt(value, ['spec', 'topology'])
  if (controlPlane === undefined && topology === undefined) return undefined
  return {
    kind: controlPlane?.kind ?? 'ControlPlane',
    name: controlPlane?.name ?? '',
    ...counted(mapAt(object, ['spec']), mapAt(object, ['status'])),
    ...wanted(topology, mapAt(topology, ['controlPlane'])),
  }
}

/** `spec.topology.workers`: what the topology controller will make MachineDeployments and MachinePools of. */
function topologyWorkers(spec: JsonObject | undefined): readonly MachineSet[] {
  const topology = mapAt(spec, ['topology'])
  return (['machineDeployments', 'machinePools'] as const).flatMap((list) =>
    mapsAt(topology, ['workers', list]).map((worker) => ({
      kind: list === 'machineDeployments' ? 'MachineDeployment' : 'MachinePool',
      name: textAt(worker, ['name']) ?? '',
      ...wanted(topology, worker),
    })),
  )
}

const workerKinds = ['MachineDeployment', 'MachinePool'] as const

/** Of the repository. */
function writtenWorkers(cluster: Cluster, { objects }: Pick<Fleet, 'objects'>): readonly MachineSet[] {
  return workerKinds.flatMap((kind) =>
    [...objects.values()]
      .filter((object) => object.kind === kind && groupOf(object.apiVersion) === machineGroup)
      .filter(({ document }) => isOf(cluster, document.value))
      .map(({ document }) => workerOf(kind, document.value)),
  )
}

function liveWorkers(cluster: Cluster, knowledge: Knowledge): readonly MachineSet[] {
  return workerKinds.flatMap((kind) =>
    machineObjects(kind, cluster, knowledge).map(({ value }) => workerOf(kind, value)),
  )
}

function workerOf(kind: string, value: JsonObject): MachineSet {
  return {
    kind,
    // A set of a topology goes by the name that the topology gives it.
    name:
      textAt(value, ['metadata', 'labels', 'topology.cluster.x-k8s.io/deployment-name']) ??
      textAt(value, ['metadata', 'labels', 'topology.cluster.x-k8s.io/pool-name']) ??
      textAt(value, ['metadata', 'name']) ??
      '',
    ...counted(mapAt(value, ['spec']), mapAt(value, ['status'])),
    ...versionOf(textAt(value, ['spec', 'template', 'spec', 'version'])),
  }
}

const machineGroup = 'cluster.x-k8s.io'

function machineObjects(kind: string, cluster: Cluster, knowledge: Knowledge): readonly KnownObject[] {
  const query = { group: machineGroup, version: '', kind, namespace: '', name: '' }
  const found = knowledge.ask(managementId, { ...query, labelSelector: '', keep: 'whole' }, 'inventory')
  return (found ?? []).filter(({ value }) => isOf(cluster, value))
}

function isOf(cluster: Cluster, value: JsonObject): boolean {
  return (
    textAt(value, ['metadata', 'namespace']) === cluster.namespace &&
    textAt(value, ['spec', 'clusterName']) === cluster.name
  )
}

function counted(
  spec: JsonObject | undefined,
  status: JsonObject | undefined,
): Omit<MachineSet, 'kind' | 'name'> {
  const replicas = numberAt(spec, ['replicas']) ?? numberAt(status, ['replicas'])
  const ready = numberAt(status, ['readyReplicas'])
  const now = textAt(status, ['version'])
  return {
    ...versionOf(textAt(spec, ['version'])),
    ...(now !== undefined && { versionNow: now }),
    ...(replicas !== undefined && { replicas }),
    ...(ready !== undefined && { readyReplicas: ready }),
  }
}

function wanted(
  topology: JsonObject | undefined,
  part: JsonObject | undefined,
): Pick<MachineSet, 'version' | 'replicas'> {
  const replicas = numberAt(part, ['replicas'])
  return {
    ...versionOf(textAt(topology, ['version'])),
    ...(replicas !== undefined && { replicas }),
  }
}

function versionOf(version: string | undefined): Pick<MachineSet, 'version'> {
  return version === undefined ? {} : { version }
}

type Path = readonly string[]

function at(value: unknown, path: Path): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
}

function mapAt(value: unknown, path: Path): JsonObject | undefined {
  const found = at(value, path)
  return typeof found === 'object' && found !== null && !Array.isArray(found)
    ? (found as JsonObject)
    : undefined
}

function mapsAt(value: unknown, path: Path): readonly JsonObject[] {
  const found = at(value, path)
  return Array.isArray(found)
    ? (found as readonly unknown[]).flatMap((item): JsonObject[] => {
        const map = mapAt(item, [])
        return map === undefined ? [] : [map]
      })
    : []
}

function textAt(value: unknown, path: Path): string | undefined {
  const found = at(value, path)
  return typeof found === 'string' ? found : undefined
}

function textsAt(value: unknown, path: Path): readonly string[] {
  const found = at(value, path)
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : []
}

function numberAt(value: unknown, path: Path): number | undefined {
  const found = at(value, path)
  return typeof found === 'number' ? found : undefined
}
