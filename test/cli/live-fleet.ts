import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { MemoryObject } from '../../src/adapters/memory/memory-objects.ts'
import {
  kubeconfigOf,
  startKubernetesServer,
  type KubernetesServer,
  type KubernetesServerOptions,
} from '../kubernetes-server/kubernetes-server.ts'
import { commitFiles, git, runCommand, temporaryFolder, type CommandSetting } from './run-command.ts'

/** A profile whose content is in an object of the management cluster. */
export const profile = `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: network }
spec:
  clusterSelector: { matchLabels: { env: production } }
  templateResourceRefs:
  - { identifier: Net, resource: { apiVersion: v1, kind: ConfigMap, namespace: default, name: net } }
  policyRefs:
  - { kind: ConfigMap, namespace: default, name: content }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: content, namespace: default, annotations: { projectsveltos.io/template: "true" } }
data:
  a.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: net, namespace: default }
    data: { cidr: "{{ (getResource "Net").data.cidr }}" }
`

/** A fleet whose clusters live in the management cluster alone. */
const files = {
  'fleetwright.yaml':
    'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n  management: { context: mgmt }\n',
  'fleet/network.yaml': profile,
}

const sveltosCluster = { group: 'lib.projectsveltos.io', version: 'v1beta1', kind: 'SveltosCluster' }
const kustomization = { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization' }
const verbs = ['get', 'list', 'watch']

async function start(options: KubernetesServerOptions = {}): Promise<KubernetesServer> {
  const server = await startKubernetesServer(options)
  onTestFinished(() => server.stop())
  return server
}

/** That object. */
export function net(cidr: string): MemoryObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'net', namespace: 'default' },
    data: { cidr },
  }
}

function clusterObjects(name: string, kubeconfig: string): readonly MemoryObject[] {
  const metadata = { name, namespace: 'fleet', labels: { env: 'production' } }
  return [
    {
      ...{ apiVersion: 'lib.projectsveltos.io/v1beta1', kind: 'SveltosCluster', metadata, spec: {} },
      status: { ready: true, connectionStatus: 'Healthy', version: 'v1.34.2' },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Secret' },
      metadata: { name: `${name}-sveltos-kubeconfig`, namespace: 'fleet' },
      data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
    },
  ]
}

export interface LiveFleet {
  readonly folder: string
  readonly mgmt: KubernetesServer
  readonly prod: KubernetesServer
  readonly run: (line: string, setting?: CommandSetting) => ReturnType<typeof runCommand>
}

/** A repository, a management cluster and one cluster of it. */
export async function startFleet(): Promise<LiveFleet> {
  const prod = await start()
  const mgmt = await start({
    customResources: [
      { ...sveltosCluster, name: 'sveltosclusters', namespaced: true, verbs },
      { ...kustomization, name: 'kustomizations', namespaced: true, verbs },
    ],
    objects: [...clusterObjects('prod', prod.kubeconfig()), net('10.0.0.0/8')],
  })
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  commitFiles(folder, files)
  const kubeconfig = join(folder, '../kubeconfig')
  writeFileSync(kubeconfig, kubeconfigOf({ mgmt }))
  const env = { KUBECONFIG: kubeconfig }
  return {
    ...{ folder, mgmt, prod },
    run: (line, setting = {}) => runCommand(folder, line.split(' '), { env, ...setting }),
  }
}

export const paths = (folder: string): string[] =>
  git(folder, 'ls-tree', '-r', '--name-only', 'rendered').trim().split('\n')
export const text = (folder: string, path: string): string => git(folder, 'show', `rendered:${path}`)

export const commits = (folder: string): number => Number(git(folder, 'rev-list', '--count', 'rendered'))

/** Every short pause is over at once; a long one only when it is interrupted. */
export function waitShortly(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds <= 2000 || signal.aborted) setImmediate(resolve)
    else signal.addEventListener('abort', () => resolve())
  })
}
