import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { request, type Dispatcher } from 'undici'
import type { ClusterError, ClusterFailure } from '../../diagnostics/cluster-error.ts'
import { parseExactJson } from '../../kubernetes/exact-json.ts'
import { withRetries, type RetryPolicy } from '../retry/retry.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { Connections } from './connections.ts'
import type { Credentials, CredentialSource } from './credentials.ts'
import {
  AnswerTooLarge,
  AttemptFailure,
  clusterError,
  refusalFailure,
  requestOf,
  type Question,
} from './failure.ts'
import type { ClusterLimits } from './limits.ts'
import { networkFailure } from './network-failure.ts'

export interface ApiRequest {
  /** From the server's address on: `/api/v1/pods`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Default: JSON. */
  readonly accept?: string
  /** The answer is a text, and given as such. */
  readonly isText?: true
  /** Makes it a PATCH; as it may be tried again, one that changes nothing. */
  readonly patch?: { readonly contentType: string; readonly body: string }
}

/** Asks one API server. Everything thrown is ClusterError, or the reason of the caller's signal. */
export interface ApiClient {
  readonly limits: ClusterLimits
  /** The answer as exact JSON, or as its text. `deadlineMs` bounds all attempts together. */
  get(
    request: ApiRequest,
    options?: { signal?: AbortSignal | undefined; deadlineMs?: number },
  ): Promise<unknown>
  /** An answer that goes on, piece by piece; once it has begun, nothing is tried again. */
  stream(request: ApiRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void>
  /** An error found in what was answered; `fault` follows the name of the cluster. */
  failure(reason: ClusterFailure, path: string, fault: string): ClusterError
  /** The error that a Status inside of an answer stands for. */
  refusal(path: string, status: number, reason: unknown): ClusterError
  close(): Promise<void>
}

export interface ApiClientOptions {
  readonly name: string
  readonly server: URL
  readonly credentials: CredentialSource
  readonly connections: Connections
  readonly limits: ClusterLimits
  readonly retries: RetryPolicy
  readonly waiting: Waiting
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { limits, connections } = options
  const questionOf = (path: string): Question => toQuestion(options, { path })
  return {
    limits,
    async get(wanted, { signal: caller, deadlineMs = limits.listDeadlineMs } = {}) {
      const question = toQuestion(options, wanted)
      const deadline = AbortSignal.timeout(Math.max(1, Math.round(deadlineMs)))
      return untilAborted({ question, caller, deadline, deadlineMs }, (signal) =>
        retried(options, signal, async () => {
          const own = AbortSignal.timeout(limits.requestDeadlineMs)
          const within = { question, caller: signal, deadline: own, deadlineMs: limits.requestDeadlineMs }
          return untilAborted(within, async (attempt) => {
            const text = await readAnswer(await send(wanted, options, attempt), limits, question)
            return wanted.isText ? text : parse(text, question)
          })
        }),
      )
    },
    async *stream(wanted, signal) {
      const question = questionOf(wanted.path)
      // It may be silent for long, and is bounded as a whole by its signal; packed, events would come late.
      const long = { bodyTimeout: 0, encoding: 'identity' }
      const { body } = await retried(options, signal, () => send({ ...wanted, ...long }, options, signal))
      try {
        for await (const chunk of body) yield chunk as Uint8Array
      } catch (error) {
        throw networkFailure(error, question, true).failure
      } finally {
        body.destroy()
      }
    },
    failure: (reason, path, fault) => clusterError(reason, questionOf(path), fault),
    refusal: (path, status, reason) => refusalFailure(questionOf(path), { status, reason }).failure,
    close: () => connections.close(),
  }
}

function toQuestion({ name, server }: ApiClientOptions, { path, patch }: ApiRequest): Question {
  return { name, host: server.host, path, ...(patch && { method: 'PATCH' as const }) }
}

/** Runs until one of both signals says stop: the caller's gives its own reason, the deadline a ClusterError. */
async function untilAborted<T>(
  {
    question,
    caller,
    deadline,
    deadlineMs,
  }: {
    readonly question: Question
    readonly caller: AbortSignal | undefined
    readonly deadline: AbortSignal
    readonly deadlineMs: number
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = caller === undefined ? deadline : AbortSignal.any([caller, deadline])
  try {
    signal.throwIfAborted()
    return await work(signal)
  } catch (error) {
    caller?.throwIfAborted()
    if (!deadline.aborted) throw error
    const seconds = (deadlineMs / 1000).toFixed(deadlineMs < 1000 ? 1 : 0)
    throw clusterError('timeout', question, `did not finish ${requestOf(question)} within ${seconds} s`)
  }
}

async function retried<T>(
  { retries, waiting }: ApiClientOptions,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await withRetries(work, {
      policy: retries,
      waiting,
      signal,
      againAfterMs: (error) =>
        error instanceof AttemptFailure && !signal.aborted ? error.againAfterMs : undefined,
    })
  } catch (error) {
    throw error instanceof AttemptFailure ? error.failure : error
  }
}

interface Sent extends ApiRequest {
  readonly encoding?: string
  /** Milliseconds; 0: any. */
  readonly bodyTimeout?: number
}

interface Answer {
  readonly headers: Dispatcher.ResponseData['headers']
  readonly body: Readable
}

/** The beginning of a good answer. Credentials that are refused are renewed once. */
async function send(wanted: Sent, options: ApiClientOptions, signal: AbortSignal): Promise<Answer> {
  const question = toQuestion(options, wanted)
  for (let renewed = false; ; renewed = true) {
    const credentials = await orAborted(options.credentials.get(), signal)
    const { statusCode, headers, body } = await exchange(wanted, credentials, { options, signal, question })
    body.on('error', () => undefined)
    if (statusCode === 200 || (statusCode === 201 && wanted.patch)) return { headers, body }
    const reason = await reasonOf(body)
    if (statusCode === 401 && !renewed) {
      options.credentials.renew(credentials)
      continue
    }
    throw refusalFailure(question, {
      status: statusCode,
      reason,
      retryAfter: single(headers['retry-after']),
      date: single(headers['date']),
    })
  }
}

async function exchange(
  { path, query = {}, accept = 'application/json', encoding = 'gzip', bodyTimeout, patch }: Sent,
  { headers, tls }: Credentials,
  {
    options,
    signal,
    question,
  }: { readonly options: ApiClientOptions; readonly signal: AbortSignal; readonly question: Question },
): Promise<Dispatcher.ResponseData> {
  // An API server may lie below a path, as behind Rancher.
  const url = new URL(options.server)
  url.pathname = url.pathname.replace(/\/$/, '') + path
  url.search = new URLSearchParams(query).toString()
  const dispatcher = options.connections.securedBy(tls)
  try {
    return await request(url, {
      dispatcher,
      signal,
      ...(bodyTimeout !== undefined && { bodyTimeout }),
      ...(patch && { method: 'PATCH', body: patch.body }),
      headers: {
        ...{ 'user-agent': 'fleetwright', 'accept-encoding': encoding, accept },
        ...(patch && { 'content-type': patch.contentType }),
        ...headers,
      },
    })
  } catch (error) {
    signal.throwIfAborted()
    throw networkFailure(error, question, false)
  }
}

async function readAnswer(
  { headers, body }: Answer,
  { maxAnswerBytes }: ClusterLimits,
  question: Question,
): Promise<string> {
  const isPacked = single(headers['content-encoding']) === 'gzip'
  const unpacked = isPacked ? pipeline(body, createGunzip(), () => undefined) : body
  const chunks: Buffer[] = []
  let received = 0
  try {
    for await (const chunk of unpacked) {
      chunks.push(chunk as Buffer)
      received += (chunk as Buffer).length
      if (received > maxAnswerBytes) throw new AttemptFailure(new AnswerTooLarge(question, maxAnswerBytes))
    }
  } catch (error) {
    throw networkFailure(error, question, true)
  } finally {
    body.destroy()
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string, question: Question): unknown {
  try {
    return parseExactJson(text)
  } catch {
    throw new AttemptFailure(
      clusterError('bad-answer', question, `answers ${requestOf(question)} with something that is no JSON`),
    )
  }
}

/** `reason` of the Status that an error comes with; of a proxy's error page nothing. */
async function reasonOf(body: Readable): Promise<unknown> {
  const enough = 64 * 1024
  let text = ''
  try {
    for await (const chunk of body) {
      text += (chunk as Buffer).toString('utf8')
      if (text.length > enough) break
    }
    return (JSON.parse(text) as { readonly reason?: unknown } | null)?.reason
  } catch {
    return undefined
  } finally {
    body.destroy()
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** Not all that is waited for knows of the signal. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop)
    })
  })
}
