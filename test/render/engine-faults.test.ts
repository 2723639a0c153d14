import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, EngineFault } from '../../src/engine/types.ts'
import { clusterProfile, compileFiles, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const fleet = yaml(
  sveltosCluster('c1', { env: 'qa' }),
  clusterProfile('p', 'clusterSelector: { matchLabels: { env: qa } }\nkustomizationRefs: [{ path: ./apps }]'),
)
const files = {
  'fleet.yaml': fleet,
  'apps/kustomization.yaml': 'resources: [settings.yaml]\nnamePrefix: [not, text]\n',
  'apps/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n',
}

async function renderWith(using: Engine) {
  const { diagnostics, rendered } = await compileFiles(using, files, { until: 'manifests' })
  const statuses = rendered?.clusters.flatMap(({ units }) => units.map(({ result }) => result.status))
  return { found: diagnostics.filter(({ code }) => code.startsWith('render/')), statuses }
}

test('a kustomization that Kustomize refuses is told with its file and reason, and its unit is held', async () => {
  const { found, statuses } = await renderWith(engine)
  expect(found.map(({ code }) => code)).toEqual(['render/kustomize-failed'])
  expect(found[0]?.message).toContain('namePrefix')
  expect(found[0]?.subject).toEqual({ cluster: 'fleet/c1', unit: 'kustomize-apps' })
  expect(statuses).toEqual(['held'])
})

test('an engine that dies is our fault, said so, and holds the unit alone', async () => {
  const fault: EngineFault = { kind: 'crash', message: 'unreachable executed' }
  const dying: Engine = { ...engine, buildKustomization: () => Promise.resolve({ ok: false, fault }) }
  const { found, statuses } = await renderWith(dying)
  expect(found.map(({ code }) => code)).toEqual(['render/engine-crashed'])
  expect(found[0]?.message).toContain('unreachable executed')
  expect(statuses).toEqual(['held'])
})
