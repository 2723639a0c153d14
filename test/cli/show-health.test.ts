import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { commitFiles, runCommand, temporaryFolder } from './run-command.ts'

function deployment(name: string, status: object): object {
  const metadata = { name, namespace: 'web' }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 1 }, status }
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'job', namespace: 'ops' },
  status: { phase: 'Failed' },
}
const objects = [deployment('api', {}), deployment('web', { readyReplicas: 1 }), pod]

const script = `function evaluate()
  local rows
  for _, resource in ipairs(resources) do
    rows = rows or {}
    local ready = resource.status.readyReplicas ~= nil
    table.insert(rows, { resource = resource, status = ready and "Healthy" or "Degraded", message = ready and "" or "not ready\\nlook at it" })
  end
  return { resources = rows }
end
`

function health(): string {
  const selectors = [
    { group: 'apps', version: 'v1', kind: 'Deployment' },
    { group: '', version: 'v1', kind: 'Pod' },
  ]
  const check = {
    name: 'workloads',
    type: 'HealthCheck',
    livenessSourceRef: { kind: 'HealthCheck', name: 'workloads' },
  }
  return yaml(
    ...[
      {
        kind: 'HealthCheck',
        name: 'workloads',
        spec: { resourceSelectors: selectors, evaluateHealth: script },
      },
      {
        kind: 'ClusterHealthCheck',
        name: 'production',
        spec: {
          clusterSelector: { matchLabels: { env: 'production' } },
          livenessChecks: [check],
          notifications: [],
        },
      },
    ].map(
      ({ kind, name, spec }) =>
        `${JSON.stringify({ apiVersion: 'lib.projectsveltos.io/v1beta1', kind, metadata: { name }, spec })}\n`,
    ),
  )
}

function fleet(files: Readonly<Record<string, string>> = { 'health.yaml': health() }): string {
  const folder = join(temporaryFolder(), 'fleet')
  const all = {
    'clusters.yaml': yaml(
      sveltosCluster('eu', { env: 'production' }),
      sveltosCluster('us', { env: 'production' }),
    ),
    '.fleetwright/facts/fleet/eu.json': JSON.stringify({ objects }),
    '.fleetwright/facts/fleet/us.json': JSON.stringify({ objects: [], asked: [] }),
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  commitFiles(folder)
  return folder
}

const common = ['--facts', '.fleetwright', '--as-of', '2026-01-02T00:00:00Z']

describe('show health', () => {
  test('says whether each cluster passes, and which object decides it', async () => {
    const { stdout, exitCode } = await runCommand(fleet(), ['show', 'health', ...common])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        'CLUSTER   CLUSTERHEALTHCHECK  CHECK      STATUS   MESSAGE',
        'fleet/eu  production          workloads  Failing  2 of 3 objects are not healthy',
        'fleet/us  production          workloads  Unknown  the facts do not tell of Deployment (apps/v1)',
        '',
        'CLUSTER   HEALTHCHECK  OBJECT              STATUS    MESSAGE',
        'fleet/eu  workloads    Deployment web/api  Degraded  not ready …',
        'fleet/eu  workloads    Deployment web/web  Healthy',
        'fleet/eu  workloads    Pod ops/job         Degraded  not ready …',
        'fleet/us  workloads    -                   Unknown   the facts do not tell of Deployment (apps/v1)',
        '',
      ].join('\n'),
    )
  })

  test('with --output json prints the published document', async () => {
    const { stdout } = await runCommand(fleet(), [
      'show',
      'health',
      ...common,
      '--output',
      'json',
      '--cluster',
      'fleet/eu',
    ])
    const { conditions, objects: rows } = outputs['show health'].parse(JSON.parse(stdout))
    expect(conditions).toMatchObject([{ cluster: 'fleet/eu', type: 'HealthCheck', status: 'Failing' }])
    expect(rows[0]).toMatchObject({ object: 'Deployment web/api', message: 'not ready\nlook at it' })
  })

  test('an add-on that is not ready makes the check of add-ons fail', async () => {
    const spec = {
      clusterSelector: { matchLabels: { env: 'production' } },
      livenessChecks: [{ name: 'addons', type: 'Addons' }],
      notifications: [],
    }
    const health = {
      apiVersion: 'lib.projectsveltos.io/v1beta1',
      kind: 'ClusterHealthCheck',
      metadata: { name: 'all' },
      spec,
    }
    const selects = 'clusterSelector: { matchLabels: { env: production } }'
    const references =
      '[{ kind: ConfigMap, namespace: default, name: one }, { kind: ConfigMap, namespace: default, name: two }]'
    const object = 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: x }\n'
    const folder = fleet({
      'health.yaml': `${JSON.stringify(health)}\n`,
      'profile.yaml': yaml(
        clusterProfile('app', `${selects}\npolicyRefs: ${references}`),
        configMap('one', { 'c.yaml': object }),
        configMap('two', { 'c.yaml': object.replace('x', 'y') }),
      ),
      '.fleetwright/delivered.json': JSON.stringify({
        'fleet/eu': {
          'policy-default-one': { status: 'ready' },
          'policy-default-two': { status: 'failed', message: 'no such kind' },
        },
        'fleet/us': { 'policy-default-one': { status: 'ready' }, 'policy-default-two': { status: 'ready' } },
      }),
    })
    const { stdout } = await runCommand(folder, ['show', 'health', ...common])
    expect(stdout).toBe(
      [
        'CLUSTER   CLUSTERHEALTHCHECK  CHECK   STATUS   MESSAGE',
        'fleet/eu  all                 addons  Failing  policy-default-two is failed: no such kind',
        'fleet/us  all                 addons  Passing',
        '',
      ].join('\n'),
    )
  })

  test('says so when nothing is checked', async () => {
    expect((await runCommand(fleet({}), ['show', 'health', ...common])).stdout).toBe('no health checks\n')
  })
})

describe('show resources', () => {
  test('prints the table of sveltosctl', async () => {
    const { stdout, exitCode } = await runCommand(fleet(), ['show', 'resources', ...common])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        '+----------+--------------------------+-----------+------+-------------+',
        '| CLUSTER  | GVK                      | NAMESPACE | NAME | MESSAGE     |',
        '+----------+--------------------------+-----------+------+-------------+',
        '| fleet/eu | apps/v1, Kind=Deployment | web       | api  | not ready … |',
        '| fleet/eu | apps/v1, Kind=Deployment | web       | web  |             |',
        '| fleet/eu | /v1, Kind=Pod            | ops       | job  | not ready … |',
        '+----------+--------------------------+-----------+------+-------------+',
        '',
      ].join('\n'),
    )
  })

  test.each([
    [['--kind', 'Pod'], ['job']],
    [
      ['--group', 'apps'],
      ['api', 'web'],
    ],
    [['--group', 'core'], ['job']],
    [['--namespace', 'ops'], ['job']],
    [['--cluster-namespace', 'elsewhere'], []],
  ])('%j leaves the others out', async (flags, names) => {
    const { stdout } = await runCommand(fleet(), [
      'show',
      'resources',
      ...common,
      '--output',
      'json',
      ...flags,
    ])
    const { resources } = outputs['show resources'].parse(JSON.parse(stdout))
    expect(resources.map(({ name }) => name)).toEqual(names)
  })

  test('with --full prints the objects under what is said of them', async () => {
    const { stdout } = await runCommand(fleet(), ['show', 'resources', ...common, '--kind', 'Pod', '--full'])
    expect(stdout).toBe(
      [
        '---',
        '# fleet/eu Degraded not ready look at it',
        'apiVersion: v1',
        'kind: Pod',
        'metadata:',
        '  name: job',
        '  namespace: ops',
        'status:',
        '  phase: Failed',
        '',
      ].join('\n'),
    )
    const json = await runCommand(fleet(), [
      'show',
      'resources',
      ...common,
      '--kind',
      'Pod',
      '--full',
      '--output',
      'json',
    ])
    expect(outputs['show resources'].parse(JSON.parse(json.stdout)).resources[0]?.resource).toEqual(pod)
  })
})
