import { afterAll, beforeAll, expect, test } from 'vitest'
import { toFileTree } from '../../src/engine/engine.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from './built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

function chart(templates: Readonly<Record<string, string>>) {
  const texts = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', ...templates }
  return toFileTree(new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)])))
}

const testPod = `apiVersion: v1
kind: Pod
metadata:
  name: check-{{ randAlphaNum 5 | lower }}
  annotations: { helm.sh/hook: test }
`
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\n'

async function impurity(templates: Readonly<Record<string, string>>) {
  const outcome = await engine.renderChart(
    {
      chart: chart(templates),
      release: { name: 'r', namespace: 'default' },
      values: '',
      capabilities: { kubeVersion: 'v1.33.0', apiVersions: ['v1'] },
    },
    { clockMs: 0 },
  )
  return outcome.ok ? outcome.impure : outcome.fault
}

test('a random name of a test pod makes no render impure, since nobody delivers it', async () => {
  expect(await impurity({ 'templates/test.yaml': testPod, 'templates/m.yaml': configMap })).toBeUndefined()
})

test('randomness beside a test hook counts', async () => {
  const random = `${configMap}data: { x: "{{ randAlphaNum 5 }}" }\n`
  expect(await impurity({ 'templates/test.yaml': testPod, 'templates/m.yaml': random })).toMatchObject({ clock: 0 })
})

test('randomness in NOTES.txt does not count', async () => {
  const notes = 'Your password: {{ randAlphaNum 5 }}'
  expect(await impurity({ 'templates/NOTES.txt': notes, 'templates/m.yaml': configMap })).toBeUndefined()
})
