import { describe, expect, test } from 'vitest'
import type { WatchEvent } from '../../../src/observe/cluster-reader-port.ts'
import {
  configMap,
  configMaps,
  failureOf,
  manyConfigMaps,
  namesIn,
  pagesOf,
  serveAndOpen,
} from './reading.ts'

const impatient = { connectTimeoutMs: 500, idleTimeoutMs: 500, requestDeadlineMs: 300 }
const paged = { limits: { pageSize: 10 } }
const never = new AbortController().signal

async function events(watch: AsyncIterable<WatchEvent>): Promise<string[]> {
  const seen: string[] = []
  for await (const { type, object } of watch) seen.push(`${type} ${namesIn({ objects: [object] })[0] ?? ''}`)
  return seen
}

describe('a server that dies', () => {
  test('in the middle of a list → unreachable, after attempts that come later and later', async () => {
    const { server, reader, sleeps } = await serveAndOpen({ objects: manyConfigMaps(30) }, paged)
    const pages = reader.list(configMaps)[Symbol.asyncIterator]()
    expect(await pages.next()).toMatchObject({ done: false })
    await server.stop()
    const failure = await failureOf(pages.next())
    expect(failure).toMatchObject({ reason: 'unreachable', retryable: true, adapter: 'kubernetes' })
    expect(failure.message).toBe(`context server (${server.host}) cannot be reached (ECONNREFUSED)`)
    expect(sleeps).toEqual([250, 500, 1000])
  })

  test('and comes back before the attempts are used up → the list is whole', async () => {
    const { server, reader, sleeps } = await serveAndOpen({ objects: manyConfigMaps(30) }, paged)
    server.fault({ on: /continue/, times: 2, does: { type: 'reset' } })
    const pages = await pagesOf(reader.list(configMaps))
    expect(pages.flatMap(namesIn)).toEqual(manyConfigMaps(30).map(({ metadata }) => metadata.name))
    expect(sleeps).toEqual([250, 500])
  })

  test('in the middle of an answer → that answer is asked for again', async () => {
    const { server, reader } = await serveAndOpen({ objects: manyConfigMaps(30) }, paged)
    server.fault({ on: /continue/, times: 1, does: { type: 'break', afterBytes: 700 } })
    const pages = await pagesOf(reader.list(configMaps))
    expect(pages.flatMap(namesIn)).toHaveLength(30)
  })

  test('in the middle of every answer → unreachable, which says where', async () => {
    const { server, reader } = await serveAndOpen({ objects: manyConfigMaps(30) }, paged)
    server.fault({ on: /configmaps/, does: { type: 'break', afterBytes: 700 } })
    const failure = await failureOf(pagesOf(reader.list(configMaps)))
    expect(failure).toMatchObject({ reason: 'unreachable' })
    expect(failure.message).toContain('broke off its answer to GET /api/v1/configmaps (')
  })

  test('during a watch → unreachable', async () => {
    const { server, reader } = await serveAndOpen({ objects: [configMap('a')] })
    const watch = reader.watch(configMaps, '1', never)[Symbol.asyncIterator]()
    const next = watch.next()
    server.objects.put(configMap('b'))
    expect(await next).toMatchObject({ value: { type: 'added', resourceVersion: '2' } })
    const end = failureOf(watch.next())
    server.watches.drop()
    expect(await end).toMatchObject({ reason: 'unreachable' })
  })

  test('in the middle of an event → unreachable, and the half event counts for nothing', async () => {
    const { server, reader } = await serveAndOpen()
    server.fault({
      on: /watch=1/,
      does: { type: 'body', text: '{"type":"ADDED","object":{"metadata":{"name":"a"' },
    })
    const failure = await failureOf(events(reader.watch(configMaps, '1', never)))
    expect(failure).toMatchObject({ reason: 'unreachable' })
  })
})

describe('a version that is given up (410)', () => {
  test('in the middle of a list → it starts over and says so', async () => {
    const { server, reader } = await serveAndOpen({ objects: manyConfigMaps(25) }, paged)
    server.fault({
      on: /continue/,
      times: 1,
      after: 1,
      does: { type: 'refuse', status: 410, reason: 'Expired' },
    })
    const pages = await pagesOf(reader.list(configMaps))
    expect(pages.map((page) => [page.objects.length, page.restart])).toEqual([
      [10, undefined],
      [10, undefined],
      [10, true],
      [10, undefined],
      [5, undefined],
    ])
  })

  test('in the middle of a list again and again → expired', async () => {
    const { server, reader } = await serveAndOpen({ objects: manyConfigMaps(25) }, paged)
    server.fault({ on: /continue/, does: { type: 'refuse', status: 410, reason: 'Expired' } })
    expect(await failureOf(pagesOf(reader.list(configMaps)))).toMatchObject({ reason: 'expired' })
  })

  test('as the answer to a watch → expired', async () => {
    const { server, reader } = await serveAndOpen()
    server.fault({ on: /watch=1/, does: { type: 'refuse', status: 410, reason: 'Gone' } })
    expect(await failureOf(events(reader.watch(configMaps, '1', never)))).toMatchObject({ reason: 'expired' })
  })

  test('as an event of a watch → expired, after the events before it', async () => {
    const { server, reader } = await serveAndOpen({ objects: [configMap('a')] })
    const watch = reader.watch(configMaps, '1', never)[Symbol.asyncIterator]()
    const next = watch.next()
    server.objects.put(configMap('b'))
    expect(await next).toMatchObject({ value: { type: 'added' } })
    server.forget()
    expect(await failureOf(events(reader.watch(configMaps, '1', never)))).toMatchObject({ reason: 'expired' })
  })
})

describe('a server without capacity', () => {
  const throttled = (headers: Readonly<Record<string, string>>) =>
    ({ type: 'refuse', status: 429, reason: 'TooManyRequests', headers }) as const

  test('is asked again after as long as it wants', async () => {
    const { server, reader, sleeps } = await serveAndOpen({ objects: [configMap('a')] })
    server.fault({ on: /configmaps/, times: 2, does: throttled({ 'retry-after': '7' }) })
    expect((await pagesOf(reader.list(configMaps))).flatMap(namesIn)).toEqual(['a'])
    expect(sleeps).toEqual([7000, 7000])
  })

  test('that names a time by its own clock is asked again at that time, however its clock goes', async () => {
    const { server, reader, sleeps } = await serveAndOpen()
    const headers = {
      date: 'Tue, 01 Jan 2036 00:00:00 GMT',
      'retry-after': 'Tue, 01 Jan 2036 00:00:12 GMT',
    }
    server.fault({ on: /version/, times: 1, does: throttled(headers) })
    expect(await reader.version()).toBe('v1.34.2')
    expect(sleeps).toEqual([12_000])
  })

  test('to the end of all attempts → throttled', async () => {
    const { server, reader, sleeps } = await serveAndOpen()
    server.fault({ on: /version/, does: { type: 'refuse', status: 503, reason: 'ServiceUnavailable' } })
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({ reason: 'throttled', retryable: true })
    expect(failure.message).toBe(
      `context server (${server.host}) has no capacity for GET /version now (503 ServiceUnavailable)`,
    )
    expect(sleeps).toHaveLength(3)
  })

  test('that wants to be left alone for long → throttled at once', async () => {
    const { server, reader, sleeps } = await serveAndOpen()
    server.fault({ on: /version/, does: throttled({ 'retry-after': '3600' }) })
    const failure = await failureOf(reader.version())
    expect(failure.reason).toBe('throttled')
    expect(failure.message).toContain('wants to be asked again in 3600 s')
    expect(sleeps).toEqual([])
  })

  test('when a watch begins is asked again', async () => {
    const { server, reader, sleeps } = await serveAndOpen({ objects: [configMap('a')] })
    server.fault({ on: /watch=1/, times: 1, does: throttled({ 'retry-after': '2' }) })
    const watch = reader.watch(configMaps, '0', never)[Symbol.asyncIterator]()
    const next = watch.next()
    server.objects.put(configMap('b'))
    expect(await next).toMatchObject({ value: { type: 'added' } })
    expect(sleeps).toEqual([2000])
    await watch.return?.(undefined)
  })
})

describe('a server that fails', () => {
  test.each([500, 502, 504])('with %i once is asked again, always is unreachable', async (status) => {
    const { server, reader } = await serveAndOpen()
    server.fault({ on: /version/, times: 1, does: { type: 'refuse', status, reason: 'InternalError' } })
    expect(await reader.version()).toBe('v1.34.2')
    server.fault({ on: /version/, does: { type: 'refuse', status, reason: 'InternalError' } })
    const failure = await failureOf(reader.version())
    expect(failure.reason).toBe('unreachable')
    expect(failure.message).toContain(`fails at GET /version (${status} InternalError)`)
  })
})

describe('a slow loris', () => {
  test('whose answer trickles without end → timeout, and nobody asks it again', async () => {
    const { server, reader, sleeps } = await serveAndOpen({}, { limits: impatient })
    server.fault({ on: /version/, does: { type: 'trickle', everyMs: 20 } })
    const failure = await failureOf(reader.version())
    expect(failure).toMatchObject({ reason: 'timeout', retryable: true })
    expect(failure.message).toBe(`context server (${server.host}) did not finish GET /version within 0.3 s`)
    expect([sleeps, server.requests.length]).toEqual([[], 1])
  })

  test('that says nothing at all → timeout', async () => {
    const { server, reader } = await serveAndOpen({}, { limits: impatient })
    server.fault({ on: /version/, does: { type: 'silence' } })
    expect(await failureOf(reader.version())).toMatchObject({ reason: 'timeout' })
  })

  test('that falls silent between two bytes → timeout by the time without a byte', async () => {
    const limits = { idleTimeoutMs: 300, requestDeadlineMs: 20_000 }
    const { server, reader } = await serveAndOpen({}, { limits })
    server.fault({ on: /version/, does: { type: 'trickle', everyMs: 10_000_000 } })
    const failure = await failureOf(reader.version())
    expect(failure.reason).toBe('timeout')
    expect(failure.message).toContain('fell silent in its answer to GET /version')
  })

  test('whose pages come one by one, each in time, ends at the deadline of the list', async () => {
    const limits = { pageSize: 1, requestDeadlineMs: 5000, listDeadlineMs: 400 }
    const { server, reader } = await serveAndOpen({ objects: manyConfigMaps(10_000) }, { limits })
    const failure = await failureOf(pagesOf(reader.list(configMaps)))
    expect(failure.reason).toBe('timeout')
    expect(server.requests.length).toBeGreaterThan(1)
  })

  test('in a watch that it never ends → timeout', async () => {
    const limits = { watchSeconds: 0, watchGraceMs: 300 }
    const { server, reader } = await serveAndOpen({}, { limits })
    server.fault({ on: /watch=1/, does: { type: 'trickle', everyMs: 20 } })
    const failure = await failureOf(events(reader.watch(configMaps, '1', never)))
    expect(failure.reason).toBe('timeout')
  })

  test('is left at once when the signal is aborted', async () => {
    const { server, reader } = await serveAndOpen()
    server.fault({ on: /configmaps/, does: { type: 'trickle', everyMs: 20 } })
    const why = new Error('the deadline of this cluster')
    const stop = new AbortController()
    const reading = pagesOf(reader.list(configMaps, stop.signal))
    setImmediate(() => {
      stop.abort(why)
    })
    await expect(reading).rejects.toBe(why)
  })
})

describe('a watch', () => {
  test('that the server ends is no error', async () => {
    const { server, reader } = await serveAndOpen({ objects: [configMap('a')] })
    const watch = reader.watch(configMaps, '1', never)[Symbol.asyncIterator]()
    const next = watch.next()
    server.objects.put(configMap('b'))
    expect(await next).toMatchObject({ value: { type: 'added' } })
    const end = watch.next()
    server.watches.end()
    expect(await end).toEqual({ done: true, value: undefined })
  })

  test('gives bookmarks, which only move the version on', async () => {
    const { server, reader } = await serveAndOpen({ objects: [configMap('a')] })
    const list = { ...configMaps, labelSelector: 'none=none' }
    const watch = reader.watch(list, '1', never)[Symbol.asyncIterator]()
    const next = watch.next()
    await expect.poll(() => server.watches.count).toBe(1)
    server.objects.put(configMap('b'))
    server.watches.bookmark()
    expect(await next).toMatchObject({ value: { type: 'bookmark', resourceVersion: '2' } })
    await watch.return?.(undefined)
  })

  test('that nobody reads any more leaves nothing open', async () => {
    const { server, reader } = await serveAndOpen({ objects: [configMap('a')] })
    const watch = reader.watch(configMaps, '1', never)[Symbol.asyncIterator]()
    const next = watch.next()
    server.objects.put(configMap('b'))
    await next
    await watch.return?.(undefined)
    await expect.poll(() => server.watches.count).toBe(0)
  })
})

describe('what makes no sense', () => {
  test.each([
    ['a page to log in', { type: 'body', text: '<html>hunter2</html>' }],
    ['a list without a version', { type: 'body', text: '{"items":[]}' }],
    ['a list of something else', { type: 'body', text: '{"metadata":{"resourceVersion":"1"},"items":[1]}' }],
    ['null', { type: 'body', text: 'null' }],
    ['a redirect', { type: 'refuse', status: 302, headers: { location: 'https://login.example.com' } }],
    ['a status that nobody knows', { type: 'refuse', status: 418, reason: 'hunter2' }],
  ] as const)('%s → a bad answer, of which nothing is repeated', async (_what, does) => {
    const { server, reader } = await serveAndOpen()
    server.fault({ on: /configmaps/, does })
    const failure = await failureOf(pagesOf(reader.list(configMaps)))
    expect(failure).toMatchObject({ reason: 'bad-answer', retryable: false })
    expect(`${failure.message} ${failure.hint ?? ''}`).not.toContain('hunter2')
    expect(failure.cause).toBeUndefined()
  })

  test.each([
    ['no JSON', 'hunter2\n'],
    ['an event that nobody knows', '{"type":"HUNTER2","object":{"metadata":{"resourceVersion":"1"}}}\n'],
    ['an object without a version', '{"type":"ADDED","object":{"metadata":{"name":"hunter2"}}}\n'],
  ])('in a watch, %s → a bad answer', async (_what, text) => {
    const { server, reader } = await serveAndOpen()
    server.fault({ on: /watch=1/, does: { type: 'body', text } })
    const failure = await failureOf(events(reader.watch(configMaps, '1', never)))
    expect(failure.reason).toBe('bad-answer')
    expect(failure.message.toLowerCase()).not.toContain('hunter2')
  })

  test('a version that is none → a bad answer', async () => {
    const { server, reader } = await serveAndOpen()
    server.fault({ on: /version/, does: { type: 'body', text: '{"gitVersion":1}' } })
    expect(await failureOf(reader.version())).toMatchObject({ reason: 'bad-answer' })
  })
})

describe('roles', () => {
  test('that forbid one kind leave the others to be read', async () => {
    const { server, reader } = await serveAndOpen({ objects: [configMap('a')], forbidden: ['secrets'] })
    const secrets = { ...configMaps, kind: 'Secret', resource: 'secrets', namespace: 'kube-system' }
    const failure = await failureOf(pagesOf(reader.list(secrets)))
    expect(failure).toMatchObject({
      reason: 'forbidden',
      retryable: false,
      operation: 'GET /api/v1/namespaces/kube-system/secrets',
      message: `context server (${server.host}) forbids GET /api/v1/namespaces/kube-system/secrets (403 Forbidden)`,
      hint: '`fleetwright observe --print-rbac` prints the role that reading needs',
    })
    expect((await pagesOf(reader.list(configMaps))).flatMap(namesIn)).toEqual(['a'])
  })
})

describe('clocks', () => {
  test.each(['Thu, 01 Jan 1970 00:00:00 GMT', 'Tue, 01 Jan 2036 00:00:00 GMT', 'yesterday'])(
    'of servers may go as they like: %s',
    async (date) => {
      const { server, reader } = await serveAndOpen({ objects: [configMap('a')] })
      server.fault({ on: /./, does: { type: 'headers', headers: { date } } })
      expect(await reader.version()).toBe('v1.34.2')
      expect((await reader.discover()).unavailable).toEqual([])
      expect((await pagesOf(reader.list(configMaps))).flatMap(namesIn)).toEqual(['a'])
    },
  )
})

test('a closed reader reaches nobody', async () => {
  const { server, reader } = await serveAndOpen()
  await reader.version()
  await reader.close()
  expect(await failureOf(reader.version())).toMatchObject({ reason: 'unreachable' })
  expect(server.requests).toHaveLength(1)
})
