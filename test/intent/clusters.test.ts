import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles, yaml } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const parse = (text: string) => parseFiles(engine, { 'a.yaml': text })
const lib = (kind: string, spec: string, version = 'v1beta1') =>
  `apiVersion: lib.projectsveltos.io/${version}\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n`

describe('clusters of Cluster API', () => {
  test('v1beta1: references by apiVersion, version of the control plane, readiness of the status', async () => {
    const { fleet, codes } = await parse(yaml`
      apiVersion: cluster.x-k8s.io/v1beta1
      kind: Cluster
      metadata: { name: prod, namespace: fleet, labels: { env: prod } }
      spec:
        clusterNetwork: { pods: { cidrBlocks: [10.0.0.0/16] } }
        controlPlaneRef: { apiVersion: controlplane.cluster.x-k8s.io/v1beta1, kind: KubeadmControlPlane, name: prod-cp }
        infrastructureRef: { apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: DockerCluster, name: prod, namespace: infra }
      status: { conditions: [{ type: ControlPlaneInitialized, status: "True" }] }
      ---
      apiVersion: controlplane.cluster.x-k8s.io/v1beta1
      kind: KubeadmControlPlane
      metadata: { name: prod-cp, namespace: fleet }
      spec: { version: v1.33.4 }
    `)
    expect(codes).toEqual([])
    expect(fleet.clusters).toMatchObject([
      {
        type: 'capi',
        id: 'fleet/prod',
        labels: { env: 'prod' },
        paused: false,
        ready: true,
        version: 'v1.33.4',
        controlPlane: {
          apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
          kind: 'KubeadmControlPlane',
          namespace: 'fleet',
          name: 'prod-cp',
        },
        infrastructure: { kind: 'DockerCluster', namespace: 'infra', name: 'prod' },
        kubeconfigSecret: { name: 'prod-kubeconfig', key: 'value' },
      },
    ])
  })

  test('v1beta2: references by apiGroup, version of the topology, new readiness, paused', async () => {
    const { fleet } = await parse(yaml`
      apiVersion: cluster.x-k8s.io/v1beta2
      kind: Cluster
      metadata: { name: prod, namespace: fleet }
      spec:
        paused: true
        topology: { classRef: { name: quick }, version: v1.34.1 }
        controlPlaneRef: { apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: prod-cp }
      status: { initialization: { controlPlaneInitialized: true } }
    `)
    expect(fleet.clusters).toMatchObject([
      {
        version: 'v1.34.1',
        paused: true,
        ready: true,
        controlPlane: { apiVersion: 'controlplane.cluster.x-k8s.io/v1beta2', namespace: 'fleet' },
      },
    ])
  })

  test('without a status nothing is said of readiness; the annotation pauses too', async () => {
    const { fleet } = await parse(
      'apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: c, annotations: { cluster.x-k8s.io/paused: "" } }\n',
    )
    expect(fleet.clusters[0]).toMatchObject({ id: 'default/c', paused: true })
    expect(fleet.clusters[0]).not.toHaveProperty('ready')
  })

  test('labels that are no text are an error, whatever else the version of Cluster API has', async () => {
    const { printed } = await parse(
      'apiVersion: cluster.x-k8s.io/v1beta9\nkind: Cluster\nmetadata: { name: c, labels: { gpu: yes } }\nspec: { anything: 1 }\n',
    )
    expect(printed).toContain(
      'error[intent/wrong-type]: `metadata.labels.gpu` is true or false, but must be text',
    )
  })
})

describe('SveltosCluster and configured clusters', () => {
  test('a SveltosCluster has its Secret, version and readiness', async () => {
    const { fleet, codes } = await parse(yaml`
      apiVersion: lib.projectsveltos.io/v1beta1
      kind: SveltosCluster
      metadata: { name: edge, namespace: fleet, labels: { env: edge } }
      spec: { kubeconfigKeyName: re-kubeconfig, data: { region: eu } }
      status: { ready: true, version: v1.32.1 }
    `)
    expect(codes).toEqual([])
    expect(fleet.clusters[0]).toMatchObject({
      type: 'sveltos',
      id: 'fleet/edge',
      ready: true,
      version: 'v1.32.1',
      kubeconfigSecret: { name: 'edge-sveltos-kubeconfig', key: 're-kubeconfig' },
    })
  })

  test.each([
    '{ pullMode: true }',
    '{ workloadIdentity: { provider: AWS, endpoint: e, aws: { clusterName: c } } }',
  ])('with %s there is no Secret with a kubeconfig', async (spec) => {
    const { fleet, codes } = await parse(lib('SveltosCluster', spec))
    expect(codes).toEqual([])
    expect(fleet.clusters[0]).not.toHaveProperty('kubeconfigSecret')
  })

  test.each([
    [
      '{ workloadIdentity: { provider: AWS, endpoint: e, gcp: { clusterName: c, location: l, projectID: p } } }',
      ['needs `aws` for the provider AWS', 'must not have `gcp` for the provider AWS'],
    ],
    [
      '{ kubeconfigName: k, workloadIdentity: { provider: AWS, endpoint: e, aws: { clusterName: c } } }',
      ['`spec.kubeconfigName` must not be beside `workloadIdentity`'],
    ],
    [
      '{ activeWindow: { from: "0 8 * * *", to: "0 20 * * *" } }',
      ['is checked but not evaluated yet: its activeWindow pauses nothing'],
    ],
    ['{ paused: "yes" }', ['`spec.paused` is text, but must be true or false']],
  ])('%s', async (spec, messages) => {
    const { printed } = await parse(lib('SveltosCluster', spec))
    for (const message of messages) expect(printed).toContain(message)
  })

  test('clusters of fleetwright.yaml look like the SveltosCluster that they would be', async () => {
    const { fleet } = await parseFiles(engine, {
      'fleetwright.yaml':
        'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n  clusters:\n  - { name: prod, namespace: fleet, labels: { env: prod }, version: v1.34.2, context: ctx }\n',
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    })
    expect(fleet.clusters[0]).toMatchObject({
      type: 'configured',
      id: 'fleet/prod',
      version: 'v1.34.2',
      context: 'ctx',
      path: ['spec', 'clusters', 0],
      value: {
        kind: 'SveltosCluster',
        metadata: { name: 'prod', namespace: 'fleet', labels: { env: 'prod' } },
        status: { version: 'v1.34.2' },
      },
    })
    expect(JSON.parse(fleet.clusters[0]?.json ?? '')).toEqual(fleet.clusters[0]?.value)
  })

  test('both kinds of one name get the kind into their id, and an error names both', async () => {
    const { fleet, printed } = await parse(
      'apiVersion: lib.projectsveltos.io/v1beta1\nkind: SveltosCluster\nmetadata: { name: c }\n---\napiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: c }\n',
    )
    expect(fleet.clusters.map(({ id }) => id)).toEqual(['default/capi-c', 'default/sveltos-c'])
    expect(printed).toContain(
      'a.yaml:7:19: error[intent/cluster-name-shared]: SveltosCluster and Cluster share the name `default/c`\n',
    )
    expect(printed).toContain('a.yaml:3:19: the other one is here\n')
  })

  test('a configured cluster that is also an object gives way to it', async () => {
    const { fleet, printed } = await parseFiles(engine, {
      'fleetwright.yaml':
        'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: { clusters: [{ name: c }] }\n',
      'a.yaml': 'apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: c }\n',
    })
    expect(fleet.clusters.map(({ type }) => type)).toEqual(['capi'])
    expect(printed).toContain(
      'fleetwright.yaml:3:28: error[intent/cluster-name-shared]: the cluster of fleetwright.yaml is also a Cluster c; the latter counts',
    )
  })
})
