import { SourceFailure, type FailureReason } from '../../sources/source-remote-port.ts'
import type { Waiting } from '../retry/waiting.ts'
import { hostOf, refusedByGuard } from './egress-guard.ts'
import type { HttpResponse } from './http-response.ts'
import { RetryLater } from './retry.ts'

/** What a status means for the user; undefined for one that is no failure. */
export function describeStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  url: URL,
  waiting: Waiting,
): SourceFailure | undefined {
  if (status < 400) return undefined
  const { host } = url
  const operation = `ask ${host}`
  const credentialsHint = `give credentials for ${host}: the referenced Secret, FLEETWRIGHT_CREDENTIALS, a netrc file or docker login; for other hosts none are sent`
  switch (status) {
    case 401:
      return new SourceFailure({
        reason: 'unauthorized',
        operation,
        message: `${host} wants credentials, or does not take those that it got (401)`,
        hint: credentialsHint,
      })
    case 403:
      return new SourceFailure({
        reason: 'forbidden',
        operation,
        message: `${host} forbids it (403)`,
        hint: `the credentials may not read this, or there are none: ask for read access. ${credentialsHint}`,
      })
    case 404:
    case 410:
      return new SourceFailure({
        reason: 'not-found',
        operation,
        message: `${host} has nothing at ${url.pathname} (${status})`,
        hint: 'compare the address; private things are often hidden as not found from those without credentials',
      })
    case 408:
    case 429:
      return rateLimited(status, headers, url, waiting)
    default:
      return status >= 500
        ? new SourceFailure({
            reason: 'server-error',
            operation,
            message: `${host} failed (${status})`,
            hint: 'the fault is on the other side: run again later',
            retryable: true,
          })
        : new SourceFailure({
            reason: 'malformed',
            operation,
            message: `${host} does not take the request (${status})`,
            hint: 'is it a chart repository, registry or Git server at all?',
          })
  }
}

function rateLimited(
  status: number,
  headers: Readonly<Record<string, string>>,
  { host }: URL,
  waiting: Waiting,
): SourceFailure {
  const afterMs = retryAfterMs(headers['retry-after'], waiting)
  const details = {
    reason: 'rate-limited' as FailureReason,
    operation: `ask ${host}`,
    message: `${host} wants fewer requests (${status})${afterMs === undefined ? '' : `, and to be asked again in ${Math.ceil(afterMs / 1000)} seconds`}`,
    hint: `run again later; with credentials for ${host} the limit is often higher, and a kept cache folder needs no request`,
    retryable: true,
  }
  return afterMs === undefined ? new SourceFailure(details) : new RetryLater(afterMs, details)
}

/** Seconds, or a date. */
function retryAfterMs(text: string | undefined, waiting: Waiting): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - waiting.now())
}

/** Throws for every status that is no success. */
export function assertOk(response: HttpResponse, waiting: Waiting): HttpResponse {
  const failure = describeStatus(response.status, response.headers, new URL(response.url), waiting)
  if (failure !== undefined) throw failure
  return response
}

/** Certificates that Node refuses, by the codes of OpenSSL. */
const tlsCodes =
  /^(?:ERR_TLS_|ERR_SSL_|UNABLE_TO_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$)/

interface Received {
  readonly received: number
  readonly total: number | undefined
}

/** Errors of the network by their codes. `body`: how far the answer had come. */
export function toSourceFailure(error: unknown, url: URL, body?: Received): SourceFailure {
  const { host } = url
  const refusal = findCause(error, (each) => each instanceof SourceFailure)
  if (refusal instanceof SourceFailure) return refusal
  const code = codeOf(error)
  const make = (reason: FailureReason, message: string, hint: string, retryable: boolean): SourceFailure =>
    new SourceFailure({ reason, operation: `ask ${host}`, message, hint, retryable, cause: error })
  if (code === refusedByGuard) return make('refused-host', `${host} may not be asked`, '', false)
  if (code === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    const after = body === undefined ? 'does not answer' : `stopped after ${body.received} bytes`
    return make(
      'stalled',
      `${host} ${after}`,
      'run again later; is a proxy needed, or in the way (HTTPS_PROXY, NO_PROXY)?',
      true,
    )
  }
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code)) {
    return make(
      'tls',
      `${host} does not speak TLS (${code})`,
      'where plain HTTP is meant, ask for it: `plainHTTP: true`, or an http URL',
      false,
    )
  }
  if (tlsCodes.test(code)) {
    return make(
      'tls',
      `the certificate of ${host} is not trusted (${code})`,
      'give its authority as `ca.crt` in the referenced Secret, or NODE_EXTRA_CA_CERTS',
      false,
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return make(
      'unreachable',
      `the name ${hostOf(url)} cannot be resolved (${code})`,
      'compare the address; is DNS or a proxy (HTTPS_PROXY) needed?',
      code === 'EAI_AGAIN',
    )
  }
  if (body !== undefined) {
    const of = body.total === undefined ? '' : ` of ${body.total}`
    return make(
      'truncated',
      `${host} ended after ${body.received}${of} bytes (${code})`,
      'run again later; a proxy in between may cut large downloads',
      true,
    )
  }
  return make(
    'unreachable',
    `${host} cannot be reached (${code})`,
    'is the address right, and is a proxy needed (HTTPS_PROXY, NO_PROXY)?',
    true,
  )
}

function codeOf(error: unknown): string {
  const coded = findCause(error, (each) => 'code' in each && typeof each.code === 'string')
  const code = coded !== undefined && 'code' in coded ? String(coded.code) : undefined
  if (code !== undefined) return code
  return error instanceof Error ? error.name : 'unknown'
}

function findCause(error: unknown, wanted: (error: Error) => boolean): Error | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth++) {
    if (wanted(each)) return each
    // A happy-eyeballs connection fails with one error for each address.
    if (each instanceof AggregateError) {
      const inner = each.errors.find((one): one is Error => one instanceof Error && wanted(one))
      if (inner !== undefined) return inner
    }
  }
  return undefined
}
