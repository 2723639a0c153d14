import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createSourceRemote, type SourceRemoteOptions } from '../../../src/adapters/charts/charts.ts'
import type { SourceRemote } from '../../../src/sources/source-remote-port.ts'

export interface LoopbackServer {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly requests: {
    readonly method: string
    readonly path: string
    readonly headers: IncomingMessage['headers']
  }[]
}

/** A server on loopback for the length of one test. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<LoopbackServer> {
  const requests: LoopbackServer['requests'] = []
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      answer(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, requests }
}

/** Serves bodies by path; 404 for others. With `authorization`, 401 without exactly that header. */
export function serveFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  authorization?: string,
): Promise<LoopbackServer> {
  return serve((request, response) => {
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="charts"' }).end('who are you')
      return
    }
    const body = files[(request.url ?? '').replace(/\?.*$/, '')]
    if (body === undefined) response.writeHead(404).end('nothing')
    else response.end(body)
  })
}

/** The real adapters, allowed to reach loopback, with time that does not pass. `sleeps` are the waits that they wanted. */
export function createTestRemote(options: Partial<SourceRemoteOptions> = {}): {
  remote: SourceRemote
  sleeps: number[]
} {
  const sleeps: number[] = []
  const remote = createSourceRemote({
    environment: { PATH: process.env['PATH'] },
    temporaryFolder: join(mkdtempSync(join(tmpdir(), 'fleetwright-test-')), 'clones'),
    egress: { allowPrivate: true },
    waiting: {
      sleep: (milliseconds) => {
        sleeps.push(milliseconds)
        return Promise.resolve()
      },
      random: () => 0,
      now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    },
    timeouts: { stallMs: 300, deadlineMs: 20_000 },
    ...options,
  })
  onTestFinished(() => remote.close())
  return { remote, sleeps }
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
