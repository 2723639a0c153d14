import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { tarGzOf } from '../sources/archives.ts'
import type { PublishedSources } from '../../src/adapters/memory/memory-sources.ts'
import { manifest, type Files } from './small-fleet.ts'

/** A repository with a little of everything: charts here and elsewhere, kustomizations, templates, scripts, owners, order. */
export const fleetOfAll: Files = {
  'README.md': 'A fleet.\n',
  'clusters/prod.yaml': yaml(
    sveltosCluster('prod-1', { env: 'prod' }),
    sveltosCluster('prod-2', { env: 'prod', edge: 'yes' }),
  ),
  'clusters/test.yaml': sveltosCluster('test', { env: 'test' }),
  'profiles/z-chart.yaml': clusterProfile(
    'chart',
    `clusterSelector: { matchExpressions: [{ key: env, operator: Exists }] }
helmCharts:
- repositoryURL: ./charts/app
  repositoryName: x
  chartName: x/app
  releaseName: app
  releaseNamespace: apps
  values: |
    value: "{{ .Cluster.metadata.name }}"`,
  ),
  'profiles/remote.yaml': clusterProfile(
    'remote',
    `clusterSelector: { matchLabels: { env: prod } }
dependsOn: [chart]
helmCharts:
- { repositoryURL: "https://charts.example.com", repositoryName: x, chartName: x/lib, chartVersion: 1.0.0, releaseName: lib, releaseNamespace: lib }`,
  ),
  'profiles/base.yaml': clusterProfile(
    'base',
    `clusterSelector: { matchLabels: { env: prod } }
tier: 50
policyRefs:
- { kind: ConfigMap, namespace: default, name: base }
kustomizationRefs:
- { path: kustomize/overlay }`,
  ),
  'profiles/edge.yaml': clusterProfile(
    'edge',
    `clusterSelector: { matchLabels: { edge: "yes" } }
policyRefs:
- { kind: ConfigMap, namespace: default, name: edge }
- { kind: ConfigMap, namespace: default, name: script }`,
  ),
  'content/base.yaml': configMap('base', {
    'b.yaml': manifest('shared', 'base'),
    'a.yaml': manifest('of-base', 'base'),
  }),
  'content/edge.yaml': configMap(
    'edge',
    { 'x.yaml': manifest('shared', '{{ .Cluster.metadata.name }}') },
    { 'projectsveltos.io/template': 'yes' },
  ),
  'content/script.yaml': configMap(
    'script',
    { 'x.lua': `function evaluate()\n  return { resources = [[\n${manifest('scripted', 'lua')}]] }\nend` },
    { 'projectsveltos.io/lua': 'yes' },
  ),
  'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'charts/app/values.yaml': 'value: none\n',
  'charts/app/templates/a.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\ndata: { value: {{ .Values.value | quote }}, version: {{ .Capabilities.KubeVersion.Version | quote }}, at: {{ now | date "2006-01-02" | quote }}, zone: {{ dig "data" "zone" "none" (lookup "v1" "ConfigMap" "kube-system" "zone") }} }\n',
  'charts/app/templates/b.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: { name: app }\nstringData: { password: {{ randAlphaNum 20 | quote }} }\n',
  'kustomize/base/kustomization.yaml': 'resources: [a.yaml]\n',
  'kustomize/base/a.yaml': manifest('kustomized', 'base'),
  'kustomize/overlay/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
  'fleetwright.yaml':
    'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: { secrets: { allow: ["apps/*"] } }\n',
}

const zone = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'zone', namespace: 'kube-system' },
  data: { zone: 'north' },
}

function factsFile(name: string, facts: object): readonly [string, string] {
  return [`.fleetwright/facts/fleet/${name}.json`, `${JSON.stringify(facts, null, 2)}\n`]
}

/** Recorded facts of its clusters. */
export const factsOfAll: ReadonlyMap<string, string> = new Map([
  factsFile('prod-1', { version: 'v1.34.2', resources: [], labels: {}, objects: [zone] }),
  factsFile('prod-2', {}),
  factsFile('test', { objects: [zone] }),
  [
    '.fleetwright/observed.json',
    `${JSON.stringify({ 'fleet/prod-1': { observedAt: '2026-01-01T00:00:00Z', reachable: true } }, null, 2)}\n`,
  ],
])

const lib = await tarGzOf([
  { name: 'lib/Chart.yaml', content: 'apiVersion: v2\nname: lib\nversion: 1.0.0\n' },
  {
    name: 'lib/templates/b.yaml',
    content: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: lib }\ndata: { a: "1" }\n',
  },
])

/** What it fetches. */
export const publishedOfAll: PublishedSources = new Map([
  [
    'https://charts.example.com lib',
    [
      {
        offer: { name: '1.0.0', urls: ['https://charts.example.com/lib-1.0.0.tgz'] },
        content: { type: 'bytes', bytes: lib },
      },
    ],
  ],
])
