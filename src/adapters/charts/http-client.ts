import { request, type Dispatcher } from 'undici'
import { SourceFailure } from '../../sources/source-remote-port.ts'
import type { RetryPolicy } from '../retry/retry.ts'
import type { Waiting } from '../retry/waiting.ts'
import { createDispatcher, isProxied, type TlsOptions } from './dispatcher.ts'
import { hostOf, portOf, type EgressGuard } from './egress-guard.ts'
import { describeStatus, toSourceFailure } from './http-failure.ts'
import type { HttpResponse } from './http-response.ts'
import { withSourceRetries } from './retry.ts'

export type { TlsOptions } from './dispatcher.ts'

export interface HttpRequest {
  readonly url: string
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Value of Authorization; sent to the origin of `url` and dropped on a redirect elsewhere. */
  readonly authorization?: string | undefined
  readonly tls?: TlsOptions
  readonly maxBytes: number
  /** An allowed host named this address. */
  readonly vouched?: boolean
  readonly onBytes?: (receivedBytes: number, totalBytes: number | undefined) => void
}

export interface HttpClient {
  /** Throws SourceFailure when nothing was to be had, retries included. */
  request(request: HttpRequest): Promise<HttpResponse>
  close(): Promise<void>
}

export interface HttpClientOptions {
  readonly guard: EgressGuard
  readonly waiting: Waiting
  readonly retries: RetryPolicy
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly connectTimeoutMs: number
  /** Longest time without a byte. */
  readonly stallTimeoutMs: number
  /** Of one attempt, redirects and body included. */
  readonly deadlineMs: number
}

/** As Go's client, which Helm uses. */
const maxRedirects = 10

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const dispatchers = new Map<string, Dispatcher>()
  const dispatcherFor = (tls: TlsOptions): Dispatcher => {
    const key = JSON.stringify(tls)
    const known = dispatchers.get(key)
    if (known !== undefined) return known
    const made = createDispatcher(tls, options)
    dispatchers.set(key, made)
    return made
  }
  return {
    request: (wanted) =>
      withSourceRetries(() => attempt(wanted, dispatcherFor, options), options.retries, options.waiting),
    async close() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()))
      dispatchers.clear()
    },
  }
}

/**
 * Behind a proxy, which resolves names itself: what the name means here is refused as without one. Where nothing here knows
 * it, the proxy decides.
 */
async function checkProxied(url: URL, { guard, environment }: HttpClientOptions): Promise<void> {
  if (!isProxied(environment)) return
  try {
    await guard.resolve(hostOf(url), portOf(url))
  } catch (error) {
    if (error instanceof SourceFailure) throw error
  }
}

async function attempt(
  wanted: HttpRequest,
  dispatcherFor: (tls: TlsOptions) => Dispatcher,
  options: HttpClientOptions,
): Promise<HttpResponse> {
  const { certificate: _certificate, key: _key, ...forOthers } = wanted.tls ?? {}
  const signal = AbortSignal.timeout(options.deadlineMs)
  const first = parseUrl(wanted.url)
  let url = first
  for (let redirects = 0; ; redirects++) {
    options.guard.check(url, wanted.vouched === true || redirects > 0)
    await checkProxied(url, options)
    const isFirst = url.origin === first.origin
    const response = await send(wanted, url, {
      // A certificate of the client is a credential.
      dispatcher: dispatcherFor(isFirst ? (wanted.tls ?? {}) : forOthers),
      signal,
      withCredentials: isFirst,
    })
    const next = redirectOf(response, url)
    if (next !== undefined) {
      await response.body.dump()
      if (redirects >= maxRedirects) throw badRedirect(url, `it redirects more than ${maxRedirects} times`)
      if (url.protocol === 'https:' && next.protocol !== 'https:') {
        throw badRedirect(url, `it redirects from https to ${next.protocol.replace(':', '')}`)
      }
      url = next
      continue
    }
    const body = await readBody(response, url, wanted)
    const headers = flatten(response.headers)
    const failure = describeStatus(response.statusCode, headers, url, options.waiting)
    if (failure?.retryable === true) throw failure
    return { status: response.statusCode, headers, body, url: url.href }
  }
}

async function send(
  wanted: HttpRequest,
  url: URL,
  {
    dispatcher,
    signal,
    withCredentials,
  }: { dispatcher: Dispatcher; signal: AbortSignal; withCredentials: boolean },
): Promise<Dispatcher.ResponseData> {
  const { authorization } = wanted
  try {
    return await request(url, {
      dispatcher,
      signal,
      method: wanted.method ?? 'GET',
      headers: {
        'user-agent': 'fleetwright',
        ...wanted.headers,
        ...(authorization !== undefined && withCredentials ? { authorization } : {}),
      },
      ...(wanted.body === undefined ? {} : { body: wanted.body }),
    })
  } catch (error) {
    throw toSourceFailure(error, url)
  }
}

async function readBody(
  response: Dispatcher.ResponseData,
  url: URL,
  { maxBytes, onBytes }: HttpRequest,
): Promise<Uint8Array> {
  const announced = Number(flatten(response.headers)['content-length'] ?? Number.NaN)
  const total = Number.isSafeInteger(announced) ? announced : undefined
  const tooLarge = (): SourceFailure =>
    new SourceFailure({
      reason: 'too-large',
      operation: `download from ${url.host}`,
      message: `${url.host} sends more than ${(maxBytes / 1024 / 1024).toFixed(0)} MiB`,
      hint: 'no chart or set of manifests is that large: is it the right address?',
    })
  const chunks: Buffer[] = []
  let received = 0
  try {
    if (total !== undefined && total > maxBytes) throw tooLarge()
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer)
      received += (chunk as Buffer).length
      if (received > maxBytes) throw tooLarge()
      onBytes?.(received, total)
    }
  } catch (error) {
    response.body.on('error', () => undefined).destroy()
    throw error instanceof SourceFailure ? error : toSourceFailure(error, url, { received, total })
  }
  return Buffer.concat(chunks)
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): URL | undefined {
  const location = flatten(headers)['location']
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined
  if (!URL.canParse(location, from.href))
    throw badRedirect(from, 'it redirects to an address that cannot be read')
  const next = new URL(location, from.href)
  if (next.protocol !== 'https:' && next.protocol !== 'http:') {
    throw badRedirect(from, `it redirects to ${next.protocol.replace(':', '')}`)
  }
  return next
}

function badRedirect(url: URL, why: string): SourceFailure {
  return new SourceFailure({
    reason: 'refused-host',
    operation: `follow a redirect of ${url.host}`,
    message: `${url.host} was not followed: ${why}`,
    hint: 'use the address that it redirects to, where that is the right one',
  })
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new SourceFailure({
    reason: 'unsupported',
    operation: 'read a URL',
    message: 'its address is no https or http URL',
  })
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}
