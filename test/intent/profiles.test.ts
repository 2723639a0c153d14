import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import type { Profile } from '../../src/intent/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles, yaml } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const head = 'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfile\nmetadata: { name: app }\n'
const selector = '  clusterSelector: { matchLabels: { env: prod } }\n'

/** A ClusterProfile with a selector and more fields of its spec, indented by two. */
const parseSpec = (spec: string) => parseFiles(engine, { 'a.yaml': `${head}spec:\n${selector}${spec}` })

async function specOf(spec: string): Promise<Profile['spec']> {
  const { fleet, codes } = await parseSpec(spec)
  expect(codes).toEqual([])
  const [profile] = fleet.profiles
  if (profile === undefined) throw new Error('no profile')
  return profile.spec
}

describe('a profile', () => {
  test('gets every default of the CRD', async () => {
    expect(await specOf('')).toEqual({
      clusterSelector: { matchLabels: { env: 'prod' }, matchExpressions: [] },
      clusterRefs: [],
      setRefs: [],
      syncMode: 'Continuous',
      tier: 100,
      continueOnConflict: false,
      continueOnError: false,
      stopMatchingBehavior: 'WithdrawPolicies',
      reloader: false,
      templateResourceRefs: [],
      dependsOn: [],
      policyRefs: [],
      helmCharts: [],
      kustomizationRefs: [],
      preDeployChecks: [],
      validateHealths: [],
      preDeleteChecks: [],
      postDeleteChecks: [],
      patches: [],
      patchesFrom: [],
      driftExclusions: [],
      extraLabels: {},
      extraAnnotations: {},
    })
  })

  test('keeps everything that is written', async () => {
    const spec = await specOf(
      yaml`
        clusterRefs: [{ apiVersion: cluster.x-k8s.io/v1beta1, kind: Cluster, namespace: fleet, name: a }]
        syncMode: ContinuousWithDriftDetection
        tier: 50
        continueOnConflict: true
        continueOnError: true
        maxUpdate: 30%
        stopMatchingBehavior: LeavePolicies
        reloader: true
        maxConsecutiveFailures: 3
        templateResourceRefs:
        - { resource: { apiVersion: v1, kind: Secret, namespace: default, name: "{{ .Cluster.metadata.name }}" }, identifier: S, optional: true, ignoreStatusChanges: true, watchFields: [data.a] }
        policyRefs: [{ kind: GitRepository, namespace: flux-system, name: repo, path: p, deploymentType: Local, optional: true, tier: 10, skipNamespaceCreation: true, force: true }]
        kustomizationRefs:
        - { path: apps/prod, components: [c], targetNamespace: t, values: { a: b }, valuesFrom: [{ kind: Secret, name: s }] }
        - { remoteURL: { url: "oci://r/x", secretRef: { name: s }, plainHTTP: true, interval: 1m } }
        patches: [{ patch: "x", target: { kind: Deployment, name: ".*" } }]
        patchesFrom: [{ kind: ConfigMap, name: p, optional: true }]
        driftExclusions: [{ paths: [/spec/replicas], target: { kind: Deployment } }]
        validateHealths: [{ name: h, featureID: Helm, group: apps, version: v1, kind: Deployment, script: "s", labelFilters: [{ key: k, operation: Has }], evaluateCEL: [{ name: c, rule: "true" }] }]
        preDeployChecks:
        - { name: rate, featureID: Helm, script: s, metricSource: { url: "http://prometheus" }, metricQueries: [{ name: q, query: up }] }
        - { name: smoke, featureID: Helm, jobCheck: { jobRef: { kind: ConfigMap, name: job, namespace: ops } } }
        extraLabels: { a: b }
        extraAnnotations: { c: d }
      `.replace(/^/gm, '  '),
    )
    expect(spec).toMatchObject({
      clusterRefs: [
        { apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Cluster', namespace: 'fleet', name: 'a' },
      ],
      tier: 50,
      maxUpdate: '30%',
      stopMatchingBehavior: 'LeavePolicies',
      maxConsecutiveFailures: 3,
      templateResourceRefs: [
        { identifier: 'S', optional: true, ignoreStatusChanges: true, watchFields: ['data.a'] },
      ],
      policyRefs: [
        {
          kind: 'GitRepository',
          namespace: 'flux-system',
          name: 'repo',
          path: 'p',
          deploymentType: 'Local',
          optional: true,
          tier: 10,
          skipNamespaceCreation: true,
          force: true,
        },
      ],
      patches: [{ patch: 'x', target: { kind: 'Deployment', name: '.*' } }],
      patchesFrom: [{ kind: 'ConfigMap', namespace: '', name: 'p', optional: true }],
      driftExclusions: [{ paths: ['/spec/replicas'], target: { kind: 'Deployment' } }],
      validateHealths: [
        {
          name: 'h',
          featureID: 'Helm',
          group: 'apps',
          namespace: '',
          labelFilters: [{ key: 'k', operation: 'Has', value: '' }],
          evaluateCEL: [{ name: 'c', rule: 'true' }],
        },
      ],
      preDeployChecks: [
        { name: 'rate', asks: 'metrics' },
        { name: 'smoke', asks: 'job' },
      ],
    })
    const [folder, remote] = spec.kustomizationRefs
    expect(folder).toEqual({
      namespace: '',
      name: '',
      path: 'apps/prod',
      deploymentType: 'Remote',
      optional: false,
      tier: 100,
      skipNamespaceCreation: false,
      force: false,
      components: ['c'],
      targetNamespace: 't',
      values: { a: 'b' },
      valuesFrom: [{ kind: 'Secret', namespace: '', name: 's', optional: false }],
    })
    expect(remote?.remoteURL).toEqual({
      url: 'oci://r/x',
      secretRef: { namespace: '', name: 's' },
      template: false,
      insecureSkipTLSVerify: false,
      plainHTTP: true,
    })
  })

  test('a chart gets its defaults, and options of releases are named', async () => {
    const { fleet, printed } = await parseSpec(
      yaml`
        helmCharts:
        - repositoryURL: https://charts.example.org
          repositoryName: example
          chartName: example/app
          chartVersion: 1.2.3
          releaseName: app
          releaseNamespace: app
          options: { atomic: true, skipCRDs: true, installOptions: { createNamespace: false, replace: true }, upgradeOptions: { reuseValues: true, maxHistory: 5 }, uninstallOptions: { deletionPropagation: orphan } }
      `.replace(/^/gm, '  '),
    )
    expect(fleet.profiles[0]?.spec.helmCharts).toEqual([
      {
        repositoryURL: 'https://charts.example.org',
        repositoryName: 'example',
        chartName: 'example/app',
        chartVersion: '1.2.3',
        releaseName: 'app',
        releaseNamespace: 'app',
        values: '',
        valuesFrom: [],
        helmChartAction: 'Install',
        options: {
          skipCRDs: true,
          skipSchemaValidation: false,
          disableHooks: false,
          wait: false,
          timeout: '5m',
          createNamespace: false,
          postRenderStrategy: 'combined',
          unsupported: ['atomic', 'uninstallOptions.deletionPropagation', 'upgradeOptions.reuseValues'],
        },
      },
    ])
    expect(printed).toContain(
      'note[intent/option-without-effect]: these options have no effect on rendered manifests: atomic, uninstallOptions.deletionPropagation, upgradeOptions.reuseValues\n',
    )
  })

  test('a Profile lives in its namespace, and an annotation pauses it', async () => {
    const { fleet } = await parseFiles(engine, {
      'a.yaml': yaml`
        apiVersion: config.projectsveltos.io/v1beta1
        kind: Profile
        metadata: { name: app, namespace: team-a, annotations: { profile.projectsveltos.io/paused: "" } }
        spec: { clusterSelector: { matchExpressions: [{ key: env, operator: Exists }] } }
      `,
    })
    expect(fleet.profiles[0]).toMatchObject({
      kind: 'Profile',
      namespace: 'team-a',
      id: 'Profile/team-a/app',
      paused: true,
      spec: { clusterSelector: { matchExpressions: [{ key: 'env', operator: 'Exists', values: [] }] } },
    })
  })

  test('fields without a value count as not written, as the API server drops them', async () => {
    expect((await specOf('  tier:\n  helmCharts:\n  extraLabels:\n')).tier).toBe(100)
  })

  test('v1alpha1 selectors, set references and chart fields are understood', async () => {
    const { fleet, codes } = await parseFiles(engine, {
      'a.yaml': yaml`
        apiVersion: config.projectsveltos.io/v1alpha1
        kind: ClusterProfile
        metadata: { name: app }
        spec:
          clusterSelector: env in (qa,prod),!legacy
          setRefs: [{ apiVersion: lib.projectsveltos.io/v1alpha1, kind: ClusterSet, name: gold }]
          helmCharts:
          - { repositoryURL: "oci://r/x", repositoryName: x, chartName: x, chartVersion: "1", releaseName: x, releaseNamespace: x, options: { createNamespace: false }, secretRef: { name: s, namespace: team } }
        ---
        apiVersion: lib.projectsveltos.io/v1alpha1
        kind: ClusterSet
        metadata: { name: gold }
        spec: { clusterSelector: env=prod, maxReplicas: 2 }
      `,
    })
    expect(codes.filter((code) => code !== 'intent/deprecated-version')).toEqual(
      Array(5).fill('intent/deprecated-field'),
    )
    expect(fleet.profiles[0]?.spec).toMatchObject({
      clusterSelector: {
        matchLabels: {},
        matchExpressions: [
          { key: 'env', operator: 'In', values: ['prod', 'qa'] },
          { key: 'legacy', operator: 'DoesNotExist', values: [] },
        ],
      },
      setRefs: ['gold'],
      helmCharts: [
        {
          options: { createNamespace: false },
          registryCredentialsConfig: { credentials: { name: 's', namespace: 'team' } },
        },
      ],
    })
    expect(fleet.sets[0]).toMatchObject({ clusterSelector: { matchLabels: { env: 'prod' } }, maxReplicas: 2 })
  })
})
