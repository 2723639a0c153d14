import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { clusterProfile, compileFiles, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const meshNamespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: mesh, labels: { mesh: istio } }\n'
const mesh = configMap('mesh', { 'namespace.yaml': meshNamespace })
const deploysMesh = 'policyRefs: [{ kind: ConfigMap, namespace: default, name: mesh }]'

/** A classifier of namespaces with label `mesh`. */
function classifier(name: string, label: string, more = 'resourceSelectors: [*namespaces]'): string {
  const [key = '', value = ''] = label.split('=')
  const constraint = more.replace(
    '*namespaces',
    '{ group: "", version: v1, kind: Namespace, labelFilters: [{ key: mesh, operation: Has }] }',
  )
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: ${name} }
spec:
  classifierLabels: [{ key: ${key}, value: ${value} }]
  deployedResourceConstraint: { ${constraint} }
`
}

const nothingThere = { '.fleetwright/facts/fleet/c1.json': { version: 'v1.33.1' } }

async function oscillations(
  documents: readonly string[],
  facts: Readonly<Record<string, unknown>> = nothingThere,
) {
  const { diagnostics } = await compileFiles(
    engine,
    { 'fleet.yaml': yaml(...documents, mesh) },
    { facts, until: 'manifests' },
  )
  return diagnostics.filter(({ code }) => code === 'resolve/oscillation')
}

const without = (key: string) =>
  `clusterSelector: { matchExpressions: [{ key: ${key}, operator: DoesNotExist }] }`
const c1 = sveltosCluster('c1', { env: 'prod' })

describe('an add-on that changes the label by which it was selected', () => {
  test('is named with its classifier, the label and the object', async () => {
    const found = await oscillations([
      c1,
      clusterProfile('mesh', `${without('mesh')}\n${deploysMesh}`),
      classifier('meshed', 'mesh=present'),
    ])
    expect(found).toMatchObject([
      {
        ...{ severity: 'warning', holds: 'nothing', subject: { cluster: 'fleet/c1' } },
        message:
          'once ClusterProfile/mesh has deployed Namespace mesh, Classifier/meshed sets label `mesh` to `present`, and ClusterProfile/mesh is no longer selected: what it deploys would come and go',
      },
    ])
  })

  test('also where the classifier replaces a label that is written', async () => {
    const found = await oscillations([
      c1,
      clusterProfile('mesh', `clusterSelector: { matchLabels: { env: prod } }\n${deploysMesh}`),
      classifier('meshed', 'env=mesh'),
    ])
    expect(found[0]?.message).toContain('Classifier/meshed sets label `env` to `mesh` instead of `prod`')
  })

  test('also where the classifier matched before', async () => {
    const script = '"function evaluate() return { matching = #resources == 0 } end"'
    const found = await oscillations([
      c1,
      clusterProfile('mesh', `clusterSelector: { matchLabels: { mesh: absent } }\n${deploysMesh}`),
      classifier(
        'bare',
        'mesh=absent',
        `resourceSelectors: [*namespaces], aggregatedClassification: ${script}`,
      ),
    ])
    expect(found[0]?.message).toBe(
      'once ClusterProfile/mesh has deployed Namespace mesh, Classifier/bare no longer sets label `mesh`, and ClusterProfile/mesh is no longer selected: what it deploys would come and go',
    )
  })

  test('also as the prerequisite of a profile that is deselected', async () => {
    const found = await oscillations([
      c1,
      clusterProfile(
        'shop',
        `${without('mesh')}\ndependsOn: [mesh]\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: shop }]`,
      ),
      configMap('shop', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\n' }),
      clusterProfile('mesh', deploysMesh),
      classifier('meshed', 'mesh=present'),
    ])
    expect(found[0]?.message).toMatch(
      /^once ClusterProfile\/mesh has deployed Namespace mesh, .*, and ClusterProfile\/shop is no longer selected/,
    )
  })
})

describe('what comes to rest is not reported', () => {
  test('a label by which nothing is selected', async () => {
    const found = await oscillations([
      c1,
      clusterProfile('mesh', `clusterSelector: { matchLabels: { env: prod } }\n${deploysMesh}`),
      classifier('meshed', 'mesh=present'),
    ])
    expect(found).toEqual([])
  })

  test('a profile that is deselected for good, since another one deploys the object', async () => {
    const found = await oscillations([
      c1,
      clusterProfile('mesh', `clusterSelector: { matchLabels: { env: prod } }\n${deploysMesh}`),
      clusterProfile(
        'shop',
        `${without('mesh')}\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: shop }]`,
      ),
      configMap('shop', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\n' }),
      classifier('meshed', 'mesh=present'),
    ])
    expect(found).toEqual([])
  })

  test('an object that is there already, whoever put it there', async () => {
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'mesh', labels: { mesh: 'istio' } },
    }
    const facts = { '.fleetwright/facts/fleet/c1.json': { version: 'v1.33.1', objects: [namespace] } }
    const documents = [
      c1,
      clusterProfile('mesh', `${without('mesh')}\n${deploysMesh}`),
      classifier('meshed', 'mesh=present'),
    ]
    expect(await oscillations(documents, facts)).toEqual([])
  })

  test('what is only shown', async () => {
    const found = await oscillations([
      c1,
      clusterProfile('mesh', `syncMode: DryRun\n${without('mesh')}\n${deploysMesh}`),
      classifier('meshed', 'mesh=present'),
    ])
    expect(found).toEqual([])
  })

  test('an object without the label that the classifier asks for', async () => {
    const found = await oscillations([
      c1,
      clusterProfile(
        'mesh',
        `${without('mesh')}\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: other }]`,
      ),
      configMap('other', { 'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }\n' }),
      classifier('meshed', 'mesh=present'),
    ])
    expect(found).toEqual([])
  })
})
