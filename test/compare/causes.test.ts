import { describe, expect, test } from 'vitest'
import { compare, placeOfUnit } from '../../src/compare/compare.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { plainOptions } from './side-double.ts'
import {
  causes,
  describeCause,
  describeCauses,
  grafana,
  placeText,
  production,
  sidesOf,
  useEngine,
  type Files,
} from './told-causes.ts'

useEngine()

describe('why an add-on is another one', () => {
  const from = (text: string, more: Files = {}) => ({ ...production, 'grafana.yaml': text, ...more })

  test('its profile asks for another version or other values, at the line', async () => {
    const values = (level: string) =>
      `chartVersion: 1.0.0\n  values: |\n    a: 1\n    log:\n      level: ${level}\n    b: 2`
    expect(await causes(from(grafana()), from(grafana('', 'chartVersion: 1.1.0')))).toEqual([
      'changed: ClusterProfile/grafana asks for chart version 1.1.0 instead of 1.0.0 (grafana.yaml:11)',
    ])
    expect(await causes(from(grafana('', values('info'))), from(grafana('', values('debug'))))).toEqual([
      'changed: ClusterProfile/grafana changes `spec.helmCharts[0].values` (grafana.yaml:15)',
    ])
  })

  test('what all add-ons of its profile have in common changes', async () => {
    expect(
      await causes(from(grafana('extraLabels: { a: b }')), from(grafana('extraLabels: { a: c }'))),
    ).toEqual(['changed: ClusterProfile/grafana changes `spec.extraLabels.a` (grafana.yaml:6)'])
  })

  test('an object that it reads changes', async () => {
    const profile = clusterProfile(
      'policies',
      `clusterSelector: { matchLabels: { env: production } }
policyRefs:
- { kind: ConfigMap, namespace: default, name: policies }`,
    )
    const files = (value: string) => ({
      ...production,
      'profile.yaml': profile,
      'policies.yaml': yaml(
        configMap('other', {}),
        `apiVersion: v1
kind: ConfigMap
metadata: { name: policies, namespace: default }
data:
  policy.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: rendered, namespace: default }
    data: { value: "${value}" }
`,
      ),
    })
    expect(await causes(files('1'), files('2'))).toEqual([
      'changed: ConfigMap default/policies changes (policies.yaml:11)',
    ])
  })

  test('values change that it finds by a label of its cluster', async () => {
    const more = `chartVersion: 1.0.0
  valuesFrom:
  - kind: ConfigMap
    namespace: default
    name: values-{{ .Cluster.metadata.labels.env }}`
    const files = (level: string) =>
      from(grafana('', more), {
        'values.yaml': yaml(
          configMap('values-staging', { 'values.yaml': 'level: none' }),
          configMap('values-production', { 'values.yaml': `level: ${level}` }),
        ),
      })
    expect(await causes(files('low'), files('high'))).toEqual([
      'changed: ConfigMap default/values-production changes (values.yaml:3)',
    ])
  })

  test('files of a chart in the repository change', async () => {
    const local = grafana().replace('https://charts.example.com', './charts/grafana')
    const [before, after] = await sidesOf(from(local), from(local))
    const changedFiles = [
      'charts/grafana/Chart.yaml',
      'charts/grafana/values.yaml',
      'charts/other/values.yaml',
    ]
    expect(describeCauses(await compare(before, after, { ...plainOptions, changedFiles }))).toEqual([
      'changed: 2 files below `charts/grafana` change (grafana.yaml:8)',
    ])
  })

  test('its cluster has another version, which somebody wrote', async () => {
    const cluster = (version: string) => ({
      'grafana.yaml': grafana(),
      'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
  - name: prod
    namespace: fleet
    labels: { env: production }
    version: ${version}
`,
    })
    expect(await causes(cluster('v1.33.1'), cluster('v1.34.0'))).toEqual([
      'changed: Kubernetes of the cluster is v1.34.0, it was v1.33.1 (fleetwright.yaml:8)',
    ])
  })

  test('where nothing else is found, labels of the cluster that differ are named', async () => {
    const labelled = (zone: string) => ({
      'grafana.yaml': grafana(),
      'clusters.yaml': sveltosCluster('prod', { env: 'production', zone }),
    })
    expect(await causes(labelled('a'), labelled('b'))).toEqual([
      'changed: label `zone` of the cluster is `b`, it was `a` (clusters.yaml:3)',
    ])
    expect(await causes(labelled('a'), labelled('a'))).toEqual([])
  })
})

describe('why an add-on changes its owner', () => {
  const owner = (name: string, tier: number) =>
    grafana(`tier: ${tier}`).replace('metadata: { name: grafana }', `metadata: { name: ${name} }`)

  test('another one comes first by its tier', async () => {
    const files = (tier: number) => ({ ...production, 'a.yaml': owner('a', 50), 'b.yaml': owner('b', tier) })
    expect(await causes(files(60), files(40))).toEqual([
      'moved: ClusterProfile/b asks for it with tier 40, which comes before tier 50 of ClusterProfile/a (b.yaml:6)',
      'moved: ClusterProfile/b changes `spec.tier` (b.yaml:6)',
    ])
  })

  test('the former owner steps back by its tier', async () => {
    const files = (tier: number) => ({ ...production, 'a.yaml': owner('a', tier), 'b.yaml': owner('b', 60) })
    expect(await causes(files(50), files(70))).toEqual([
      'moved: ClusterProfile/b asks for it with tier 60, which comes before tier 70 of ClusterProfile/a (b.yaml:6)',
      'moved: ClusterProfile/a changes `spec.tier` (a.yaml:6)',
    ])
  })

  test('the former owner is gone', async () => {
    const alone = { ...production, 'b.yaml': owner('b', 60) }
    expect(await causes({ ...alone, 'a.yaml': owner('a', 50) }, alone)).toEqual([
      'moved: ClusterProfile/a is gone (-a.yaml:8)',
    ])
  })

  test('a new owner takes it over', async () => {
    const alone = { ...production, 'b.yaml': owner('b', 60) }
    expect(await causes(alone, { ...alone, 'a.yaml': owner('a', 60) })).toEqual([
      'moved: ClusterProfile/a and ClusterProfile/b both ask for it with tier 60, and ClusterProfile/a sorts first (a.yaml:6)',
      'moved: ClusterProfile/a is new (a.yaml:8)',
      'moved: ClusterProfile/a selects the cluster by env=production (a.yaml:5)',
    ])
  })
})

test('one sentence of many clusters is one cause, with the place of the first', async () => {
  const clusters = (env: string) => ({
    'grafana.yaml': grafana(),
    'clusters.yaml': yaml(sveltosCluster('a', { env }), sveltosCluster('b', { env })),
  })
  const [before, after] = await sidesOf(clusters('staging'), clusters('production'))
  const { folds } = await compare(before, after, plainOptions)
  expect(
    folds.map((fold) => fold.causes.map(({ cause, clusters: ids }) => [describeCause(cause), ids])),
  ).toEqual([
    [
      [
        'label `env` of the cluster is `production`, it was `staging` (clusters.yaml:3)',
        ['fleet/a', 'fleet/b'],
      ],
    ],
  ])
})

test('a side without a plan has no causes', async () => {
  const [before, after] = await sidesOf(production, { ...production, 'grafana.yaml': grafana() })
  const { changes } = await compare({ clusters: before.clusters }, { clusters: after.clusters }, plainOptions)
  expect(changes.map((change) => change.causes)).toEqual([[]])
})

test('the place of a unit is the entry of its profile', async () => {
  const [, { plan }] = await sidesOf({}, { ...production, 'grafana.yaml': grafana() })
  const place = plan && placeOfUnit(plan, 'fleet/prod', 'helm-monitoring-grafana')
  expect(place && placeText(place)).toBe('grafana.yaml:8')
  expect(plan && placeOfUnit(plan, 'fleet/prod', 'namespaces')).toBeUndefined()
})
