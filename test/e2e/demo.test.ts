import { execFile } from 'node:child_process'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootstrapObjects } from '../../src/branch/branch.ts'
import { config } from '../branch/fleet-double.ts'
import {
  createPlayground,
  git,
  serveGit,
  type GitServer,
  type Playground,
} from '../contracts/git-repositories.ts'
import { sharedFolder } from '../shared.ts'
import { eventually, startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'

const execute = promisify(execFile)
const shared = sharedFolder()
const root = resolve(import.meta.dirname, '../..')
const portBase = 32_000 + (process.pid % 20) * 30

interface Kustomization {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly suspend?: boolean; readonly dependsOn?: readonly { readonly name: string }[] }
  readonly status?: {
    readonly conditions?: readonly {
      type: string
      status: string
      message: string
      lastTransitionTime: string
    }[]
  }
}

/**
 * The demo as its user would run it: the command line compiles and pushes, Flux in the management cluster applies.
 * One of its clusters is real, the others have no credentials, so that only they fail.
 */
describe.skipIf(shared === undefined)('the rendered branch of the demo under real Flux controllers', () => {
  let playground: Playground
  let server: GitServer
  let hub: KubernetesCluster
  let prod: KubernetesCluster
  let fleet = ''
  let url = ''

  beforeAll(async () => {
    playground = await createPlayground()
    await playground.repository('fleet.git', '--bare')
    server = await serveGit(shared ?? '', playground.folder)
    url = `${server.url}/fleet.git`
    fleet = await playground.repository('fleet')
    await cp(join(root, 'fixtures/demo/fleet'), fleet, { recursive: true })
    await commitAndCompile('Describe the fleet')
    ;[hub, prod] = await Promise.all([
      startCluster(shared ?? '', `demo-hub-${process.pid}`, portBase),
      startCluster(shared ?? '', `demo-prod-${process.pid}`, portBase + 10),
    ])
    await hub.startFlux(portBase + 20)
    const records = (await git(fleet, 'ls-tree', '-r', '--name-only', 'FETCH_HEAD', '.fleetwright/clusters'))
      .trim()
      .split('\n')
    const clusters = records
      .map((path) => path.slice('.fleetwright/clusters/'.length, -'.json'.length))
      .map((id) => ({ id, namespace: id.slice(0, id.indexOf('/')) }))
    const namespaces = [...new Set(clusters.map(({ namespace }) => namespace))]
    await hub.apply(namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })))
    const stringData = { value: await readFile(prod.kubeconfig, 'utf8') }
    const metadata = { namespace: 'production', name: 'prod-eu-kubeconfig' }
    await hub.apply([{ apiVersion: 'v1', kind: 'Secret', metadata, stringData }])
    for (const { objects } of bootstrapObjects(config(), { url, clusters })) await hub.apply(objects)
  }, 240_000)
  afterAll(async () => {
    await Promise.all([hub.stop(), prod.stop()])
    await server.stop()
    await playground.remove()
  })

  /** Compiles and pushes; what a brake stops is approved, once that is expected. */
  async function commitAndCompile(message: string, isBraked = false): Promise<void> {
    const author = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com']
    await git(fleet, 'add', '--all', '--force')
    await git(fleet, ...author, 'commit', '--quiet', '--message', message)
    const command = ['compile', '--repo', fleet, '--facts', join(fleet, '.fleetwright'), '--push', url]
    const compile = (...more: readonly string[]) =>
      execute(process.execPath, [join(root, 'src/cli/main.ts'), ...command, ...more], { maxBuffer: 1 << 26 })
    if (isBraked) {
      const stopped = (await compile().catch((error: unknown) => error)) as {
        code?: number
        stdout: string
        stderr: string
      }
      expect(stopped.code).toBe(4)
      const [, digest = ''] = /--allow-delete ([0-9a-f]+)/.exec(stopped.stdout + stopped.stderr) ?? []
      await compile('--allow-delete', digest)
    } else await compile()
    await git(fleet, 'fetch', '--quiet', url, 'rendered')
  }

  async function reconcile(): Promise<void> {
    const commit = (await git(fleet, 'rev-parse', 'FETCH_HEAD')).trim()
    for (const namespace of ['flux-system', 'production', 'platform']) {
      const asked = `reconcile.fluxcd.io/requestedAt=${commit}`
      await hub.kubectl('annotate', '-n', namespace, 'gitrepository/fleetwright', '--overwrite', asked)
    }
    await eventually(
      'the root applies the commit',
      () => hub.find('kustomizations.kustomize.toolkit.fluxcd.io', 'flux-system', 'fleetwright'),
      (found) => JSON.stringify(found?.status?.conditions ?? '').includes(commit),
    )
  }

  /** Kustomizations of the real cluster. */
  async function kustomizations(): Promise<readonly Kustomization[]> {
    const text = await hub.kubectl(
      'get',
      'kustomizations.kustomize.toolkit.fluxcd.io',
      '-n',
      'production',
      '-o',
      'json',
    )
    const { items } = JSON.parse(text) as { items: Kustomization[] }
    return items.filter(({ metadata }) => metadata.name.startsWith('prod-eu.'))
  }

  test('every unit becomes ready, none before those that it depends on', async () => {
    const units = await eventually(
      'every Kustomization of prod-eu is ready',
      async () => {
        await Promise.all([playKubelet(prod), playKubelet(hub)])
        return kustomizations()
      },
      (found) => found.length > 12 && found.every((one) => ready(one)?.status === 'True'),
      300,
    )
    const readySince = new Map(
      units.map((unit) => [unit.metadata.name, ready(unit)?.lastTransitionTime ?? '']),
    )
    const edges = units.flatMap(({ metadata, spec }) =>
      (spec.dependsOn ?? []).map(({ name }) => [name, metadata.name] as const),
    )
    expect(edges.length).toBeGreaterThan(10)
    const reversed = edges.filter(
      ([before, after]) => (readySince.get(before) ?? '') > (readySince.get(after) ?? ''),
    )
    expect(reversed).toEqual([])
  }, 360_000)

  test('the management cluster gets its own add-ons', async () => {
    const found = () => hub.find('deployment', 'monitoring', 'observability-collector')
    await eventually('an add-on of the management cluster', found, (one) => one !== undefined)
  }, 120_000)

  test('a unit that is removed from intent is pruned', async () => {
    const before = (await kustomizations()).map(({ metadata }) => metadata.name)
    expect(before).toContain('prod-eu.policy-production-payments-gateway')
    const objects = async () =>
      prod.kubectl('get', 'configmap,networkpolicy,resourcequota', '-n', 'payments', '-o', 'name')
    expect(await objects()).not.toBe('')
    await rm(join(fleet, 'profiles/payments.yaml'))
    await commitAndCompile('Take the payment gateway away', true)
    await reconcile()
    await eventually('the objects of the unit', objects, (names) => names.trim() === '')
    expect(await prod.find('namespace', '', 'payments')).toBeDefined()
  }, 180_000)

  test('a paused cluster stays as it is', async () => {
    const path = join(fleet, 'clusters/production/prod-eu.yaml')
    const text = await readFile(path, 'utf8')
    await writeFile(
      path,
      text.replace('spec:\n  clusterNetwork:', 'spec:\n  paused: true\n  clusterNetwork:'),
    )
    await rm(join(fleet, 'profiles/monitoring.yaml'))
    const names = (await kustomizations()).map(({ metadata }) => metadata.name)
    await commitAndCompile('Pause prod-eu, and take the monitoring away', true)
    await reconcile()
    const paused = await eventually('the pause', kustomizations, (found) =>
      found.every(({ spec }) => spec.suspend === true),
    )
    expect(paused.map(({ metadata }) => metadata.name)).toEqual(names)
    expect(await prod.find('deployment', 'monitoring', 'observability-collector')).toBeDefined()
  }, 180_000)
})

function ready({ status }: Kustomization) {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

interface Workload {
  readonly kind: string
  readonly metadata: { readonly namespace: string; readonly name: string; readonly generation: number }
  readonly spec: { readonly replicas?: number }
  readonly status?: {
    readonly observedGeneration?: number
    readonly conditions?: readonly { readonly type: string }[]
  }
}

/** Nothing runs pods or controllers here: says of every workload that it does what it should. */
async function playKubelet(on: KubernetesCluster): Promise<void> {
  const text = await on.kubectl('get', 'deployments,daemonsets,jobs,poddisruptionbudgets', '-A', '-o', 'json')
  const { items } = JSON.parse(text) as { items: Workload[] }
  for (const { kind, metadata, spec, status } of items) {
    const isDone =
      kind === 'Job' ? status?.conditions !== undefined : status?.observedGeneration === metadata.generation
    if (isDone) continue
    const args = [
      'patch',
      kind.toLowerCase(),
      '-n',
      metadata.namespace,
      metadata.name,
      '--subresource=status',
      '--type=merge',
    ]
    await on.kubectl(
      ...args,
      '-p',
      JSON.stringify({ status: goodStatus(kind, metadata.generation, spec.replicas ?? 1) }),
    )
  }
}

function goodStatus(kind: string, observedGeneration: number, replicas: number): object {
  const time = '2026-01-01T00:00:00Z'
  switch (kind) {
    case 'Deployment':
      return {
        ...{
          observedGeneration,
          replicas,
          updatedReplicas: replicas,
          readyReplicas: replicas,
          availableReplicas: replicas,
        },
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      }
    case 'DaemonSet':
      return {
        ...{
          observedGeneration,
          desiredNumberScheduled: 1,
          currentNumberScheduled: 1,
          updatedNumberScheduled: 1,
        },
        ...{ numberReady: 1, numberAvailable: 1, numberMisscheduled: 0 },
      }
    case 'Job':
      return {
        ...{ startTime: time, completionTime: time, succeeded: 1, uncountedTerminatedPods: {} },
        conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({
          type,
          status: 'True',
          lastTransitionTime: time,
        })),
      }
    default:
      return {
        observedGeneration,
        currentHealthy: 1,
        desiredHealthy: 1,
        disruptionsAllowed: 1,
        expectedPods: 1,
      }
  }
}
