import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const head = 'apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfile\nmetadata: { name: app }\n'
const selector = '  clusterSelector: { matchLabels: { env: prod } }\n'

/** A ClusterProfile with a selector and more fields of its spec, indented by two. */
const parseSpec = (spec: string) => parseFiles(engine, { 'a.yaml': `${head}spec:\n${selector}${spec}` })

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
    const { printed, codes } = await parseFiles(engine, {
      'a.yaml': `${head}spec:\n  clusterSelector: "env=prod,tier!=x"\n`,
    })
    expect(codes).toEqual(['intent/deprecated-field', 'intent/bad-selector'])
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
