import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusedChanges } from '../../src/kubernetes/immutable-changes.ts'
import { immutableFields } from '../../src/kubernetes/immutable-fields.ts'
import { groupOf } from '../../src/kubernetes/object-key.ts'
import { sharedFolder } from '../shared.ts'
import type { Change } from './immutable-case.ts'
import { changeCases } from './immutable-cases.ts'
import { eventually, startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { KubernetesRequests, type TestObject } from './kubernetes-requests.ts'

const shared = sharedFolder()
const portBase = 22_000 + (process.pid % 100) * 10

function changed(object: TestObject, change: Change): TestObject {
  // Not structuredClone: what the cases share would stay shared.
  const copy = JSON.parse(JSON.stringify(object)) as TestObject
  for (const [path, value] of Object.entries(change)) set(copy, path.split('.'), value)
  return copy
}

function set(target: unknown, steps: readonly string[], value: unknown): void {
  const [step = '', ...rest] = steps
  const holder = target as Record<string, unknown>
  if (rest.length > 0) set((holder[step] ??= {}), rest, value)
  else if (value === undefined) Reflect.deleteProperty(holder, step)
  else holder[step] = value
}

describe.skipIf(shared === undefined)('immutable fields against a real kube-apiserver', () => {
  let cluster: KubernetesCluster
  let server: KubernetesRequests
  let minor: number

  beforeAll(async () => {
    cluster = await startCluster(shared ?? '', `immutable-${process.pid}`, portBase)
    server = await KubernetesRequests.open(cluster.kubeconfig, portBase)
    minor = Number((await server.send('GET', '/version')).body['minor'])
    for (const { object, status } of changeCases) {
      const answer = await server.apply(object, { dryRun: false })
      expect(answer, `${object.kind} ${object.metadata.name}`).toMatchObject({ message: '' })
      if (status) expect(await server.patchStatus(object, status)).toMatchObject({ status: 200 })
    }
    await eventually(
      'the definition is established',
      () => server.send('GET', '/apis/example.com/v1'),
      ({ status }) => status === 200,
    )
  })
  afterAll(async () => {
    server.close()
    await cluster.stop()
  })

  describe.each(changeCases)('$object.kind $object.metadata.name', ({ object, refused, accepted }) => {
    test.each(refused.map((change) => ({ change, text: JSON.stringify(change) })))(
      '$text is refused, and the table names it',
      async ({ change }) => {
        const after = changed(object, change)
        const answer = await server.apply(after, { dryRun: true })
        expect(answer).toMatchObject({ status: 422 })
        const paths = refusedChanges(object, after, minor).map(({ path }) => path.join('.'))
        expect(paths).not.toEqual([])
        // What the table names is where the change was made.
        const made = Object.keys(change).map((path) => path.replaceAll(/\.\d+(?=\.|$)/g, ''))
        for (const path of paths) {
          const isThere = made.some((one) => one.startsWith(path) || path.startsWith(one))
          expect(isThere, `${path} of ${made.join(', ')}`).toBe(true)
        }
      },
    )

    test.each(accepted.map((change) => ({ change, text: JSON.stringify(change) })))(
      '$text is accepted, and the table says nothing',
      async ({ change }) => {
        const after = changed(object, change)
        expect(await server.apply(after, { dryRun: true })).toMatchObject({ status: 200, message: '' })
        expect(refusedChanges(object, after, minor)).toEqual([])
      },
    )
  })

  test('every rule of this minor is tried', () => {
    const tried = new Set(
      changeCases.flatMap(({ object, refused }) =>
        refused.flatMap((change) =>
          refusedChanges(object, changed(object, change), minor).map(
            ({ reason }) => `${groupOf(object.apiVersion)}/${object.kind} ${reason}`,
          ),
        ),
      ),
    )
    const rules = immutableFields
      .filter(({ from = 0, to = Infinity }) => from <= minor && minor <= to)
      .flatMap(({ kinds, reason }) => kinds.map((kind) => `${kind} ${reason}`))
    expect(rules.filter((rule) => !tried.has(rule))).toEqual([])
  })
})
