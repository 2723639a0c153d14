import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles, yaml } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

function profile(name: string, spec: string): string {
  return `apiVersion: config.projectsveltos.io/v1beta1\nkind: ClusterProfile\nmetadata: { name: ${name} }\nspec: { clusterSelector: { matchLabels: { a: b } }, ${spec} }\n`
}
const configMap = (name: string, content: string, annotations = '{}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: default, annotations: ${annotations} }\ndata:\n  a.yaml: |\n    ${content}\n`

describe('duplicates', () => {
  test('the first definition by path counts, and the second points at it', async () => {
    const { printed, fleet } = await parseFiles(engine, {
      'b.yaml': profile('app', 'tier: 2'),
      'a.yaml': profile('app', 'tier: 1'),
    })
    expect(fleet.profiles.map(({ spec }) => spec.tier)).toEqual([1])
    expect(printed).toBe(
      [
        'b.yaml:3:19: error[intent/duplicate]: ClusterProfile app is defined twice; the first definition counts',
        '  3 | metadata: { name: app }',
        '    |                   ^^^',
        '  a.yaml:3:19: first defined here',
        '    3 | metadata: { name: app }',
        '      |                   ^^^',
        '  hint: remove or rename one of them',
        '',
      ].join('\n'),
    )
  })

  test('the same words twice are only a warning', async () => {
    const { diagnostics } = await parseFiles(engine, {
      'a.yaml': profile('app', 'tier: 1'),
      'b.yaml': profile('app', 'tier: 1'),
    })
    expect(diagnostics.map(({ code, severity, holds }) => [code, severity, holds])).toEqual([
      ['intent/duplicate', 'warning', 'nothing'],
    ])
  })

  test('names of different kinds and namespaces do not meet', async () => {
    const other = profile('app', 'tier: 1').replace('ClusterProfile', 'Profile')
    const { codes, fleet } = await parseFiles(engine, {
      'a.yaml': profile('app', 'tier: 1'),
      'b.yaml': other,
      'c.yaml': other.replace('{ name: app }', '{ name: app, namespace: team }'),
    })
    expect(codes).toEqual([])
    expect(fleet.profiles.map(({ id }) => id)).toEqual([
      'ClusterProfile/app',
      'Profile/default/app',
      'Profile/team/app',
    ])
  })

  test('other objects may be there twice, unless a profile refers to them and they differ', async () => {
    const files = {
      'a.yaml': configMap('x', 'a: 1'),
      'b.yaml': configMap('x', 'a: 2'),
      'c.yaml': configMap('same', 'a: 1'),
      'd.yaml': configMap('same', 'a: 1'),
    }
    const user = profile(
      'app',
      'policyRefs: [{ kind: ConfigMap, namespace: default, name: x }, { kind: ConfigMap, namespace: default, name: same }]',
    )
    expect((await parseFiles(engine, files)).codes).toEqual([])
    const { printed, codes } = await parseFiles(engine, { ...files, 'z.yaml': user })
    expect(codes).toEqual(['intent/duplicate-object'])
    expect(printed).toContain(
      'b.yaml:3:19: error[intent/duplicate-object]: ConfigMap default/x, which a profile refers to, is defined twice with different content; the first one counts\n',
    )
    const kustomized = { ...files, 'z.yaml': user, 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n' }
    expect((await parseFiles(engine, kustomized)).codes).toEqual([])
  })
})

describe('dependencies', () => {
  test('a circle is reported once, at its first profile, with every step', async () => {
    const { printed } = await parseFiles(engine, {
      'a.yaml': profile('a', 'dependsOn: [b]'),
      'b.yaml': profile('b', 'dependsOn: [c]'),
      'c.yaml': profile('c', 'dependsOn: [a]'),
    })
    expect(printed).toBe(
      [
        'a.yaml:4:65: error[intent/dependency-cycle]: profiles depend on each other in a circle: a → b → c → a',
        '  4 | spec: { clusterSelector: { matchLabels: { a: b } }, dependsOn: [b] }',
        '    |                                                                 ^',
        '  b.yaml:4:65: which depends on the next here',
        '    4 | spec: { clusterSelector: { matchLabels: { a: b } }, dependsOn: [c] }',
        '      |                                                                 ^',
        '  c.yaml:4:65: which depends on the next here',
        '    4 | spec: { clusterSelector: { matchLabels: { a: b } }, dependsOn: [a] }',
        '      |                                                                 ^',
        '  hint: none of them would ever be deployed: remove one of the dependencies',
        '',
      ].join('\n'),
    )
  })

  test('a profile that depends on itself is a circle; diamonds and chains of thousands are none', async () => {
    expect((await parseFiles(engine, { 'a.yaml': profile('a', 'dependsOn: [a]') })).codes).toEqual([
      'intent/dependency-cycle',
    ])
    const chain = Array.from({ length: 3000 }, (_, index) =>
      profile(`p${index}`, `dependsOn: [p${index + 1}, p${index + 2}]`),
    )
    const { codes } = await parseFiles(engine, { 'a.yaml': chain.join('---\n') })
    expect(codes).toEqual([
      'intent/dependency-unknown',
      'intent/dependency-unknown',
      'intent/dependency-unknown',
    ])
  })

  test('an unknown name gets the nearest one', async () => {
    const { printed } = await parseFiles(engine, {
      'a.yaml': profile('prometheus', 'tier: 1'),
      'b.yaml': profile('b', 'dependsOn: [promtheus]'),
    })
    expect(printed).toContain('hint: did you mean `prometheus`?')
  })
})

describe('templates without their annotation', () => {
  const user = profile('app', 'policyRefs: [{ kind: ConfigMap, namespace: default, name: x }]')
  const template = 'name: {{ .Cluster.metadata.name }}'

  test('are named where they stand, with who deploys them', async () => {
    const { printed } = await parseFiles(engine, { 'a.yaml': user, 'x.yaml': configMap('x', template) })
    expect(printed).toBe(
      [
        'x.yaml:6:11: warning[intent/template-not-rendered]: ConfigMap default/x holds a template, but no annotation asks for it to be rendered: it is deployed literally',
        '  6 |     name: {{ .Cluster.metadata.name }}',
        '    |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
        '  a.yaml:4:66: ClusterProfile app deploys it',
        '    4 | spec: { clusterSelector: { matchLabels: { a: b } }, policyRefs: [{ kind: ConfigMap, namespace: default, name: x }] }',
        '      |                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
        '  hint: add the annotation `projectsveltos.io/template: "ok"` to its metadata; escape `{{` that is meant literally',
        '',
      ].join('\n'),
    )
  })

  test.each([
    ['the annotation is there', configMap('x', template, '{ projectsveltos.io/template: "" }')],
    ['it is Lua', configMap('x', template, '{ projectsveltos.io/lua: ok }')],
    ['the braces belong to somebody else', configMap('x', 'summary: "{{ $labels.instance }} is down"')],
    ['nobody refers to it', configMap('y', template)],
  ])('are fine when %s', async (_, object) => {
    expect((await parseFiles(engine, { 'a.yaml': user, 'x.yaml': object })).codes).toEqual([])
  })

  test('an empty namespace is that of each cluster', async () => {
    const files = {
      'a.yaml': profile('app', 'policyRefs: [{ kind: ConfigMap, name: x }]'),
      'c.yaml':
        'apiVersion: lib.projectsveltos.io/v1beta1\nkind: SveltosCluster\nmetadata: { name: c, namespace: default }\n',
      'x.yaml': configMap('x', template),
    }
    expect((await parseFiles(engine, files)).codes).toEqual(['intent/template-not-rendered'])
  })
})

describe('sets and health', () => {
  test('a ClusterProfile finds ClusterSets, a Profile the Sets of its namespace', async () => {
    const { codes, fleet } = await parseFiles(engine, {
      'a.yaml': profile('app', 'setRefs: [gold]'),
      'b.yaml': profile('app', 'setRefs: [gold]')
        .replace('ClusterProfile', 'Profile')
        .replace('{ name: app }', '{ name: app, namespace: team }'),
      'sets.yaml': yaml`
        apiVersion: lib.projectsveltos.io/v1beta1
        kind: ClusterSet
        metadata: { name: gold }
        spec: { clusterRefs: [{ apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: x, name: c }], maxReplicas: 1 }
        status: { selectedClusterRefs: [{ apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: x, name: c }] }
        ---
        apiVersion: lib.projectsveltos.io/v1beta1
        kind: Set
        metadata: { name: gold, namespace: team }
        spec: { clusterSelector: { matchLabels: { a: b } }, maxReplicas: 1 }
      `,
    })
    expect(codes).toEqual([])
    expect(fleet.sets.map(({ kind, namespace, selected }) => [kind, namespace, selected.length])).toEqual([
      ['ClusterSet', undefined, 1],
      ['Set', 'team', 0],
    ])
  })

  test('a set without maxReplicas selects nothing', async () => {
    const { printed } = await parseFiles(engine, {
      'a.yaml':
        'apiVersion: lib.projectsveltos.io/v1beta1\nkind: ClusterSet\nmetadata: { name: s }\nspec: { clusterSelector: { matchLabels: { a: b } } }\n',
    })
    expect(printed).toContain(
      'warning[intent/selects-nothing]: ClusterSet s selects no cluster: `maxReplicas` is 0 or not written\n',
    )
  })

  test('a check that names no HealthCheck, or one that there is not, is a warning', async () => {
    const { fleet, printed, codes } = await parseFiles(engine, {
      'a.yaml': yaml`
        apiVersion: lib.projectsveltos.io/v1beta1
        kind: HealthCheck
        metadata: { name: pods }
        spec: { resourceSelectors: [{ group: "", version: v1, kind: Pod }], evaluateHealth: f }
        ---
        apiVersion: lib.projectsveltos.io/v1beta1
        kind: ClusterHealthCheck
        metadata: { name: all }
        spec:
          clusterSelector: { matchLabels: { a: b } }
          livenessChecks:
          - { name: one, type: HealthCheck, livenessSourceRef: { apiVersion: lib.projectsveltos.io/v1beta1, kind: HealthCheck, name: pods } }
          - { name: two, type: HealthCheck, livenessSourceRef: { kind: HealthCheck, name: pod } }
          - { name: three, type: HealthCheck }
          - { name: four, type: Addons }
          notifications: []
      `,
    })
    expect(codes).toEqual(['intent/health-check-unknown', 'intent/health-check-unknown'])
    expect(printed).toContain(
      'a.yaml:13:83: warning[intent/health-check-unknown]: ClusterHealthCheck all refers to HealthCheck `pod`, which the repository does not have',
    )
    expect(printed).toContain('did you mean `pods`?')
    expect(printed).toContain(
      'warning[intent/health-check-unknown]: the check `three` of ClusterHealthCheck all names no HealthCheck',
    )
    expect(fleet.clusterHealthChecks[0]?.livenessChecks).toEqual([
      { name: 'one', type: 'HealthCheck', healthCheck: 'pods' },
      { name: 'two', type: 'HealthCheck', healthCheck: 'pod' },
      { name: 'three', type: 'HealthCheck' },
      { name: 'four', type: 'Addons' },
    ])
  })

  test('a HealthCheck that sets healthStatus is told to set status', async () => {
    const { printed } = await parseFiles(engine, {
      'a.yaml': yaml`
        apiVersion: lib.projectsveltos.io/v1beta1
        kind: HealthCheck
        metadata: { name: h }
        spec:
          resourceSelectors: [{ group: "", version: v1, kind: Pod }]
          evaluateHealth: |
            function evaluate() return { resources = {{ healthStatus = "Healthy" }} } end
      `,
    })
    expect(printed).toContain(
      'warning[intent/lua-result-key]: the script sets `healthStatus`, but `status` is what is read',
    )
  })
})

describe('the Fleet', () => {
  const files = Object.entries({
    'b.yaml': profile('b', 'dependsOn: [a]'),
    'a.yaml': `${profile('a', 'teir: 1')}---\n${profile('b', 'tier: 3')}`,
    'c/objects.yaml': `${configMap('x', 'a: 1')}---\n${configMap('w', 'a: 1')}`,
    'd.yaml': 'apiVersion: lib.projectsveltos.io/v1beta1\nkind: SveltosCluster\nmetadata: { name: c }\n',
    'e.yaml': 'apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: { name: b }\n',
  })

  test('is the same, with the same diagnostics, in any order of files', async () => {
    const expected = await parseFiles(engine, Object.fromEntries(files))
    expect(expected.fleet.clusters.map(({ id }) => id)).toEqual(['default/b', 'default/c'])
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
        const { fleet, printed } = await parseFiles(engine, Object.fromEntries(shuffled))
        expect({ fleet, printed }).toEqual({ fleet: expected.fleet, printed: expected.printed })
      }),
      { numRuns: 10 },
    )
  })

  test('holds other objects by key; those of namespaced kinds without a namespace are in `default`', async () => {
    const { fleet } = await parseFiles(engine, {
      'a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: ns, namespace: x }\n',
      'b.yaml':
        'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: g }\n---\napiVersion: example.org/v1\nkind: Thing\nmetadata: { name: t }\n',
      'kubeconfig.yaml': 'apiVersion: v1\nkind: Config\nclusters: []\n',
    })
    expect([...fleet.objects.keys()].sort()).toEqual([
      '/Namespace//ns',
      '/Secret/default/s',
      'example.org/Thing//t',
      'source.toolkit.fluxcd.io/GitRepository/default/g',
    ])
  })

  test('10,000 profiles of one file are parsed in seconds', async () => {
    const text = Array.from({ length: 10_000 }, (_, index) => profile(`p${index}`, 'tier: 5')).join('---\n')
    const { fleet, codes } = await parseFiles(engine, { 'a.yaml': text })
    expect(fleet.profiles).toHaveLength(10_000)
    expect(codes).toEqual([])
  }, 20_000)
})
