import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGitBranchWriter } from '../../src/adapters/git/branch-writer.ts'
import { bootstrapObjects } from '../../src/branch/branch.ts'
import type { BranchWriter } from '../../src/branch/branch-writer-port.ts'
import {
  check,
  cluster,
  config,
  fleet,
  helm,
  object,
  profileWith,
  run,
  widgets,
} from '../branch/fleet-double.ts'
import { createPlayground, serveGit, type GitServer, type Playground } from '../contracts/git-repositories.ts'
import { sharedFolder } from '../shared.ts'
import {
  eventually,
  startCluster,
  type KubernetesCluster,
  type KubernetesObject,
} from './kubernetes-cluster.ts'

const portBase = 30_000 + (process.pid % 90) * 20
const shared = sharedFolder()

const gateManifests = [
  widgets,
  object('example.org/v1 Widget ops/gate'),
  object('ConfigMap ops/gate', { body: 'data: {phase: waiting, color: red}\n' }),
]
const phase = { group: '', kind: 'ConfigMap', namespace: 'ops', rules: ['resource.data.phase == "done"'] }
const gate = helm('ops/gate', gateManifests, {
  owner: profileWith('gate', {
    validateHealths: [
      check({ name: 'phase', ...phase }),
      check({
        name: 'widget',
        group: 'example.org',
        kind: 'Widget',
        rules: [
          'has(resource.status) && resource.status.conditions.exists(c, c.type == "Ready")',
          'resource.metadata.name == "never"',
        ],
      }),
    ],
    driftExclusions: [{ paths: ['/data/phase'], target: { kind: 'Config.*', name: 'gate' } }],
  }),
})
const app = helm('web/app', [object('ConfigMap web/app')], {
  owner: profileWith('app', { preDeployChecks: [check(phase)] }),
})

describe.skipIf(shared === undefined)('checks of profiles under real Flux controllers', () => {
  let playground: Playground
  let server: GitServer
  let hub: KubernetesCluster
  let writer: BranchWriter
  const configuration = { ...config(), management: { cluster: 'fleet/management' } }

  beforeAll(async () => {
    playground = await createPlayground()
    await playground.repository('fleet.git', '--bare')
    server = await serveGit(shared ?? '', playground.folder)
    const url = `${server.url}/fleet.git`
    writer = createGitBranchWriter({ repository: await playground.repository('clone'), remote: url })
    hub = await startCluster(shared ?? '', `health-${process.pid}`, portBase)
    await hub.startFlux(portBase + 10)
    await hub.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fleet' } }])
    const { diagnostics } = await run(
      writer,
      fleet({ cluster: cluster('fleet/management'), units: [gate, app] }),
      { config: configuration },
    )
    expect(diagnostics).toEqual([])
    const clusters = [{ id: 'fleet/management', namespace: 'fleet' }]
    for (const { objects } of bootstrapObjects(configuration, { url, clusters })) await hub.apply(objects)
  }, 180_000)
  afterAll(async () => {
    await hub.stop()
    await server.stop()
    await playground.remove()
  })

  const kustomization = (name: string) =>
    hub.find('kustomizations.kustomize.toolkit.fluxcd.io', 'fleet', `management.${name}`)
  const patch = (kind: string, value: object) =>
    hub.kubectl('patch', '-n', 'ops', kind, 'gate', '--type=merge', '-p', JSON.stringify(value))

  test('a unit is not ready, and what waits for it is not applied, before its objects are as the checks want', async () => {
    await eventually('the objects', () => hub.find('configmap', 'ops', 'gate'), isThere)
    const waiting = await eventually(
      'the dependent',
      () => kustomization('helm-web-app'),
      (one) => condition(one, 'Ready')?.reason === 'DependencyNotReady',
    )
    expect(condition(waiting, 'Stalled')).toBeUndefined()
    const unit = await kustomization('helm-ops-gate')
    expect(condition(unit, 'Ready')?.status).not.toBe('True')
    expect(condition(unit, 'Stalled')).toBeUndefined()

    // One of the two checks alone is not enough.
    await patch('configmap', { data: { phase: 'done' } })
    await patch('widget', { status: { conditions: [{ type: 'Progressing' }] } })
    await eventually(
      'the patched widget',
      async () => (await hub.find('widget', 'ops', 'gate'))?.status,
      (status) => status?.conditions?.[0]?.type === 'Progressing',
    )
    expect(condition(await kustomization('helm-ops-gate'), 'Ready')?.status).not.toBe('True')
    expect(await hub.find('configmap', 'web', 'app')).toBeUndefined()

    await patch('widget', { status: { conditions: [{ type: 'Ready' }] } })
    await eventually('the unit', () => kustomization('helm-ops-gate'), isReady)
    await eventually('the dependent', () => hub.find('configmap', 'web', 'app'), isThere)
  }, 180_000)

  test('a field that is excluded from drift keeps what others wrote; the others are corrected', async () => {
    await patch('configmap', { data: { phase: 'over', color: 'blue' } })
    await hub.kubectl(
      ...['annotate', '-n', 'fleet', 'kustomization/management.helm-ops-gate', '--overwrite'],
      'reconcile.fluxcd.io/requestedAt=drift',
    )
    const corrected = await eventually(
      'the correction',
      async () =>
        (await hub.find('configmap', 'ops', 'gate')) as { data?: Record<string, string> } | undefined,
      (one) => one?.data?.['color'] === 'red',
    )
    expect(corrected?.data?.['phase']).toBe('over')
  }, 120_000)
})

function isThere(found: KubernetesObject | undefined): boolean {
  return found !== undefined
}

function condition(found: KubernetesObject | undefined, type: string) {
  return found?.status?.conditions?.find((one) => one.type === type)
}

function isReady(found: KubernetesObject | undefined): boolean {
  return condition(found, 'Ready')?.status === 'True'
}
