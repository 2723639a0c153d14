import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { errorsOf } from '../journey/run.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import {
  createLiveFleet,
  installDefinitions,
  killApiServer,
  registerCluster,
  type LiveFleet,
  type Observation,
} from './live/live-fleet.ts'

const portBase = 21_000 + (process.pid % 30) * 30
const names = ['hub', 'prod', 'eng'] as const
const unit = 'policy-projectsveltos-service-policy-web'

const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } },
  spec: {
    ...{ type: 'LoadBalancer', selector: { app: 'web' } },
    // One alone: the example gives its ports no names, which Kubernetes wants of several.
    ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
  },
}
const status = { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } }

describe.skipIf(sharedFolder() === undefined)('the published cross-cluster example on live clusters', () => {
  const clusters = new Map<string, KubernetesCluster>()
  let engine: Engine
  let fleet: LiveFleet

  const cluster = (name: (typeof names)[number]): KubernetesCluster => {
    const found = clusters.get(name)
    if (found === undefined) throw new Error(`there is no cluster ${name}`)
    return found
  }

  beforeAll(async () => {
    const shared = requireShared()
    const start = async (name: string, index: number): Promise<void> => {
      clusters.set(name, await startCluster(shared, `live-${name}-${process.pid}`, portBase + index * 10))
    }
    const started = names.map(start)
    engine = await createTestEngine()
    await Promise.all(started)
    const crds = [
      'cluster-api/cluster.x-k8s.io_clusters.yaml',
      'sveltos/lib.projectsveltos.io_sveltosclusters.yaml',
    ]
    await installDefinitions(cluster('hub'), shared, crds)
    await cluster('hub').kubectl('create', 'namespace', 'fleet')
    const [prod, eng] = [{ env: 'production' }, { dep: 'eng' }]
    await registerCluster(cluster('hub'), cluster('prod'), { name: 'prod', namespace: 'fleet', labels: prod })
    await registerCluster(cluster('hub'), cluster('eng'), { name: 'eng', namespace: 'fleet', labels: eng })
    fleet = createLiveFleet({
      engine,
      files: {
        'published.yaml': readFileSync(join(shared, 'corpus/published/cross-cluster.yaml'), 'utf8'),
        // Configuration of the destination that asks for something of its own, so that its facts move too.
        'inventory.yaml': inventory,
        'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  management: { context: live-hub-${process.pid} }
`,
      },
      kubeconfig: await readFile(cluster('hub').kubeconfig, 'utf8'),
    })
  }, 240_000)

  afterAll(async () => {
    await engine.close()
    await Promise.all([...clusters.values()].map((one) => one.stop()))
  })

  const policies = (): string[] =>
    Object.keys(fleet.folder('fleet/eng')).filter((path) => path.startsWith('policy-'))

  test('a Service without an address makes nothing', async () => {
    await cluster('prod').apply([service])
    const observed = await fleet.observe('2026-01-02T00:00:00Z')
    expect(rows(observed)).toEqual(['fleet/eng observed', 'fleet/prod observed', 'management observed'])
    expect(observed.diagnostics).toEqual([])
    expect(errorsOf(await fleet.compile('2026-01-02T00:00:00Z'))).toEqual([])
    expect(policies()).toEqual([])
  }, 90_000)

  test('an address of a Service in production becomes a Service and Endpoints for the destination', async () => {
    await cluster('prod').apply([{ ...service, status }], '--subresource=status')
    await fleet.observe('2026-01-02T00:01:00Z')
    expect(errorsOf(await fleet.compile('2026-01-02T00:01:00Z'))).toEqual([])
    const files = fleet.folder('fleet/eng')
    expect(policies().map((path) => path.replace(/-[0-9a-f]{10}\//, '/'))).toEqual([
      `${unit}/endpoints-external-external-web.yaml`,
      `${unit}/service-external-external-web.yaml`,
    ])
    const [endpoints = '', external = ''] = policies().map((path) => files[path])
    expect(endpoints).toContain('- ip: 203.0.113.10\n')
    expect(endpoints).toContain('  ports:\n  - port: 80\n')
    expect(external).toContain('targetPort: 8080\n')
    expect(fleet.folder('fleet/prod')).toEqual({})
  }, 90_000)

  test('what is delivered is what the API server of the destination takes', async () => {
    const files = fleet.folder('fleet/eng')
    const objects = [...Object.keys(files)].filter((path) => !path.startsWith('namespaces/'))
    await cluster('eng').kubectl('create', 'namespace', 'external')
    for (const path of objects) await cluster('eng').apply(files[path] ?? '', '--dry-run=server')
  })

  test('facts that are recorded twice without a change are the same bytes', async () => {
    const [first, second] = [await fleet.observe(later), await fleet.observe(later)]
    expect([...second.files]).toEqual([...first.files])
    expect(second.clusters.filter(({ changed }) => changed)).toEqual([])
    // Nor does time alone move anything but the ages.
    const third = await fleet.observe('2026-01-02T00:03:00Z')
    const moved = [...third.files].filter(([path, text]) => first.files.get(path) !== text)
    expect(moved.map(([path]) => path)).toEqual(['.fleetwright/observed.json'])
  }, 90_000)

  test('a compile from the reading gives the tree that a compile from the recorded facts gives', async () => {
    const observed = await fleet.observe(later)
    const [live, offline] = [createMemoryBranch(), createMemoryBranch()]
    await fleet.compile(later, { facts: observed.files, branch: live })
    const written = new Map([...live.filesOf('rendered')].filter(([path]) => observed.files.has(path)))
    await fleet.compile(later, { facts: written, branch: offline })
    const [one, other] = [await live.read('rendered'), await offline.read('rendered')]
    expect(one.folders.get('')).toMatch(/^[0-9a-f]{40}$/)
    expect(other.folders.get('')).toBe(one.folders.get(''))
    // The branch that grew step by step holds the same for the clusters.
    await fleet.compile(later)
    const grown = await fleet.branch.read('rendered')
    for (const folder of ['clusters', 'delivery', '.fleetwright/facts'])
      expect(grown.folders.get(folder)).toBe(one.folders.get(folder))
  }, 90_000)

  test('when the Service goes, what it made goes', async () => {
    await cluster('prod').kubectl('delete', 'service', 'web')
    await fleet.observe('2026-01-02T00:05:00Z')
    const { outcome, diagnostics } = await fleet.compile('2026-01-02T00:05:00Z')
    expect(errorsOf({ diagnostics })).toEqual([])
    expect(outcome?.status).toBe('written')
    expect(policies()).toEqual([])
  }, 90_000)

  test('when production does not answer, everything stays, and the others are recorded', async () => {
    await cluster('prod').apply([service])
    await cluster('prod').apply([{ ...service, status }], '--subresource=status')
    await fleet.observe('2026-01-02T00:06:00Z')
    await fleet.compile('2026-01-02T00:06:00Z')
    const before = fleet.folder('fleet/eng')
    const facts = fleet.recorded().get('.fleetwright/facts/fleet/prod.json')
    expect(policies()).toHaveLength(2)

    await killApiServer(cluster('prod'))
    await cluster('eng').apply([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'seen', namespace: 'default' } },
    ])
    const observed = await fleet.observe('2026-01-02T00:07:00Z')
    expect(rows(observed)).toEqual([
      'fleet/eng observed',
      'fleet/prod kept unreachable',
      'management observed',
    ])
    expect(fleet.recorded().get('.fleetwright/facts/fleet/prod.json')).toBe(facts)
    expect(fleet.recorded().get('.fleetwright/facts/fleet/eng.json')).toContain('"name":"seen"')
    expect(JSON.parse(fleet.recorded().get('.fleetwright/observed.json') ?? '')).toMatchObject({
      'fleet/eng': { observedAt: '2026-01-02T00:07:00Z', reachable: true },
      'fleet/prod': {
        observedAt: '2026-01-02T00:06:00Z',
        reachable: false,
        reason: expect.any(String) as string,
      },
    })
    expect(errorsOf(await fleet.compile('2026-01-02T00:07:00Z'))).toEqual([])
    expect(fleet.folder('fleet/eng')).toEqual(before)
  }, 180_000)
})

const later = '2026-01-02T00:02:00Z'

const inventory = `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: seen }
spec:
  classifierLabels: [{ key: seen, value: "yes" }]
  deployedResourceConstraint:
    resourceSelectors:
    - { group: "", version: v1, kind: ConfigMap, namespace: default, name: seen }
`

/** `fleet/prod kept unreachable`. */
function rows({ clusters }: Observation): string[] {
  return clusters.map(({ id, status: is, failure }) =>
    [id, is, ...(failure ? [failure.reason] : [])].join(' '),
  )
}
