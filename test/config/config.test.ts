import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configSchema, defaultConfig, parseConfig } from '../../src/config/config.ts'
import {
  formatDuration,
  formatShare,
  parseDuration,
  parseKubernetesVersion,
  parseShare,
} from '../../src/config/units.ts'
import type { Engine } from '../../src/engine/types.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { parseFiles, yaml } from '../reading.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const header = 'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\n'
async function configOf(text: string) {
  const files = {
    'fleetwright.yaml': header + text,
    'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
  }
  return parseFiles(engine, files)
}

describe('fleetwright.yaml', () => {
  test('is not needed: every field has a default', () => {
    expect(parseConfig(undefined, () => undefined)).toBe(defaultConfig)
  })

  test('an empty one means the same', async () => {
    const { config, codes } = await configOf('')
    expect(codes).toEqual([])
    expect(config).toEqual({ ...defaultConfig, document: config.document })
  })

  test('every field is read', async () => {
    const { config, codes } = await configOf(yaml`
      spec:
        intent: { include: ["**"], exclude: ["drafts/**"] }
        management: { context: mgmt, inCluster: true, cluster: fleet/mgmt }
        clusters:
        - { name: prod-eu, namespace: fleet, labels: { env: production }, context: prod-eu, version: "1.34" }
        - { name: edge }
        facts: { maxAge: 1h30m }
        rendered:
          branch: out
          delivery: [argocd, flux]
          mode: spoke
          adopt: true
          source: { name: repo, namespace: flux-system }
          argocd: { repoURL: "https://git.example.org/fleet", namespace: argo, project: fleet }
        brakes: { maxDeletedShare: 25%, protect: [Namespace] }
        secrets: { allow: ["monitoring/grafana-*"] }
        review: { commands: { allow: [admin] }, silence: [intent/selects-nothing] }
        sources: { allowedHosts: [charts.internal] }
        app: { onPush: pull-request, onFleetChange: commit }
    `)
    expect(codes).toEqual([])
    expect({ ...config, document: undefined }).toEqual({
      document: undefined,
      intent: { include: ['**'], exclude: ['drafts/**'] },
      management: { context: 'mgmt', inCluster: true, cluster: 'fleet/mgmt' },
      clusters: [
        {
          name: 'prod-eu',
          namespace: 'fleet',
          labels: { env: 'production' },
          context: 'prod-eu',
          version: 'v1.34.0',
          index: 0,
        },
        { name: 'edge', namespace: 'default', labels: {}, index: 1 },
      ],
      facts: { maxAgeMs: 5_400_000 },
      rendered: {
        branch: 'out',
        delivery: ['argocd', 'flux'],
        mode: 'spoke',
        adopt: true,
        source: { name: 'repo', namespace: 'flux-system' },
        argocd: { repoURL: 'https://git.example.org/fleet', namespace: 'argo', project: 'fleet' },
      },
      brakes: { maxDeletedShare: 0.25, protect: ['Namespace'] },
      secrets: { allow: ['monitoring/grafana-*'] },
      review: { commands: { allow: ['admin'] }, silence: ['intent/selects-nothing'] },
      sources: { allowedHosts: ['charts.internal'] },
      app: { onPush: 'pull-request', onFleetChange: 'commit' },
    })
  })

  test('a misspelt setting is an error at its key, with the nearest name', async () => {
    const { printed, config } = await configOf(
      'spec:\n  brakes:\n    maxDeletedShares: 5%\n    protect: [Pod]\n',
    )
    expect(printed).toBe(
      [
        'fleetwright.yaml:5:5: error[config/unknown-field]: fleetwright.yaml has no setting `spec.brakes.maxDeletedShares`',
        '  5 |     maxDeletedShares: 5%',
        '    |     ^^^^^^^^^^^^^^^^',
        '  hint: did you mean `maxDeletedShare`?',
        '',
      ].join('\n'),
    )
    expect(config.brakes).toEqual({ maxDeletedShare: 0.1, protect: ['Pod'] })
  })

  test.each([
    [
      'facts: { maxAge: 24 }',
      'error[config/bad-value]: `spec.facts.maxAge` is a whole number, but must be text',
    ],
    [
      'facts: { maxAge: soon }',
      'error[config/bad-value]: `spec.facts.maxAge` is `soon`, but must be a duration like `24h` or `90m`',
    ],
    [
      'brakes: { maxDeletedShare: 120% }',
      '`spec.brakes.maxDeletedShare` is `120%`, but must be a share like `10%` or `0.1`',
    ],
    ['rendered: { mode: hubb }', '`spec.rendered.mode` is `hubb`, but must be `hub` or `spoke`'],
    [
      'rendered: { branch: my branch }',
      '`spec.rendered.branch` is `my branch`, but must be a name that Git takes for a branch',
    ],
    ['rendered: { branch: "-f" }', 'but must be a name that Git takes for a branch'],
    ['rendered: { branch: a..b }', 'but must be a name that Git takes for a branch'],
    ['app: { onPush: merge }', '`spec.app.onPush` is `merge`, but must be `commit` or `pull-request`'],
    ['rendered: { adopt: "yes" }', '`spec.rendered.adopt` is text, but must be true or false'],
    ['intent: { include: fleet }', '`spec.intent.include` is text, but must be a list'],
    ['clusters: [{ namespace: a }]', '`spec.clusters[0].name` is missing'],
    ['clusters: [{ name: A_b }]', '`spec.clusters[0].name` is `A_b`, but must be a DNS name'],
    ['clusters: [{ name: a, version: 1.34 }]', '`spec.clusters[0].version` is a number, but must be text'],
    [
      'clusters: [{ name: a, labels: { gpu: true } }]',
      '`spec.clusters[0].labels.gpu` is true or false, but must be text',
    ],
    [
      'clusters: [{ name: a, labels: { env: "a b" } }]',
      '`spec.clusters[0].labels.env` is `a b`, but must be a valid label value',
    ],
    [
      'brakes: { protect: [namespace] }',
      '`spec.brakes.protect[0]` is `namespace`, but must be a kind as objects write it, like `Namespace`',
    ],
    [
      'review: { commands: { allow: } }',
      'fleetwright.yaml:3:31: error[config/bad-value]: `spec.review.commands.allow` has no value',
    ],
    ['facts: { maxAge: ~ }', '`spec.facts.maxAge` has no value'],
    ['clusters: [{ name: a, labels: { gpu: } }]', '`spec.clusters[0].labels.gpu` has no value'],
    ['brake:', 'fleetwright.yaml has no setting `spec.brake`'],
    ['clusters: { name: a }', '`spec.clusters` is a mapping, but must be a list'],
  ])('%s: %s', async (spec, message) => {
    const { printed, diagnostics } = await configOf(`spec: { ${spec} }\n`)
    expect(printed).toContain(message)
    expect(diagnostics.map(({ severity, holds }) => [severity, holds])).toEqual([['error', 'all']])
  })

  test('a section without settings is as if it was not there', async () => {
    const { codes, config } = await configOf('spec:\n  brakes:\n  review:\n    commands:\n')
    expect(codes).toEqual([])
    expect(config).toEqual({ ...defaultConfig, document: config.document })
  })

  test('within a List is none: only a FleetConfig is taken for one', async () => {
    const { printed, config } = await parseFiles(engine, {
      'fleetwright.yaml': `apiVersion: v1\nkind: List\nitems:\n- { apiVersion: fleetwright.dev/v1alpha1, kind: FleetConfig, spec: { brakes: { maxDeletedShare: 50% } } }\n`,
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
    })
    expect(config.brakes).toEqual(defaultConfig.brakes)
    expect(printed).toContain('`kind` is `List`, but must be `FleetConfig`')
    expect(printed).toContain('fleetwright.yaml has no setting `items`')
  })

  test.each(['Fleetwright.yaml', 'fleet/fleetwright.yaml', 'config.yaml'])(
    'in %s is not read, and somebody is told',
    async (path) => {
      const { printed, diagnostics, config } = await parseFiles(engine, {
        [path]: `${header}spec: { brakes: { maxDeletedShare: 1% } }\n`,
        'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
      })
      expect(config).toBe(defaultConfig)
      expect(diagnostics).toMatchObject([
        { code: 'source/config-ignored', severity: 'warning', holds: 'nothing' },
      ])
      expect(printed).toContain(`${path}:2:7: warning[source/config-ignored]: the FleetConfig in ${path}`)
    },
  )

  test('a wrong header is an error that says what to write', async () => {
    const { printed } = await parseFiles(engine, {
      'fleetwright.yaml': 'kind: FleetConfg\n',
      'a.yaml': 'kind: X\n',
    })
    expect(printed).toContain('`apiVersion` is missing')
    expect(printed).toContain('hint: write `apiVersion: fleetwright.dev/v1alpha1`')
    expect(printed).toContain('`kind` is `FleetConfg`, but must be `FleetConfig`')
  })

  test('a faulty cluster is left out; positions of the others stay', async () => {
    const { config } = await configOf(
      'spec: { clusters: [{ name: a, version: x }, { nam: b }, { name: c }] }\n',
    )
    expect(config.clusters.map(({ name, index }) => [name, index])).toEqual([
      ['a', 0],
      ['c', 2],
    ])
  })

  test('a cluster that is listed twice points at the first', async () => {
    const { printed, config } = await configOf(
      'spec:\n  clusters:\n  - name: a\n  - { name: a, namespace: default }\n',
    )
    expect(config.clusters).toHaveLength(1)
    expect(printed).toBe(
      [
        'fleetwright.yaml:6:13: error[config/duplicate-cluster]: the cluster `default/a` is listed twice; only the first counts',
        '  6 |   - { name: a, namespace: default }',
        '    |             ^',
        '  fleetwright.yaml:5:11: first listed here',
        '    5 |   - name: a',
        '      |           ^',
        '  hint: remove one of them, or give it another name or namespace',
        '',
      ].join('\n'),
    )
  })
})

describe('units', () => {
  test.each([
    ['24h', 86_400_000],
    ['90m', 5_400_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['250ms', 250],
    ['1.5s', 1500],
    ['', undefined],
    ['24', undefined],
    ['h', undefined],
    ['-1h', undefined],
  ])('duration %s is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })
  test.each([
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['168h', 604_800_000],
    ['1s500ms', 1500],
    ['0s', 0],
  ])('%s is how %s ms are written', (text, milliseconds) => {
    expect(formatDuration(milliseconds)).toBe(text)
    expect(parseDuration(text)).toBe(milliseconds)
  })
  test.each([
    ['10%', 0.1],
    ['7%', 0.07],
    ['0.5%', 0.005],
    ['100%', 1],
    [1e-9, 1e-9],
  ])('%s is how the share %s is written', (text, share) => {
    expect(formatShare(share)).toBe(text)
    expect(parseShare(text)).toBe(share)
  })
  test.each([
    ['10%', 0.1],
    ['0.5 %', 0.005],
    [0.25, 0.25],
    ['100%', 1],
    ['101%', undefined],
    [2, undefined],
    ['0.1', undefined],
    ['', undefined],
  ])('share %s is %s', (written, expected) => {
    expect(parseShare(written)).toBe(expected)
  })
  test.each([
    ['v1.34.2', 'v1.34.2'],
    ['1.34', 'v1.34.0'],
    ['v1.33.1-eks-1', 'v1.33.1-eks-1'],
    ['v1.30.4+k3s1', 'v1.30.4+k3s1'],
    ['34', undefined],
    ['latest', undefined],
  ])('version %s is %s', (text, expected) => {
    expect(parseKubernetesVersion(text)).toBe(expected)
  })
})

describe('the JSON Schema', () => {
  test('is draft 7, refuses unknown fields and describes every setting', () => {
    const schema = configSchema() as Node
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
    const bare = leaves(schema.properties?.spec ?? {}, 'spec').filter(
      ({ node }) => node.description === undefined,
    )
    expect(bare.map(({ path }) => path)).toEqual([])
    expect(schema.properties?.spec?.additionalProperties).toBe(false)
  })
})

interface Node {
  readonly $schema?: string
  readonly description?: string
  readonly additionalProperties?: boolean
  readonly properties?: Readonly<Record<string, Node>>
}

function leaves(node: Node, path: string): { readonly path: string; readonly node: Node }[] {
  if (node.properties === undefined) return [{ path, node }]
  return Object.entries(node.properties).flatMap(([key, child]) => leaves(child, `${path}.${key}`))
}
