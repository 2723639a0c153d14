import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatFieldPath } from '../../src/compare/fields/field-path.ts'
import { createBuiltInNodes } from '../../src/compare/schemas/built-in-nodes.ts'
import { findFaults } from '../../src/compare/schemas/find-faults.ts'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import { startCluster } from '../e2e/kubernetes-cluster.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { sharedFolder } from '../shared.ts'
import { appChartFolder, appChartObjects, renderAppChart } from './app-chart.ts'

/* The chart of the app, rendered and checked by fleetwright itself, beside what Helm makes of it. */

const app = { id: '1234', existingSecret: 'fleetwright-app' }
const everything = {
  app: {
    ...{ ...app, clientId: 'Iv1.abc', publicUrl: 'https://fleet.example.com' },
    apiUrl: 'https://github.example.com/api/v3',
  },
  ...{ replicas: 3, redis: { existingSecret: 'fleetwright-redis' }, fleetsSecret: 'fleetwright-fleets' },
  fleets: [{ repository: 'acme/fleet', clusters: { inCluster: true } }],
  rbac: {
    rules: [{ apiGroups: ['cluster.x-k8s.io'], resources: ['clusters'], verbs: ['get', 'list', 'watch'] }],
  },
  ingress: { enabled: true, host: 'fleet.example.com', tlsSecret: 'tls', className: 'nginx' },
  env: [{ name: 'SHUTDOWN_GRACE', value: '20s' }],
}

let engine: Engine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const render = (values: object) => renderAppChart(engine, values)
const objectsOf = (values: object) => appChartObjects(engine, values)

const kindOf = (object: JsonObject): string => JSON.stringify(object['kind']).replaceAll('"', '')

test('one replica keeps its queue on a volume, and never runs beside its successor', async () => {
  const objects = await objectsOf({ app })
  expect(objects.map(kindOf).sort()).toEqual([
    ...['Deployment', 'NetworkPolicy', 'PersistentVolumeClaim', 'Service', 'ServiceAccount'],
  ])
  const deployment = objects.find((object) => object['kind'] === 'Deployment')
  expect(deployment).toMatchObject({
    spec: {
      strategy: { type: 'Recreate' },
      template: {
        spec: { automountServiceAccountToken: false, volumes: [{ persistentVolumeClaim: {} }, {}] },
      },
    },
  })
})

test('several replicas share Redis, need no volume, and are disrupted one at a time', async () => {
  const objects = await objectsOf(everything)
  expect(objects.map(kindOf).sort()).toEqual([
    ...['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'Deployment', 'Ingress', 'NetworkPolicy'],
    ...['PodDisruptionBudget', 'Service', 'ServiceAccount'],
  ])
})

test('the container runs as nobody in particular, on a file system that it cannot write', async () => {
  const [deployment] = (await objectsOf({ app })).filter((object) => object['kind'] === 'Deployment')
  expect(deployment).toMatchObject({
    spec: {
      template: {
        spec: {
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              securityContext: {
                ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [{ mountPath: '/data' }, { mountPath: '/tmp' }],
            },
          ],
        },
      },
    },
  })
})

test.each([
  ['several replicas without Redis', { app, replicas: 2 }, 'redis.existingSecret'],
  ['a fleet page that browsers cannot find', { app: { ...app, clientId: 'Iv1.abc' } }, 'app.publicUrl'],
  ['no id of the app', { app: { existingSecret: 'x' } }, 'id'],
  ['a value that does not exist', { app, replica: 2 }, 'replica'],
])('%s is refused', async (_name, values, word) => {
  const rendered = await render(values)
  expect(rendered.ok).toBe(false)
  if (!rendered.ok) expect(rendered.fault.message).toContain(word)
})

test.each([
  ['the least', { app }],
  ['everything', everything],
])('with %s, no object has a field that Kubernetes does not know', async (_name, values) => {
  const nodes = createBuiltInNodes()
  for (const minor of [25, 35]) {
    for (const object of await objectsOf(values)) {
      const node = nodes.kind(object as JsonObject & { apiVersion: string; kind: string }, minor)
      expect(node, `${kindOf(object)} in 1.${minor}`).toBeDefined()
      if (!node) continue
      const faults = findFaults(node, object).map(({ path, text }) => `${formatFieldPath(path)} ${text}`)
      expect(faults, kindOf(object)).toEqual([])
    }
  }
})

const helm = process.env['FLEETWRIGHT_HELM']

test.skipIf(helm === undefined && process.env['FLEETWRIGHT_REQUIRE_SHARED'] === undefined)(
  'Helm makes the same objects of it',
  async () => {
    for (const values of [{ app }, everything]) {
      const args = [
        'template',
        'bot',
        appChartFolder,
        '--namespace=fleetwright',
        '--kube-version=1.33.0',
        '--values=-',
      ]
      const text = execFileSync(helm ?? 'helm', args, { input: JSON.stringify(values), encoding: 'utf8' })
      const [documents = []] = await engine.parseYaml([text])
      const printed = documents.flatMap(({ json }) => (json === undefined ? [] : [parseExactJson(json)]))
      const byKind = (list: readonly unknown[]): readonly string[] =>
        list.map((one) => JSON.stringify(one)).sort()
      expect(byKind(await objectsOf(values))).toEqual(byKind(printed.filter((one) => one !== null)))
    }
  },
)

describe.skipIf(sharedFolder() === undefined)('on a real kube-apiserver', () => {
  test('everything is taken as it is', async () => {
    const cluster = await startCluster(
      sharedFolder() ?? '',
      `chart-${process.pid}`,
      20_500 + (process.pid % 40) * 10,
    )
    try {
      await cluster.kubectl('create', 'namespace', 'fleetwright')
      const applied = await cluster.apply(
        [...(await objectsOf(everything)), ...(await objectsOf({ app }))],
        '--namespace=fleetwright',
        '--dry-run=server',
      )
      expect(applied.trim().split('\n')).toHaveLength(14)
    } finally {
      await cluster.stop()
    }
  }, 120_000)
})
