import { Buffer } from 'node:buffer'
import type { ServerResponse } from 'node:http'

/** Of an HTTP request. */
export interface Answer {
  readonly status: number
  /** Text of a content type, or a value that is sent as JSON. */
  readonly body: Text | object
  /** Several values of one name are a list. */
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** What was sent is not read any further, so that nothing else can come over this connection. */
  readonly close?: boolean
}

interface Text {
  readonly contentType: string
  readonly text: string
}

/** Nothing here is to be framed, guessed at, kept or led to from elsewhere. */
const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

export function sendAnswer(
  response: ServerResponse,
  { status, body, headers = {}, close = false }: Answer,
  withBody = true,
): void {
  const { contentType, text } =
    'contentType' in body ? body : { contentType: 'application/json', text: `${JSON.stringify(body)}\n` }
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': contentType.includes('charset') ? contentType : `${contentType}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    ...(close && { connection: 'close' }),
    ...headers,
  })
  response.end(withBody ? text : undefined)
}

export const notFound: Answer = { status: 404, body: { message: 'not found' } }

export function methodNotAllowed(allow: string): Answer {
  return { status: 405, body: { message: `only ${allow}` }, headers: { allow }, close: true }
}
