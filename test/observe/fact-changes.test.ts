import { expect, test } from 'vitest'
import { factChanges } from '../../src/observe/observe.ts'
import type { Need } from '../../src/observe/types.ts'

interface Written {
  readonly version?: string
  readonly labels?: object
  readonly resources?: readonly object[]
  readonly objects?: readonly object[]
}

function files(
  clusters: Readonly<Record<string, Written>>,
  observed: object = {},
): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(clusters).map(
      ([id, facts]) => [`.fleetwright/facts/${id}.json`, JSON.stringify(facts)] as const,
    ),
    ['.fleetwright/observed.json', JSON.stringify(observed)],
  ])
}

const service = (name: string, spec: object = {}, labels = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default', labels } },
  spec,
})

const need = (because: string, query: Partial<Need['query']> = {}): Need => ({
  cluster: 'fleet/a',
  query: {
    ...{ group: '', version: 'v1', kind: 'Service', namespace: '', name: '', labelSelector: '' },
    ...{ keep: 'whole', ...query },
  },
  because: [because],
})

test('objects that came, changed and went are named with what asks for them', () => {
  const before = files({ 'fleet/a': { objects: [service('gone'), service('moved', { port: 1 })] } })
  const after = files({
    'fleet/a': { objects: [service('moved', { port: 2 }), service('new', {}, { tier: 'gold' })] },
  })
  const needs = [
    need('EventSource/all'),
    need('EventSource/named', { name: 'moved' }),
    need('EventSource/gold', { labelSelector: 'tier=gold' }),
    { ...need('EventSource/other'), cluster: 'fleet/b' },
  ]
  expect(factChanges(before, after, needs)).toEqual([
    { cluster: 'fleet/a', change: 'deleted', object: 'Service default/gone', because: ['EventSource/all'] },
    {
      ...{ cluster: 'fleet/a', change: 'modified', object: 'Service default/moved' },
      because: ['EventSource/all', 'EventSource/named'],
    },
    {
      ...{ cluster: 'fleet/a', change: 'added', object: 'Service default/new' },
      because: ['EventSource/all', 'EventSource/gold'],
    },
  ])
})

test('versions, APIs and what the cluster object says are changes too', () => {
  const deployments = { group: 'apps', version: 'v1', kind: 'Deployment', namespaced: true }
  const cronJobs = { group: 'batch', version: 'v1beta1', kind: 'CronJob', namespaced: true }
  const before = files({ 'fleet/a': { version: 'v1.24.0', resources: [cronJobs], labels: { env: 'test' } } })
  const after = files({
    'fleet/a': { version: 'v1.25.0', resources: [deployments], labels: { env: 'prod' } },
  })
  expect(factChanges(before, after, [])).toEqual([
    { cluster: 'fleet/a', change: 'version', from: 'v1.24.0', to: 'v1.25.0' },
    { cluster: 'fleet/a', change: 'apis', added: ['apps/v1/Deployment'], removed: ['batch/v1beta1/CronJob'] },
    { cluster: 'fleet/a', change: 'cluster-object' },
  ])
})

test('going away and coming back are changes, getting older is none', () => {
  const at = (hour: number, reachable: boolean, reason?: string) => ({
    'fleet/a': {
      observedAt: `2026-01-02T0${hour}:00:00Z`,
      reachable,
      ...(reason !== undefined && { reason }),
    },
  })
  const here = files({ 'fleet/a': {} }, at(1, true))
  const away = files({ 'fleet/a': {} }, at(1, false, 'no connection'))
  expect(factChanges(here, away, [])).toEqual([
    { cluster: 'fleet/a', change: 'away', reason: 'no connection' },
  ])
  expect(factChanges(away, files({ 'fleet/a': {} }, at(2, true)), [])).toEqual([
    { cluster: 'fleet/a', change: 'back' },
  ])
  expect(factChanges(here, files({ 'fleet/a': {} }, at(9, true)), [])).toEqual([])
  expect(factChanges(here, here, [])).toEqual([])
})
