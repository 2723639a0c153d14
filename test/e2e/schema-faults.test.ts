import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFleetSchemas } from '../../src/compare/schemas/fleet-schemas.ts'
import type { SideObject } from '../../src/compare/types.ts'
import type { JsonObject } from '../../src/engine/types.ts'
import { recordedSchema } from '../../src/observe/recorded-schema.ts'
import type { ClusterFacts, RecordedSchema } from '../../src/observe/types.ts'
import { sharedFolder } from '../shared.ts'
import { eventually, startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { KubernetesRequests, type TestObject } from './kubernetes-requests.ts'
import { gadgets, schemaCases } from './schema-cases.ts'

const shared = sharedFolder()
const portBase = 21_000 + (process.pid % 90) * 10
const nothing = { clusters: new Map() }

function toSideObject(object: TestObject): SideObject {
  // As it is sent: what is undefined is not there.
  const text = JSON.stringify(object)
  const { apiVersion, kind, metadata } = object
  const digest = createHash('sha256').update(text).digest('hex')
  return {
    apiVersion,
    kind,
    name: metadata.name,
    path: 'one.yaml',
    digest,
    value: JSON.parse(text) as JsonObject,
  }
}

describe.skipIf(shared === undefined)('schema faults against a real kube-apiserver', () => {
  let cluster: KubernetesCluster
  let server: KubernetesRequests
  let version: string

  beforeAll(async () => {
    cluster = await startCluster(shared ?? '', `schema-faults-${process.pid}`, portBase)
    server = await KubernetesRequests.open(cluster.kubeconfig, portBase)
    version = String((await server.send('GET', '/version')).body['gitVersion'])
    expect(await server.apply(gadgets, { dryRun: false })).toMatchObject({ message: '' })
    await eventually(
      'the definition is established',
      () => server.send('GET', '/apis/example.com/v1'),
      ({ status }) => status === 200,
    )
    // Its validation follows a moment later.
    const unknown = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' }, none: 1 }
    await eventually(
      'the definition is enforced',
      () => server.tryCreate(unknown),
      ({ status }) => status >= 400 && status < 500 && status !== 404,
    )
  })
  afterAll(async () => {
    server.close()
    await cluster.stop()
  })

  test.each(schemaCases)('$title', async ({ object, faults }) => {
    const { key, digest, text } = recordedSchema(gadgets)
    const facts: ClusterFacts = {
      version,
      resources: [],
      labels: {},
      objects: [],
      schemas: { [key]: digest },
    }
    const schemas = createFleetSchemas({
      facts: { clusters: new Map([['one', facts]]) },
      schemas: new Map([[digest, JSON.parse(text) as RecordedSchema]]),
      ...{ before: nothing, after: nothing },
    })
    const found = schemas.check('one', toSideObject(object), 'after')
    expect(found?.map(({ place }) => place.join('.'))).toEqual(faults)
    const { status } = await server.tryCreate(object)
    expect(status === 201 ? 'accepted' : status === 400 || status === 422 ? 'refused' : status).toBe(
      faults.length === 0 ? 'accepted' : 'refused',
    )
  })
})
