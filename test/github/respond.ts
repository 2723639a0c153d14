import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'
import type { Reply } from './handler.ts'

/** Answers that no endpoint gives. */
export function failing(fault: Fault): Reply | undefined {
  switch (fault.type) {
    case 'status':
      return { status: fault.status, headers: { 'content-type': 'text/html' }, body: '<h1>Unicorn!</h1>' }
    case 'primary-limit':
      return {
        status: fault.status ?? 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(fault.resetsAt) },
        body: { message: 'API rate limit exceeded for installation.' },
      }
    case 'secondary-limit':
      return {
        status: fault.status ?? 403,
        headers: fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) },
        body: {
          message:
            'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        },
      }
    default:
      return undefined
  }
}

/** With an ETag, and without a body for who has that already. Gives the status that was sent. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers }: Reply,
): number {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const all = { ...(text !== '' && { 'content-type': 'application/json; charset=utf-8' }), ...headers }
  if (status !== 200 || request.method !== 'GET') {
    response.writeHead(status, all).end(text)
    return status
  }
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`
  const isKnown = request.headers['if-none-match'] === etag
  response.writeHead(isKnown ? 304 : 200, { ...all, etag }).end(isKnown ? '' : text)
  return isKnown ? 304 : 200
}
