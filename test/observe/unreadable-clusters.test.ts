import { describe, expect, test } from 'vitest'
import { ClusterError, type ClusterFailure } from '../../src/diagnostics/cluster-error.ts'
import type { ClusterReader } from '../../src/observe/cluster-reader-port.ts'
import { observe } from '../../src/observe/observe.ts'
import {
  cluster,
  configMap,
  fleet,
  later,
  need,
  now,
  observed,
  request,
  target,
  withReader,
} from './observing.ts'

function failure(reason: ClusterFailure, message = `it says ${reason}`): ClusterError {
  return new ClusterError(reason, { operation: 'test', message })
}

const oneTarget = { targets: [target('fleet/a')], needs: [need('fleet/a', 'v1', 'ConfigMap')] }

describe('a cluster that cannot be read', () => {
  const readable = () => fleet({ 'fleet/a': cluster([configMap('a')]), 'fleet/b': cluster([configMap('b')]) })
  const both = {
    targets: [target('fleet/a'), target('fleet/b')],
    needs: [need('fleet/a', 'v1', 'ConfigMap'), need('fleet/b', 'v1', 'ConfigMap')],
  }

  test.each([
    ['unreachable', false, 'no connection'],
    ['certificate', false, 'its certificate is not trusted'],
    ['timeout', false, 'no answer in time'],
    ['unauthorized', false, 'credentials refused'],
    ['forbidden', true, 'reading is forbidden'],
    ['throttled', false, 'too busy to answer'],
    ['expired', false, 'lists expire before they end'],
    ['not-found', true, 'a resource that it says it serves is not there'],
    ['bad-answer', false, 'its answer makes no sense'],
  ] as const)('keeps its last facts: %s', async (reason, reachable, words) => {
    const readers = readable()
    const first = await observed(readers, both)
    readers.put('fleet/a', configMap('new'))
    readers.put('fleet/b', configMap('new'))
    readers.fail('fleet/a', failure(reason, 'at port 40123'))
    const second = await observed(readers, { ...both, previous: first.files, now: later })
    expect(second.facts('fleet/a')).toEqual(first.facts('fleet/a'))
    expect(second.facts('fleet/b').objects).toHaveLength(2)
    expect(second.rows).toEqual({
      'fleet/a': { observedAt: now, reachable, reason: words },
      'fleet/b': { observedAt: later, reachable: true },
    })
    expect(second.clusters).toEqual([
      {
        id: 'fleet/a',
        status: 'kept',
        changed: false,
        failure: { reason, message: 'at port 40123' },
        version: 'v1.34.2',
        objects: 1,
        unavailable: [],
      },
      { id: 'fleet/b', status: 'observed', changed: true, version: 'v1.34.2', objects: 2, unavailable: [] },
    ])
  })

  test('gets no facts file where it never had one', async () => {
    const readers = fleet({ 'fleet/a': cluster([], { failure: failure('unreachable') }) })
    const { files, rows, clusters } = await observed(readers, oneTarget)
    expect([...files.keys()]).toEqual(['.fleetwright/observed.json'])
    expect(rows).toEqual({ 'fleet/a': { reachable: false, reason: 'no connection' } })
    expect(clusters).toMatchObject([{ status: 'missing', changed: false, objects: 0 }])
  })

  test('keeps everything when one kind is forbidden, and names all that are', async () => {
    const needs = [
      need('fleet/a', 'v1', 'ConfigMap'),
      need('fleet/a', 'apps/v1', 'Deployment'),
      need('fleet/a', 'v1', 'Service'),
    ]
    const first = await observed(fleet({ 'fleet/a': cluster([configMap('a')]) }), { ...oneTarget, needs })
    const strict = fleet({
      'fleet/a': cluster([configMap('b')], { forbidden: ['services', 'deployments.apps'] }),
    })
    const second = await observed(strict, { ...oneTarget, needs, previous: first.files, now: later })
    expect(second.facts('fleet/a')).toEqual(first.facts('fleet/a'))
    expect(second.rows).toEqual({
      'fleet/a': { observedAt: now, reachable: true, reason: 'may not list deployments.apps, services' },
    })
    expect(second.clusters).toMatchObject([
      {
        status: 'kept',
        failure: {
          reason: 'forbidden',
          message: 'deployments.apps, services may not be listed: deployments: the cluster forbids it',
        },
      },
    ])
  })

  test('keeps everything when a list breaks off', async () => {
    const first = await observed(readable(), both)
    const breaking = withReader(readable(), () => ({
      async *list() {
        yield await Promise.resolve({ objects: [configMap('half')], resourceVersion: '1' })
        throw failure('unreachable')
      },
    }))
    const second = await observed(breaking, { ...both, previous: first.files })
    expect(second.facts('fleet/a')).toEqual(first.facts('fleet/a'))
    expect(second.clusters.map(({ status }) => status)).toEqual(['kept', 'kept'])
  })

  test.each([
    ['a reader that listens to its signal', (signal?: AbortSignal) => whenAborted(signal)],
    ['a reader that does not', () => new Promise<never>(() => undefined)],
  ])('is given up at its deadline: %s', async (_what, wait) => {
    const deadline = new AbortController()
    const silent = withReader(fleet({ 'fleet/a': cluster() }), () => ({
      discover: (signal) => {
        queueMicrotask(() => deadline.abort(new Error('too late')))
        return wait(signal)
      },
    }))
    const asked: number[] = []
    const { clusters, rows } = await observed(silent, {
      ...oneTarget,
      clusterDeadlineMs: 30_000,
      deadline: (milliseconds) => {
        asked.push(milliseconds)
        return deadline.signal
      },
    })
    expect(asked).toEqual([30_000])
    expect(clusters).toMatchObject([
      { failure: { reason: 'timeout', message: 'it did not answer everything within 30 s' } },
    ])
    expect(rows).toEqual({ 'fleet/a': { reachable: false, reason: 'no answer in time' } })
  })

  test.each([
    ['without a name', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }],
    ['without metadata', { apiVersion: 'v1', kind: 'ConfigMap' }],
    [
      'nested too deeply',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: nested(100_000) },
    ],
  ])('is one that sends an object %s', async (_what, object) => {
    const { clusters } = await observed(
      withReader(fleet({ 'fleet/a': cluster() }), () => ({
        async *list() {
          yield await Promise.resolve({ objects: [object], resourceVersion: '1' })
        },
      })),
      oneTarget,
    )
    expect(clusters).toMatchObject([{ status: 'missing', failure: { reason: 'bad-answer' } }])
  })

  test('is one that nobody can open', async () => {
    const { clusters } = await observed(fleet({}), oneTarget)
    expect(clusters).toMatchObject([
      { failure: { reason: 'address', message: 'there is no cluster fleet/a' }, status: 'missing' },
    ])
  })

  test('keeps a file that cannot be read, too', async () => {
    const previous = new Map([['.fleetwright/facts/fleet/a.json', '<<<<<<< ours']])
    const readers = fleet({ 'fleet/a': cluster([], { failure: failure('unreachable') }) })
    const { files, clusters } = await observed(readers, { ...oneTarget, previous })
    expect(files.get('.fleetwright/facts/fleet/a.json')).toBe('<<<<<<< ours')
    expect(clusters).toMatchObject([{ status: 'kept', objects: 0 }])
  })

  test('is not what our own faults are taken for', async () => {
    const broken = withReader(fleet({ 'fleet/a': cluster() }), () => ({
      version: () => Promise.reject(new TypeError('ours')),
    }))
    await expect(observe(request(oneTarget), broken)).rejects.toThrow('ours')
  })
})

test('a reader that fails in the middle is no reason to wait for its other lists', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const failing = withReader(fleet({ 'fleet/a': cluster() }), (): Partial<ClusterReader> => ({
    async *list(list, signal) {
      signals.push(signal)
      if (list.kind === 'ConfigMap') throw failure('unreachable')
      yield await whenAborted(signal)
    },
  }))
  const { clusters } = await observed(failing, {
    targets: [target('fleet/a')],
    needs: [need('fleet/a', 'v1', 'ConfigMap'), need('fleet/a', 'v1', 'Service')],
  })
  expect(clusters).toMatchObject([{ failure: { reason: 'unreachable' } }])
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, true])
})

function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
  })
}

function nested(depth: number): unknown {
  let value: unknown = 'core'
  for (let level = 0; level < depth; level++) value = { inner: value }
  return value
}
