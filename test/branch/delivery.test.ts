import { describe, expect, test } from 'vitest'
import { deliveredBranch, type Delivered } from './delivered-branch.ts'
import { cluster, config, helm, hook, object, policy, profile } from './fleet-double.ts'

const own = deliveredBranch()
const { deliver, delivered, paths } = own

/** Unit → units before it, without the cluster's name. */
function order(): Record<string, string[]> {
  return Object.fromEntries(
    paths().map((path) => {
      const { metadata, spec } = JSON.parse(own.branch.filesOf('rendered').get(path) ?? '') as Delivered
      const short = (name: string): string => name.replace(/^prod\./, '')
      return [short(metadata.name), (spec.dependsOn ?? []).map(({ name }) => short(name))]
    }),
  )
}

const config1 = object('ConfigMap web/app')
const widgets = object('apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.org')

describe('Flux as a hub', () => {
  test('a unit is one Kustomization in the namespace of its cluster, with the kubeconfig of the cluster', async () => {
    await deliver([helm('web/app', [config1], { createNamespaces: false })])
    expect(paths()).toEqual(['delivery/flux/fleet/prod/helm-web-app.yaml'])
    expect(delivered('flux/fleet/prod/helm-web-app.yaml')).toEqual({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: {
        name: 'prod.helm-web-app',
        namespace: 'fleet',
        labels: { 'app.kubernetes.io/managed-by': 'fleetwright' },
        annotations: {
          'fleetwright.dev/cluster': 'fleet/prod',
          'fleetwright.dev/profile': 'ClusterProfile/app',
          'fleetwright.dev/unit': 'helm-web-app',
        },
      },
      spec: {
        kubeConfig: { secretRef: { name: 'prod-kubeconfig', key: 'value' } },
        interval: '10m0s',
        retryInterval: '1m0s',
        timeout: '5m0s',
        path: './clusters/fleet/prod/helm-web-app',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'fleetwright' },
        wait: true,
      },
    })
  })

  test('a GitRepository of another namespace is named with it', async () => {
    await deliver([helm('web/app', [config1])], {
      config: config({ source: { name: 'rendered', namespace: 'flux-system' } }),
    })
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['sourceRef']).toEqual({
      kind: 'GitRepository',
      name: 'rendered',
      namespace: 'flux-system',
    })
  })

  test('the management cluster and local units get no kubeconfig', async () => {
    const units = [
      helm('web/app', [config1]),
      policy('local', [object('ConfigMap fleet/x')], { deploymentType: 'Local' }),
    ]
    const management = { ...config(), management: { cluster: 'fleet/prod' } }
    await deliver(units, { config: management })
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec).not.toHaveProperty('kubeConfig')
    expect(delivered('flux/fleet/prod/policy-local.yaml').spec).not.toHaveProperty('kubeConfig')
    await deliver(units)
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec).toHaveProperty('kubeConfig')
    expect(delivered('flux/fleet/prod/policy-local.yaml').spec).not.toHaveProperty('kubeConfig')
    expect(delivered('flux/fleet/prod/policy-local.yaml').spec['path']).toBe(
      './local/fleet/prod/policy-local',
    )
  })

  test('a cluster of fleetwright.yaml follows the convention of Cluster API for its kubeconfig', async () => {
    const { kubeconfigSecret: _, ...configured } = cluster('fleet/prod')
    await deliver([helm('web/app', [config1])], { cluster: { ...configured, type: 'configured' } })
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['kubeConfig']).toEqual({
      secretRef: { name: 'prod-kubeconfig', key: 'value' },
    })
  })

  test('namespaces and CRDs are never pruned; what LeavePolicies leaves is orphaned when its unit goes', async () => {
    await deliver([helm('web/app', [widgets, config1], { leaveOnRemoval: true })])
    const removal = (path: string) => {
      const { prune, deletionPolicy } = delivered(path).spec
      return { prune, deletionPolicy }
    }
    expect(removal('flux/fleet/prod/namespaces.yaml')).toEqual({ prune: false })
    expect(removal('flux/fleet/prod/helm-web-app~crds.yaml')).toEqual({ prune: false })
    expect(removal('flux/fleet/prod/helm-web-app.yaml')).toEqual({ prune: true, deletionPolicy: 'Orphan' })
  })

  test('hooks replace what cannot be changed', async () => {
    await deliver([
      helm('web/app', [object('batch/v1 Job web/migrate', { hook: hook('pre-upgrade') }), config1]),
    ])
    expect(delivered('flux/fleet/prod/helm-web-app~pre-1.yaml').spec['force']).toBe(true)
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec).not.toHaveProperty('force')
  })

  test('OneTime is applied where it is absent and never again', async () => {
    await deliver([helm('web/app', [config1], { syncMode: 'OneTime' })])
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['commonMetadata']).toEqual({
      annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' },
    })
  })

  test('encrypted Secrets are decrypted by Flux', async () => {
    const body = 'data:\n  a: ENC[AES256_GCM,x]\nsops:\n  mac: x\n'
    await deliver([helm('web/app', [object('Secret web/app', { body })])])
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['decryption']).toEqual({ provider: 'sops' })
  })

  test('the timeout of a chart is that of its Kustomization', async () => {
    await deliver([helm('web/app', [config1], { timeoutMs: 3_725_000 })])
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['timeout']).toBe('1h2m5s')
  })

  test('a paused cluster keeps its files and is suspended', async () => {
    const units = [helm('web/app', [config1])]
    await deliver(units)
    await deliver([], { hold: { reason: 'cluster-paused', message: 'paused' } })
    expect(
      own.branch.filesOf('rendered').has('clusters/fleet/prod/helm-web-app/configmap-web-app.yaml'),
    ).toBe(true)
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['suspend']).toBe(true)
    await deliver(units)
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec).not.toHaveProperty('suspend')
  })

  test('of a paused profile every unit stays and is suspended, planned or not', async () => {
    const owner = profile('apps')
    const [app, other] = [
      helm('web/app', [config1], { owner }),
      helm('web/other', [object('ConfigMap web/other')]),
    ]
    await deliver([app, other])
    const hold = { reason: 'profile-paused', message: 'paused' } as const
    await deliver([other], { heldProfiles: [{ profile: owner.id, hold }] })
    expect(delivered('flux/fleet/prod/helm-web-app.yaml').spec['suspend']).toBe(true)
    expect(delivered('flux/fleet/prod/helm-web-other.yaml').spec).not.toHaveProperty('suspend')
  })
})

describe('order', () => {
  test('namespaces come first, CRDs before everything else of their unit and before whoever uses them', async () => {
    await deliver([
      helm('web/app', [object('example.org/v1 Widget web/w'), config1]),
      helm('ops/operator', [widgets, object('apps/v1 Deployment ops/operator')]),
    ])
    expect(order()).toEqual({
      namespaces: [],
      'helm-ops-operator.crds': [],
      'helm-ops-operator': ['helm-ops-operator.crds', 'namespaces'],
      'helm-web-app': ['helm-ops-operator.crds', 'namespaces'],
    })
  })

  test('units that use the CRDs of each other do not wait in a circle', async () => {
    const gadgets = object('apiextensions.k8s.io/v1 CustomResourceDefinition gadgets.example.com')
    await deliver([
      policy('a', [widgets, object('example.com/v1 Gadget g')]),
      policy('b', [gadgets, object('example.org/v1 Widget w')]),
    ])
    expect(order()).toEqual({
      'policy-a.crds': [],
      'policy-a': ['policy-a.crds', 'policy-b.crds'],
      'policy-b.crds': [],
      'policy-b': ['policy-a.crds', 'policy-b.crds'],
    })
  })

  test('a dependent waits for the last part of its dependency', async () => {
    await deliver([
      policy('first', [object('ClusterRole x'), object('batch/v1 Job x', { hook: hook('post-install') })]),
      policy('second', [object('ClusterRole y')], { dependsOn: ['policy-first'] }),
    ])
    expect(order()).toEqual({
      'policy-first': [],
      'policy-first.post-1': ['policy-first'],
      'policy-second': ['policy-first.post-1'],
    })
  })

  test('a dependency that renders nothing passes its own dependencies on', async () => {
    await deliver([
      policy('a', [object('ClusterRole x')]),
      policy('b', [], { dependsOn: ['policy-a'] }),
      policy('c', [object('ClusterRole z')], { dependsOn: ['policy-b'] }),
    ])
    expect(order()['policy-c']).toEqual(['policy-a'])
  })

  test('what depends on a unit that is held and was never written waits for it', async () => {
    const hold = { reason: 'error', message: 'broken' } as const
    await deliver([
      policy('broken', [], { hold }),
      policy('after', [object('ClusterRole z')], { dependsOn: ['policy-broken'] }),
    ])
    expect(order()).toEqual({ 'policy-after': ['policy-broken'] })
  })

  test('a held unit that still asks for an old order closes no circle', async () => {
    const first = policy('first', [object('ClusterRole x')])
    const second = policy('second', [object('ClusterRole y')], { dependsOn: ['policy-first'] })
    await deliver([first, second])
    const hold = { reason: 'error', message: 'broken' } as const
    await deliver([
      { ...first, unit: { ...first.unit, dependsOn: ['policy-second'] } },
      { ...second, unit: { ...second.unit, hold } },
    ])
    const edges = Object.values(order()).flat()
    expect(edges).toHaveLength(1)
  })
})

describe('Flux on spokes', () => {
  const spoke = config({ mode: 'spoke' })

  test('Kustomizations live beside the Flux of the cluster, without a kubeconfig', async () => {
    await deliver([helm('web/app', [config1])], { config: spoke })
    const { metadata, spec } = delivered('flux/fleet/prod/helm-web-app.yaml')
    expect(metadata.namespace).toBe('flux-system')
    expect(spec).not.toHaveProperty('kubeConfig')
  })

  test('local units lie where the management cluster reads them, and an order across is named', async () => {
    const units = [
      policy('local', [object('ClusterRole x')], { deploymentType: 'Local' }),
      policy('remote', [object('ClusterRole y')], { dependsOn: ['policy-local'] }),
    ]
    const { diagnostics } = await deliver(units, { config: spoke })
    expect(paths()).toEqual([
      'delivery/flux-management/fleet/prod/policy-local.yaml',
      'delivery/flux/fleet/prod/policy-remote.yaml',
    ])
    expect(diagnostics).toMatchObject([
      {
        code: 'branch/dependency-not-delivered',
        message: 'policy-remote depends on policy-local, which another Flux applies: it will not wait',
      },
    ])
  })
})
