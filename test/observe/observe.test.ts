import { describe, expect, test } from 'vitest'
import { ClusterError, type ClusterFailure } from '../../src/diagnostics/cluster-error.ts'
import { parseFacts } from '../../src/observe/observe.ts'
import {
  cluster,
  configMap,
  fleet,
  later,
  need,
  noted,
  now,
  observed,
  query,
  resources,
  target,
  withReader,
} from './observing.ts'

function failure(reason: ClusterFailure, message = `it says ${reason}`): ClusterError {
  return new ClusterError(reason, { operation: 'test', message })
}

const oneTarget = { targets: [target('fleet/a')], needs: [need('fleet/a', 'v1', 'ConfigMap')] }

describe('an API whose server does not answer', () => {
  const metrics = {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    kind: 'PodMetrics',
    name: 'pods',
    namespaced: true,
    verbs: ['get', 'list'],
  }
  const podMetrics = {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name: 'web', namespace: 'default' },
  }
  const whole = { resources: [...resources, metrics] }
  const half = { ...whole, unavailable: ['metrics.k8s.io/v1beta1'] }
  const needs = [...oneTarget.needs, need('fleet/a', 'metrics.k8s.io/v1beta1', 'PodMetrics')]

  test('keeps what it served, and is named', async () => {
    const first = await observed(fleet({ 'fleet/a': cluster([], whole) }), oneTarget)
    const second = await observed(fleet({ 'fleet/a': cluster([configMap('a')], half) }), {
      ...{ ...oneTarget, previous: first.files, now: later },
    })
    expect(second.facts('fleet/a')['resources']).toEqual(first.facts('fleet/a')['resources'])
    expect(second.facts('fleet/a').objects).toHaveLength(1)
    expect(second.clusters).toMatchObject([{ status: 'observed', unavailable: ['metrics.k8s.io/v1beta1'] }])
    // Nobody asked for anything that it has.
    expect(second.rows).toEqual({ 'fleet/a': { observedAt: later, reachable: true } })
  })

  test('keeps its objects while the others are read anew, and the age counts from the last whole answer', async () => {
    const first = await observed(fleet({ 'fleet/a': cluster([podMetrics], whole) }), { ...oneTarget, needs })
    const second = await observed(fleet({ 'fleet/a': cluster([configMap('a')], half) }), {
      ...{ ...oneTarget, needs, previous: first.files, now: later },
    })
    expect(second.facts('fleet/a')).toMatchObject({
      asked: first.facts('fleet/a')['asked'],
      objects: [configMap('a'), podMetrics],
    })
    expect(second.rows).toEqual({
      'fleet/a': { observedAt: now, reachable: true, reason: 'no answer about metrics.k8s.io/v1beta1' },
    })
  })

  test('is not said to have been asked where it never answered', async () => {
    const { facts, rows } = await observed(fleet({ 'fleet/a': cluster([], half) }), { ...oneTarget, needs })
    expect(facts('fleet/a')['asked']).toEqual([query('v1', 'ConfigMap')])
    expect(rows).toEqual({
      'fleet/a': { reachable: true, reason: 'no answer about metrics.k8s.io/v1beta1' },
    })
  })
})

describe('many clusters', () => {
  const ids = Array.from({ length: 9 }, (_, index) => `fleet/c${index}`)

  test('are read so many at a time, and progress is told', async () => {
    let reading = 0
    let most = 0
    const counting = withReader(fleet(Object.fromEntries(ids.map((id) => [id, cluster()]))), (reader) => ({
      async version(signal) {
        reading++
        most = Math.max(most, reading)
        const version = await reader.version(signal)
        return version
      },
      close() {
        reading--
        return Promise.resolve()
      },
    }))
    const told: string[] = []
    const { clusters } = await observed(counting, {
      targets: ids.map((id) => target(id)),
      concurrency: 3,
      onProgress: (done, total) => told.push(`${done}/${total}`),
    })
    expect(most).toBe(3)
    expect(reading).toBe(0)
    expect(told).toEqual(ids.map((_, index) => `${index + 1}/9`))
    expect(clusters.map(({ id }) => id)).toEqual(ids)
  })

  test('are closed, those that failed too', async () => {
    const { readers, opened, closed } = noted(
      fleet({ 'fleet/a': cluster(), 'fleet/b': cluster([], { failure: failure('unreachable') }) }),
    )
    await observed(readers, { targets: [target('fleet/a'), target('fleet/b')] })
    expect([...opened].sort()).toEqual(['fleet/a', 'fleet/b'])
    expect([...closed].sort()).toEqual(['fleet/a', 'fleet/b'])
  })

  test('are read no matter how their connections end', async () => {
    const clinging = withReader(fleet({ 'fleet/a': cluster() }), () => ({
      close: () => Promise.reject(failure('unreachable')),
    })) satisfies { open: unknown }
    const { clusters } = await observed(clinging, oneTarget)
    expect(clusters).toMatchObject([{ status: 'observed' }])
  })

  test('stay as they are where only some are asked', async () => {
    const readers = fleet({ 'fleet/a': cluster(), 'fleet/b': cluster() })
    const targets = [target('fleet/a'), target('fleet/b')]
    const first = await observed(readers, { targets })
    const second = await observed(readers, {
      ...{ targets, previous: first.files, now: later, only: new Set(['fleet/b']) },
    })
    expect(second.clusters.map(({ id }) => id)).toEqual(['fleet/b'])
    expect(second.rows).toEqual({
      'fleet/a': { observedAt: now, reachable: true },
      'fleet/b': { observedAt: later, reachable: true },
    })
    expect([...second.files.keys()]).toEqual([...first.files.keys()])
  })
})

test('what is recorded can be read back, and is not complained about', async () => {
  const { files } = await observed(fleet({ hub: cluster(), 'fleet/a': cluster([configMap('a')]) }), {
    ...oneTarget,
    management: { type: 'context', context: 'hub' },
  })
  const said: unknown[] = []
  const facts = parseFacts(files, (diagnostic) => said.push(diagnostic))
  expect(said).toEqual([])
  expect([...facts.clusters.keys()]).toEqual(['fleet/a'])
  expect(facts.management).toEqual({ objects: [], asked: [] })
  expect([...facts.observations.keys()]).toEqual(['fleet/a', 'management'])
})
