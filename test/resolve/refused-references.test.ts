import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { clusterProfile, compileFiles, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

/** Diagnostics of a profile with these lines of spec that selects two clusters. */
async function diagnosticsOf(spec: string, ...objects: readonly string[]) {
  const selector = 'clusterSelector: { matchLabels: { env: qa } }'
  const clusters = [sveltosCluster('c1', { env: 'qa' }), sveltosCluster('c2', { env: 'qa' })]
  const text = yaml(...clusters, clusterProfile('p', `${selector}\n${spec}`), ...objects)
  const { diagnostics, plan } = await compileFiles(engine, { 'fleet.yaml': text }, { until: 'plan' })
  return { diagnostics, plan }
}

test('data that is no patch is refused with the name of its object, and the profile is held', async () => {
  const { diagnostics, plan } = await diagnosticsOf(
    `policyRefs: [{ kind: ConfigMap, namespace: default, name: settings }]
patchesFrom: [{ kind: ConfigMap, namespace: default, name: patches }]`,
    configMap('settings', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' }),
    configMap('patches', { 'p.yaml': 'just: text\n' }),
  )
  const found = diagnostics.filter(({ code }) => code === 'resolve/bad-patch')
  expect(found.map(({ message }) => message)[0]).toBe(
    'ConfigMap default/patches holds no patch: each data value is one YAML document with `patch` and `target`',
  )
  expect(found.map(({ subject }) => subject?.cluster)).toEqual(['fleet/c1', 'fleet/c2'])
  expect(plan?.clusters.every(({ units }) => units.every(({ hold }) => hold?.reason === 'error'))).toBe(true)
})

test('a Flux source without an address cannot be used', async () => {
  const { diagnostics } = await diagnosticsOf(
    'policyRefs: [{ kind: GitRepository, namespace: default, name: apps, path: ./manifests }]',
    'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: apps, namespace: default }\nspec: { interval: 1m }\n',
  )
  const found = diagnostics.filter(({ code }) => code === 'resolve/bad-source')
  expect(found.map(({ message }) => message)).toEqual([
    'GitRepository default/apps cannot be used: spec.url is missing',
    'GitRepository default/apps cannot be used: spec.url is missing',
  ])
})

test('maxUpdate is a warning that names how many clusters change at once', async () => {
  const { diagnostics } = await diagnosticsOf(
    'maxUpdate: 50%\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: settings }]',
    configMap('settings', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' }),
  )
  const found = diagnostics.filter(({ code }) => code === 'resolve/not-staged')
  expect(found.map(({ severity, message }) => [severity, message])).toEqual([
    [
      'warning',
      'ClusterProfile/p sets maxUpdate, which is recorded but not enforced: a change reaches all 2 clusters at once',
    ],
  ])
})
