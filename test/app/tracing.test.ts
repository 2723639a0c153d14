import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createTracing, type Tracing } from '../../src/app/telemetry/tracing.ts'

interface SentSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly links?: readonly { readonly traceId: string }[]
}

interface Collector {
  readonly endpoint: string
  readonly spans: SentSpan[]
  readonly paths: string[]
  readonly headers: IncomingHttpHeaders[]
  /** Texts as they came. */
  readonly bodies: string[]
}

/** Takes what OTLP over HTTP sends, as JSON; one that is silent takes it and never answers. */
async function startCollector({ isSilent = false } = {}): Promise<Collector> {
  const [spans, paths, headers, bodies]: [SentSpan[], string[], IncomingHttpHeaders[], string[]] = [
    [],
    [],
    [],
    [],
  ]
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      paths.push(request.url ?? '')
      headers.push(request.headers)
      bodies.push(body)
      const sent = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] }
      spans.push(
        ...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
      )
      if (!isSilent) response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, spans, paths, headers, bodies }
}

/** A clock of the test: 2026-01-02T03:04:05Z, and a second later with each look. */
function start(endpoint: string): Promise<Tracing> {
  let now = Date.UTC(2026, 0, 2, 3, 4, 5) - 1000
  return createTracing({ endpoint, version: '1.2.3', now: () => (now += 1000) })
}

const work = { type: 'review', repository: 'acme/fleet', attempt: 1, deliveries: ['one', 'two'] }

describe('traces', () => {
  test('a delivery, its work and its stages are one trace, whichever process does the work', async () => {
    const { endpoint, spans, paths, bodies } = await startCollector()
    const taking = await start(`${endpoint}/`)
    for (const id of ['one', 'two'])
      await taking.delivery({ id, event: 'pull_request' }, () => Promise.resolve())
    await taking.close()
    const doing = await start(endpoint)
    await doing.work(work, () => {
      doing.stage('diff', 0.5)
      return Promise.resolve()
    })
    await doing.close()

    expect(new Set(paths)).toEqual(new Set(['/v1/traces']))
    expect(bodies[0]).toContain('"fleetwright"')
    expect(bodies[0]).toContain('"1.2.3"')
    const named = (name: string): readonly SentSpan[] => spans.filter((span) => span.name === name)
    const [first, second] = named('delivery pull_request')
    const [review] = named('work review')
    const [diff] = named('stage diff')
    expect(spans).toHaveLength(4)
    expect(first?.traceId).not.toBe(second?.traceId)
    expect(review).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId })
    expect(review?.links).toMatchObject([{ traceId: second?.traceId }])
    expect(diff).toMatchObject({ traceId: first?.traceId, parentSpanId: review?.spanId })
    // Half a second, and one that passes with the look at the clock.
    expect(Number(diff?.endTimeUnixNano) - Number(diff?.startTimeUnixNano)).toBe(1_500_000_000)
    expect(
      Object.fromEntries(review?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []),
    ).toEqual({
      'work.type': 'review',
      'work.repository': 'acme/fleet',
      'work.attempt': 1,
    })
  })

  test('what fails is marked, and what was said of it stays out', async () => {
    const { endpoint, spans, bodies } = await startCollector()
    const tracing = await start(endpoint)
    const failing = tracing.work(work, () => Promise.reject(new TypeError('the token is ghs_secret')))
    await expect(failing).rejects.toThrow('ghs_secret')
    await tracing.close()
    expect(spans).toMatchObject([{ name: 'work review', status: { code: 2 } }])
    expect(bodies.join('')).toContain('"TypeError"')
    expect(bodies.join('')).not.toContain('ghs_secret')
  })

  test.each([
    ['is not there', () => Promise.resolve('http://127.0.0.1:9')],
    ['never answers', async () => (await startCollector({ isSilent: true })).endpoint],
  ])('a collector that %s keeps nobody from ending', async (_, find) => {
    const tracing = await start(await find())
    await tracing.work(work, () => Promise.resolve())
    await tracing.close()
  })
})
