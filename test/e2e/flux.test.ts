import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { bootstrapObjects } from '../../src/branch/branch.ts'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import {
  check,
  cluster,
  config,
  fleet,
  helm,
  hook,
  object,
  policy,
  profile,
  profileWith,
  run,
  widgets,
  type ClusterDouble,
} from '../branch/fleet-double.ts'
import { createPlayground, serveGit, type GitServer, type Playground } from '../contracts/git-repositories.ts'
import { sharedFolder } from '../shared.ts'
import {
  eventually,
  startCluster,
  type KubernetesCluster,
  type KubernetesObject,
} from './kubernetes-cluster.ts'

const portBase = 26_000 + (process.pid % 60) * 30
const shared = sharedFolder()

const deployment = object('apps/v1 Deployment ops/operator', {
  body: `spec:
  selector: {matchLabels: {app: operator}}
  template:
    metadata: {labels: {app: operator}}
    spec: {containers: [{name: operator, image: example.org/operator}]}
`,
})
const operator = helm('ops/operator', [widgets, deployment])
const app = helm(
  'web/app',
  [object('ConfigMap web/app', { body: 'data: {a: "1"}\n' }), object('example.org/v1 Widget web/w')],
  {
    dependsOn: ['helm-ops-operator'],
  },
)
const extra = policy('extra', [object('ConfigMap web/extra')])
const checked = helm('web/checked', [deployment, object('example.org/v1 Widget web/checked')], {
  owner: profileWith('checked', {
    validateHealths: [
      check({ rules: ['resource.status.availableReplicas == resource.spec.replicas'] }),
      check({
        group: 'example.org',
        kind: 'Widget',
        script: 'function evaluate() return { healthy = true } end',
      }),
    ],
    preDeployChecks: [check({ namespace: 'ops' })],
    driftExclusions: [
      { paths: ['/spec/replicas'], target: { group: 'apps', kind: 'Deployment', name: 'operator' } },
    ],
  }),
})

describe.skipIf(shared === undefined)('a rendered branch under real Flux controllers', () => {
  let playground: Playground
  let server: GitServer
  let hub: KubernetesCluster
  let remote: KubernetesCluster
  let writer: BranchWriter
  const configuration = { ...config(), management: { cluster: 'fleet/management' } }
  const seed = object('ConfigMap fleet/seed')
  const management = { cluster: cluster('fleet/management'), units: [policy('seed', [seed])] }
  const prod = (...units: ClusterDouble['units']): ClusterDouble => ({
    cluster: cluster('fleet/prod'),
    units,
  })

  beforeAll(async () => {
    playground = await createPlayground()
    await playground.repository('fleet.git', '--bare')
    server = await serveGit(shared ?? '', playground.folder)
    const url = `${server.url}/fleet.git`
    writer = createGitBranchWriter({ repository: await playground.repository('clone'), remote: url })
    ;[hub, remote] = await Promise.all([
      startCluster(shared ?? '', `hub-${process.pid}`, portBase),
      startCluster(shared ?? '', `prod-${process.pid}`, portBase + 10),
    ])
    await hub.startFlux(portBase + 20)
    const kubeconfig = await readFile(remote.kubeconfig, 'utf8')
    await hub.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fleet' } },
      secret('fleet', 'prod-kubeconfig', { value: kubeconfig }),
    ])
    await run(writer, fleet(management, prod(operator, app, extra)), { config: configuration })
    const clusters = ['fleet/management', 'fleet/prod'].map((id) => ({ id, namespace: 'fleet' }))
    for (const { objects } of bootstrapObjects(configuration, { url, clusters })) await hub.apply(objects)
  }, 180_000)
  afterAll(async () => {
    await Promise.all([hub.stop(), remote.stop()])
    await server.stop()
    await playground.remove()
  })

  const kustomization = (name: string) =>
    hub.find('kustomizations.kustomize.toolkit.fluxcd.io', 'fleet', name)

  /** Writes the branch and asks Flux to look at once. */
  async function compile(clusters: readonly ClusterDouble[], allowDelete: readonly string[] = []) {
    const { outcome } = await run(writer, clusters, { config: configuration, allowDelete })
    if (outcome.status !== 'written') return outcome
    for (const namespace of ['flux-system', 'fleet']) {
      await hub.kubectl(
        ...['annotate', '-n', namespace, 'gitrepository/fleetwright', '--overwrite'],
        `reconcile.fluxcd.io/requestedAt=${outcome.commit}`,
      )
    }
    await eventually(
      'the root applies the commit',
      () => hub.find('kustomizations.kustomize.toolkit.fluxcd.io', 'flux-system', 'fleetwright'),
      (root) => JSON.stringify(root?.status).includes(outcome.commit) && isReady(root),
    )
    return outcome
  }

  test('is applied in the order of dependencies, on the cluster that it is for', async () => {
    await eventually('namespaces and CRDs', () => remote.find('crd', '', 'widgets.example.org'), isThere)
    await eventually('the operator', () => remote.find('deployment', 'ops', 'operator'), isThere)
    await eventually('what depends on nothing', () => remote.find('configmap', 'web', 'extra'), isThere)
    const waiting = await eventually(
      'the dependent',
      () => kustomization('prod.helm-web-app'),
      (one) => one?.status !== undefined,
    )
    expect(waiting?.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'DependencyNotReady',
    })
    expect(await remote.find('configmap', 'web', 'app')).toBeUndefined()

    await makeAvailable(remote, 'ops', 'operator')
    await eventually(
      'the dependent, once the operator is ready',
      () => remote.find('configmap', 'web', 'app'),
      isThere,
    )
    await eventually('all of it is ready', () => kustomization('prod.helm-web-app'), isReady)
    expect(await remote.find('widgets.example.org', 'web', 'w')).toBeDefined()
    expect(await hub.find('configmap', 'web', 'app')).toBeUndefined()
  }, 180_000)

  test('reaches the management cluster without credentials', async () => {
    await eventually('the seed', () => hub.find('configmap', 'fleet', 'seed'), isThere)
    expect(await remote.find('configmap', 'fleet', 'seed')).toBeUndefined()
  }, 120_000)

  test('a changed object is changed, and a removed unit is pruned; its namespace stays', async () => {
    const changed = helm(
      'web/app',
      [object('ConfigMap web/app', { body: 'data: {a: "2"}\n' }), ...app.manifests.slice(1)],
      {
        dependsOn: ['helm-ops-operator'],
      },
    )
    expect((await compile(fleet(management, prod(operator, changed)))).status).toBe('written')
    await eventually(
      'the removed unit',
      () => remote.find('configmap', 'web', 'extra'),
      (one) => one === undefined,
    )
    await eventually(
      'the change',
      async () => (await remote.find('configmap', 'web', 'app')) as { data?: { a: string } } | undefined,
      (one) => one?.data?.a === '2',
    )
    expect(await remote.find('namespace', '', 'web')).toBeDefined()
  }, 180_000)

  test('of a removed add-on the CRDs stay, and with them what people made of them', async () => {
    const keep = [object('ConfigMap web/app', { body: 'data: {a: "2"}\n' })]
    const braked = await run(writer, fleet(management, prod(helm('web/app', keep))), {
      config: configuration,
    })
    if (braked.outcome.status !== 'braked') throw new Error(braked.outcome.status)
    await remote.apply('apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: mine, namespace: web}\n')
    await compile(fleet(management, prod(helm('web/app', keep))), [braked.outcome.brake.digest])
    await eventually(
      'the operator',
      () => remote.find('deployment', 'ops', 'operator'),
      (one) => one === undefined,
    )
    await eventually(
      'its CRDs',
      () => kustomization('prod.helm-ops-operator.crds'),
      (one) => one === undefined,
    )
    expect(await remote.find('widgets.example.org', 'web', 'mine')).toBeDefined()
  }, 180_000)

  test('a paused cluster stays, whatever becomes of intent', async () => {
    const hold = { reason: 'cluster-paused', message: 'prod is paused' } as const
    expect((await compile(fleet(management, { ...prod(), hold }))).status).toBe('written')
    await eventually(
      'the pause',
      () => kustomization('prod.helm-web-app'),
      (one) => one?.spec?.['suspend'] === true,
    )
    await remote.kubectl('delete', 'configmap', '-n', 'web', 'app')
    await hub.kubectl(
      'annotate',
      '-n',
      'fleet',
      'kustomization/prod.helm-web-app',
      'reconcile.fluxcd.io/requestedAt=now',
    )
    await compile(
      fleet(
        { ...management, units: [policy('seed', [seed, object('ConfigMap fleet/more')])] },
        { ...prod(), hold },
      ),
    )
    await eventually('another cluster', () => hub.find('configmap', 'fleet', 'more'), isThere)
    expect(await remote.find('configmap', 'web', 'app')).toBeUndefined()
    expect(await kustomization('prod.helm-web-app')).toBeDefined()

    await compile(
      fleet(management, prod(helm('web/app', [object('ConfigMap web/app', { body: 'data: {a: "3"}\n' })]))),
    )
    await eventually('the end of the pause', () => remote.find('configmap', 'web', 'app'), isThere)
  }, 180_000)
})

describe.skipIf(shared === undefined)('delivery objects under the schemas of a real API server', () => {
  let server: KubernetesCluster
  beforeAll(async () => {
    server = await startCluster(shared ?? '', `schemas-${process.pid}`, portBase)
    for (const folder of ['flux', 'argocd'])
      await server.kubectl('apply', '--server-side', '-f', join(shared ?? '', 'infra/crds', folder))
    await eventually(
      'the kinds of Argo CD and Flux are served',
      () => server.kubectl('api-resources', '--cached=false', '-o', 'name'),
      (names) =>
        ['applicationsets.argoproj.io', 'kustomizations.kustomize.toolkit.fluxcd.io'].every((name) =>
          names.includes(name),
        ),
    )
    await server.apply(
      ['argocd', 'fleet', 'flux-system'].map((name) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      })),
    )
  }, 120_000)
  afterAll(() => server.stop())

  test.each(['hub', 'spoke'] as const)(
    'Flux as %s and Argo CD: every object is taken strictly',
    async (mode) => {
      const branch = createMemoryBranch()
      const argocd = { repoURL: 'https://git.example/fleet.git', namespace: 'argocd', project: 'default' }
      const configuration = config({ delivery: ['flux', 'argocd'], mode, argocd })
      const encrypted = object('Secret web/s', { body: 'data:\n  a: ENC[AES256_GCM,x]\nsops:\n  mac: x\n' })
      const units = [
        operator,
        app,
        helm(
          'web/hooks',
          [object('batch/v1 Job web/x', { hook: hook('pre-install') }), object('ConfigMap web/h')],
          {
            leaveOnRemoval: true,
          },
        ),
        policy('once', [object('ConfigMap web/once'), encrypted], {
          syncMode: 'OneTime',
          owner: profile('paused'),
        }),
        policy('drift', [object('ConfigMap web/drift')], { syncMode: 'ContinuousWithDriftDetection' }),
        policy('local', [object('ConfigMap fleet/local')], { deploymentType: 'Local' }),
        checked,
      ]
      await run(branch, fleet({ cluster: cluster('fleet/prod'), units }), { config: configuration })
      const paused = [
        { profile: 'ClusterProfile/paused', hold: { reason: 'profile-paused', message: 'paused' } as const },
      ]
      const rest = units.filter(({ unit }) => unit.name !== 'policy-once')
      await run(branch, fleet({ cluster: cluster('fleet/prod'), units: rest, heldProfiles: paused }), {
        config: configuration,
      })
      const objects = [...branch.filesOf('rendered')].filter(([path]) => path.startsWith('delivery/'))
      expect(objects.length).toBeGreaterThan(18)
      expect(objects.map(([path]) => path)).toContain('delivery/argocd-cm/health.yaml')
      const clusters = [{ id: 'fleet/prod', namespace: 'fleet' }]
      const roots = bootstrapObjects(configuration, { url: 'https://git.example/fleet.git', clusters })
      const delivered = objects.map(([, text]) => JSON.parse(text) as object)
      const output = await server.apply(
        [...delivered, ...roots.flatMap((step) => step.objects)],
        '--dry-run=server',
      )
      // Argo CD's own finalizer has a name that the API server would word in another way.
      const lines = output
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('Warning: metadata.finalizers'))
      expect(lines.filter((line) => !line.endsWith('serverside-applied (server dry run)'))).toEqual([])
    },
    60_000,
  )
})

function isThere(found: KubernetesObject | undefined): boolean {
  return found !== undefined
}

function isReady(found: KubernetesObject | undefined): boolean {
  return found?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}

function secret(namespace: string, name: string, stringData: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData }
}

/** Nothing runs pods here, so the test says that they do. */
async function makeAvailable(on: KubernetesCluster, namespace: string, name: string): Promise<void> {
  const generation = (await on.find('deployment', namespace, name))?.metadata.generation ?? 1
  const status = {
    ...{
      observedGeneration: generation,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
    },
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ],
  }
  await on.kubectl(
    ...['patch', 'deployment', '-n', namespace, name, '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status })],
  )
}
