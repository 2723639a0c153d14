import { describe, expect, test } from 'vitest'
import type { MemoryObject } from '../../src/adapters/memory/memory-clusters.ts'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import { managementId } from '../../src/observe/types.ts'
import {
  cluster,
  configMap,
  fleet,
  later,
  need,
  noted,
  now,
  observed,
  target,
  withReader,
} from './observing.ts'

const management = { type: 'context', context: 'hub' } as const
const kubeconfig = 'apiVersion: v1\nkind: Config\nusers: [{name: me, user: {token: s3cr3t-token-of-a}}]\n'

function kubeconfigSecret(name: string, data: Readonly<Record<string, string>>): MemoryObject {
  const encoded = Object.entries(data).map(
    ([key, text]) => [key, Buffer.from(text).toString('base64')] as const,
  )
  return {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'fleet' } },
    data: Object.fromEntries(encoded),
  }
}

function secretAddress(name: string, key = 'value') {
  return { address: { type: 'secret', namespace: 'fleet', name, key } } as const
}

const unreachable = new ClusterError('unreachable', { operation: 'test', message: 'nobody there' })

describe('the kubeconfig of a cluster', () => {
  const hub = cluster([
    kubeconfigSecret('a-kubeconfig', { value: kubeconfig }),
    kubeconfigSecret('several', { 're-kubeconfig': 'other', kubeconfig }),
    kubeconfigSecret('empty', {}),
  ])
  const clusters = { hub, [kubeconfig]: cluster([configMap('a')]) }

  test('is read from its Secret, with one list of that name', async () => {
    const { readers, lists, opened, closed } = noted(fleet(clusters))
    const { clusters: rows } = await observed(readers, {
      ...{ management, targets: [target('fleet/a', secretAddress('a-kubeconfig'))] },
    })
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['fleet/a', 'observed'],
      ['management', 'observed'],
    ])
    expect(lists).toEqual([
      {
        ...{ group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespace: 'fleet' },
        ...{ labelSelector: '', fieldSelector: 'metadata.name=a-kubeconfig', metadataOnly: false },
      },
    ])
    expect(opened).toEqual(['hub', 'kubeconfig'])
    expect(closed).toEqual(['kubeconfig', 'hub'])
  })

  test('is the first key of a Secret where none is named, as Sveltos takes it', async () => {
    const { clusters: rows } = await observed(fleet(clusters), {
      ...{ management, targets: [target('fleet/a', secretAddress('several', ''))] },
    })
    expect(rows).toMatchObject([{ id: 'fleet/a', status: 'observed' }, {}])
  })

  test.each([
    ['of a Secret that is not there', 'missing', 'value', 'does not exist'],
    ['of a key that is not there', 'a-kubeconfig', 'other', 'has no key `other`'],
    ['of a key that every map has', 'a-kubeconfig', 'constructor', 'has no key `constructor`'],
    ['of an empty Secret', 'empty', '', 'is empty'],
  ])('%s is no address', async (_what, name, key, why) => {
    const { clusters: rows } = await observed(fleet(clusters), {
      ...{ management, targets: [target('fleet/a', secretAddress(name, key))] },
    })
    const message = `Secret fleet/${name}, which is to hold the kubeconfig, ${why}`
    expect(rows).toMatchObject([{ status: 'missing', failure: { reason: 'address', message } }, {}])
  })

  test('that may not be read is no address', async () => {
    const strict = { ...clusters, hub: { ...hub, forbidden: ['secrets'] } }
    const { clusters: rows, rows: ages } = await observed(fleet(strict), {
      ...{ management, targets: [target('fleet/a', secretAddress('a-kubeconfig'))] },
    })
    const message =
      'Secret fleet/a-kubeconfig, which holds the kubeconfig, cannot be read: secrets: the cluster forbids it'
    expect(rows).toMatchObject([{ failure: { reason: 'address', message } }, { status: 'observed' }])
    expect(ages['fleet/a']).toEqual({ reachable: false, reason: 'no usable address' })
  })

  test('is not looked for where the management cluster did not answer', async () => {
    const { readers, opened } = noted(fleet({ ...clusters, hub: { ...hub, failure: unreachable } }))
    const { clusters: rows } = await observed(readers, {
      ...{ management, targets: [target('fleet/a', secretAddress('a-kubeconfig')), target('fleet/b')] },
    })
    expect(rows).toMatchObject([
      {
        id: 'fleet/a',
        failure: {
          reason: 'address',
          message:
            'Secret fleet/a-kubeconfig, which holds the kubeconfig, cannot be read: the management cluster could not be read',
        },
      },
      { id: 'fleet/b', failure: { message: 'there is no cluster fleet/b' } },
      { id: 'management', failure: { reason: 'unreachable' } },
    ])
    expect(opened).toEqual(['hub'])
  })

  test('is read where the management cluster is asked for nothing else', async () => {
    const { clusters: rows } = await observed(fleet(clusters), {
      ...{ management, targets: [target('fleet/a', secretAddress('a-kubeconfig'))] },
      only: new Set(['fleet/a']),
    })
    expect(rows).toMatchObject([{ id: 'fleet/a', status: 'observed' }])
  })

  test('needs a management cluster', async () => {
    const { clusters: rows } = await observed(fleet(clusters), {
      targets: [target('fleet/a', secretAddress('a-kubeconfig'))],
    })
    expect(rows).toMatchObject([{ failure: { reason: 'address' }, status: 'missing' }])
    expect(rows[0]?.failure?.message).toContain('there is no management cluster')
  })

  test('is in nothing that is given', async () => {
    const { clusters: rows, files } = await observed(fleet(clusters), {
      management,
      targets: [
        target('fleet/a', secretAddress('a-kubeconfig')),
        // A kubeconfig that opens nothing.
        target('fleet/b', secretAddress('several', 're-kubeconfig')),
      ],
      needs: [need(managementId, 'v1', 'Secret')],
    })
    const told = JSON.stringify([rows, [...files]])
    expect(told).toContain('a-kubeconfig')
    expect(told).not.toContain('s3cr3t-token-of-a')
    expect(told).not.toContain(Buffer.from(kubeconfig).toString('base64').slice(0, 24))
  })
})

describe('the management cluster', () => {
  test('has a file of its own', async () => {
    const { files } = await observed(fleet({ hub: cluster([configMap('a')]) }), {
      management,
      needs: [need(managementId, 'v1', 'ConfigMap', { namespace: 'default', name: 'a' })],
    })
    expect(files.get('.fleetwright/facts/management.json')).toBe(`{
  "asked": [
    {"group":"","keep":"whole","kind":"ConfigMap","labelSelector":"","name":"a","namespace":"default","version":"v1"}
  ],
  "objects": [
    {"apiVersion":"v1","data":{},"kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}
  ]
}
`)
  })

  test('that is a target too is read once, and each file has what it needs', async () => {
    const { readers, lists, opened } = noted(fleet({ hub: cluster([configMap('a'), configMap('b')]) }))
    const { facts, clusters } = await observed(readers, {
      management,
      targets: [target('fleet/hub', { address: management, labels: { role: 'hub' } })],
      needs: [
        need(managementId, 'v1', 'ConfigMap', { namespace: 'default', name: 'b' }),
        need('fleet/hub', 'v1', 'ConfigMap', { namespace: 'default' }),
      ],
    })
    expect(opened).toEqual(['hub'])
    expect(lists).toHaveLength(1)
    expect(facts('management').objects).toEqual([configMap('b')])
    expect(facts('fleet/hub')).toMatchObject({
      objects: [configMap('a'), configMap('b')],
      labels: { role: 'hub' },
      version: 'v1.34.2',
    })
    expect(clusters.map(({ id, version }) => [id, version])).toEqual([
      ['fleet/hub', 'v1.34.2'],
      ['management', undefined],
    ])
  })

  test('keeps its last facts like any other', async () => {
    const needs = [need(managementId, 'v1', 'ConfigMap')]
    const readers = fleet({ hub: cluster([configMap('a')]) })
    const first = await observed(readers, { management, needs })
    readers.fail('hub', unreachable)
    const second = await observed(readers, { management, needs, previous: first.files, now: later })
    expect(second.facts('management')).toEqual(first.facts('management'))
    expect(second.rows).toEqual({
      management: { observedAt: now, reachable: false, reason: 'no connection' },
    })
    expect(second.clusters).toMatchObject([{ id: 'management', status: 'kept', objects: 1 }])
  })
})

describe('the facts of a cluster that is no target any more', () => {
  const readers = () => fleet({ hub: cluster(), 'fleet/a': cluster(), 'fleet/b': cluster() })
  const before = async () => {
    const { files } = await observed(readers(), {
      ...{ management, targets: [target('fleet/a'), target('fleet/b')] },
    })
    return files
  }
  const targets = [target('fleet/a')]
  const gone = '.fleetwright/facts/fleet/b.json'

  test('go once the management cluster answered', async () => {
    const { files, rows } = await observed(readers(), { management, targets, previous: await before() })
    expect(files.has(gone)).toBe(false)
    expect(Object.keys(rows)).toEqual(['fleet/a', 'management'])
  })

  test('go where there is no management cluster, and its own with them', async () => {
    const { files, rows } = await observed(readers(), { targets, previous: await before() })
    expect([...files.keys()]).toEqual(['.fleetwright/facts/fleet/a.json', '.fleetwright/observed.json'])
    expect(Object.keys(rows)).toEqual(['fleet/a'])
  })

  test('stay while the management cluster does not answer', async () => {
    const down = readers()
    down.fail('hub', unreachable)
    const previous = await before()
    const { files, rows } = await observed(down, { management, targets, previous, now: later })
    expect(files.get(gone)).toBe(previous.get(gone))
    expect(rows['fleet/b']).toEqual({ observedAt: now, reachable: true })
  })

  test('stay while the management cluster is not asked', async () => {
    const { files } = await observed(readers(), {
      ...{ management, targets, previous: await before(), only: new Set(['fleet/a']) },
    })
    expect(files.has(gone)).toBe(true)
  })

  test('stay the first time that the management cluster answers: what it says makes the targets', async () => {
    const previous = new Map(await before())
    previous.delete('.fleetwright/facts/management.json')
    const { files } = await observed(readers(), { management, targets, previous })
    expect(files.has(gone)).toBe(true)
  })
})

test('files of others are handed through as they are', async () => {
  const previous = new Map([
    ['.fleetwright/facts/events/fleet/a/000001.json', '{"subject":"x"'],
    ['.fleetwright/facts/events/all/000002.json', '{}'],
  ])
  const { files } = await observed(fleet({ 'fleet/a': cluster() }), {
    targets: [target('fleet/a')],
    previous,
  })
  for (const [path, text] of previous) expect(files.get(path)).toBe(text)
})

test('a Secret that moves while it is listed is read as it is in the end', async () => {
  const readers = withReader(fleet({ hub: cluster(), [kubeconfig]: cluster() }), () => ({
    async *list() {
      const page = (text: string) => ({
        objects: [kubeconfigSecret('a-kubeconfig', { value: text })],
        resourceVersion: '1',
      })
      yield await Promise.resolve(page('old'))
      yield await Promise.resolve({ ...page(kubeconfig), restart: true as const })
    },
  }))
  const { clusters } = await observed(readers, {
    ...{ management, targets: [target('fleet/a', secretAddress('a-kubeconfig'))] },
  })
  expect(clusters).toMatchObject([{ id: 'fleet/a', status: 'observed' }, {}])
})
