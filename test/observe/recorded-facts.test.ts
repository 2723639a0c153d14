import { describe, expect, test } from 'vitest'
import { parseExactJson } from '../../src/kubernetes/exact-json.ts'
import {
  cluster,
  configMap,
  fleet,
  later,
  need,
  observed,
  query,
  resources,
  target,
  withReader,
} from './observing.ts'

const oneTarget = { targets: [target('fleet/a')], needs: [need('fleet/a', 'v1', 'ConfigMap')] }

describe('what is recorded of a cluster', () => {
  test('is one line for each thing that may change, sorted', async () => {
    const readers = fleet({
      'fleet/a': cluster([configMap('b', { y: '2', x: '1' }), configMap('a')], {
        resources: resources.slice(0, 2),
      }),
    })
    const labels = { region: 'eu', env: 'prod' }
    const { files } = await observed(readers, {
      ...oneTarget,
      targets: [target('fleet/a', { labels, ready: true })],
    })
    expect([...files]).toEqual([
      [
        '.fleetwright/facts/fleet/a.json',
        `{
  "asked": [
    {"group":"","keep":"whole","kind":"ConfigMap","labelSelector":"","name":"","namespace":"","version":"v1"}
  ],
  "labels": {"env":"prod","region":"eu"},
  "objects": [
    {"apiVersion":"v1","data":{},"kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}},
    {"apiVersion":"v1","data":{"x":"1","y":"2"},"kind":"ConfigMap","metadata":{"name":"b","namespace":"default"}}
  ],
  "ready": true,
  "resources": [
    {"group":"","kind":"ConfigMap","name":"configmaps","namespaced":true,"verbs":["get","list","watch"],"version":"v1"},
    {"group":"","kind":"Namespace","name":"namespaces","namespaced":false,"verbs":["get","list","watch"],"version":"v1"}
  ],
  "version": "v1.34.2"
}
`,
      ],
      [
        '.fleetwright/observed.json',
        `{
  "fleet/a": {"observedAt":"2026-03-01T10:00:00Z","reachable":true}
}
`,
      ],
    ])
  })

  test('names all that was asked, what there is none of too', async () => {
    const { facts } = await observed(fleet({ 'fleet/a': cluster() }), {
      targets: [target('fleet/a')],
      needs: [
        need('fleet/a', 'v1', 'Service', { namespace: 'shop' }),
        need('fleet/a', 'nothing.io/v1', 'Gadget'),
        need('fleet/a', 'v1', 'Service'),
        need('fleet/b', 'v1', 'Secret'),
      ],
    })
    expect(facts('fleet/a')).toMatchObject({
      objects: [],
      asked: [
        query('v1', 'Service'),
        query('v1', 'Service', { namespace: 'shop' }),
        query('nothing.io/v1', 'Gadget'),
      ],
    })
  })

  test('is what the needs select and nothing else', async () => {
    const inShop = (name: string, app: string) => ({
      ...configMap(name),
      metadata: { name, namespace: 'shop', labels: { app } },
    })
    const readers = fleet({
      'fleet/a': cluster([configMap('one'), configMap('two'), inShop('three', 'web'), inShop('four', 'db')]),
    })
    const { facts } = await observed(readers, {
      targets: [target('fleet/a')],
      needs: [
        need('fleet/a', 'v1', 'ConfigMap', { namespace: 'default', name: 'two' }),
        need('fleet/a', 'v1', 'ConfigMap', { labelSelector: 'app=web' }),
      ],
    })
    expect(
      facts('fleet/a').objects.map((object) => (object as { metadata: { name: string } }).metadata.name),
    ).toEqual(['two', 'three'])
  })

  test('is the identity of an object where no more is needed, and the whole where somebody needs that', async () => {
    const labels = { app: 'web' }
    const service = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop', labels, uid: '1', annotations: { note: 'x' }, generation: 3 },
      spec: { type: 'LoadBalancer' },
    })
    const { facts } = await observed(fleet({ 'fleet/a': cluster([service('a'), service('b')]) }), {
      targets: [target('fleet/a')],
      needs: [
        need('fleet/a', 'v1', 'Service', { keep: 'identity' }),
        need('fleet/a', 'v1', 'Service', { namespace: 'shop', name: 'b' }),
      ],
    })
    const metadata = { namespace: 'shop', labels, annotations: { note: 'x' } }
    expect(facts('fleet/a').objects).toEqual([
      { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, name: 'a' } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { ...metadata, name: 'b', uid: '1', generation: 3 },
        spec: { type: 'LoadBalancer' },
      },
    ])
  })

  test('keeps numbers that a double cannot hold', async () => {
    const object = parseExactJson(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"big","namespace":"default"},"n":9007199254740993,"f":1.5}',
    ) as ReturnType<typeof configMap>
    const { files } = await observed(fleet({ 'fleet/a': cluster([object]) }), oneTarget)
    expect(files.get('.fleetwright/facts/fleet/a.json')).toContain('"f":1.5')
    expect(files.get('.fleetwright/facts/fleet/a.json')).toContain('"n":9007199254740993}')
  })

  test('of an object in two versions, the one that the server prefers comes first', async () => {
    const widget = (version: string) => ({
      apiVersion: `example.com/${version}`,
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'default' },
    })
    const { facts } = await observed(fleet({ 'fleet/a': cluster([widget('v1')]) }), {
      targets: [target('fleet/a')],
      needs: [need('fleet/a', 'example.com/v1beta1', 'Widget'), need('fleet/a', 'example.com/', 'Widget')],
    })
    expect(facts('fleet/a').objects).toEqual([widget('v1'), widget('v1beta1')])
  })

  test('is the same bytes however the pages come', async () => {
    const objects = Array.from({ length: 7 }, (_, index) => configMap(`c${index}`, { index: `${index}` }))
    const straight = await observed(fleet({ 'fleet/a': cluster(objects) }), oneTarget)
    const inPages = (pages: readonly (readonly number[])[], restartAt?: number) =>
      withReader(fleet({ 'fleet/a': cluster(objects) }), () => ({
        async *list() {
          for (const [index, page] of pages.entries())
            yield await Promise.resolve({
              objects: page.map((at) => objects[at] ?? {}),
              resourceVersion: '1',
              ...(index === restartAt && { restart: true as const }),
            })
        },
      }))
    for (const readers of [
      inPages([[6, 0, 3], [5], [], [1, 4, 2]]),
      inPages(
        [
          [5, 6],
          [6, 1],
          [0, 1, 2],
          [3, 4, 5, 6],
        ],
        2,
      ),
    ]) {
      const { files } = await observed(readers, oneTarget)
      expect([...files]).toEqual([...straight.files])
    }
  })

  test('does not change when nothing changes, and says so', async () => {
    const readers = fleet({ 'fleet/a': cluster([configMap('a')]) })
    const first = await observed(readers, oneTarget)
    readers.put('fleet/a', configMap('a'))
    const second = await observed(readers, { ...oneTarget, previous: first.files, now: later })
    const path = '.fleetwright/facts/fleet/a.json'
    expect(second.files.get(path)).toBe(first.files.get(path))
    expect(second.clusters).toEqual([
      { id: 'fleet/a', status: 'observed', changed: false, version: 'v1.34.2', objects: 1, unavailable: [] },
    ])
    expect(second.rows).toEqual({ 'fleet/a': { observedAt: later, reachable: true } })
    readers.put('fleet/a', configMap('b'))
    const third = await observed(readers, { ...oneTarget, previous: second.files })
    expect(third.clusters).toMatchObject([{ changed: true, objects: 2 }])
  })

  test('is forgotten when nobody needs it any more', async () => {
    const readers = fleet({ 'fleet/a': cluster([configMap('a')]) })
    const first = await observed(readers, oneTarget)
    const second = await observed(readers, { ...oneTarget, needs: [], previous: first.files })
    expect(second.facts('fleet/a')).toMatchObject({ asked: [], objects: [] })
  })
})
