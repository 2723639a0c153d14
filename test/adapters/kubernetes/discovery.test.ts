import { describe, expect, test } from 'vitest'
import type { ServedResource } from '../../../src/observe/types.ts'
import { customResource } from '../../kubernetes-server/served-resources.ts'
import { failureOf, serveAndOpen } from './reading.ts'

const metrics = customResource('metrics.k8s.io/v1beta1', 'NodeMetrics', { namespaced: false })
const widget = customResource('example.com/v1', 'Widget')

function row({ group, version, kind }: ServedResource): string {
  return `${group}/${version} ${kind}`
}

describe.each([
  ['of 1.25, document by document', 'v1.25.16'],
  ['of 1.26, at once in beta', 'v1.26.15'],
  ['of 1.35, at once', 'v1.35.4'],
])('discovery %s', (_form, version) => {
  const resources = { customResources: [metrics, widget] }

  test('finds what is there, sorted', async () => {
    const { reader } = await serveAndOpen({ version, ...resources })
    const found = await reader.discover()
    expect(found.resources.find(({ kind }) => kind === 'Widget')).toEqual({
      ...{ group: 'example.com', version: 'v1', kind: 'Widget', name: 'widgets', namespaced: true },
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    })
    expect(found.resources.map(row)).toEqual(found.resources.map(row).sort())
    expect(found.unavailable).toEqual([])
  })

  test('names what is served by somebody who is down, and finds the rest', async () => {
    const { reader } = await serveAndOpen({
      ...{ version, ...resources },
      unavailable: ['metrics.k8s.io/v1beta1'],
    })
    const found = await reader.discover()
    expect(found.unavailable).toEqual(['metrics.k8s.io/v1beta1'])
    expect(found.resources.map(({ group }) => group)).not.toContain('metrics.k8s.io')
    expect(found.resources.map(row)).toContain('example.com/v1 Widget')
    expect(found.versions).not.toHaveProperty('metrics.k8s.io')
    expect(found.versions).toMatchObject({ '': ['v1'], apps: ['v1'], 'example.com': ['v1'] })
  })

  test('of a server that dies is unreachable, not half', async () => {
    const { server, reader } = await serveAndOpen({ version, ...resources })
    server.fault({ on: /^\/apis(?:$|\/batch)/, does: { type: 'reset' } })
    expect(await failureOf(reader.discover())).toMatchObject({ reason: 'unreachable' })
  })

  test('of a server that is not ready is unreachable, whatever it lists', async () => {
    const { server, reader } = await serveAndOpen({ version, ...resources })
    server.fault({ on: /^\/readyz$/, does: { type: 'refuse', status: 500 } })
    expect(await failureOf(reader.discover())).toMatchObject({ reason: 'unreachable', retryable: true })
    expect(server.requests.map(({ url }) => url)).not.toContain('/apis')
  })

  test.each([403, 404])(
    'of a server that does not say whether it is ready is as it says: %i',
    async (status) => {
      const { server, reader } = await serveAndOpen({ version, ...resources })
      server.fault({ on: /^\/readyz$/, does: { type: 'refuse', status } })
      expect((await reader.discover()).versions).toHaveProperty(['example.com'])
    },
  )

  test('of a server that forbids it is forbidden', async () => {
    const { server, reader } = await serveAndOpen({ version })
    server.fault({ on: /^\/apis$/, does: { type: 'refuse', status: 403, reason: 'Forbidden' } })
    expect(await failureOf(reader.discover())).toMatchObject({ reason: 'forbidden' })
  })

  test.each(['{}', '{"kind":"APIGroupDiscoveryList"}', '{"kind":"APIGroupList","groups":1}', '[]'])(
    'that makes no sense is a bad answer: %s',
    async (text) => {
      const { server, reader } = await serveAndOpen({ version })
      server.fault({ on: /^\/apis$/, does: { type: 'body', text } })
      expect(await failureOf(reader.discover())).toMatchObject({ reason: 'bad-answer' })
    },
  )
})

test('asks old servers for one document a group version, new ones for two in all, and whether they are ready', async () => {
  const old = await serveAndOpen({ version: 'v1.24.17' })
  await old.reader.discover()
  const recent = await serveAndOpen({ version: 'v1.34.2' })
  await recent.reader.discover()
  expect(old.server.requests.length).toBeGreaterThan(20)
  expect(recent.server.requests.map(({ url }) => url).sort()).toEqual(['/api', '/apis', '/readyz'])
})
