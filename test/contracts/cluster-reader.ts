import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MemoryObject, MemoryReference } from '../../src/adapters/memory/memory-clusters.ts'
import { ClusterError } from '../../src/diagnostics/cluster-error.ts'
import { canonicalJson, parseExactJson } from '../../src/kubernetes/exact-json.ts'
import type {
  ClusterReader,
  ListPage,
  ListRequest,
  WatchEvent,
} from '../../src/observe/cluster-reader-port.ts'

/** A cluster that serves what Kubernetes does, and Widgets; empty but for what is put there. */
export interface ClusterUnderTest {
  readonly reader: ClusterReader
  /** Makes these objects, or makes them so. */
  put(...objects: readonly MemoryObject[]): Promise<void>
  remove(reference: MemoryReference): Promise<void>
  /** A resource version of Widgets that the cluster has given up. */
  expiredVersion(): Promise<string>
  close(): Promise<void>
}

export const widgetGroup = 'contract.example.org'
const wideNumber = '9007199254740993'

export function request(resource: string, more: Partial<ListRequest> = {}): ListRequest {
  const known: Readonly<Record<string, Pick<ListRequest, 'group' | 'version' | 'kind'>>> = {
    configmaps: { group: '', version: 'v1', kind: 'ConfigMap' },
    secrets: { group: '', version: 'v1', kind: 'Secret' },
    widgets: { group: widgetGroup, version: 'v1', kind: 'Widget' },
  }
  return {
    ...{ group: '', version: 'v1', kind: 'Unknown', resource, ...known[resource] },
    ...{ namespace: '', labelSelector: '', fieldSelector: '', metadataOnly: false, ...more },
  }
}

export function configMap(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): MemoryObject {
  const metadata = { namespace, name, labels }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { name } }
}

export async function pagesOf(
  reader: ClusterReader,
  list: ListRequest,
  signal?: AbortSignal,
): Promise<readonly ListPage[]> {
  const pages: ListPage[] = []
  for await (const page of reader.list(list, signal)) pages.push(page)
  return pages
}

/** Objects of all pages in canonical form, without what servers add, sorted. */
async function canonical(reader: ClusterReader, list: ListRequest): Promise<string[]> {
  const pages = await pagesOf(reader, list)
  return pages.flatMap(({ objects }) => objects.map(withoutServerFields)).sort()
}

function withoutServerFields(object: Readonly<Record<string, unknown>>): string {
  const metadata = object['metadata'] as Readonly<Record<string, unknown>>
  const { resourceVersion, uid, creationTimestamp, generation, managedFields, ...written } = metadata
  return canonicalJson({ ...object, metadata: written })
}

async function names(reader: ClusterReader, list: ListRequest): Promise<string[]> {
  const pages = await pagesOf(reader, list)
  return pages.flatMap(({ objects }) => objects.map((object) => nameOf(object))).sort()
}

function nameOf(object: Readonly<Record<string, unknown>>): string {
  return String((object['metadata'] as { readonly name?: unknown }).name)
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  return error instanceof ClusterError ? error.reason : `no ClusterError: ${String(error)}`
}

/** The next `count` events of a watch that are no bookmarks, as `type name`. */
async function take(events: AsyncIterable<WatchEvent>, count: number): Promise<string[]> {
  const taken: string[] = []
  for await (const event of events) {
    if (event.type !== 'bookmark') taken.push(`${event.type} ${nameOf(event.object)}`)
    if (taken.length >= count) break
  }
  return taken
}

/** What every ClusterReader promises (src/observe/cluster-reader-port.ts). */
export function testClusterReader(start: () => Promise<ClusterUnderTest>): void {
  let cluster: ClusterUnderTest
  let reader: ClusterReader
  const never = new AbortController().signal

  beforeAll(async () => {
    cluster = await start()
    ;({ reader } = cluster)
    const namespaces = ['plain', 'labelled', 'many', 'watched', 'empty'].map((name): MemoryObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }))
    await cluster.put(...namespaces)
    await cluster.put(
      configMap('plain', 'a'),
      configMap('plain', 'b', { tier: 'web' }),
      configMap('labelled', 'prod', { env: 'prod' }),
      configMap('labelled', 'test', { env: 'test' }),
      configMap('labelled', 'none', { other: 'x' }),
      {
        ...{ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'plain', name: 's' } },
        ...{ type: 'Opaque', data: { password: 'aHVudGVyMg==' } },
      },
      {
        ...{ apiVersion: `${widgetGroup}/v1`, kind: 'Widget' },
        ...{ metadata: { namespace: 'plain', name: 'w' } },
        spec: parseExactJson(`{"wide":${wideNumber},"share":0.5,"none":null,"list":[1,"2"]}`),
      },
    )
  }, 180_000)
  afterAll(() => cluster.close())

  test('says its git version', async () => {
    expect(await reader.version()).toMatch(/^v1\.\d+\.\d+/)
  })

  describe('discovery', () => {
    test('lists kinds with their scope and verbs, of every version, without subresources', async () => {
      const { resources, unavailable } = await reader.discover()
      const row = (kind: string, version: string) =>
        resources.find((each) => each.kind === kind && each.version === version)
      const all = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
      expect(row('ConfigMap', 'v1')).toEqual({
        ...{ group: '', version: 'v1', kind: 'ConfigMap' },
        ...{ name: 'configmaps', namespaced: true, verbs: all },
      })
      expect(row('TokenReview', 'v1')).toMatchObject({ group: 'authentication.k8s.io', namespaced: false })
      expect([row('Widget', 'v1'), row('Widget', 'v1beta1')]).toMatchObject([
        { group: widgetGroup, name: 'widgets', namespaced: true },
        { group: widgetGroup, name: 'widgets', namespaced: true },
      ])
      expect(resources.filter(({ name = '' }) => name.includes('/'))).toEqual([])
      expect(unavailable).toEqual([])
    })

    test('sorts by group, version and kind', async () => {
      const { resources } = await reader.discover()
      const keys = resources.map(({ group, version, kind }) => [group, version, kind].join('\0'))
      expect(keys).toEqual([...keys].sort())
    })

    test('orders versions as the server prefers them, if it says so', async () => {
      const { versions } = await reader.discover()
      expect(versions?.[widgetGroup] ?? ['v1', 'v1beta1']).toEqual(['v1', 'v1beta1'])
      expect((versions?.['autoscaling'] ?? ['v2', 'v1']).slice(0, 2)).toEqual(['v2', 'v1'])
    })
  })

  describe('a list', () => {
    test('gives the objects of a namespace as they are, each with its apiVersion and kind', async () => {
      expect(await canonical(reader, request('secrets', { namespace: 'plain' }))).toEqual([
        '{"apiVersion":"v1","data":{"password":"aHVudGVyMg=="},"kind":"Secret","metadata":{"name":"s","namespace":"plain"},"type":"Opaque"}',
      ])
      expect(await canonical(reader, request('configmaps', { namespace: 'labelled' }))).toEqual([
        '{"apiVersion":"v1","data":{"name":"none"},"kind":"ConfigMap","metadata":{"labels":{"other":"x"},"name":"none","namespace":"labelled"}}',
        '{"apiVersion":"v1","data":{"name":"prod"},"kind":"ConfigMap","metadata":{"labels":{"env":"prod"},"name":"prod","namespace":"labelled"}}',
        '{"apiVersion":"v1","data":{"name":"test"},"kind":"ConfigMap","metadata":{"labels":{"env":"test"},"name":"test","namespace":"labelled"}}',
      ])
    })

    test('gives numbers beyond 53 bits as they are', async () => {
      expect(await canonical(reader, request('widgets'))).toEqual([
        `{"apiVersion":"${widgetGroup}/v1","kind":"Widget","metadata":{"name":"w","namespace":"plain"},"spec":{"list":[1,"2"],"none":null,"share":0.5,"wide":${wideNumber}}}`,
      ])
    })

    test('gives the version that was asked for', async () => {
      const [page] = await pagesOf(reader, request('widgets', { version: 'v1beta1' }))
      expect(page?.objects[0]?.['apiVersion']).toBe(`${widgetGroup}/v1beta1`)
    })

    test('of all namespaces gives those of each', async () => {
      const found = await names(reader, request('configmaps', { labelSelector: 'tier=web' }))
      expect(found).toEqual(['b'])
      expect(await names(reader, request('configmaps'))).toEqual(expect.arrayContaining(['a', 'b', 'prod']))
    })

    test.each([
      ['env=prod', ['prod']],
      ['env in (prod,test)', ['prod', 'test']],
      ['env notin (prod)', ['none', 'test']],
      ['env!=prod', ['none', 'test']],
      ['env', ['prod', 'test']],
      ['!env', ['none']],
      ['env,env!=prod', ['test']],
    ])('selects by labels: %s', async (labelSelector, expected) => {
      expect(await names(reader, request('configmaps', { namespace: 'labelled', labelSelector }))).toEqual(
        expected,
      )
    })

    test('selects by name', async () => {
      const selection = { namespace: 'labelled', fieldSelector: 'metadata.name=test' }
      expect(await names(reader, request('configmaps', selection))).toEqual(['test'])
    })

    test('of metadata leaves the rest out, and keeps the kind that was asked for', async () => {
      const selection = { namespace: 'plain', metadataOnly: true }
      expect(await canonical(reader, request('configmaps', { ...selection, labelSelector: 'tier' }))).toEqual(
        [
          '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"tier":"web"},"name":"b","namespace":"plain"}}',
        ],
      )
      expect(await canonical(reader, request('widgets', selection))).toEqual([
        `{"apiVersion":"${widgetGroup}/v1","kind":"Widget","metadata":{"name":"w","namespace":"plain"}}`,
      ])
    })

    test('of nothing is one page, whose version a watch can begin at', async () => {
      const pages = await pagesOf(
        reader,
        request('configmaps', { namespace: 'empty', labelSelector: 'no=no' }),
      )
      expect(pages).toEqual([{ objects: [], resourceVersion: expect.stringMatching(/^\d+$/) as string }])
    })

    test('of many comes in pages of 500, each object once', async () => {
      const all = Array.from({ length: 520 }, (_, index) => `m-${String(index).padStart(3, '0')}`)
      await cluster.put(...all.map((name) => configMap('many', name, { page: 'yes' })))
      const pages = await pagesOf(reader, request('configmaps', { namespace: 'many', labelSelector: 'page' }))
      expect(pages.map(({ objects, restart }) => [objects.length, restart])).toEqual([
        [500, undefined],
        [20, undefined],
      ])
      expect(pages.flatMap(({ objects }) => objects.map(nameOf)).sort()).toEqual(all)
    }, 60_000)

    test('of what is not served is not found', async () => {
      expect(await failureOf(pagesOf(reader, request('unknowns')))).toBe('not-found')
      expect(await failureOf(pagesOf(reader, request('widgets', { version: 'v9' })))).toBe('not-found')
    })

    test('by a selector that is none is a bad answer', async () => {
      expect(await failureOf(pagesOf(reader, request('configmaps', { labelSelector: 'a in (' })))).toBe(
        'bad-answer',
      )
    })
  })

  describe('a watch', () => {
    const watched = (labelSelector: string, more: Partial<ListRequest> = {}) =>
      request('configmaps', { namespace: 'watched', labelSelector, ...more })
    const versionNow = async (list: ListRequest): Promise<string> =>
      (await pagesOf(reader, list)).at(-1)?.resourceVersion ?? ''

    test('tells what changed since a list, in order', async () => {
      const list = watched('in=order')
      await cluster.put(configMap('watched', 'before', { in: 'order' }))
      const since = await versionNow(list)
      await cluster.put(configMap('watched', 'new', { in: 'order' }))
      await cluster.put({ ...configMap('watched', 'new', { in: 'order' }), data: { name: 'other' } })
      await cluster.put(configMap('plain', 'elsewhere', { in: 'order' }))
      await cluster.remove(configMap('watched', 'before'))
      const events = reader.watch(list, since, never)
      expect(await take(events, 3)).toEqual(['added new', 'modified new', 'deleted before'])
    })

    test('tells of a change as it comes, with the object as it then is', async () => {
      const list = watched('live=yes')
      const events = reader.watch(list, await versionNow(list), never)[Symbol.asyncIterator]()
      const next = events.next()
      await cluster.put(configMap('watched', 'live', { live: 'yes' }))
      const { value } = (await next) as { value: WatchEvent }
      expect(value.type).toBe('added')
      expect(withoutServerFields(value.object)).toBe(
        '{"apiVersion":"v1","data":{"name":"live"},"kind":"ConfigMap","metadata":{"labels":{"live":"yes"},"name":"live","namespace":"watched"}}',
      )
      expect((value.object['metadata'] as { resourceVersion?: string }).resourceVersion).toBe(
        value.resourceVersion,
      )
      await events.return?.(undefined)
    })

    test('goes on from the version of an event', async () => {
      const list = watched('go=on')
      const since = await versionNow(list)
      await cluster.put(
        configMap('watched', 'first', { go: 'on' }),
        configMap('watched', 'second', { go: 'on' }),
      )
      const seen: WatchEvent[] = []
      for await (const event of reader.watch(list, since, never)) {
        seen.push(event)
        break
      }
      const rest = reader.watch(list, seen[0]?.resourceVersion ?? '', never)
      const [other] = await take(rest, 1)
      expect([`added ${nameOf(seen[0]?.object ?? {})}`, other].sort()).toEqual([
        'added first',
        'added second',
      ])
    })

    test('by labels tells of an object that comes to have them, and of one that loses them', async () => {
      const list = watched('mode=on')
      await cluster.put(configMap('watched', 'x', { mode: 'off' }))
      const since = await versionNow(list)
      await cluster.put(configMap('watched', 'x', { mode: 'on' }))
      await cluster.put(configMap('watched', 'x', { mode: 'off' }))
      expect(await take(reader.watch(list, since, never), 2)).toEqual(['added x', 'deleted x'])
    })

    test('of metadata leaves the rest out', async () => {
      const list = watched('meta=yes', { metadataOnly: true })
      const since = await versionNow(list)
      await cluster.put(configMap('watched', 'meta', { meta: 'yes' }))
      for await (const { object } of reader.watch(list, since, never)) {
        expect(withoutServerFields(object)).toBe(
          '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"meta":"yes"},"name":"meta","namespace":"watched"}}',
        )
        break
      }
    })

    test('ends when its signal is aborted', async () => {
      const list = watched('abort=yes')
      const since = await versionNow(list)
      await cluster.put(configMap('watched', 'abort', { abort: 'yes' }))
      const stop = new AbortController()
      const seen: string[] = []
      for await (const { type } of reader.watch(list, since, stop.signal)) {
        seen.push(type)
        stop.abort()
      }
      expect(seen).toEqual(['added'])
    })

    test('from a version that was given up is expired', async () => {
      const expired = await cluster.expiredVersion()
      expect(await failureOf(take(reader.watch(request('widgets'), expired, never), 1))).toBe('expired')
    })
  })

  test('whose signal is aborted throws what the signal says', async () => {
    const why = new Error('enough')
    const signal = AbortSignal.abort(why)
    await expect(reader.version(signal)).rejects.toBe(why)
    await expect(reader.discover(signal)).rejects.toBe(why)
    await expect(pagesOf(reader, request('configmaps'), signal)).rejects.toBe(why)
  })
}
