import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDiagnostic } from '../../src/diagnostics/frame.ts'
import type { Engine } from '../../src/engine/types.ts'
import type { KnownUnits, RenderedCluster, RenderedUnit, UnitRecord } from '../../src/render/types.ts'
import { clusterProfile, compileFiles, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const selects = 'clusterSelector: { matchLabels: { env: qa } }'
const template = { 'projectsveltos.io/template': 'ok' }

function policies(...names: readonly string[]): string {
  return `${selects}\npolicyRefs:\n${names.map((name) => `- { kind: ConfigMap, namespace: default, name: ${name} }`).join('\n')}`
}

async function rendered(text: string, options: Parameters<typeof compileFiles>[2] = {}) {
  const compiled = await compileFiles(engine, { 'fleet.yaml': text }, { until: 'manifests', ...options })
  const clusters = compiled.rendered?.clusters ?? []
  const units = clusters.flatMap((cluster) => cluster.units)
  return { ...compiled, clusters, units, codes: compiled.diagnostics.map(({ code }) => code) }
}

function objectsOf(unit: RenderedUnit | undefined): readonly string[] {
  if (unit?.result.status !== 'rendered') return [unit?.result.status ?? 'no unit']
  return unit.result.manifests.map(({ kind, namespace = '', name }) => `${kind} ${namespace}/${name}`)
}

const c1 = sveltosCluster('c1', { env: 'qa' })

describe('policies', () => {
  test('objects without a namespace go to default, those of the cluster lose theirs', async () => {
    const { units } = await rendered(
      yaml(
        c1,
        clusterProfile('p', policies('a')),
        configMap('a', {
          'b.yaml':
            'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: r, namespace: x }\n',
          'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\n',
        }),
      ),
    )
    expect(objectsOf(units[0])).toEqual(['ConfigMap default/m', 'ClusterRole /r'])
  })

  test('a template that fails is shown at its line of the ConfigMap, and the other units go on', async () => {
    const text = yaml(
      c1,
      clusterProfile('p', policies('bad', 'good')),
      `apiVersion: v1
kind: ConfigMap
metadata:
  name: bad
  namespace: default
  annotations: { projectsveltos.io/template: ok }
data:
  quota.yaml: |
    apiVersion: v1
    kind: ResourceQuota
    metadata: { name: q }
    spec: { hard: { pods: {{ .Cluster.spec.quota }} } }
`,
      configMap('good', { a: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\n' }),
    )
    const { units, diagnostics } = await rendered(text)
    expect(units.map(({ unit, result }) => [unit.name, result.status])).toEqual([
      ['policy-default-bad', 'held'],
      ['policy-default-good', 'rendered'],
    ])
    const [failed] = diagnostics.filter(({ code }) => code === 'render/template-error')
    expect(failed?.subject).toEqual({ cluster: 'fleet/c1', unit: 'policy-default-bad' })
    expect(failed && formatDiagnostic(failed)).toContain(
      'spec: { hard: { pods: {{ .Cluster.spec.quota }} } }',
    )
  })

  test('text that is no object is refused', async () => {
    const { codes, units } = await rendered(
      yaml(c1, clusterProfile('p', policies('a')), configMap('a', { readme: 'just some words' })),
    )
    expect(codes).toContain('render/bad-manifest')
    expect(units[0]?.result.status).toBe('held')
  })

  test('a custom object gets the scope of a definition that another unit renders', async () => {
    const definition = (scope: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.example.com }
spec: { group: example.com, scope: ${scope}, names: { kind: Backup, plural: backups }, versions: [] }
`
    const fleet = (scope: string) =>
      yaml(
        c1,
        clusterProfile('p', policies('crd', 'objects')),
        configMap('crd', { a: definition(scope) }),
        configMap('objects', { a: 'apiVersion: example.com/v1\nkind: Backup\nmetadata: { name: daily }\n' }),
      )
    const namespaced = await rendered(fleet('Namespaced'))
    expect(objectsOf(namespaced.units[1])).toEqual(['Backup default/daily'])
    const cluster = await rendered(fleet('Cluster'))
    expect(objectsOf(cluster.units[1])).toEqual(['Backup /daily'])
  })

  test('a patch of the profile changes what matches its target', async () => {
    const { units } = await rendered(
      yaml(
        c1,
        clusterProfile(
          'p',
          `${policies('a')}
patches:
- target: { kind: ConfigMap, name: m }
  patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: ignored }
    data: { cluster: "{{ .Cluster.metadata.name }}" }`,
        ),
        configMap('a', { a: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\n' }),
      ),
    )
    const [unit] = units
    expect(unit?.result.status === 'rendered' && unit.result.manifests[0]?.text).toBe(
      'apiVersion: v1\ndata:\n  cluster: c1\nkind: ConfigMap\nmetadata:\n  name: m\n  namespace: default\n',
    )
  })

  test('a patch that cannot be applied holds the unit', async () => {
    const { codes } = await rendered(
      yaml(
        c1,
        clusterProfile(
          'p',
          `${policies('a')}\npatches: [{ patch: '[{"op": "add", "path": "/data", "value": {}}]' }]`,
        ),
        configMap('a', { a: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\n' }),
      ),
    )
    expect(codes).toContain('render/patch-failed')
  })

  test('the value of a Secret does not reach the output', async () => {
    const secret = `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'fleet' }, data: { password: 'aHVudGVyMg==' } })}\n`
    const fleet = (expression: string) =>
      yaml(
        c1,
        clusterProfile(
          'p',
          `${policies('a')}\ntemplateResourceRefs: [{ identifier: Db, resource: { apiVersion: v1, kind: Secret, name: db } }]`,
        ),
        secret,
        configMap(
          'a',
          { a: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata: { x: '${expression}' }\n` },
          template,
        ),
      )
    for (const expression of [
      '{{ (index .MgmtResources "Db").data.password }}',
      '{{ (index .MgmtResources "Db").data.password | b64dec }}',
      '{{ printf "xy%s" ((index .MgmtResources "Db").data.password | b64dec) | b64enc }}',
    ]) {
      const { codes, units } = await rendered(fleet(expression))
      expect(codes).toContain('render/secret-value-needed')
      expect(units[0]?.result.status).toBe('held')
    }
    const named = await rendered(fleet('{{ (index .MgmtResources "Db").metadata.name }}'))
    expect(named.codes).not.toContain('render/secret-value-needed')
  })
})

describe('owners of objects', () => {
  const shared = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shared }\n'
  const own = (name: string) => `${shared}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`

  test('the lower tier owns an object, and the other unit keeps the rest of its objects', async () => {
    const { units, diagnostics, clusters } = await rendered(
      yaml(
        c1,
        clusterProfile('a', policies('a')),
        clusterProfile('b', `tier: 7\n${policies('b')}`),
        configMap('a', { x: own('a') }),
        configMap('b', { x: own('b') }),
      ),
    )
    expect(units.map(objectsOf)).toEqual([
      ['ConfigMap default/a'],
      ['ConfigMap default/shared', 'ConfigMap default/b'],
    ])
    expect(clusters[0]?.conflicts).toMatchObject([{ what: 'ConfigMap default/shared', tie: false }])
    expect(diagnostics.map(({ message }) => message)).toContain(
      'ConfigMap default/shared belongs to ClusterProfile/b (tier 7); the claim of ClusterProfile/a (tier 100) has no effect',
    )
  })

  test('among references of one profile the lower tier of the reference owns', async () => {
    const { units } = await rendered(
      yaml(
        c1,
        clusterProfile('p', policies('a', 'b').replace('name: b', 'name: b, tier: 90')),
        configMap('a', { x: own('a') }),
        configMap('b', { x: own('b') }),
      ),
    )
    expect(objectsOf(units.find(({ unit }) => unit.name === 'policy-default-a'))).toEqual([
      'ConfigMap default/a',
    ])
  })
})

describe('what is not its input', () => {
  const random = yaml(
    c1,
    clusterProfile('p', policies('a')),
    configMap(
      'a',
      { a: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata: { x: "{{ randAlphaNum 8 }}" }\n' },
      template,
    ),
  )
  const text = (unit: RenderedUnit | undefined) =>
    unit?.result.status === 'rendered' ? unit.result.manifests[0]?.text : undefined

  test('randomness without a key is refused', async () => {
    const { codes, units } = await rendered(random)
    expect(codes).toContain('render/randomness-without-key')
    expect(units[0]?.result.status).toBe('held')
  })

  test('randomness with a key is the same at each compile and other with another key', async () => {
    const key = new Uint8Array(32).fill(1)
    const first = await rendered(random, { key })
    const second = await rendered(random, { key })
    const other = await rendered(random, { key: new Uint8Array(32).fill(2) })
    expect(first.codes).toContain('render/impure')
    expect(text(first.units[0])).toMatch(/x: [A-Za-z0-9]{8}\n/)
    expect(text(second.units[0])).toBe(text(first.units[0]))
    expect(text(other.units[0])).not.toBe(text(first.units[0]))
  })
})

describe('what the branch has already', () => {
  const fleet = (value: string) =>
    yaml(
      c1,
      clusterProfile('p', policies('a', 'b')),
      configMap('a', {
        a: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: ${value} }\n`,
      }),
      configMap('b', { b: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\n' }),
    )

  function known(clusters: readonly RenderedCluster[]): KnownUnits {
    const records = clusters.flatMap(({ id, units }) =>
      units.flatMap(({ unit, result }): [string, UnitRecord][] =>
        result.status === 'rendered' ? [[`${id}/${unit.name}`, result.record]] : [],
      ),
    )
    return {
      clusters: new Map(clusters.map(({ id, digest }) => [id, digest])),
      presents: new Map(),
      units: new Map(),
      load: () => Promise.resolve(new Map(records)),
    }
  }

  test('units with the same inputs are taken over, the others are rendered', async () => {
    const before = await rendered(fleet('one'))
    const after = await rendered(fleet('two'), { known: known(before.clusters) })
    expect(after.units.map(({ result }) => result.status)).toEqual(['rendered', 'unchanged'])
  })

  test('a cluster of which nothing changed is taken over unread', async () => {
    const before = await rendered(fleet('one'))
    const unread = {
      ...known(before.clusters),
      load: (ids: readonly string[]) =>
        ids.length === 0 ? Promise.resolve(new Map()) : Promise.reject(new Error('was read')),
    }
    const after = await rendered(fleet('one'), { known: unread })
    expect(after.units.map(({ result }) => result.status)).toEqual(['unchanged', 'unchanged'])
  })

  test('a unit that loses an object to a new owner is written again, without it', async () => {
    const b = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\n'
    const before = await rendered(fleet('one'))
    const taken =
      fleet('one') + `---\n${yaml(clusterProfile('q', `tier: 1\n${policies('c')}`), configMap('c', { b }))}`
    const after = await rendered(taken, { known: known(before.clusters) })
    expect(after.units.map((one) => [one.unit.name, ...objectsOf(one)])).toEqual([
      ['policy-default-a', 'unchanged'],
      ['policy-default-b'],
      ['policy-default-c', 'ConfigMap default/b'],
    ])
  })
})
