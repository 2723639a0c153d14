import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import type { HealthReport } from '../../src/resolve/types.ts'
import { compileFiles, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const replicas = `function evaluate()
  local rows = {}
  for _, resource in ipairs(resources) do
    if resource.metadata.name ~= "skipped" then
      local missing = resource.spec.replicas - resource.status.readyReplicas
      local status = missing == 0 and "Healthy" or "Degraded"
      table.insert(rows, { resource = resource, status = status, message = missing .. " missing", ignore = resource.metadata.name == "ignored" })
    end
  end
  return { resources = rows }
end
`

function healthCheck(name: string, script: string, selector: object = {}): string {
  const deployments = { group: 'apps', version: 'v1', kind: 'Deployment', ...selector }
  return lib('HealthCheck', name, { resourceSelectors: [deployments], evaluateHealth: script })
}

function clusterHealthCheck(
  name: string,
  checks: readonly string[],
  labels: object = { env: 'prod' },
): string {
  return lib('ClusterHealthCheck', name, {
    clusterSelector: { matchLabels: labels },
    livenessChecks: checks.map((check) =>
      check === 'Addons'
        ? { name: 'addons', type: 'Addons' }
        : { name: check, type: 'HealthCheck', livenessSourceRef: { kind: 'HealthCheck', name: check } },
    ),
    notifications: [],
  })
}

function lib(kind: string, name: string, spec: object, version = 'v1beta1'): string {
  const apiVersion = `lib.projectsveltos.io/${version}`
  return `${JSON.stringify({ apiVersion, kind, metadata: { name }, spec })}\n`
}

function deployment(name: string, ready: number): object {
  const metadata = { name, namespace: 'web', labels: { app: name } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 2 },
    status: { readyReplicas: ready },
  }
}

const eu = '.fleetwright/facts/fleet/eu.json'
const clusters = yaml(sveltosCluster('eu', { env: 'prod' }), sveltosCluster('us', { env: 'test' }))

async function judge(intent: string, facts: Readonly<Record<string, unknown>> = {}) {
  const files = { 'clusters.yaml': clusters, 'health.yaml': intent }
  const { plan, diagnostics } = await compileFiles(engine, files, { until: 'plan', facts })
  const health: HealthReport = plan?.health ?? { objects: [], conditions: [] }
  return { health, plan, diagnostics }
}

function shown({ objects, conditions }: HealthReport): readonly string[] {
  return [
    ...objects.map(({ cluster, healthCheck, object, status, message }) =>
      [cluster, healthCheck, object?.name ?? '-', status, message].join(' | '),
    ),
    ...conditions.map(({ cluster, clusterHealthCheck, check, status, message }) =>
      [cluster, clusterHealthCheck, check, status, message].join(' | '),
    ),
  ]
}

describe('a HealthCheck', () => {
  const intent = yaml(healthCheck('replicas', replicas), clusterHealthCheck('all', ['replicas', 'Addons']))

  test('judges the objects of the clusters that a ClusterHealthCheck selects for it', async () => {
    const objects = [
      deployment('api', 1),
      deployment('ignored', 0),
      deployment('skipped', 0),
      deployment('web', 2),
    ]
    const { health, diagnostics } = await judge(intent, { [eu]: { objects } })
    expect(shown(health)).toEqual([
      'fleet/eu | HealthCheck/replicas | api | Degraded | 1 missing',
      'fleet/eu | HealthCheck/replicas | web | Healthy | 0 missing',
      'fleet/eu | ClusterHealthCheck/all | replicas | Failing | 1 of 2 objects are not healthy',
      'fleet/eu | ClusterHealthCheck/all | addons | Unknown | nobody recorded what became of the add-ons',
    ])
    expect(health.objects[0]?.object).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'web',
      name: 'api',
    })
    expect(diagnostics).toEqual([])
  })

  test('passes where every object is healthy, and where there is none', async () => {
    const [healthy, none] = await Promise.all([
      judge(intent, { [eu]: { objects: [deployment('web', 2)] } }),
      judge(
        yaml(
          healthCheck('replicas', 'function evaluate() return {} end'),
          clusterHealthCheck('all', ['replicas']),
        ),
        {
          [eu]: { objects: [] },
        },
      ),
    ])
    expect(healthy.health.conditions[0]).toMatchObject({ status: 'Passing', message: '' })
    expect(none.health.conditions).toMatchObject([{ status: 'Passing' }])
  })

  test('sees what its selector selects: namespace, labels and CEL', async () => {
    const selector = {
      namespace: 'web',
      labelFilters: [{ key: 'app', operation: 'Different', value: 'api' }],
      evaluateCEL: [{ name: 'ready', rule: 'resource.status.readyReplicas > 0' }],
    }
    const text = yaml(healthCheck('replicas', replicas, selector), clusterHealthCheck('all', ['replicas']))
    const objects = [deployment('api', 1), deployment('db', 0), deployment('web', 1)]
    const { health } = await judge(text, { [eu]: { objects } })
    expect(health.objects.map(({ object }) => object?.name)).toEqual(['web'])
  })

  test('asks for what it selects, and is unknown while the facts do not say', async () => {
    const { health, plan } = await judge(intent, { [eu]: { objects: [], asked: [] } })
    expect(shown(health)).toEqual([
      'fleet/eu | HealthCheck/replicas | - | Unknown | the facts do not tell of Deployment (apps/v1)',
      'fleet/eu | ClusterHealthCheck/all | replicas | Unknown | the facts do not tell of Deployment (apps/v1)',
      'fleet/eu | ClusterHealthCheck/all | addons | Unknown | nobody recorded what became of the add-ons',
    ])
    expect(plan?.needs.filter(({ because }) => because.includes('HealthCheck/replicas'))).toMatchObject([
      { cluster: 'fleet/eu', query: { group: 'apps', version: 'v1', kind: 'Deployment', keep: 'whole' } },
    ])
  })

  test('holds nothing and fails nothing when its script is broken', async () => {
    const broken = 'function evaluate()\n  return nothing.at.all\nend\n'
    const text = yaml(healthCheck('broken', broken), clusterHealthCheck('all', ['broken']))
    const { health, plan, diagnostics } = await judge(text, { [eu]: { objects: [deployment('web', 2)] } })
    expect(health.objects).toMatchObject([{ status: 'Unknown' }])
    expect(health.objects[0]?.message).toContain('the script of HealthCheck/broken failed')
    expect(health.conditions).toMatchObject([{ status: 'Unknown' }])
    expect(diagnostics).toMatchObject([
      { code: 'resolve/script-failed', severity: 'warning', holds: 'nothing' },
    ])
    expect(plan?.clusters.map(({ hold }) => hold)).toEqual([undefined, undefined])
  })

  test('whose script gives a status that there is not, is unknown', async () => {
    const odd =
      'function evaluate() return { resources = {{ resource = resources[1], status = "fine" }, { resource = resources[1] }} } end'
    const text = yaml(healthCheck('odd', odd), clusterHealthCheck('all', ['odd']))
    const { health } = await judge(text, { [eu]: { objects: [deployment('web', 2)] } })
    expect(health.objects).toMatchObject([
      { status: 'Unknown', message: 'the script gives the status `fine`' },
      { status: 'Unknown', message: 'the script gives no status' },
    ])
  })

  test('that nobody names is judged nowhere', async () => {
    const { health, diagnostics } = await judge(healthCheck('replicas', replicas), {
      [eu]: { objects: [deployment('web', 0)] },
    })
    expect(shown(health)).toEqual([])
    expect(diagnostics.map(({ code }) => code)).toEqual(['intent/health-check-unused'])
  })

  test('that there is not makes its check fail', async () => {
    const { health } = await judge(clusterHealthCheck('all', ['typo']), { [eu]: { objects: [] } })
    expect(shown(health)).toEqual([
      'fleet/eu | ClusterHealthCheck/all | typo | Failing | there is no HealthCheck typo',
    ])
  })

  test('of 2023, with a script for each object, is judged as it was then', async () => {
    const script = `function evaluate()
  hs = {}
  hs.status = obj.status.readyReplicas == obj.spec.replicas and "Healthy" or "Progressing"
  hs.message = obj.metadata.name
  hs.ignore = obj.metadata.name == "ignored"
  return hs
end
`
    const text = yaml(
      lib('HealthCheck', 'old', { group: 'apps', version: 'v1', kind: 'Deployment', script }, 'v1alpha1'),
      clusterHealthCheck('all', ['old']),
    )
    const objects = [deployment('api', 1), deployment('ignored', 0), deployment('web', 2)]
    const { health } = await judge(text, { [eu]: { objects } })
    expect(shown(health).slice(0, 2)).toEqual([
      'fleet/eu | HealthCheck/old | api | Progressing | api',
      'fleet/eu | HealthCheck/old | web | Healthy | web',
    ])
    expect((await judge(text, { [eu]: { objects: [] } })).health.objects).toEqual([])
  })
})

test('facts that are too old say nothing of health, and are asked for again', async () => {
  const intent = yaml(healthCheck('replicas', replicas), clusterHealthCheck('all', ['replicas']))
  const facts = {
    [eu]: { objects: [deployment('web', 2)] },
    '.fleetwright/observed.json': { 'fleet/eu': { observedAt: '2025-01-01T00:00:00Z', reachable: true } },
  }
  const { health, plan } = await judge(intent, facts)
  expect(health.objects).toMatchObject([{ status: 'Unknown' }])
  expect(health.conditions).toMatchObject([{ status: 'Unknown' }])
  expect(plan?.needs.filter(({ because }) => because.includes('HealthCheck/replicas'))).toHaveLength(1)
})

test('a ClusterHealthCheck without a selector, or of another cluster, says nothing', async () => {
  const text = yaml(
    healthCheck('replicas', replicas),
    clusterHealthCheck('empty', ['replicas'], {}),
    clusterHealthCheck('other', ['replicas'], { env: 'staging' }),
  )
  expect(shown((await judge(text, { [eu]: { objects: [] } })).health)).toEqual([])
})
