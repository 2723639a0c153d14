import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { request, type Dispatcher } from 'undici'
import type { GitRemote } from '../../../review/repositories-port.ts'

export interface ReadGate {
  /** `http://127.0.0.1:40123`: stands for the URL of the remote. */
  readonly url: string
  /**
   * `fleetwright-gate: <secret>`: without this header it refuses everything. Not a part of the URL, since whoever shares the
   * machine reads the arguments of git's processes.
   */
  readonly header: string
  /** From here on nothing is served to anybody. */
  close(): Promise<void>
}

export interface ReadGateOptions {
  readonly remote: GitRemote
  /** Of a request with credentials: what the remote wants of it. */
  readonly authorization: (token: string) => string
  readonly dispatcher: Dispatcher
}

const gateHeader = 'fleetwright-gate'

const readingService = 'git-upload-pack'

/** What git and its remote must tell each other; credentials of either side are not among it. */
const requestHeaders = [
  ...['accept', 'accept-encoding', 'accept-language', 'content-encoding', 'content-length', 'content-type'],
  ...['git-protocol', 'user-agent'],
]
const answerHeaders = ['cache-control', 'content-encoding', 'content-length', 'content-type', 'retry-after']

/**
 * Lets those who know its secret read one repository, and nothing else of it or of anything, while it is open: the two
 * requests by which git reads over HTTP go through to the remote with the token, all others are refused.
 */
export async function createReadGate(options: ReadGateOptions): Promise<ReadGate> {
  const secret = randomBytes(32).toString('hex')
  const expected = digestOf(secret)
  const server = createServer((incoming, response) => {
    serve(incoming, response, { ...options, expected }).catch(() => {
      // Whatever broke off: git sees that it broke off.
      if (response.headersSent) response.destroy()
      else response.writeHead(502).end()
    })
  })
  // It keeps no process alive: whoever needs it has other work under way.
  server.unref()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    header: `${gateHeader}: ${secret}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  { remote, authorization, dispatcher, expected }: ReadGateOptions & { readonly expected: Buffer },
): Promise<void> {
  const path = incoming.url ?? ''
  const secret = incoming.headers[gateHeader]
  if (typeof secret !== 'string' || !timingSafeEqual(digestOf(secret), expected))
    return refuse(incoming, response, 404)
  if (!isReading(incoming.method, path)) return refuse(incoming, response, 403)
  const headers = pick(incoming.headers, requestHeaders)
  const answer = await request(remote.url + path, {
    method: incoming.method === 'POST' ? 'POST' : 'GET',
    headers: { ...headers, authorization: authorization(await remote.token()) },
    ...(incoming.method === 'POST' && { body: incoming }),
    dispatcher,
    // Also when whoever asked goes away.
    signal: closing(response),
  })
  // Not followed: the token is for this host. Nor is the client asked for credentials, which it has none of.
  if (answer.statusCode >= 300 && answer.statusCode < 400) {
    answer.body.on('error', () => undefined).destroy()
    return refuse(incoming, response, 502)
  }
  response.writeHead(answer.statusCode, pick(answer.headers, answerHeaders))
  await pipeline(answer.body, response)
}

/** The two requests of git-upload-pack; the old way by files, other services and pushes are none of them. */
function isReading(method: string | undefined, path: string): boolean {
  return (
    (method === 'GET' && path === `/info/refs?service=${readingService}`) ||
    (method === 'POST' && path === `/${readingService}`)
  )
}

function refuse(incoming: IncomingMessage, response: ServerResponse, status: number): void {
  incoming.resume()
  response.writeHead(status).end()
}

function closing(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}

function pick(
  headers: IncomingMessage['headers'],
  names: readonly string[],
): Record<string, string | string[]> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Of one length whatever is asked for, so that comparing takes one time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
