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
        validateHealths: [{ name: h, featureID: Helm, group: apps, version: v1, kind: Deployment, script: "s", labelFilters: [{ key: k, operation: Has }], evaluateCEL: [{ name: c, rule: r }] }]
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
          evaluateCEL: [{ name: 'c', rule: 'r' }],
        },
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

describe('faults in a profile', () => {
  test('an unknown field is a warning at its key, and everything else counts', async () => {
    const { printed, fleet } = await parseSpec('  teir: 5\n  reloader: true\n')
    expect(printed).toBe(
      [
        'a.yaml:6:3: warning[intent/unknown-field]: `spec` of ClusterProfile app has no field `teir`; it is ignored',
        '  6 |   teir: 5',
        '    |   ^^^^',
        '  hint: did you mean `tier`?',
        '',
      ].join('\n'),
    )
    expect(fleet.profiles[0]?.spec.reloader).toBe(true)
    expect(fleet.profiles[0]?.faulty).toBeUndefined()
  })

  test('a field that lost its indentation is told where it belongs', async () => {
    const { printed } = await parseFiles(engine, { 'a.yaml': `${head}spec:\n${selector}helmCharts: []\n` })
    expect(printed).toContain(
      'a.yaml:6:1: warning[intent/unknown-field]: ClusterProfile app has no field `helmCharts`; it is ignored\n',
    )
    expect(printed).toContain('hint: it belongs into `spec`: indent it\n')
  })

  test('a wrong type is an error that names field, type and remedy', async () => {
    const { printed, fleet } = await parseSpec(
      '  helmCharts:\n  - { repositoryURL: ./c, releaseName: a, releaseNamespace: b, chartVersion: 1.10 }\n',
    )
    expect(printed).toBe(
      [
        'a.yaml:7:78: error[intent/wrong-type]: `spec.helmCharts[0].chartVersion` is a number, but must be text',
        '  7 |   - { repositoryURL: ./c, releaseName: a, releaseNamespace: b, chartVersion: 1.10 }',
        '    |                                                                              ^^^^',
        '  hint: put it in quotes: YAML reads it as a number',
        '',
      ].join('\n'),
    )
    expect(fleet.profiles[0]).toMatchObject({
      faulty: true,
      spec: { helmCharts: [{ releaseName: 'a', chartVersion: '' }] },
    })
  })

  test.each([
    [
      '  syncMode: Continous\n',
      'error[intent/bad-value]: `spec.syncMode` is `Continous`, but must be one of `OneTime`, `Continuous`, `ContinuousWithDriftDetection`, `DryRun`',
    ],
    ['  tier: 0\n', 'error[intent/bad-value]: `spec.tier` is `0`, but must be at least 1'],
    ['  tier: 1.5\n', 'error[intent/wrong-type]: `spec.tier` is a number, but must be a whole number'],
    [
      '  maxUpdate: 101%\n',
      'error[intent/bad-value]: `spec.maxUpdate` is `101%`, but must be a number of clusters or a share like `30%`',
    ],
    ['  dependsOn: app\n', 'error[intent/wrong-type]: `spec.dependsOn` is text, but must be a list'],
    ['  policyRefs: [x]\n', 'error[intent/wrong-type]: `spec.policyRefs[0]` is text, but must be a mapping'],
    [
      '  patchesFrom: [{ kind: ConfigMap }]\n',
      'error[intent/missing-field]: ClusterProfile app lacks `spec.patchesFrom[0].name`',
    ],
    ['  policyRefs: [{ kind: Configmap, name: x, namespace: x }]\n', 'hint: did you mean `ConfigMap`?'],
    [
      '  policyRefs: [{ remoteURL: { url: ftp://x } }]\n',
      'error[intent/bad-value]: `spec.policyRefs[0].remoteURL.url` is `ftp://x`, but must begin with http://, https:// or oci://',
    ],
    [
      '  policyRefs: [{ name: x }]\n',
      'error[intent/source-choice]: `spec.policyRefs[0]` has neither `kind` nor `remoteURL`',
    ],
    [
      '  policyRefs: [{ kind: Secret, name: x, remoteURL: { url: http://x } }]\n',
      'error[intent/source-choice]: `spec.policyRefs[0]` has both `kind` and `remoteURL`',
    ],
    [
      '  kustomizationRefs: [{ name: x }]\n',
      'error[intent/source-choice]: `spec.kustomizationRefs[0]` has neither',
    ],
    [
      '  clusterRefs: [{ kind: Cluster, name: x }]\n',
      'error[intent/bad-value]: `spec.clusterRefs[0]` does not refer to a cluster',
    ],
    [
      '  extraLabels: { a: true }\n',
      'error[intent/wrong-type]: `spec.extraLabels.a` is true or false, but must be text',
    ],
    [
      '  helmCharts: [{ repositoryURL: https://c, repositoryName: c, releaseName: a, releaseNamespace: b, chartName: c/c }]\n',
      'error[intent/chart-incomplete]: the chart at `spec.helmCharts[0]` lacks `chartVersion`',
    ],
    [
      '  helmCharts: [{ repositoryURL: oci://c, chartVersion: "1", releaseName: a, releaseNamespace: b, chartName: c }]\n',
      'warning[intent/chart-incomplete]: the chart at `spec.helmCharts[0]` lacks `repositoryName`',
    ],
    [
      '  helmCharts: [{ repositoryURL: ./c, releaseName: a, releaseNamespace: b }, { repositoryURL: ./d, releaseName: a, releaseNamespace: b }]\n',
      'error[intent/repeated-entry]: the release `b/a` is there twice in ClusterProfile app',
    ],
    [
      '  templateResourceRefs: [{ identifier: a, resource: {} }, { identifier: a, resource: {} }]\n',
      'error[intent/repeated-entry]: the identifier `a` is there twice',
    ],
    [
      '  maxUpdate: "5"\n',
      'warning[intent/bare-share]: `spec.maxUpdate` is the text "5", which Sveltos takes for 5 % of the clusters',
    ],
    [
      '  setRefs: [gold]\n',
      'warning[intent/set-unknown]: ClusterProfile app refers to ClusterSet `gold`, which the repository does not have',
    ],
    [
      '  dependsOn: [base]\n',
      'warning[intent/dependency-unknown]: ClusterProfile app depends on ClusterProfile `base`, which the repository does not have',
    ],
    [
      '  dependsOn: ["{{ .Cluster.metadata.name }}"]\n',
      'warning[intent/template-in-plain-field]: `spec.dependsOn[0]` holds a template, but Sveltos does not render this field',
    ],
    [
      '  kustomizationRefs: [{ path: a, targetNamespace: "{{ x }}" }]\n',
      'warning[intent/template-in-plain-field]: `spec.kustomizationRefs[0].targetNamespace`',
    ],
    [
      '  validateHealths: [{ name: h, featureID: Helm, script: "function evaluate() hs = {} hs.health = true return hs end" }]\n',
      'warning[intent/lua-result-key]: the script sets `health`, but `healthy` is what is read',
    ],
  ])('%s', async (spec, expected) => {
    const { printed, codes } = await parseSpec(spec)
    expect(codes).toHaveLength(1)
    expect(printed).toContain(expected)
  })

  test('a list entry without what it needs is left out, the others stay', async () => {
    const { fleet, codes } = await parseSpec(
      '  helmCharts: [{ releaseName: a }, { repositoryURL: ./c, releaseName: b, releaseNamespace: b }]\n',
    )
    expect(codes).toEqual(['intent/missing-field', 'intent/missing-field'])
    expect(fleet.profiles[0]?.spec.helmCharts.map(({ releaseName }) => releaseName)).toEqual(['b'])
  })

  test.each([
    ['{ matchLabels: { "a b": x } }', '`spec.clusterSelector.matchLabels.a b` has no valid key of a label'],
    [
      '{ matchLabels: { a: "x y" } }',
      '`spec.clusterSelector.matchLabels.a` is `x y`, which is no valid value of a label',
    ],
    [
      '{ matchExpressions: [{ key: a, operator: In }] }',
      '`spec.clusterSelector.matchExpressions[0]` needs values for `In`',
    ],
    [
      '{ matchExpressions: [{ key: a, operator: Exists, values: [b] }] }',
      'must have no values with `Exists`',
    ],
    [
      '{ matchExpressions: [{ key: a, operator: in, values: [b] }] }',
      '`spec.clusterSelector.matchExpressions[0].operator` is `in`, but must be one of',
    ],
    ['env=prod,tier>3', "`spec.clusterSelector` is no selector: '>' is not supported in label selectors"],
  ])('the selector %s is an error', async (written, expected) => {
    const { printed, fleet } = await parseFiles(engine, {
      'a.yaml': `${head}spec:\n  clusterSelector: ${written}\n`,
    })
    expect(printed).toContain(expected)
    expect(fleet.profiles[0]?.faulty).toBe(true)
  })

  test('a fault in a selector text is marked to the character', async () => {
    const { printed } = await parseFiles(engine, {
      'a.yaml': `${head}spec:\n  clusterSelector: "env=prod,tier!=x"\n`,
    })
    expect(printed).toContain(
      '  5 |   clusterSelector: "env=prod,tier!=x"\n    |                                  ^^\n',
    )
  })

  test.each([
    'spec: {}\n',
    'spec: { clusterSelector: {} }\n',
    'spec: { clusterSelector: { matchLabels: {} } }\n',
    'spec:\n',
    '',
  ])('`%s` selects nothing', async (spec) => {
    const { codes, diagnostics } = await parseFiles(engine, { 'a.yaml': `${head}${spec}` })
    expect(codes).toEqual(['intent/selects-nothing'])
    expect(diagnostics[0]?.severity).toBe('warning')
  })

  test('a prerequisite needs no selector', async () => {
    const { codes } = await parseFiles(engine, {
      'a.yaml': `${head}spec: {}\n`,
      'b.yaml': `${head.replace('app', 'user')}spec:\n${selector}  dependsOn: [app]\n`,
    })
    expect(codes).toEqual([])
  })

  test('a tenant that Sveltos would impersonate is not enforced', async () => {
    const text = `${head.replace('{ name: app }', '{ name: app, labels: { projectsveltos.io/serviceaccount-name: eng } }')}spec:\n${selector}`
    const { printed } = await parseFiles(engine, { 'a.yaml': text })
    expect(printed).toContain(
      'warning[intent/not-enforced]: the service account of tenant `eng` is not enforced by fleetwright',
    )
  })
})
