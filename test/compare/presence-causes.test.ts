import { describe, expect, test } from 'vitest'
import {
  clusters as eventClusters,
  content,
  refersTo,
  service,
  services,
  trigger,
} from '../resolve/event-fleet.ts'
import { sveltosCluster } from '../compile-files.ts'
import { both, causes, factCauses, grafana, production, useEngine } from './told-causes.ts'

useEngine()

describe('why an add-on is gained or lost', () => {
  test('its profile is new or gone', async () => {
    const files = { ...production, 'grafana.yaml': grafana() }
    expect(await causes(production, files)).toEqual([
      'gained: ClusterProfile/grafana is new (grafana.yaml:8)',
      'gained: ClusterProfile/grafana selects the cluster by env=production (grafana.yaml:5)',
    ])
    expect(await causes(files, production)).toEqual([
      'lost: ClusterProfile/grafana is gone (-grafana.yaml:8)',
    ])
  })

  test('its cluster is new or gone', async () => {
    const profile = { 'grafana.yaml': grafana() }
    expect(await causes(profile, { ...profile, ...production })).toEqual([
      'gained: the cluster is new (clusters.yaml:3)',
      'gained: ClusterProfile/grafana selects the cluster by env=production (grafana.yaml:5)',
    ])
    expect(await causes({ ...profile, ...production }, profile)).toEqual([
      'lost: the cluster is gone (-clusters.yaml:3)',
    ])
  })

  test('its cluster has another label', async () => {
    const profile = { 'grafana.yaml': grafana() }
    const staging = { 'clusters.yaml': sveltosCluster('prod', { env: 'staging' }) }
    expect(await causes({ ...profile, ...staging }, { ...profile, ...production })).toEqual([
      'gained: label `env` of the cluster is `production`, it was `staging` (clusters.yaml:3)',
    ])
    expect(await causes({ ...profile, ...production }, { ...profile, ...staging })).toEqual([
      'lost: label `env` of the cluster is `staging`, it was `production` (clusters.yaml:3)',
    ])
    const without = { 'clusters.yaml': sveltosCluster('prod', {}) }
    expect(await causes({ ...profile, ...production }, { ...profile, ...without })).toEqual([
      'lost: label `env` of the cluster is gone, it was `production` (-clusters.yaml:3)',
    ])
  })

  test('its profile selects by something else', async () => {
    const other = grafana().replace('env: production', 'env: staging')
    const [before, after] = [
      { ...production, 'grafana.yaml': other },
      { ...production, 'grafana.yaml': grafana() },
    ]
    const text = 'ClusterProfile/grafana selects env=production now, it selected env=staging'
    expect(await causes(before, after)).toEqual([`gained: ${text} (grafana.yaml:5)`])
    const back = 'ClusterProfile/grafana selects env=staging now, it selected env=production'
    expect(await causes(after, before)).toEqual([`lost: ${back} (grafana.yaml:5)`])
  })

  test('its entry is new or gone in a profile that applies to the cluster already', async () => {
    const loki = `
- repositoryURL: https://charts.example.com
  repositoryName: example
  chartName: example/loki
  chartVersion: 2.0.0
  releaseName: loki
  releaseNamespace: monitoring`
    const more = loki.replaceAll('\n', '\n  ')
    const [before, after] = both(grafana(), `${grafana().trimEnd()}${more}\n`)
    const lokiOnly = (list: readonly string[]) => list.filter((line) => !line.startsWith('changed'))
    expect(lokiOnly(await causes(before, after))).toEqual([
      'gained: ClusterProfile/grafana adds `spec.helmCharts[1]` (grafana.yaml:14)',
    ])
    expect(lokiOnly(await causes(after, before))).toEqual([
      'lost: ClusterProfile/grafana removes `spec.helmCharts[1]` (-grafana.yaml:14)',
    ])
  })

  test('its entry asks to uninstall it', async () => {
    const gone = grafana('', 'chartVersion: 1.0.0\n  helmChartAction: Uninstall')
    expect(
      await causes({ ...production, 'grafana.yaml': grafana() }, { ...production, 'grafana.yaml': gone }),
    ).toEqual(['lost: ClusterProfile/grafana adds `spec.helmCharts[0].helmChartAction` (grafana.yaml:12)'])
  })

  test('its profile is for show only now', async () => {
    const [before, after] = both(grafana(), grafana('syncMode: DryRun'))
    expect(await causes(after, before)).toEqual([
      'gained: ClusterProfile/grafana is no longer for show only (DryRun) (-grafana.yaml:6)',
    ])
    expect(await causes(before, after)).toEqual([
      'lost: ClusterProfile/grafana is for show only now (DryRun) (grafana.yaml:6)',
    ])
  })

  test('a set has another member, and the profile uses the set', async () => {
    const set = (env: string) => `apiVersion: lib.projectsveltos.io/v1beta1
kind: ClusterSet
metadata: { name: gold }
spec:
  clusterSelector: { matchLabels: { env: ${env} } }
  maxReplicas: 1
`
    const profile = grafana('setRefs: [gold]').replace(/^ *clusterSelector.*\n/m, '')
    const files = (env: string) => ({ ...production, 'grafana.yaml': profile, 'set.yaml': set(env) })
    expect(await causes(files('staging'), files('production'))).toEqual([
      'gained: the cluster is a member of ClusterSet/gold (set.yaml:5)',
      'gained: ClusterSet/gold selects env=production now, it selected env=staging (set.yaml:5)',
    ])
  })

  test('another profile depends on its profile', async () => {
    const base = grafana().replace('env: production', 'env: none').replaceAll('grafana', 'base')
    const files = (more: string) => ({
      ...production,
      'base.yaml': base,
      'grafana.yaml': grafana(more),
    })
    const gained = (await causes(files(''), files('dependsOn: [base]'))).filter((line) =>
      line.startsWith('gained'),
    )
    expect(gained).toEqual(['gained: ClusterProfile/grafana depends on ClusterProfile/base (grafana.yaml:6)'])
  })

  test('a classifier gives the label, with what made it match', async () => {
    const classifier = (version: string) => `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: new }
spec:
  kubernetesVersionConstraints: [{ comparison: GreaterThanOrEqualTo, version: ${version} }]
  classifierLabels: [{ key: generation, value: new }]
`
    const files = (version: string) => ({
      ...production,
      'grafana.yaml': grafana().replace('env: production', 'generation: new'),
      'classifier.yaml': classifier(version),
    })
    const facts = {
      '.fleetwright/facts/fleet/prod.json': { version: 'v1.33.1' },
    }
    expect(await causes(files('1.40.0'), files('1.30.0'), { facts })).toEqual([
      'gained: label `generation` of the cluster is `new`, set by Classifier/new: version 1.33.1 is >= 1.30.0 (classifier.yaml:5)',
    ])
  })
})

describe('why an event gives an add-on', () => {
  const facts = { '.fleetwright/facts/edge/a.json': { objects: [service('web')] } }
  const policy = (version: string) => content('policy', { 'a.yaml': `a: "${version}"` }, { annotations: {} })
  const files = (...documents: readonly string[]) => ({
    'clusters.yaml': [...eventClusters, policy('1')].join('---\n'),
    'events.yaml': documents.join('---\n'),
  })
  const deploys = (more: object = {}) => trigger({ policyRefs: [refersTo('policy')], ...more })

  test('its trigger is new', async () => {
    expect(await causes(files(services()), files(services(), deploys()), { facts })).toEqual([
      'gained: EventTrigger/policy is new (events.yaml:3)',
      'gained: EventTrigger/policy gives it to the cluster (events.yaml:3)',
    ])
  })

  test('its trigger or its source looks elsewhere now', async () => {
    const nothing = services({
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Service', name: 'x' }],
    })
    const lines = await causes(files(nothing, deploys()), files(services(), deploys()), { facts })
    expect(lines[0]).toMatch(
      /^gained: EventTrigger\/policy gives \S+ from what EventSource\/services sees in edge\/a \(events\.yaml:3\)$/,
    )
    expect(lines.slice(1)).toEqual([
      'gained: EventSource/services removes `spec.resourceSelectors[0].name` (-events.yaml:1)',
    ])
  })
})

describe('why what is observed in clusters gives or takes an add-on', () => {
  const profile = { 'grafana.yaml': grafana() }
  const live = (name: string, labels: Readonly<Record<string, string>>) => ({
    apiVersion: 'lib.projectsveltos.io/v1beta1',
    kind: 'SveltosCluster',
    metadata: { name, namespace: 'fleet', labels },
    spec: {},
    status: { ready: true, version: 'v1.33.1' },
  })
  const management = (...objects: readonly object[]) => ({
    '.fleetwright/facts/management.json': { objects },
  })
  const told = (before: ReturnType<typeof management>, after: ReturnType<typeof management>) =>
    factCauses(profile, before, after)

  test('a cluster joined, or left', async () => {
    const [none, one] = [management(), management(live('prod', { env: 'production' }))]
    expect(await told(none, one)).toEqual([
      ['the cluster is new in the management cluster', 'joined the fleet'],
      ['ClusterProfile/grafana selects the cluster by env=production', undefined],
    ])
    expect(await told(one, none)).toEqual([
      ['the cluster is gone from the management cluster', 'left the fleet'],
    ])
  })

  test('a cluster has another label', async () => {
    const [staging, prod] = ['staging', 'production'].map((env) => management(live('prod', { env })))
    expect(await told(staging ?? management(), prod ?? management())).toEqual([
      [
        'label `env` of the cluster is `production`, it was `staging`, as observed in the management cluster',
        'is labelled env=production',
      ],
    ])
    expect(await told(prod ?? management(), management(live('prod', {})))).toEqual([
      [
        'label `env` of the cluster is gone, it was `production`, as observed in the management cluster',
        'lost its label env',
      ],
    ])
  })

  test('an object appeared that an event source looks for', async () => {
    const files = {
      'clusters.yaml': [
        ...eventClusters,
        content('policy', { 'a.yaml': 'a: "1"' }, { annotations: {} }),
      ].join('---\n'),
      'events.yaml': [services(), trigger({ policyRefs: [refersTo('policy')] })].join('---\n'),
    }
    const seen = (...objects: readonly object[]) => ({ '.fleetwright/facts/edge/a.json': { objects } })
    const [none, one] = [seen(), seen(service('web'))]
    const appeared = await factCauses(files, none, one)
    expect(appeared[0]?.[0]).toMatch(
      /^EventTrigger\/policy gives \S+ from what EventSource\/services sees in edge\/a$/,
    )
    expect(appeared.slice(1)).toEqual([
      ['Service default/web appeared in edge/a', 'sees Service default/web in edge/a'],
    ])
    const gone = await factCauses(files, one, none)
    expect(gone.at(-1)).toEqual([
      'Service default/web is gone from edge/a',
      'sees no Service default/web in edge/a any more',
    ])
  })
})
