import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import type { Engine } from '../../src/engine/types.ts'
import { explain, formatExplanation } from '../../src/report/report.ts'
import { sveltosCluster } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { asOf, errorsOf, run, type RunOptions } from '../journey/run.ts'
import { requireShared, sharedFolder } from '../shared.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const service = (name: string, status: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: {
    type: 'LoadBalancer',
    ports: [
      { port: 80, protocol: 'TCP', targetPort: 8080 },
      { port: 443, protocol: 'TCP', targetPort: 'https' },
    ],
  },
  status,
})
const web = service('web', { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } })
const pending = service('pending', { loadBalancer: {} })

interface Seen {
  readonly objects?: readonly object[]
  readonly observedAt?: string
  readonly reachable?: boolean
}

/** What was recorded of the production cluster; the destination was seen just now. */
function recorded({ objects, observedAt = asOf, reachable = true }: Seen): ReadonlyMap<string, string> {
  const observed = {
    'production/eu': { observedAt, reachable, ...(!reachable && { reason: 'connection refused' }) },
    'fleet/eng': { observedAt: asOf, reachable: true },
  }
  return new Map([
    ...(objects ? [['.fleetwright/facts/production/eu.json', JSON.stringify({ objects })] as const] : []),
    ['.fleetwright/facts/fleet/eng.json', '{}'],
    ['.fleetwright/observed.json', JSON.stringify(observed)],
  ])
}

describe.skipIf(sharedFolder() === undefined)('the published cross-cluster example', () => {
  /** The example as its author wrote it, and one branch that compiles go onto. */
  function start() {
    const published = readFileSync(join(requireShared(), 'corpus/published/cross-cluster.yaml'), 'utf8')
    const reader = createMemoryReader({
      'published.yaml': published,
      'eu.yaml': sveltosCluster('eu', { env: 'production' }, 'production'),
      'eng.yaml': sveltosCluster('eng', { dep: 'eng' }),
    })
    const writer = createMemoryBranch()
    return {
      compile: (seen: Seen, options: RunOptions = {}) =>
        run({ reader, writer, engine }, { facts: recorded(seen), ...options }),
      files: () => {
        const all = [...writer.filesOf('rendered')].filter(([path]) => path.startsWith('clusters/'))
        return Object.fromEntries(all.map(([path, text]) => [path.split('/').slice(3).join('/'), text]))
      },
    }
  }
  const unit = 'policy-projectsveltos-service-policy-web-dc893b4f37'

  test('a Service with an address in production becomes a Service and Endpoints in the destinations', async () => {
    const { compile, files } = start()
    expect(errorsOf(await compile({ objects: [web, pending] }))).toEqual([])
    expect(files()).toEqual({
      'namespaces/namespace-external.yaml': expect.stringContaining('name: external') as string,
      [`${unit}/endpoints-external-external-web.yaml`]: `apiVersion: v1
kind: Endpoints
metadata:
  name: external-web
  namespace: external
subsets:
- addresses:
  - ip: 203.0.113.10
  ports:
  - port: 80
  - port: 443
`,
      [`${unit}/service-external-external-web.yaml`]: `apiVersion: v1
kind: Service
metadata:
  name: external-web
  namespace: external
spec:
  ports:
  - port: 80
    protocol: TCP
    targetPort: 8080
  - port: 443
    protocol: TCP
    targetPort: https
  selector: {}
`,
    })
  })

  test('when the Service is gone, they go', async () => {
    const { compile, files } = start()
    await compile({ objects: [web] })
    const { outcome } = await compile({ objects: [] })
    expect(outcome?.status).toBe('written')
    expect(Object.keys(files()).filter((path) => path.startsWith('policy'))).toEqual([])
  })

  test('a production cluster that did not answer keeps its last facts, and what follows from them', async () => {
    const { compile, files } = start()
    await compile({ objects: [web] })
    const before = files()
    const away = await compile({ objects: [web], reachable: false, observedAt: '2026-01-01T12:00:00Z' })
    expect(errorsOf(away)).toEqual([])
    expect(files()).toEqual(before)
  })

  test('facts that are too old change nothing in the destination, which is otherwise compiled', async () => {
    const { compile, files } = start()
    await compile({ objects: [web] })
    const before = files()
    const old = await compile({ objects: [], reachable: false, observedAt: '2025-12-01T00:00:00Z' })
    expect(errorsOf(old)).toEqual(['resolve/facts-too-old'])
    expect(files()).toEqual(before)
    const destination = old.compiled?.plan?.clusters.find(({ cluster }) => cluster.id === 'fleet/eng')
    expect(destination?.hold).toBeUndefined()
    expect(destination?.heldProfiles).toMatchObject([
      { profile: 'EventTrigger/service-policy@production/eu', hold: { reason: 'facts-too-old' } },
    ])
  })

  test('facts that nobody recorded remove nothing', async () => {
    const { compile, files } = start()
    await compile({ objects: [web] })
    const before = files()
    const missing = await compile({})
    expect(errorsOf(missing)).toEqual(['resolve/events-not-observed published.yaml:5:1'])
    expect(files()).toEqual(before)
  })

  test('explain leads from the object to the Service that made it', async () => {
    const { compile } = start()
    const { compiled } = await compile({ objects: [web] })
    const outcome = explain({ cluster: 'fleet/eng', unit }, compiled?.plan ?? never())
    const text = outcome.status === 'found' ? formatExplanation(outcome.explanation) : outcome.reason
    expect(text.replace(/ {2,}(?=\S+:\d)/g, ' @ ')).toBe(`${unit} on fleet/eng
└─ asked for by EventTrigger/service-policy@production/eu#Service/default/web, spec.policyRefs[0], tier 100 @ published.yaml:31:4
   ├─ selects it by dep=eng @ published.yaml:27:30
   │  └─ label dep=eng @ eng.yaml:3:61
   └─ ClusterProfile service-policy-web-91b6865d18, generated by EventTrigger/service-policy @ published.yaml:24:8
      └─ from what EventSource/load-balancer-service sees @ published.yaml:4:8
         └─ Service default/web in production/eu
`)
  })

  test('the plan says what it needs: Services of the production cluster, whole', async () => {
    const { compile } = start()
    const { compiled } = await compile({})
    expect(compiled?.plan?.needs.filter(({ cluster }) => cluster !== 'management')).toEqual([
      {
        cluster: 'production/eu',
        query: {
          ...{ group: '', version: 'v1', kind: 'Service', namespace: '', name: '', labelSelector: '' },
          keep: 'whole',
        },
        because: ['EventSource/load-balancer-service'],
      },
    ])
  })
})

function never(): never {
  throw new Error('there is no plan')
}
