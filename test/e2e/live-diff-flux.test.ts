import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootstrapObjects } from '../../src/branch/branch.ts'
import { defaultConfig } from '../../src/config/config.ts'
import { commitFiles, git, runCommand } from '../cli/run-command.ts'
import { createPlayground, serveGit, type GitServer, type Playground } from '../contracts/git-repositories.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { eventually, startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { kubeconfigFor } from './live/live-delivery.ts'

const portBase = 28_000 + (process.pid % 45) * 20

const config = `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  management: { context: mgmt }
  clusters:
  - { name: prod, namespace: fleet, context: prod, version: v1.35.4, labels: { env: production } }
`
const profile = `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: web }
spec:
  clusterSelector: { matchLabels: { env: production } }
  policyRefs:
  - { kind: ConfigMap, namespace: default, name: app }
`

function files(objects: readonly object[]): Record<string, string> {
  const data = Object.fromEntries(objects.map((object, index) => [`${index}.yaml`, JSON.stringify(object)]))
  const content = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'app', namespace: 'default' },
    data,
  }
  return { 'fleetwright.yaml': config, 'fleet/web.yaml': profile, 'fleet/app.yaml': JSON.stringify(content) }
}

const configMap = (name: string, data: Readonly<Record<string, string>>): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'web' }, data },
})

interface ConfigMapObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> }
  readonly data: Readonly<Record<string, string>>
}

describe.skipIf(sharedFolder() === undefined)('comparing what real Flux controllers delivered', () => {
  let playground: Playground
  let server: GitServer
  let cluster: KubernetesCluster
  const home = mkdtempSync(join(tmpdir(), 'fleetwright-live-'))
  const kubeconfig = join(home, 'kubeconfig')
  const folder = join(home, 'fleet')

  beforeAll(async () => {
    const shared = requireShared()
    playground = await createPlayground()
    await playground.repository('fleet.git', '--bare')
    server = await serveGit(shared, playground.folder)
    const url = `${server.url}/fleet.git`
    cluster = await startCluster(shared, `live-flux-${process.pid}`, portBase)
    await cluster.startFlux(portBase + 10)
    const admin = await readFile(cluster.kubeconfig, 'utf8')
    writeFileSync(kubeconfig, kubeconfigFor(admin, ['mgmt', 'prod']))
    await cluster.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fleet' } },
      {
        ...{ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'fleet', name: 'prod-kubeconfig' } },
        stringData: { value: admin },
      },
    ])
    mkdirSync(folder)
    commitFiles(folder, files([configMap('settings', { color: 'blue' }), configMap('old', { a: '1' })]))
    git(folder, 'remote', 'add', 'origin', url)
    await compile()
    const clusters = [{ id: 'fleet/prod', namespace: 'fleet' }]
    for (const { objects } of bootstrapObjects(defaultConfig, { url, clusters })) await cluster.apply(objects)
  }, 240_000)
  afterAll(async () => {
    await cluster.stop()
    await server.stop()
    await playground.remove()
    rmSync(home, { recursive: true, force: true })
  })

  async function compile(): Promise<void> {
    const { exitCode, stderr } = await runCommand(folder, ['compile', '--push', 'origin'])
    if (exitCode !== 0) throw new Error(stderr)
  }

  /** `<change> <object>: <fields>` of each object. */
  async function diff(baseline: 'pending' | 'drift'): Promise<readonly string[]> {
    const line = ['diff', '--against', baseline, '--remote', 'origin', '--kubeconfig', kubeconfig]
    const { stdout, stderr } = await runCommand(folder, [...line, '--format', 'json'])
    if (stdout === '') throw new Error(stderr)
    const { changes } = JSON.parse(stdout) as {
      changes: {
        objects: {
          change: string
          before?: { name: string }
          after?: { name: string }
          fields: { path: string }[]
        }[]
      }[]
    }
    return changes
      .flatMap(({ objects }) => objects)
      .map(({ change, before, after, fields }) =>
        [change, before?.name ?? after?.name, ...fields.map(({ path }) => path)].join(' '),
      )
  }

  async function reconcile(what: string): Promise<void> {
    for (const [namespace, object] of [
      ['fleet', 'gitrepository/fleetwright'],
      ['flux-system', 'gitrepository/fleetwright'],
      ['fleet', 'kustomizations --all'],
    ] as const) {
      await cluster
        .kubectl(
          ...['annotate', '-n', namespace, ...object.split(' '), '--overwrite'],
          `reconcile.fluxcd.io/requestedAt=${what}`,
        )
        .catch(() => undefined)
    }
  }

  const settings = async (): Promise<ConfigMapObject> =>
    JSON.parse(
      await cluster.kubectl('get', 'configmap', '-n', 'web', 'settings', '-o', 'json'),
    ) as ConfigMapObject

  test('nothing differs once it is delivered; before, all of it is pending', async () => {
    await eventually(
      'all is delivered',
      () => diff('pending'),
      (changes) => changes.length === 0,
    )
    expect(await diff('drift')).toEqual([])
  }, 180_000)

  test('drift is what Flux takes back, and what it leaves alone is none', async () => {
    await cluster.kubectl('label', '-n', 'web', 'configmap/settings', 'team=red')
    const patch = (data: object, manager: string): Promise<string> =>
      cluster.kubectl(
        ...['patch', 'configmap', '-n', 'web', 'settings', '--type=merge', `--field-manager=${manager}`],
        ...['-p', JSON.stringify({ data })],
      )
    await patch({ color: 'red' }, 'kubectl-edit')
    await patch({ mine: 'stays' }, 'somebody')
    await patch({ kubectl: 'goes' }, 'kubectl-patch')
    expect(await diff('pending')).toEqual([])
    expect(await diff('drift')).toEqual(['changed settings data.color data.kubectl metadata.labels.team'])
    await reconcile('drift')
    const { data, metadata } = await eventually(
      'Flux takes it back',
      settings,
      (one) => one.data['color'] === 'blue',
    )
    expect(data).toEqual({ color: 'blue', mine: 'stays' })
    expect(metadata.labels?.['team']).toBeUndefined()
    expect(await diff('drift')).toEqual([])
  }, 180_000)

  /** By another name than kubectl's: Flux takes back what that wrote as soon as it applies the object again. */
  const suspend = (isSuspended: boolean): Promise<unknown> =>
    cluster.kubectl(
      ...['patch', '-n', 'fleet', 'kustomizations/prod.policy-default-app', '--type=merge'],
      ...['--field-manager=somebody', '-p', JSON.stringify({ spec: { suspend: isSuspended } })],
    )

  test('what the branch has anew, and what it has no more, is pending until Flux did it', async () => {
    await suspend(true)
    commitFiles(folder, files([configMap('settings', { color: 'green' })]))
    await compile()
    await reconcile('pending')
    expect(await diff('pending')).toEqual(['removed old', 'changed settings data.color'])
    expect(await diff('drift')).toEqual([])
    await suspend(false)
    await reconcile('resumed')
    await eventually(
      'all is delivered',
      () => diff('pending'),
      (changes) => changes.length === 0,
    )
  }, 180_000)
})
