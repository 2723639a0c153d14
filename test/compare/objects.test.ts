import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/engine/types.ts'
import { compareWritten, configMap, deployment, describeObjects, podTemplate } from './side-double.ts'

function inUnit(...objects: readonly JsonObject[]) {
  return { 'fleet/prod': { 'helm-web-web': { objects } } }
}

describe('objects of a cluster', () => {
  test('an object keeps its identity under another version of its API', async () => {
    const budget = (version: string) => ({
      apiVersion: `policy/${version}`,
      kind: 'PodDisruptionBudget',
      metadata: { name: 'app', namespace: 'web' },
      spec: { maxUnavailable: 1 },
    })
    const comparison = await compareWritten(inUnit(budget('v1beta1')), inUnit(budget('v1')))
    expect(describeObjects(comparison)).toEqual(['fleet/prod helm-web-web: changed PodDisruptionBudget app'])
    expect(comparison.changes[0]?.objects[0]?.fields).toEqual([
      { path: ['apiVersion'], change: 'changed', before: 'policy/v1beta1', after: 'policy/v1' },
    ])
  })

  test('an object of another unit of the cluster has moved to the one that gains it', async () => {
    const [settings, other] = [configMap('settings', { a: '1' }), configMap('other', { b: '1' })]
    const comparison = await compareWritten(
      { 'fleet/prod': { one: { objects: [settings, other] }, two: { objects: [deployment('app')] } } },
      {
        'fleet/prod': {
          one: { objects: [other] },
          two: { objects: [deployment('app'), configMap('settings', { a: '2' })] },
        },
      },
    )
    expect(describeObjects(comparison)).toEqual(['fleet/prod two: moved ConfigMap settings from one'])
    expect(comparison.changes[0]?.objects[0]).toMatchObject({
      fields: [{ path: ['data', 'a'], before: '1', after: '2' }],
      routine: false,
    })
    expect(comparison.totals.objects).toMatchObject({ moved: 1, added: 0, removed: 0 })
  })

  test('an object that goes to another cluster is another object, although its unit has the same name', async () => {
    const unit = (local: boolean) => ({ objects: [configMap('settings', { a: '1' })], settings: { local } })
    const comparison = await compareWritten(
      { 'fleet/prod': { one: unit(false) } },
      { 'fleet/prod': { one: unit(true) } },
    )
    expect([...describeObjects(comparison)].sort()).toEqual([
      'fleet/prod one: added ConfigMap settings',
      'fleet/prod one: removed ConfigMap settings',
    ])
  })

  test('two objects of one identity keep to their files', async () => {
    const job = (step: string) => ({ ...configMap('twice', { step }) })
    const comparison = await compareWritten(inUnit(job('1'), job('2')), inUnit(job('2'), job('3')))
    expect(comparison.changes[0]?.objects.map(({ fields }) => fields)).toEqual([
      [{ path: ['data', 'step'], change: 'changed', before: '1', after: '3' }],
    ])
  })
})

describe('renamed objects', () => {
  test.each([
    ['settings-5f7d8g9h2k', 'settings-9b2cf4tm6d'],
    ['settings', 'settings-9b2cf4tm6d'],
    ['settings-0a1b2c3d', 'settings-ffee1234'],
  ])('%s and %s differ by the hash of their content', async (old, now) => {
    const comparison = await compareWritten(
      inUnit(configMap(old, { a: '1' })),
      inUnit(configMap(now, { a: '2' })),
    )
    expect(describeObjects(comparison)).toEqual([
      `fleet/prod helm-web-web: renamed ConfigMap ${old} → ${now}`,
    ])
    expect(comparison.changes[0]?.objects[0]?.fields).toEqual([
      { path: ['data', 'a'], change: 'changed', before: '1', after: '2' },
    ])
  })

  test.each([
    ['tenant-20240131', 'tenant-20240201'],
    ['web-facade', 'web-decade'],
  ])('%s and %s have no hash', async (old, now) => {
    const comparison = await compareWritten(
      inUnit(configMap(old, { a: '1' })),
      inUnit(configMap(now, { b: '2' })),
    )
    expect(describeObjects(comparison)).toEqual(
      [
        `fleet/prod helm-web-web: removed ConfigMap ${old}`,
        `fleet/prod helm-web-web: added ConfigMap ${now}`,
      ].sort((a, b) => (a.slice(-8) < b.slice(-8) ? -1 : 1)),
    )
  })

  test('of several with one stem, those belong together that have most in common', async () => {
    const text = (word: string) => ({ text: `one\ntwo\nthree\n${word}\n` })
    const comparison = await compareWritten(
      inUnit(configMap('a-5f7d8g9h2k', text('x')), configMap('a-6f7d8g9h2k', { text: 'else' })),
      inUnit(configMap('a-7f7d8g9h2k', { text: 'else' }), configMap('a-8f7d8g9h2k', text('y'))),
    )
    expect(describeObjects(comparison)).toEqual([
      'fleet/prod helm-web-web: renamed ConfigMap a-6f7d8g9h2k → a-7f7d8g9h2k',
      'fleet/prod helm-web-web: renamed ConfigMap a-5f7d8g9h2k → a-8f7d8g9h2k',
    ])
  })

  test('an object with the content of one that goes is that one under another name', async () => {
    const app = (name: string, image: string) =>
      deployment(name, {
        ...podTemplate(image, 'sidecar:1', 'proxy:2'),
        selector: { matchLabels: { app: name } },
        strategy: { type: 'Recreate' },
      })
    const comparison = await compareWritten(inUnit(app('old', 'app:1')), inUnit(app('new', 'app:2')))
    expect(describeObjects(comparison)).toEqual(['fleet/prod helm-web-web: renamed Deployment old → new'])
    expect(comparison.changes[0]?.objects[0]?.routine).toBe(false)
  })

  test('what holds state is never renamed, and neither is what says hardly anything', async () => {
    const claim = (name: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'web' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        volumeMode: 'Block',
      },
    })
    const account = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'web', labels: { a: 'b', c: 'd', e: 'f' } },
    })
    const comparison = await compareWritten(
      inUnit(claim('data'), account('old')),
      inUnit(claim('data-2'), account('new')),
    )
    expect(comparison.totals.objects).toMatchObject({ added: 2, removed: 2, renamed: 0 })
  })

  test('a rename and references to it by a hash are routine, the content is not', async () => {
    const user = (name: string) =>
      deployment('app', { template: { spec: { volumes: [{ name: 'v', configMap: { name } }] } } })
    const comparison = await compareWritten(
      inUnit(user('settings-5f7d8g9h2k'), configMap('settings-5f7d8g9h2k', { a: '1' })),
      inUnit(user('settings-9b2cf4tm6d'), configMap('settings-9b2cf4tm6d', { a: '2' })),
    )
    expect(comparison.changes[0]?.objects.map(({ after, routine }) => [after?.kind, routine])).toEqual([
      ['ConfigMap', false],
      ['Deployment', true],
    ])
  })
})

test('objects of equal digests are compared once, and clusters share what differs', async () => {
  const tree = (replicas: number) =>
    Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `fleet/c${index}`,
        { 'helm-web-web': { objects: [deployment('app', { replicas })] } },
      ]),
    )
  const { changes } = await compareWritten(tree(1), tree(2))
  expect(changes).toHaveLength(50)
  expect(new Set(changes.map(({ objects }) => objects[0]?.fields)).size).toBe(1)
  expect(new Set(changes.map(({ objects }) => objects[0]?.key)).size).toBe(1)
})
