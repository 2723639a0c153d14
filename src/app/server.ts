import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EnvironmentError } from '../diagnostics/errors.ts'
import { methodNotAllowed, notFound, sendAnswer, type Answer } from './answer.ts'
import type { Log } from './types.ts'
import { webhookPath } from './webhook-endpoint.ts'

/** Answers to one path, by method. HEAD is GET without a body. */
export interface Route {
  /** `/healthz`; or `/fleet/` for all below. */
  readonly path: string
  readonly method: 'GET' | 'POST'
  /** Undefined: there is nothing there. One that writes the response itself gives `sent`. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | 'sent' | undefined>
}

export interface ServerOptions {
  readonly host: string
  readonly port: number
  /** `PORT`: for the message where it is taken. */
  readonly setting: string
  readonly routes: readonly Route[]
  readonly log: Log
}

export interface RunningServer {
  readonly port: number
  /** Takes no new connections, and ends those that are open when they are answered. */
  close(): Promise<void>
}

/** Slow senders hold a connection no longer than this. */
const timeouts = { headersMs: 10_000, requestMs: 30_000, keepAliveMs: 65_000, closeMs: 3000 } as const

/** HTTP with these routes and nothing else. Throws EnvironmentError where the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, setting, log } = options
  const server = createServer(
    {
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.keepAliveMs,
      connectionsCheckingInterval: 5000,
      maxHeaderSize: 16_384,
    },
    (request, response) => void serve(options.routes, log, { request, response }),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new EnvironmentError({
          ...{ adapter: 'http', operation: `listen on ${host}:${port}`, retryable: false, cause },
          message: `${host}:${port} cannot be listened on: ${cause.code ?? 'unknown reason'}`,
          hint: `set ${setting} or HOST to what is free and yours`,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
  server.on('error', (error) => log.error('server-failed', { error }))
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) }
}

async function serve(
  routes: readonly Route[],
  log: Log,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  // The other side is gone: there is nobody to tell.
  response.on('error', () => undefined)
  try {
    const answer = await find(routes, request, response)
    if (answer !== 'sent') sendAnswer(response, answer, request.method !== 'HEAD')
  } catch (error) {
    log.error('request-failed', { method: request.method, path: pathOf(request), error })
    if (response.headersSent) response.destroy()
    else sendAnswer(response, { status: 500, body: { message: 'failed' }, close: true })
  }
}

async function find(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | 'sent'> {
  const path = pathOf(request)
  const there = routes.filter((route) =>
    route.path.endsWith('/') && route.path !== '/' ? path.startsWith(route.path) : path === route.path,
  )
  if (there.length === 0) return { ...notFound, close: request.method !== 'GET' }
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = there.find((one) => one.method === method)
  if (route === undefined) return methodNotAllowed(there.map((one) => one.method).join(', '))
  return (await route.answer(request, response)) ?? notFound
}

/** Without its query, and as it was written: what is spelled another way is another path. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? ''
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), timeouts.closeMs)
  await closed
  clearTimeout(late)
}

/** What everybody may see of the app: nothing of what it works on. */
export function homeRoute({ hasLogin }: { readonly hasLogin: boolean }): Route {
  const text = formatHomePage(hasLogin ? loginText : '')
  return {
    path: '/',
    method: 'GET',
    answer: () => Promise.resolve({ status: 200, body: { contentType: 'text/html', text } }),
  }
}

const loginText = `<p>Each fleet has a page at <code>/fleet/&lt;owner&gt;/&lt;repository&gt;</code>, for those who can read the repository.
<a href="/login">Sign in with GitHub</a></p>
`

const formatHomePage = (login: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>fleetwright</title>
<link rel="icon" href="data:,">
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>fleetwright</h1>
<p>This is a GitHub App that compiles fleets: it shows on pull requests what a change does to each cluster, and keeps the
rendered branch up to date.</p>
<p>GitHub sends webhooks to <code>${webhookPath}</code>.</p>
${login}</html>
`
