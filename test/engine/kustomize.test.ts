import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toFileTree } from '../../src/engine/engine.ts'
import type { Engine, FileTree } from '../../src/engine/types.ts'
import { createTestEngine } from './built-engine.ts'

const entropy = { clockMs: Date.UTC(2026, 0, 1) }

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})

afterAll(async () => {
  await engine.close()
})

function toTree(files: Readonly<Record<string, string>>): FileTree {
  const encoder = new TextEncoder()
  return toFileTree(new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])))
}

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`

const base = 'github.com/org/repo//base?ref=v1'
const page = 'https://example.com/file.yaml'

const tree = toTree({
  'app/kustomization.yaml': [
    'namePrefix: x-',
    `resources: [cm.yaml, "${base}", "${page}"]`,
    'helmCharts: [{ name: app, repo: "https://charts.example.com", version: 1.0.0, releaseName: rel, namespace: ns }]',
  ].join('\n'),
  'app/cm.yaml': configMap('own'),
})
const repository = toTree({ 'base/kustomization.yaml': 'resources: [cm.yaml]', 'base/cm.yaml': configMap('based') })
const file = toTree({ 'file.yaml': configMap('paged') })
const chart = toTree({
  'Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'templates/cm.yaml': configMap('{{ .Release.Name }}-{{ .Release.Namespace }}-{{ .Capabilities.KubeVersion.Minor }}'),
})

describe('a kustomization that wants something from outside', () => {
  test('tells what, before it is built', async () => {
    const needs = await engine.kustomizationNeeds({ tree, path: 'app' })
    expect(needs).toEqual({
      ok: true,
      value: {
        remotes: [
          {
            text: base,
            file: 'app/kustomization.yaml',
            singleFile: false,
            repository: { url: 'https://github.com/org/repo', ref: 'v1', path: 'base', submodules: true },
          },
          {
            text: page,
            file: 'app/kustomization.yaml',
            singleFile: true,
          },
        ],
        charts: [
          {
            key: 'https://charts.example.com/app@1.0.0',
            name: 'app',
            repo: 'https://charts.example.com',
            version: '1.0.0',
            file: 'app/kustomization.yaml',
          },
        ],
      },
    })
  })

  test('is built from what was handed in', async () => {
    const built = await engine.buildKustomization(
      {
        tree,
        path: 'app',
        remotes: new Map([
          [base, repository],
          [page, file],
        ]),
        charts: new Map([['https://charts.example.com/app@1.0.0', chart]]),
        capabilities: { kubeVersion: 'v1.31.0' },
      },
      entropy,
    )
    expect(built.ok ? built.value.map(({ name }) => name) : built.fault).toEqual([
      'x-based',
      'x-own',
      'x-paged',
      'x-rel-ns-31',
    ])
  })

  test('is refused while something is lacking, with its name', async () => {
    const built = await engine.buildKustomization({ tree, path: 'app' }, entropy)
    expect(built).toEqual({
      ok: false,
      fault: { kind: 'remote', message: `${base} was not fetched beforehand`, file: 'app/kustomization.yaml' },
    })
  })
})

test('patches and namespaces of the finish apply to what kustomize built', async () => {
  const own = toTree({ 'kustomization.yaml': 'resources: [cm.yaml]', 'cm.yaml': configMap('a') })
  const built = await engine.buildKustomization(
    {
      tree: own,
      path: '',
      finish: {
        patches: [{ patch: '- {op: add, path: /data, value: {k: v}}', target: { kind: 'ConfigMap' } }],
        targetNamespace: 'ns',
        extraLabels: { team: 'a' },
      },
    },
    entropy,
  )
  expect(built.ok ? built.value[0]?.text : built.fault).toBe(
    'apiVersion: v1\ndata:\n  k: v\nkind: ConfigMap\nmetadata:\n  labels:\n    team: a\n  name: a\n  namespace: ns\n',
  )
})
