import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { clusterProfile, compileFiles, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { planText, refers, settings } from './plan-text.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const plan = (text: string, options: Parameters<typeof compileFiles>[2] = {}) =>
  planText(engine, text, options)

describe('which clusters a profile applies to', () => {
  test('an empty selector selects nothing', async () => {
    const { units, codes } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile('p', `clusterSelector: {}\n${refers}`),
        settings,
      ),
    )
    expect(units).toEqual({ 'fleet/c1': [] })
    expect(codes).toContain('intent/selects-nothing')
    expect(codes).not.toContain('resolve/selects-no-cluster')
  })

  test('a selector that no cluster satisfies is reported', async () => {
    const profile = clusterProfile('p', `clusterSelector: { matchLabels: { env: prodution } }\n${refers}`)
    const { codes } = await plan(yaml(sveltosCluster('c1', { env: 'production' }), profile, settings))
    expect(codes).toContain('resolve/selects-no-cluster')
  })

  test('a v1alpha1 selector string selects by its terms', async () => {
    const profile = clusterProfile('p', `clusterSelector: env in (qa,prod),!legacy\n${refers}`).replace(
      'v1beta1',
      'v1alpha1',
    )
    const { units } = await plan(
      yaml(
        sveltosCluster('a', { env: 'qa' }),
        sveltosCluster('b', { env: 'prod', legacy: 'yes' }),
        sveltosCluster('c', { env: 'dev' }),
        profile,
        settings,
      ),
    )
    expect(units).toEqual({ 'fleet/a': ['policy-default-settings'], 'fleet/b': [], 'fleet/c': [] })
  })

  test('a reference to an unknown cluster is reported, and the others count', async () => {
    const { units, diagnostics } = await plan(
      yaml(
        sveltosCluster('c1', {}),
        clusterProfile(
          'p',
          `clusterRefs:
- { apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: fleet, name: c1 }
- { apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: fleet, name: gone }
${refers}`,
        ),
        settings,
      ),
    )
    expect(units).toEqual({ 'fleet/c1': ['policy-default-settings'] })
    const missing = diagnostics.find(({ code }) => code === 'resolve/cluster-not-found')
    expect(missing?.message).toContain('fleet/gone')
    expect(missing?.span?.file.text.slice(missing.span.start)).toMatch(/^\{ apiVersion: .*gone/)
  })

  const set = (status = '') => `apiVersion: lib.projectsveltos.io/v1beta1
kind: ClusterSet
metadata: { name: pool }
spec: { clusterSelector: { matchLabels: { pool: main } }, maxReplicas: 2 }
${status}`
  const pooled = [...'abc'].map((name) => sveltosCluster(name, { pool: 'main' }))
  const usesSet = clusterProfile('p', `setRefs: [pool]\n${refers}`)

  test('a set takes as many clusters as maxReplicas says, in order', async () => {
    const { units, plan: planned } = await plan(yaml(...pooled, set(), usesSet, settings))
    expect(units).toEqual({
      'fleet/a': ['policy-default-settings'],
      'fleet/b': ['policy-default-settings'],
      'fleet/c': [],
    })
    expect(planned?.sets).toEqual([{ id: 'ClusterSet/pool', members: ['fleet/a', 'fleet/b'] }])
  })

  test('a set keeps the members that it had', async () => {
    const sets = new Map([['ClusterSet/pool', ['fleet/c']]])
    const { plan: planned } = await plan(yaml(...pooled, set(), usesSet, settings), { sets })
    expect(planned?.sets).toEqual([{ id: 'ClusterSet/pool', members: ['fleet/c', 'fleet/a'] }])
  })

  test('a set without maxReplicas selects no cluster', async () => {
    const unlimited = set().replace(', maxReplicas: 2', '')
    const { units } = await plan(yaml(...pooled, unlimited, usesSet, settings))
    expect(units).toEqual({ 'fleet/a': [], 'fleet/b': [], 'fleet/c': [] })
  })

  test('a prerequisite goes where a profile goes that depends on it, and comes first', async () => {
    const { units, plan: planned } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'base',
          `clusterSelector: { matchLabels: { env: none } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: base }]`,
        ),
        clusterProfile('app', `clusterSelector: { matchLabels: { env: qa } }\ndependsOn: [base]\n${refers}`),
        settings,
        configMap('base', {}),
      ),
    )
    expect(units['fleet/c1']).toEqual(['policy-default-base', 'policy-default-settings'])
    expect(planned?.clusters[0]?.units[1]?.dependsOn).toEqual(['policy-default-base'])
    expect(planned?.clusters[0]?.units[0]?.claim.because).toEqual({
      kind: 'dependency',
      of: 'ClusterProfile/app',
    })
  })

  test('a namespaced Profile sees the clusters of its namespace only', async () => {
    const profile = clusterProfile(
      'p',
      `clusterSelector: { matchLabels: { env: qa } }\npolicyRefs: [{ kind: ConfigMap, name: settings }]`,
    )
      .replace('kind: ClusterProfile', 'kind: Profile')
      .replace('{ name: p }', '{ name: p, namespace: team-a }')
    const { units } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }, 'team-a'),
        sveltosCluster('c2', { env: 'qa' }, 'team-b'),
        profile,
        settings.replace('"default"', '"team-a"'),
      ),
    )
    expect(units).toEqual({ 'team-a/c1': ['policy-team-a-settings'], 'team-b/c2': [] })
  })
})

describe('references', () => {
  test('an empty namespace is that of the cluster, and names may be templates', async () => {
    const { units } = await plan(
      yaml(
        sveltosCluster('c1', { region: 'eu' }, 'team-a'),
        clusterProfile(
          'p',
          `clusterSelector: { matchLabels: { region: eu } }\npolicyRefs: [{ kind: ConfigMap, name: "cfg-{{ .Cluster.metadata.labels.region }}" }]`,
        ),
        configMap('cfg-eu', {}).replace('"default"', '"team-a"'),
      ),
    )
    expect(units).toEqual({ 'team-a/c1': ['policy-team-a-cfg-eu'] })
  })

  test('a missing key in a name is an error that holds the profile on that cluster, not an empty name', async () => {
    const {
      units,
      plan: planned,
      diagnostics,
    } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'p',
          `clusterSelector: { matchLabels: { env: qa } }\npolicyRefs: [{ kind: ConfigMap, name: "cfg-{{ .Cluster.metadata.labels.region }}" }]`,
        ),
      ),
    )
    expect(units).toEqual({ 'fleet/c1': [] })
    expect(planned?.clusters[0]?.heldProfiles).toMatchObject([
      { profile: 'ClusterProfile/p', hold: { reason: 'error' } },
    ])
    const failed = diagnostics.find(({ code }) => code === 'resolve/template-failed')
    expect(failed?.subject).toEqual({ cluster: 'fleet/c1' })
    expect(failed?.message).toContain('region')
  })

  test('a missing ConfigMap holds its unit; an optional one is left out', async () => {
    const { plan: planned, codes } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'p',
          `clusterSelector: { matchLabels: { env: qa } }
policyRefs:
- { kind: ConfigMap, namespace: default, name: gone }
- { kind: ConfigMap, namespace: default, name: maybe, optional: true }
- { kind: ConfigMap, namespace: default, name: settings }`,
        ),
        settings,
      ),
    )
    const units = planned?.clusters[0]?.units.map(({ name, kind, hold }) => [name, kind, hold?.reason])
    expect(units).toEqual([
      ['policy-default-gone', 'unresolved', 'error'],
      ['policy-default-settings', 'policy', undefined],
    ])
    expect(codes.filter((code) => code === 'resolve/reference-not-found')).toHaveLength(1)
  })

  test('content is read from Secrets of the one type that is meant for it', async () => {
    const secret = (type: string) =>
      `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type, metadata: { name: 's', namespace: 'default' }, stringData: { a: 'kind: X' } })}\n`
    const fleet = (type: string) =>
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'p',
          'clusterSelector: { matchLabels: { env: qa } }\npolicyRefs: [{ kind: Secret, namespace: default, name: s }]',
        ),
        secret(type),
      )
    const refused = await plan(fleet('Opaque'))
    expect(refused.codes).toContain('resolve/unsupported-secret-type')
    const accepted = await plan(fleet('addons.projectsveltos.io/cluster-profile'))
    expect(accepted.codes).not.toContain('resolve/unsupported-secret-type')
    expect(accepted.plan?.clusters[0]?.units[0]).toMatchObject({
      kind: 'policy',
      content: { texts: [{ name: 'a', text: 'kind: X' }] },
    })
  })
})

describe('ownership and order', () => {
  const chart = (values = '') => `helmCharts:
- { repositoryURL: "https://charts.example.com", repositoryName: x, chartName: x/grafana, chartVersion: 1.0.0, releaseName: grafana, releaseNamespace: monitoring${values} }`
  const selects = 'clusterSelector: { matchLabels: { env: qa } }'

  test('the lower tier owns a release, and the other is named with its owner', async () => {
    const {
      units,
      plan: planned,
      diagnostics,
    } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile('a', `${selects}\n${chart()}`),
        clusterProfile('b', `${selects}\ntier: 50\n${chart()}`),
      ),
    )
    expect(units).toEqual({ 'fleet/c1': ['helm-monitoring-grafana'] })
    expect(planned?.clusters[0]?.units[0]?.claim.profile.id).toBe('ClusterProfile/b')
    const [owned] = diagnostics.filter(({ code }) => code === 'resolve/owned-by-tier')
    expect(owned).toMatchObject({ severity: 'warning', holds: 'nothing' })
    expect(owned?.message).toBe(
      'Helm release monitoring/grafana belongs to ClusterProfile/b (tier 50); the claim of ClusterProfile/a (tier 100) has no effect',
    )
  })

  test('on equal tiers the name that sorts first owns, and that is an error that holds nothing', async () => {
    const { plan: planned, diagnostics } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile('b', `${selects}\n${chart()}`),
        clusterProfile('a', `${selects}\n${chart()}`),
      ),
    )
    expect(planned?.clusters[0]?.units[0]?.claim.profile.id).toBe('ClusterProfile/a')
    const tie = diagnostics.find(({ code }) => code === 'resolve/ownership-tie')
    expect(tie).toMatchObject({ severity: 'error', holds: 'nothing' })
    expect(tie?.related).toHaveLength(1)
  })

  test('a profile that says that it may lose is only noted', async () => {
    const { diagnostics } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile('a', `${selects}\ncontinueOnConflict: true\n${chart()}`),
        clusterProfile('b', `${selects}\ntier: 50\n${chart()}`),
      ),
    )
    expect(diagnostics.find(({ code }) => code === 'resolve/owned-by-tier')?.severity).toBe('note')
  })

  test('releases whose names come out alike keep apart', async () => {
    const { units } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'p',
          `${selects}
helmCharts:
- { repositoryURL: "https://charts.example.com", repositoryName: x, chartName: x/y, chartVersion: 1.0.0, releaseName: b-c, releaseNamespace: a }
- { repositoryURL: "https://charts.example.com", repositoryName: x, chartName: x/y, chartVersion: 1.0.0, releaseName: c, releaseNamespace: a-b }`,
        ),
      ),
    )
    const names = units['fleet/c1'] ?? []
    expect(new Set(names).size).toBe(2)
    expect(names).toContain('helm-a-b-c')
  })

  test('charts of a profile come one after another', async () => {
    const { plan: planned } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'p',
          `${selects}
helmCharts:
- { repositoryURL: "https://charts.example.com", repositoryName: x, chartName: x/z, chartVersion: 1.0.0, releaseName: z, releaseNamespace: web }
- { repositoryURL: "https://charts.example.com", repositoryName: x, chartName: x/a, chartVersion: 1.0.0, releaseName: a, releaseNamespace: web }`,
        ),
      ),
    )
    expect(planned?.clusters[0]?.units.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['helm-web-z', []],
      ['helm-web-a', ['helm-web-z']],
    ])
  })

  test('values are instantiated once, with what the cluster is', async () => {
    const { plan: planned } = await plan(
      yaml(
        sveltosCluster('c1', { env: 'qa' }),
        clusterProfile(
          'p',
          `${selects}\n${chart(`, values: 'name: "{{ .Cluster.metadata.name }}", raw: "{{ "{{" }} x }}"'`)}`,
        ),
      ),
    )
    const unit = planned?.clusters[0]?.units[0]
    expect(unit?.kind === 'helm' && unit.values).toBe('name: "c1", raw: "{{ x }}"')
  })
})

test('the order of files and documents does not show in the plan', async () => {
  const documents = [
    sveltosCluster('c1', { env: 'qa' }),
    sveltosCluster('c2', { env: 'qa' }),
    clusterProfile('p', `clusterSelector: { matchLabels: { env: qa } }\n${refers}`),
    clusterProfile('q', `clusterSelector: { matchLabels: { env: qa } }\ntier: 5\n${refers}`),
    settings,
  ]
  const names = (compiled: Awaited<ReturnType<typeof compileFiles>>) =>
    compiled.plan?.clusters.map(({ cluster, units, conflicts }) => [
      cluster.id,
      units.map(({ name, claim }) => [name, claim.profile.id]),
      conflicts.map(({ what }) => what),
    ])
  const files = (list: readonly string[]) =>
    Object.fromEntries(list.map((text, index) => [`${index}.yaml`, text]))
  const forwards = await compileFiles(engine, files(documents), { until: 'plan' })
  const backwards = await compileFiles(engine, files(documents.toReversed()), { until: 'plan' })
  expect(names(backwards)).toEqual(names(forwards))
})
