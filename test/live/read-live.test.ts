import { expect, test } from 'vitest'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import type { ApplyAnswer, LiveCluster, LiveObject } from '../../src/live/live-clusters-port.ts'
import { readLive } from '../../src/live/live.ts'
import type { WantedObject } from '../../src/live/types.ts'

interface Setting {
  /** Versions of the object that is asked for, the last one again and again. */
  readonly versions?: readonly string[]
  readonly objects?: readonly string[]
  readonly forbids?: readonly ('list' | 'find' | 'apply')[]
  /** What the server makes of what is applied. */
  readonly answer?: (sent: LiveObject) => ApplyAnswer
}

function configMap(name: string, value: string, resourceVersion = '1'): LiveObject {
  return {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { value } },
    metadata: { name, namespace: 'web', resourceVersion },
  }
}

function createCluster({ versions = ['1'], objects = ['c'], forbids = [], answer }: Setting) {
  const asked: string[] = []
  const left = [...versions]
  const refuse = (what: 'list' | 'find' | 'apply'): void => {
    if (forbids.includes(what))
      throw new ClusterError('forbidden', { operation: what, message: `it forbids to ${what}` })
  }
  const cluster: LiveCluster = {
    version: () => Promise.resolve('v1.35.4'),
    discover: () =>
      Promise.resolve({
        resources: [
          {
            ...{ group: '', version: 'v1', kind: 'ConfigMap', name: 'configmaps', namespaced: true },
            verbs: ['get', 'list', 'patch'],
          },
        ],
        unavailable: ['metrics.example.org/v1'],
      }),
    async *list({ resource, namespace }) {
      asked.push(`list ${resource} ${namespace}`)
      refuse('list')
      yield await Promise.resolve({
        objects: objects.map((name) => configMap(name, 'live')),
        resourceVersion: '1',
      })
    },
    watch: () => {
      throw new Error('nobody watches here')
    },
    find: ({ resource, name }) => {
      asked.push(`find ${resource} ${name}`)
      refuse('find')
      const version = left.length > 1 ? left.shift() : left[0]
      return Promise.resolve(objects.includes(name) ? configMap(name, 'live', version) : undefined)
    },
    tryApply: ({ place: { name }, object, fieldManager }) => {
      asked.push(`apply ${name} as ${fieldManager}`)
      refuse('apply')
      const usual = { type: 'applied', object: { ...configMap(name, ''), data: object['data'] } } as const
      return Promise.resolve(answer?.(object) ?? usual)
    },
    close: () => Promise.resolve(),
  }
  return { cluster, asked }
}

function wanted(name: string, value: string, apiVersion = 'v1'): WantedObject {
  return {
    ...{ apiVersion, kind: 'ConfigMap', namespace: 'web', name, path: `c/${name}.yaml`, engine: 'flux' },
    rendered: { apiVersion, kind: 'ConfigMap', metadata: { name, namespace: 'web' }, data: { value } },
    settings: { syncMode: 'Continuous' },
  }
}

async function read(setting: Setting, objects: readonly WantedObject[], dryRun = true) {
  const { cluster, asked } = createCluster(setting)
  const signal = new AbortController().signal
  const answers = await readLive(cluster, { wanted: objects, owned: [], dryRun }, signal)
  return { findings: answers.wanted, asked }
}

test('a few objects are asked for one by one, many of a kind and namespace by one list', async () => {
  const few = await read({}, [wanted('c', 'live'), wanted('gone', 'x')])
  expect(few.findings.map(({ type }) => type)).toEqual(['alike', 'missing'])
  expect(few.asked).toEqual(['find configmaps c', 'find configmaps gone', 'apply c as kustomize-controller'])
  const names = Array.from({ length: 9 }, (_, index) => `c${index}`)
  const many = await read(
    { objects: names },
    names.map((name) => wanted(name, 'new')),
    false,
  )
  expect(many.findings.every(({ type }) => type === 'differs')).toBe(true)
  expect(many.asked).toEqual(['list configmaps web'])
})

test('who may not list but get is asked one by one; who may neither is unknown', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `c${index}`)
  const objects = names.map((name) => wanted(name, 'live'))
  const getting = await read({ objects: names, forbids: ['list'] }, objects)
  expect(getting.findings.every(({ type }) => type === 'alike')).toBe(true)
  const nothing = await read({ objects: names, forbids: ['list', 'find'] }, objects)
  expect(nothing.findings[0]).toEqual({ type: 'unknown', reason: 'it forbids to find' })
})

test('a kind that is not served is missing, one whose server is silent is unknown', async () => {
  const { findings } = await read({}, [
    wanted('c', 'x', 'gone.example.org/v1'),
    wanted('c', 'x', 'metrics.example.org/v1'),
  ])
  expect(findings).toEqual([
    { type: 'missing' },
    { type: 'unknown', reason: 'whoever serves metrics.example.org/v1 does not answer' },
  ])
})

test('what somebody writes between two questions is read again, a few times', async () => {
  const applied = (resourceVersion: string) => () =>
    ({ type: 'applied', object: configMap('c', 'live', resourceVersion) }) as const
  const once = await read({ versions: ['1', '2'], answer: applied('2') }, [wanted('c', 'live')])
  expect(once.findings).toEqual([{ type: 'alike' }])
  expect(once.asked.filter((one) => one.startsWith('find'))).toHaveLength(2)
  const always = await read({ versions: ['1'], answer: applied('2') }, [wanted('c', 'live')])
  expect(always.findings).toEqual([{ type: 'unknown', reason: 'it changes faster than it can be compared' }])
})

test('where a dry run is not allowed, one refusal is enough, and the rest is predicted', async () => {
  const { cluster, asked } = createCluster({ objects: ['a', 'b'], forbids: ['apply'] })
  const signal = new AbortController().signal
  const one = [wanted('a', 'new')]
  const both = [...one, wanted('b', 'live')]
  const { wanted: findings } = await readLive(cluster, { wanted: both, owned: [], dryRun: true }, signal)
  expect(findings).toMatchObject([{ type: 'differs', predicted: 'not-allowed' }, { type: 'alike' }])
  expect(asked.filter((line) => line.startsWith('apply')).length).toBeLessThanOrEqual(2)
})

test('what the server refuses is predicted, with its status', async () => {
  const refused = { answer: () => ({ type: 'refused', status: 422 }) as const }
  const { findings } = await read(refused, [wanted('c', 'new')])
  expect(findings).toMatchObject([{ type: 'differs', predicted: 422, applied: { data: { value: 'new' } } }])
})

test('what a deliverer has on record is there, gone, or of a kind that is gone', async () => {
  const { cluster } = createCluster({})
  const owned = (kind: string, name: string) =>
    ({ group: '', version: 'v1', kind, namespace: 'web', name, engine: 'flux' }) as const
  const questions = {
    wanted: [],
    owned: [owned('ConfigMap', 'c'), owned('ConfigMap', 'x'), owned('Gone', 'c')],
  }
  const answers = await readLive(cluster, { ...questions, dryRun: true }, new AbortController().signal)
  expect(answers.owned.map((object) => object?.['data'])).toEqual([{ value: 'live' }, undefined, undefined])
})
