import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import type { Supposition } from '../../src/observe/observe.ts'
import type { ClusterPlan } from '../../src/resolve/types.ts'
import { clusterProfile, compileFiles, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const managementPath = '.fleetwright/facts/management.json'

interface LiveCluster {
  readonly kind?: string
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly spec?: unknown
  readonly status?: unknown
}

function live({ kind = 'Cluster', name, labels = {}, spec = {}, status = {} }: LiveCluster): object {
  const apiVersion = kind === 'Cluster' ? 'cluster.x-k8s.io/v1beta2' : 'lib.projectsveltos.io/v1beta1'
  return { apiVersion, kind, metadata: { name, namespace: 'fleet', labels }, spec, status }
}

function written(name: string, rest: object): string {
  const metadata = { name, namespace: 'fleet', labels: { env: 'production' } }
  return `${JSON.stringify({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata, ...rest })}\n`
}

const initialized = { initialization: { controlPlaneInitialized: true } }

async function plan(
  files: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, unknown>> = {},
  whatIf: readonly Supposition[] = [],
): Promise<readonly ClusterPlan[]> {
  const compiled = await compileFiles(engine, files, { until: 'plan', facts, whatIf })
  return compiled.plan?.clusters ?? []
}

function labelsOf({ labels }: ClusterPlan): Record<string, unknown> {
  return Object.fromEntries(labels.map(({ key, value, origin }) => [key, [value, origin]]))
}

test('a cluster that lives and that nobody wrote is part of the fleet, with its observed labels', async () => {
  const objects = [live({ name: 'eu', labels: { env: 'production' }, status: initialized })]
  const [cluster] = await plan(
    { 'p.yaml': clusterProfile('base', 'clusterSelector: { matchLabels: { env: production } }') },
    { [managementPath]: { objects } },
  )
  expect(cluster?.cluster.id).toBe('fleet/eu')
  expect(cluster?.cluster.document).toBeUndefined()
  expect(cluster && labelsOf(cluster)).toEqual({ env: ['production', 'observed'] })
})

test('what is written of a live cluster wins, and templates see both', async () => {
  const objects = [
    live({
      name: 'eu',
      labels: { env: 'staging', region: 'eu' },
      spec: {
        controlPlaneEndpoint: { host: '10.0.0.1' },
        clusterNetwork: { pods: { cidrBlocks: ['10.1.0.0/16'] } },
      },
      status: initialized,
    }),
  ]
  const text =
    '{{ .Cluster.spec.controlPlaneEndpoint.host }} {{ index .Cluster.spec.clusterNetwork.pods.cidrBlocks 0 }}'
  const content = `kind: ConfigMap\napiVersion: v1\nmetadata: { name: c }\ndata: { seen: "${text}" }\n`
  const { plan: found, rendered } = await compileFiles(
    engine,
    {
      'c.yaml': written('eu', { spec: { clusterNetwork: { pods: { cidrBlocks: ['10.9.0.0/16'] } } } }),
      'p.yaml': yaml(
        clusterProfile(
          'base',
          'clusterSelector: { matchLabels: { env: production } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: content }]',
        ),
        configMap('content', { 'c.yaml': content }, { 'projectsveltos.io/template': 'ok' }),
      ),
    },
    { until: 'manifests', facts: { [managementPath]: { objects } } },
  )
  const [cluster] = found?.clusters ?? []
  expect(cluster && labelsOf(cluster)).toEqual({ env: ['production', 'written'], region: ['eu', 'observed'] })
  expect(JSON.stringify(rendered)).toContain('10.0.0.1 10.9.0.0/16')
})

test('a cluster whose live object is not ready is held, whatever is written', async () => {
  const objects = [
    live({
      name: 'eu',
      status: { initialization: { controlPlaneInitialized: false }, controlPlaneReady: false },
    }),
  ]
  const [cluster] = await plan({ 'c.yaml': written('eu', {}) }, { [managementPath]: { objects } })
  expect(cluster?.hold?.reason).toBe('cluster-not-ready')
})

test('a version that is written and not reached is what is wanted next', async () => {
  const [cluster] = await plan(
    { 'c.yaml': written('eu', { spec: { topology: { version: 'v1.34.2', classRef: { name: 'c' } } } }) },
    { '.fleetwright/facts/fleet/eu.json': { version: 'v1.33.7+vendor.1', resources: [], objects: [] } },
  )
  expect(cluster?.kubeVersion).toBe('v1.33.7+vendor.1')
  expect(cluster?.wantedVersion).toBe('v1.34.2')
})

test('a version that differs only by what a provider appends is no wish to upgrade', async () => {
  const [cluster] = await plan(
    { 'c.yaml': written('eu', { spec: { topology: { version: 'v1.34.2', classRef: { name: 'c' } } } }) },
    { '.fleetwright/facts/fleet/eu.json': { version: 'v1.34.2-eks-1', resources: [], objects: [] } },
  )
  expect(cluster?.wantedVersion).toBeUndefined()
})

test('live clusters of both kinds with one name say their kind in their ids', async () => {
  const objects = [live({ name: 'eu' }), live({ name: 'eu', kind: 'SveltosCluster' })]
  const clusters = await plan({}, { [managementPath]: { objects } })
  expect(clusters.map(({ cluster }) => cluster.id)).toEqual(['fleet/capi-eu', 'fleet/sveltos-eu'])
})

test('control plane, workers and networks of a Cluster API cluster are told as wanted and as they are', async () => {
  const controlPlaneRef = {
    apiGroup: 'controlplane.cluster.x-k8s.io',
    kind: 'RKE2ControlPlane',
    name: 'eu-cp',
  }
  const objects = [
    {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
      kind: 'RKE2ControlPlane',
      metadata: { name: 'eu-cp', namespace: 'fleet' },
      spec: { version: 'v1.34.2', replicas: 3 },
      status: { version: 'v1.33.7', readyReplicas: 2 },
    },
    {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'MachineDeployment',
      metadata: { name: 'eu-md-0', namespace: 'fleet' },
      spec: { clusterName: 'eu', replicas: 4, template: { spec: { version: 'v1.33.7' } } },
      status: { readyReplicas: 4 },
    },
    live({ name: 'eu', spec: { controlPlaneRef }, status: initialized }),
  ]
  const [cluster] = await plan(
    {
      'c.yaml': written('eu', {
        spec: {
          controlPlaneRef,
          infrastructureRef: {
            apiGroup: 'infrastructure.cluster.x-k8s.io',
            kind: 'DockerCluster',
            name: 'eu',
          },
          clusterNetwork: {
            pods: { cidrBlocks: ['10.1.0.0/16'] },
            services: { cidrBlocks: ['10.2.0.0/16'] },
          },
        },
      }),
    },
    { [managementPath]: { objects } },
  )
  expect(cluster?.machines).toEqual({
    controlPlane: {
      kind: 'RKE2ControlPlane',
      name: 'eu-cp',
      version: 'v1.34.2',
      versionNow: 'v1.33.7',
      replicas: 3,
      readyReplicas: 2,
    },
    workers: [
      { kind: 'MachineDeployment', name: 'eu-md-0', version: 'v1.33.7', replicas: 4, readyReplicas: 4 },
    ],
    pods: ['10.1.0.0/16'],
    services: ['10.2.0.0/16'],
    infrastructure: { kind: 'DockerCluster', name: 'eu' },
  })
})

test('what the inventory stands on is asked of the management cluster, answered or not', async () => {
  const { plan: found } = await compileFiles(engine, { 'c.yaml': written('eu', {}) }, { until: 'plan' })
  const asked = found?.needs.filter(({ because }) => because.includes('inventory')) ?? []
  expect(asked.map(({ cluster, query }) => `${cluster} ${query.group}/${query.kind}`)).toEqual([
    'management cluster.x-k8s.io/Cluster',
    'management cluster.x-k8s.io/MachineDeployment',
    'management cluster.x-k8s.io/MachinePool',
    'management lib.projectsveltos.io/SveltosCluster',
  ])
})

const suppose = (cluster: string, rest: Partial<Supposition>): Supposition => ({
  ...{ cluster, labels: {}, added: [], removed: [] },
  ...rest,
})

const byVersion = clusterProfile(
  'by-label',
  'clusterSelector: { matchLabels: { env: production } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: content }]',
)
const content = configMap('content', { 'c.yaml': 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: c }\n' })

test('a supposed label selects a profile, and a removed one no longer does', async () => {
  const files = {
    'f.yaml': yaml(
      sveltosCluster('a', { env: 'staging' }),
      sveltosCluster('b', { env: 'production' }),
      byVersion,
      content,
    ),
  }
  const clusters = await plan(files, {}, [
    suppose('fleet/a', { labels: { env: 'production' } }),
    suppose('fleet/b', { labels: { env: null } }),
  ])
  expect(clusters.map(({ cluster, units }) => [cluster.id, units.length])).toEqual([
    ['fleet/a', 1],
    ['fleet/b', 0],
  ])
  expect(clusters[0] && labelsOf(clusters[0])).toEqual({ env: ['production', 'what-if'] })
})

test('a supposed version brings the APIs of that version, and keeps those that others serve', async () => {
  const resources = [
    { group: 'policy', version: 'v1beta1', kind: 'PodSecurityPolicy', namespaced: false },
    { group: 'example.com', version: 'v1', kind: 'Widget', namespaced: true },
  ]
  const [cluster] = await plan(
    { 'f.yaml': sveltosCluster('a', {}) },
    { '.fleetwright/facts/fleet/a.json': { version: 'v1.24.3', resources, objects: [] } },
    [suppose('fleet/a', { version: 'v1.25.0' })],
  )
  expect(cluster?.kubeVersion).toBe('v1.25.0')
  expect(cluster?.apiVersions).not.toContain('policy/v1beta1/PodSecurityPolicy')
  expect(cluster?.apiVersions).toContain('example.com/v1/Widget')
  expect(cluster?.apiVersions).toContain('apps/v1/Deployment')
})

test('a supposed cluster that nobody knows gets what its labels select', async () => {
  const clusters = await plan({ 'f.yaml': yaml(byVersion, content) }, {}, [
    suppose('fleet/new', { version: 'v1.34.0', labels: { env: 'production' } }),
  ])
  expect(clusters.map(({ cluster, units }) => [cluster.id, units.map(({ name }) => name)])).toEqual([
    ['fleet/new', ['policy-default-content']],
  ])
})

test('workers are wanted as the repository says, and ready as the live ones are', async () => {
  const deployment = (version: string, more: object): string =>
    JSON.stringify({
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'MachineDeployment',
      metadata: { namespace: 'fleet', name: 'eu-workers' },
      spec: { clusterName: 'eu', replicas: 3, template: { spec: { version } } },
      ...more,
    })
  const running: unknown = JSON.parse(deployment('v1.33.7', { status: { replicas: 3, readyReplicas: 2 } }))
  const [cluster] = await plan(
    { 'c.yaml': written('eu', {}), 'workers.yaml': deployment('v1.34.2', {}) },
    { [managementPath]: { objects: [running] } },
  )
  expect(cluster?.machines?.workers).toEqual([
    { kind: 'MachineDeployment', name: 'eu-workers', version: 'v1.34.2', replicas: 3, readyReplicas: 2 },
  ])
})
