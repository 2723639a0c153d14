import { describe, expect, test } from 'vitest'
import type { Discovery } from '../../src/observe/cluster-reader-port.ts'
import { planLists } from '../../src/observe/list-plan.ts'
import type { Query } from '../../src/observe/types.ts'
import { query, resources } from './observing.ts'

const discovery: Discovery = { resources, unavailable: [] }

/** `plural.version namespace labels fields` of each list; `*` for metadata only. */
function lists(queries: readonly Query[], by: Discovery = discovery): readonly string[] {
  return planLists(queries, by).lists.map(({ request }) =>
    [
      `${request.resource}.${request.version}${request.metadataOnly ? '*' : ''}`,
      request.namespace,
      request.labelSelector,
      request.fieldSelector,
    ]
      .join(' ')
      .trimEnd(),
  )
}

describe('the lists that answer queries', () => {
  test('one for what several ask', () => {
    expect(lists([query('v1', 'Service'), query('v1', 'Service')])).toEqual(['services.v1'])
  })

  test('none for what a broader one includes', () => {
    expect(
      lists([
        query('v1', 'Service', { namespace: 'shop' }),
        query('v1', 'Service', { namespace: 'shop', name: 'web' }),
        query('v1', 'Service', { namespace: 'shop', labelSelector: 'app=web' }),
        query('v1', 'Service', { keep: 'identity', name: 'web', namespace: 'shop' }),
      ]),
    ).toEqual(['services.v1 shop'])
  })

  test('one each for places that do not include each other', () => {
    expect(
      lists([
        query('v1', 'Service', { namespace: 'shop' }),
        query('v1', 'Service', { namespace: 'bank' }),
        query('v1', 'Service', { labelSelector: 'app=web' }),
      ]),
    ).toEqual(['services.v1  app=web', 'services.v1 bank', 'services.v1 shop'])
  })

  test('names, labels and namespaces are the server’s to find', () => {
    expect(
      lists([query('v1', 'ConfigMap', { namespace: 'a', name: 'b', labelSelector: 'tier in (x,y)' })]),
    ).toEqual(['configmaps.v1 a tier in (x,y) metadata.name=b'])
  })

  test('metadata alone where no more is kept', () => {
    expect(lists([query('v1', 'Node', { keep: 'identity' })])).toEqual(['nodes.v1*'])
  })

  test('metadata of all beside the whole of some', () => {
    expect(lists([query('v1', 'Node', { keep: 'identity' }), query('v1', 'Node', { name: 'one' })])).toEqual([
      'nodes.v1*',
      'nodes.v1   metadata.name=one',
    ])
  })

  test('an open version is the one that the server prefers', () => {
    const open = query('example.com/', 'Widget')
    expect(lists([open])).toEqual(['widgets.v1'])
    const versions = { 'example.com': ['v1beta1', 'v1'] }
    expect(lists([open], { ...discovery, versions })).toEqual(['widgets.v1beta1'])
  })

  test('the group’s best version that serves the kind counts, not its best version', () => {
    const versions = { 'example.com': ['v2', 'v1beta1', 'v1'] }
    expect(lists([query('example.com/', 'Widget')], { ...discovery, versions })).toEqual(['widgets.v1beta1'])
  })

  test('an open version and the same one by name are one list', () => {
    expect(lists([query('example.com/', 'Widget'), query('example.com/v1', 'Widget')])).toEqual([
      'widgets.v1',
    ])
  })

  test('two versions by name are two lists', () => {
    expect(lists([query('example.com/v1beta1', 'Widget'), query('example.com/v1', 'Widget')])).toEqual([
      'widgets.v1',
      'widgets.v1beta1',
    ])
  })

  test.each([
    ['a kind that is not served', query('v1', 'Gadget')],
    ['a group that is not served', query('nothing.io/v1', 'Widget')],
    ['a version that is not served', query('example.com/v3', 'Widget')],
    ['a kind that cannot be listed', query('authentication.k8s.io/v1', 'TokenReview')],
    ['a kind without namespaces in a namespace', query('v1', 'Node', { namespace: 'shop' })],
  ])('%s is not asked for: there is none', (_what, one) => {
    expect(planLists([one], discovery)).toEqual({ lists: [], unanswerable: [] })
  })

  test('what a silent server may serve cannot be answered', () => {
    const silent = { ...discovery, unavailable: ['metrics.k8s.io/v1beta1'] }
    const asked = [
      query('metrics.k8s.io/v1beta1', 'PodMetrics'),
      query('metrics.k8s.io/', 'NodeMetrics'),
      query('metrics.k8s.io/v1', 'PodMetrics'),
      query('v1', 'Service'),
    ]
    const plan = planLists(asked, silent)
    expect(plan.unanswerable.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
      'NodeMetrics ',
      'PodMetrics v1beta1',
    ])
    expect(plan.lists.map(({ query: { kind } }) => kind)).toEqual(['Service'])
  })

  test('the order of queries does not show', () => {
    const queries = [
      query('v1', 'Service', { namespace: 'b' }),
      query('v1', 'Service', { namespace: 'a' }),
      query('apps/v1', 'Deployment'),
    ]
    expect(planLists([...queries].reverse(), discovery)).toEqual(planLists(queries, discovery))
  })
})
