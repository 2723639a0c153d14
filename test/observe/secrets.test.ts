import { describe, expect, test } from 'vitest'
import type { MemoryObject } from '../../src/adapters/memory/memory-clusters.ts'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import { managementId } from '../../src/observe/types.ts'
import { hasSecretToken } from '../../src/secrets/token.ts'
import { observe } from '../../src/observe/observe.ts'
import { cluster, fleet, need, observed, request, target, withReader } from './observing.ts'

const management = { type: 'context', context: 'hub' } as const

/** Texts as they are found in Secrets: passwords, certificates, JSON, binary. */
const values = Array.from({ length: 50 }, (_, index) => {
  const shapes = [
    `hunter-${index}-Tr0ub4dor&3`,
    `-----BEGIN PRIVATE KEY-----\nMIIEvQ${index}IBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n`,
    `{"auths":{"registry.example.com":{"password":"p${index}/+=ß"}}}`,
    `postgres://app:s3cr3t%20${index}@db.example.com/app?sslmode=require`,
    `\u0001binary\u0002 value ${index} …`,
  ]
  return shapes[index % shapes.length] ?? ''
})

function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
  ]
}

function secret(index: number, value: string): MemoryObject {
  const data = { value: Buffer.from(value).toString('base64') }
  const name = `secret-${index}`
  const head = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque' }
  const applied = JSON.stringify({
    ...head,
    metadata: { name, namespace: 'shop' },
    data,
    stringData: { value },
  })
  return {
    ...head,
    metadata: {
      ...{ name, namespace: 'shop' },
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': applied,
        'example.com/copy': value,
        'example.com/encoded-copy': data.value,
      },
    },
    data,
    stringData: { value },
  }
}

const secrets = values.map((value, index) => secret(index, value))
/** Another object that carries a manifest with a Secret. */
const carrier: MemoryObject = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'carrier', namespace: 'shop', annotations: { kept: 'yes' } },
  spec: { manifests: secrets, one: { template: secrets[3] } },
}
const needs = ['fleet/a', managementId].flatMap((id) => [
  need(id, 'v1', 'Secret'),
  need(id, 'example.com/v1', 'Widget'),
  need(id, 'v1', 'Secret', { keep: 'identity', namespace: 'shop' }),
])
const everywhere = { management, targets: [target('fleet/a')], needs }

function expectNothingTold(files: ReadonlyMap<string, string>, rows: unknown): void {
  const told = [...files].flat().join('\n') + JSON.stringify(rows)
  expect(values.filter((value) => spellings(value).some((spelling) => told.includes(spelling)))).toEqual([])
  // Nor half of one.
  expect(values.filter((value) => told.includes(value.slice(0, 16)))).toEqual([])
}

describe('no value of a Secret', () => {
  const readers = () =>
    fleet({ hub: cluster([...secrets, carrier]), 'fleet/a': cluster([...secrets, carrier]) })

  test('is in what is recorded, in any encoding', async () => {
    const { files, clusters, facts } = await observed(readers(), everywhere)
    for (const id of ['fleet/a', managementId]) expect(facts(id).objects).toHaveLength(51)
    expectNothingTold(files, clusters)
  })

  test('is in what is recorded without a key, which says nothing at all of values', async () => {
    const { key: _none, ...keyless } = request(everywhere)
    const { files, clusters } = await observe(keyless, readers())
    expectNothingTold(files, clusters)
    expect(files.get('.fleetwright/facts/fleet/a.json')).not.toContain('hmac:')
    expect(files.get('.fleetwright/facts/fleet/a.json')).toContain('"data":{"value":"hidden"}')
  })

  test('is in what is said when reading breaks off behind it', async () => {
    const breaking = withReader(readers(), (reader) => ({
      async *list(list, signal) {
        yield* reader.list(list, signal)
        if (list.kind === 'Widget')
          throw new ClusterError('unreachable', { operation: 'test', message: 'the connection broke' })
      },
    }))
    const { files, clusters } = await observed(breaking, everywhere)
    expect(clusters.map(({ status }) => status)).toEqual(['missing', 'missing'])
    expectNothingTold(files, clusters)
  })

  test('is like another: each has a fingerprint of its own, always the same', async () => {
    const keyed = await observed(readers(), everywhere)
    const prints = secretsOf(keyed.facts('fleet/a').objects)
    expect(new Set(prints).size).toBe(50)
    expect(prints.every((print) => /^hmac:[0-9a-f]{24}$/.test(print))).toBe(true)
    const again = await observed(readers(), everywhere)
    expect(secretsOf(again.facts('management').objects)).toEqual(prints)
  })

  test('reaches templates through an object that carries it: what stands for it may not be rendered', async () => {
    const { facts } = await observed(readers(), everywhere)
    const found = facts('fleet/a').objects.find((object) => (object as MemoryObject).kind === 'Widget')
    const { manifests } = (
      found as { spec: { manifests: { data: { value: string }; stringData: unknown }[] } }
    ).spec
    expect(manifests).toHaveLength(50)
    for (const { data, stringData } of manifests) {
      expect(hasSecretToken(Buffer.from(data.value, 'base64').toString('utf8'))).toBe(true)
      expect(hasSecretToken(JSON.stringify(stringData))).toBe(true)
    }
  })
})

test('what only refers to a Secret stays as it is', async () => {
  const reference = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'secret-1', key: 'value' }
  const widget: MemoryObject = {
    ...{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x', namespace: 'shop' } },
    spec: { resource: reference },
  }
  const { facts } = await observed(fleet({ 'fleet/a': cluster([widget]) }), {
    ...{ targets: [target('fleet/a')], needs: [need('fleet/a', 'example.com/v1', 'Widget')] },
  })
  expect(facts('fleet/a').objects).toEqual([widget])
})

function secretsOf(objects: readonly object[]): readonly string[] {
  return objects.flatMap((object) => {
    const { kind, data } = object as { kind: string; data?: { value: string } }
    return kind === 'Secret' && data ? [data.value] : []
  })
}
