import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from './built-engine.ts'
import { renderOf, treeOf } from './small-chart.ts'

// Each operation once, with every field that it knows: the names on both sides of the seam are the same.

const ENTROPY = { clockMs: 0 }
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

it('loadChart tells what a chart says of itself', async () => {
  const chart = treeOf({
    'Chart.yaml': [
      'apiVersion: v2',
      'name: app',
      'version: 1.2.3',
      'appVersion: "4"',
      'type: application',
      'kubeVersion: ">=1.20.0-0"',
      'deprecated: true',
      'dependencies:',
      '- { name: sub, version: "1.x", repository: "https://charts.example", alias: other }',
      '- { name: gone, version: "2.0.0" }',
      '',
    ].join('\n'),
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
  })
  expect(await engine.loadChart(chart)).toEqual({
    ok: true,
    value: {
      name: 'app',
      version: '1.2.3',
      appVersion: '4',
      type: 'application',
      kubeVersion: '>=1.20.0-0',
      deprecated: true,
      dependencies: [
        {
          name: 'sub',
          version: '1.x',
          repository: 'https://charts.example',
          alias: 'other',
          present: true,
        },
        { name: 'gone', version: '2.0.0', present: false },
      ],
    },
  })
})

it('renderChart gives values, release, capabilities and lookup to the chart, and finishes its objects', async () => {
  const template = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: { name: {{ .Release.Name }}-{{ .Release.Namespace }} }',
    'data:',
    '  value: {{ .Values.a.b | quote }}',
    '  version: {{ .Capabilities.KubeVersion.Version }}',
    '  has: "{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}"',
    '  found: {{ (lookup "v1" "ConfigMap" "kube-system" "info").data.key }}',
  ]
  const render = renderOf(template.join('\n'))
  const outcome = await engine.renderChart(
    {
      ...render,
      release: { name: 'r', namespace: 'apps' },
      values: 'a: { b: ä }',
      capabilities: { kubeVersion: 'v1.30.1', apiVersions: ['apps/v1', 'apps/v1/Deployment'] },
      lookup: ['{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"info","namespace":"kube-system"},"data":{"key":"k"}}'],
      finish: {
        patches: [{ patch: '[{"op":"add","path":"/data/patched","value":"yes"}]', target: { kind: 'ConfigMap' } }],
        patchMode: 'combined',
        defaultNamespace: 'apps',
        scopes: { '/ConfigMap': true },
        extraLabels: { label: 'l' },
        extraAnnotations: { annotation: 'a' },
      },
    },
    ENTROPY,
  )
  const text = [
    'apiVersion: v1',
    'data:',
    '  found: k',
    '  has: "true"',
    '  patched: "yes"',
    '  value: ä',
    '  version: v1.30.1',
    'kind: ConfigMap',
    'metadata:',
    '  annotations:',
    '    annotation: a',
    '  labels:',
    '    label: l',
    '  name: r-apps',
    '  namespace: apps',
    '',
  ]
  expect(outcome).toMatchObject({
    ok: true,
    value: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'apps',
        name: 'r-apps',
        source: 'test/templates/object.yaml',
        text: text.join('\n'),
      },
    ],
  })
})

it('renderChart tells hooks, and leaves them out when asked', async () => {
  const render = renderOf(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, annotations: { helm.sh/hook: "pre-upgrade,pre-install", helm.sh/hook-weight: "-3", helm.sh/hook-delete-policy: hook-succeeded } }\n',
  )
  expect(await engine.renderChart(render, ENTROPY)).toMatchObject({
    ok: true,
    value: [{ hook: { events: ['pre-install', 'pre-upgrade'], weight: -3, deletePolicies: ['hook-succeeded'] } }],
  })
  expect(await engine.renderChart({ ...render, disableHooks: true }, ENTROPY)).toEqual({ ok: true, value: [] })
})

it('renderChart puts crds first, and leaves them out when asked', async () => {
  const crd = [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    'metadata: { name: as.example.com }',
    'spec: { group: example.com, names: { kind: A, plural: as }, scope: Namespaced, versions: [] }',
  ]
  const chart = treeOf({
    'Chart.yaml': 'apiVersion: v2\nname: test\nversion: 1.0.0\n',
    'crds/a.yaml': crd.join('\n'),
    'templates/a.yaml': CONFIG_MAP,
  })
  const render = { ...renderOf(''), chart }
  expect(await engine.renderChart(render, ENTROPY)).toMatchObject({
    ok: true,
    value: [
      { kind: 'CustomResourceDefinition', defines: { group: 'example.com', kind: 'A', namespaced: true } },
      { kind: 'ConfigMap' },
    ],
  })
  expect(await engine.renderChart({ ...render, includeCrds: false }, ENTROPY)).toMatchObject({
    ok: true,
    value: [{ kind: 'ConfigMap' }],
  })
})

it('a fault of a template has its position and the templates around it', async () => {
  const render = renderOf('{{ define "inner" }}\n{{ .missing.field }}{{ end }}\na: {{ include "inner" . }}')
  const outcome = await engine.renderChart(render, ENTROPY)
  expect(outcome).toMatchObject({
    ok: false,
    fault: { kind: 'template', file: 'templates/object.yaml', line: 2, column: 12 },
  })
  expect(outcome.ok ? undefined : outcome.fault.includes?.map(({ template }) => template)).toEqual([
    'test/templates/object.yaml',
    'inner',
  ])
})

it('renderChart tells what a chart looked up, found or not, and so does its fault', async () => {
  const looked = [{ apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 's' }]
  const lookup = '{{ $found := lookup "v1" "Secret" "default" "s" }}'
  const render = renderOf(`${lookup}${CONFIG_MAP}`)
  // The second time its documents are remembered.
  for (const _ of ['once', 'and again'])
    expect(await engine.renderChart(render, ENTROPY)).toMatchObject({ ok: true, looked })
  const failing = renderOf(`${lookup}{{ required "no Secret" $found.data }}`)
  expect(await engine.renderChart(failing, ENTROPY)).toMatchObject({
    ok: false,
    fault: { kind: 'template', message: 'no Secret', looked },
  })
  expect(await engine.renderChart(renderOf(CONFIG_MAP), ENTROPY)).not.toHaveProperty('looked')
})

it('templates tell which functions would have left the sandbox', async () => {
  const templates = [
    { name: 'a', text: '{{ getHostByName "localhost" }}{{ env "HOME" }}' },
    { name: 'b', text: '{{ now | date "2006" }}' },
    { name: 'c', text: '{{ expandenv "$HOME" }}' },
  ]
  const outcomes = await engine.executeTemplates({ dialect: 'plain', data: '{}', templates }, ENTROPY)
  expect(outcomes.map((outcome) => outcome.ok && outcome.blocked)).toEqual([
    [
      { function: 'env', template: 'a' },
      { function: 'getHostByName', template: 'a' },
    ],
    undefined,
    [{ function: 'expandenv', template: 'c' }],
  ])
  const tree = treeOf({
    'kustomization.yaml': 'resources: [a.yaml]\n',
    'a.yaml': `${CONFIG_MAP}data: { home: '{{ env "HOME" }}' }\n`,
  })
  expect(await engine.buildKustomization({ tree, path: '', values: { a: 'b' } }, ENTROPY)).toMatchObject({
    ok: true,
    blocked: [{ function: 'env', template: 'ConfigMap a' }],
  })
})

it('buildKustomization takes components, remotes and charts', async () => {
  const tree = treeOf({
    'app/kustomization.yaml': 'resources: ["https://github.com/example/base?ref=v1"]\nnameSuffix: -s\n',
    'component/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: p-\n',
  })
  const remote = treeOf({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': CONFIG_MAP })
  const build = {
    tree,
    path: 'app',
    components: ['../component'],
    remotes: new Map([['https://github.com/example/base?ref=v1', remote]]),
  }
  expect(await engine.buildKustomization(build, ENTROPY)).toMatchObject({
    ok: true,
    value: [{ kind: 'ConfigMap', name: 'p-a-s', source: 'app' }],
  })
  expect(await engine.kustomizationNeeds({ tree, path: 'app' })).toMatchObject({
    ok: true,
    value: {
      remotes: [{ text: 'https://github.com/example/base?ref=v1', repository: { ref: 'v1' } }],
      charts: [],
    },
  })
})

it('readObjects names the text that an object came from, and the one that is at fault', async () => {
  const texts = [{ name: 'one.yaml', text: `${CONFIG_MAP}---\n${CONFIG_MAP.replace('name: a', 'name: b')}` }]
  expect(await engine.readObjects({ texts, finish: { targetNamespace: 't' } })).toMatchObject({
    ok: true,
    value: [
      { name: 'a', namespace: 't', source: 'one.yaml' },
      { name: 'b', namespace: 't', source: 'one.yaml' },
    ],
  })
  expect(await engine.readObjects({ texts: [...texts, { name: 'two.yaml', text: 'a: [' }] })).toMatchObject({
    ok: false,
    fault: { kind: 'yaml', file: 'two.yaml' },
  })
})

it('executeTemplates gives an outcome for each template', async () => {
  const templates = [
    { name: 'good', text: '{{ .Cluster.metadata.name }}' },
    { name: 'bad', text: 'x\n{{ .Cluster.' },
  ]
  const data = '{"Cluster":{"metadata":{"name":"c"}}}'
  expect(await engine.executeTemplates({ dialect: 'profile', data, templates }, ENTROPY)).toMatchObject([
    { ok: true, value: 'c' },
    { ok: false, fault: { kind: 'template', file: 'bad', line: 2 } },
  ])
})

it('mergeValues keeps numbers that JavaScript cannot hold', async () => {
  const documents = [
    { name: 'a', text: 'a: { b: 1, c: 12345678901234567890 }' },
    { name: 'b', text: 'a: { b: null }' },
  ]
  expect(await engine.mergeValues(documents)).toEqual({ ok: true, value: '{"a":{"b":null,"c":12345678901234567890}}' })
  expect(await engine.mergeValues([{ name: 'list', text: '- a' }])).toMatchObject({
    ok: false,
    fault: { kind: 'values', file: 'list' },
  })
})

it('parseYaml gives documents with UTF-16 offsets, and goes on after a fault', async () => {
  const text = 'a: 𝄞\n---\nb: yes\n'
  const parsed = await engine.parseYaml([text, 'a: [', '{"n":12345678901234567890}'])
  const [documents = [], broken, big] = parsed
  expect(documents.map(({ start, end }) => text.slice(start, end))).toEqual(['a: 𝄞\n', 'b: yes\n'])
  expect(documents.map(({ value }) => value)).toEqual([{ a: '𝄞' }, { b: true }])
  expect(broken).toMatchObject([{ fault: { kind: 'yaml' } }])
  expect(big?.[0]?.json).toBe('{"n":12345678901234567890}')
})

it('parseYaml gives the texts of many chunks in order', async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `index: ${index}\npad: ${'x'.repeat(20_000)}\n`)
  const parsed = await engine.parseYaml(texts)
  expect(parsed.map(([document]) => (document?.value as { index: number }).index)).toEqual(texts.map((_, index) => index))
})

it('printObjects prints canonical YAML', async () => {
  const outcome = await engine.printObjects(['{"metadata":{"name":"n"},"kind":"A","apiVersion":"v1","spec":{"b":"yes","a":1.50}}'])
  expect(outcome).toMatchObject({ ok: true, value: [{ kind: 'A', name: 'n' }] })
  expect(outcome.ok && outcome.value[0]?.text).toMatch(/^apiVersion: v1\nkind: A\n/)
  const again = await engine.readObjects({ texts: [{ name: 'x', text: (outcome.ok && outcome.value[0]?.text) || '' }] })
  expect(again.ok && again.value[0]?.digest).toBe(outcome.ok && outcome.value[0]?.digest)
})
