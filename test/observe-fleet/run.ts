import {
  createMemoryClusters,
  type MemoryCluster,
  type MemoryObject,
} from '../../src/adapters/memory/memory-clusters.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import type { Engine } from '../../src/engine/types.ts'
import type { ClusterReader, ClusterReaders } from '../../src/observe/cluster-reader-port.ts'
import type { ServedResource } from '../../src/observe/types.ts'
import {
  observeFleet,
  type ObservedFleet,
  type ObserveFleetOptions,
  type ObserveFleetPorts,
} from '../../src/observe-fleet.ts'
import { nothingKnown } from '../../src/render/render.ts'
import { clusterProfile, noLua, nothingToFetch, yaml } from '../compile-files.ts'

export type Files = Readonly<Record<string, string>>

export const now = '2026-01-02T00:00:00Z'

/** What clusters of tests serve. */
const resources: readonly ServedResource[] = [
  served('', 'v1', 'ConfigMap', 'configmaps'),
  served('', 'v1', 'Secret', 'secrets'),
  served('', 'v1', 'Service', 'services'),
  served('cluster.x-k8s.io', 'v1beta2', 'Cluster', 'clusters'),
  served('lib.projectsveltos.io', 'v1beta1', 'SveltosCluster', 'sveltosclusters'),
  served('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'),
]

function served(group: string, version: string, kind: string, name: string): ServedResource {
  return { group, version, kind, name, namespaced: true, verbs: ['get', 'list', 'watch'] }
}

export function memoryCluster(
  objects: readonly MemoryObject[] = [],
  overrides: Partial<MemoryCluster> = {},
): MemoryCluster {
  return { version: 'v1.34.2', resources, objects, ...overrides }
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  namespace = 'default',
): MemoryObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

/** A SveltosCluster of the management cluster, and the Secret with its kubeconfig: the text names a memory cluster. */
export function liveCluster(name: string, labels: Readonly<Record<string, string>>): readonly MemoryObject[] {
  const secret = { name: `${name}-sveltos-kubeconfig`, namespace: 'fleet' }
  return [
    {
      apiVersion: 'lib.projectsveltos.io/v1beta1',
      kind: 'SveltosCluster',
      metadata: { name, namespace: 'fleet', labels },
      spec: {},
      status: { ready: true },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret,
      data: { kubeconfig: Buffer.from(name).toString('base64') },
    },
  ]
}

export function memoryClusters(clusters: Readonly<Record<string, MemoryCluster>>) {
  return createMemoryClusters(new Map(Object.entries(clusters)))
}

/** Says which clusters are opened and what is listed of them: `prod: configmaps`. */
export function listening(readers: ClusterReaders): {
  readonly readers: ClusterReaders
  readonly heard: string[]
} {
  const heard: string[] = []
  return {
    heard,
    readers: {
      async open(address) {
        const name =
          address.type === 'context'
            ? (address.context ?? '')
            : address.type === 'kubeconfig'
              ? address.text
              : 'pod'
        const reader: ClusterReader = await readers.open(address)
        return {
          ...reader,
          list(request, signal) {
            heard.push(
              `${name}: ${request.resource}${request.fieldSelector === '' ? '' : ` ${request.fieldSelector}`}`,
            )
            return reader.list(request, signal)
          },
        }
      },
    },
  }
}

export function portsOf(engine: Engine, files: Files, readers: ClusterReaders): ObserveFleetPorts {
  return {
    ...{ engine, readers, evaluateLua: noLua, elapsedMs: () => 0, sources: () => nothingToFetch },
    reader: createMemoryReader(files),
  }
}

export const runOptions: ObserveFleetOptions = {
  ...{ facts: new Map(), sets: new Map(), asOf: now, compiler: '0.0.0-test', fetch: {}, known: nothingKnown },
  ...{ concurrency: 4, clusterDeadlineMs: 10_000 },
}

export interface Run extends ObservedFleet {
  readonly diagnostics: readonly Diagnostic[]
}

export async function observeFiles(
  engine: Engine,
  files: Files,
  readers: ClusterReaders,
  options: Partial<ObserveFleetOptions> = {},
): Promise<Run> {
  const diagnostics: Diagnostic[] = []
  const observed = await observeFleet(portsOf(engine, files, readers), { ...runOptions, ...options }, (one) =>
    diagnostics.push(one),
  )
  return { ...observed, diagnostics }
}

/** `fleet/prod observed`, with the reason of a failure. */
export function statuses({ clusters }: Pick<ObservedFleet, 'clusters'>): string[] {
  return clusters.map(({ id, status, failure }) =>
    [id, status, ...(failure ? [failure.reason] : [])].join(' '),
  )
}

/** Names of the recorded objects of a cluster, or of `management`. */
export function recorded({ files }: Pick<ObservedFleet, 'files'>, cluster: string): string[] | undefined {
  const text = files.get(`.fleetwright/facts/${cluster}.json`)
  if (text === undefined) return undefined
  const { objects } = JSON.parse(text) as { objects: readonly { kind: string; metadata: { name: string } }[] }
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
}

/** Gives every production cluster a ConfigMap with the cidr of another one, which stands in the management cluster as `name`. */
export function networkProfile(name: string): string {
  return yaml(
    clusterProfile(
      'network',
      `
clusterSelector: { matchLabels: { env: production } }
templateResourceRefs:
- { identifier: Net, resource: { apiVersion: v1, kind: ConfigMap, namespace: default, name: ${name} } }
policyRefs:
- { kind: ConfigMap, namespace: default, name: content }
`,
    ),
    `apiVersion: v1
kind: ConfigMap
metadata:
  name: content
  namespace: default
  annotations: { projectsveltos.io/template: "true" }
data:
  a.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: net, namespace: default }
    data: { cidr: "{{ (getResource "Net").data.cidr }}" }
`,
  )
}
