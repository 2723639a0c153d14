import { afterAll, expect, test } from 'vitest'
import type { ClusterAddress } from '../../src/observe/cluster-reader-port.ts'
import { configuredManagement, fleetTargets } from '../../src/observe-targets.ts'
import { compileFiles, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

const engine = await createTestEngine()
afterAll(() => engine.close())

const mgmt: ClusterAddress = { type: 'context', context: 'mgmt' }
const compileWith = (spec: string) =>
  compileFiles(
    engine,
    {
      'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n${spec}`,
      'clusters.yaml': yaml(
        sveltosCluster('plain', {}),
        sveltosCluster('named', {}).replace(
          'spec: {}',
          'spec: { kubeconfigName: own, kubeconfigKeyName: re-created }',
        ),
        sveltosCluster('pulling', {}).replace('spec: {}', 'spec: { pullMode: true }'),
        sveltosCluster('mgmt', {}),
        'apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: { name: capi, namespace: fleet }\nspec: {}\n',
      ),
    },
    { until: 'plan' },
  )

test('each kind of cluster has its address, and what has none its reason', async () => {
  const spec = `
  management: { context: mgmt, cluster: fleet/mgmt }
  clusters:
  - { name: far, namespace: fleet, context: far }
  - { name: nowhere, namespace: fleet }
`
  const compiled = await compileWith(spec)
  expect(configuredManagement(compiled.config)).toEqual(mgmt)
  const { targets, unaddressed } = fleetTargets(compiled, mgmt)
  expect(targets.map(({ cluster, address }) => [cluster, address])).toEqual([
    ['fleet/capi', { type: 'secret', namespace: 'fleet', name: 'capi-kubeconfig', key: 'value' }],
    ['fleet/far', { type: 'context', context: 'far' }],
    ['fleet/mgmt', mgmt],
    ['fleet/named', { type: 'secret', namespace: 'fleet', name: 'own', key: 're-created' }],
    [
      'fleet/plain',
      {
        type: 'secret',
        namespace: 'fleet',
        name: 'plain-sveltos-kubeconfig',
        key: expect.any(String) as string,
      },
    ],
  ])
  expect(unaddressed).toEqual([
    { cluster: 'fleet/nowhere', reason: 'fleetwright.yaml gives it no context' },
    {
      cluster: 'fleet/pulling',
      reason: 'it has no Secret with a kubeconfig: it is in pull mode or uses a workload identity',
    },
  ])
})

test('without a management cluster nobody has their kubeconfigs', async () => {
  const compiled = await compileWith('  facts: {}\n')
  expect(configuredManagement(compiled.config)).toBeUndefined()
  const { targets, unaddressed } = fleetTargets(compiled, undefined)
  expect(targets).toEqual([])
  expect(unaddressed[0]).toEqual({
    cluster: 'fleet/capi',
    reason:
      'no management cluster is known that has its kubeconfig; set management.context in fleetwright.yaml, or give --context',
  })
})

test('the management cluster may be the one that this runs in', async () => {
  const { config } = await compileWith('  management: { inCluster: true }\n')
  expect(configuredManagement(config)).toEqual({ type: 'in-cluster' })
})
