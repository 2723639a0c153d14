import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerApi, type Asked } from './answer-api.ts'
import { createAppState, type AppOptions, type AppState } from './apps.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { readDescription } from './description.ts'
import { findArchive } from './endpoints/actions.ts'
import { createFaults, type Fault, type FaultTarget, type HeldEnd, type Misbehaviour } from './faults.ts'
import { notFound, type Reply } from './handler.ts'
import { createOAuth } from './oauth.ts'
import { createRateLimits, rateLimitHeaders, type RateLimit } from './rate-limits.ts'
import { createRepositoryState } from './repository-state.ts'
import { failing, send } from './respond.ts'
import { serveGit } from './serve-git.ts'
import type { Permissions, RepositoryState } from './state.ts'
import { createTokens } from './tokens.ts'
import { createWorld, type World, type WorldClock } from './world.ts'

export interface GitHubDoubleOptions {
  /** Default `cloud`. An Enterprise server has its API below `/api/v3`, and a description of its own. */
  readonly product?: 'cloud' | 'enterprise'
  /** Of what is made on it. Default `counting`. */
  readonly clock?: WorldClock
  /** Default 0: any free one. */
  readonly port?: number
}

export interface LoggedRequest {
  readonly method: string
  /** Below the API's root, without the query. */
  readonly path: string
  readonly query: string
  readonly body: unknown
  /** 0 where the connection was broken. */
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Milliseconds since the epoch at which it was answered. */
  readonly atMs: number
}

/**
 * GitHub on loopback: the state that tests arrange and look at, the REST endpoints and the GraphQL that are used, Git over
 * HTTP at `<url>/<owner>/<name>.git`, apps with their tokens and webhooks, and signing in. Every request, answer and payload
 * is held against GitHub's own description; what is not as described, or not known, is a violation, and fails the test when
 * the double is closed.
 */
export interface GitHubDouble {
  /** `http://127.0.0.1:1234`: where people and Git look, and sign in. */
  readonly url: string
  readonly apiUrl: string
  /** Of `github-actions[bot]`, with what a review needs. */
  readonly token: string
  readonly requests: readonly LoggedRequest[]
  readonly violations: readonly string[]
  readonly world: World
  /** What apps are told; sent as it happens, unless `route` says otherwise. */
  readonly deliveries: Deliveries
  /** `owner/name`, made when it is first asked for; `fleet/demo` is there from the beginning. */
  repository(fullName?: string, options?: { readonly isPrivate?: boolean }): RepositoryState
  /** Registers an app. It hears of nothing before it has a `webhookUrl` and an installation. */
  createApp(options?: AppOptions): AppState
  /** A token of somebody: `ada`, `our-app[bot]`. */
  createToken(login: string, permissions?: Permissions): string
  /** Takes permissions away from a token, or gives it others. */
  setPermissions(token: string, permissions: Permissions): void
  /** A token that worked works no more. */
  revoke(token: string): void
  /** Who sits before the browser that is sent to sign in; undefined for nobody. */
  signIn(login: string | undefined): void
  /** From now on requests of this token are counted, and its answers say what is left. */
  limit(token: string, limit: RateLimit): void
  /** From now on as behind a proxy that knows REST only. */
  refuseGraphql(): void
  /** Something goes wrong with the next request of that kind. */
  next(target: FaultTarget, fault: Fault): void
  /** Something goes wrong with a share of all requests of the API; undefined ends it. */
  misbehave(how: Misbehaviour | undefined): void
  /** Throws when there are violations. */
  close(): Promise<void>
}

/** What a workflow with the right `permissions:` has. */
export const reviewPermissions: Permissions = {
  ...{ checks: 'write', pull_requests: 'write', statuses: 'write' },
  ...{ contents: 'read', actions: 'read', metadata: 'read' },
}

export async function createGitHubDouble({
  product = 'cloud',
  clock = 'counting',
  port = 0,
}: GitHubDoubleOptions = {}): Promise<GitHubDouble> {
  const repositories = new Map<string, RepositoryState>()
  const apps: AppState[] = []
  const faults = createFaults()
  const limits = createRateLimits()
  let hasGraphql = true
  const requests: LoggedRequest[] = []
  const violations: string[] = []
  const complain = (text: string): void => void violations.push(text)
  const description = readDescription(product === 'cloud' ? 'api.github.com' : 'ghes-3.19')
  const root = product === 'cloud' ? '' : '/api/v3'
  const previous = new Map<string, Reply>()
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      complain(`the double failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`)
      response.destroy()
    })
  })
  const archives = createServer((request, response) => {
    if (request.headers.authorization !== undefined) complain('a token was sent to another host')
    const archive = findArchive(repositories.values(), request.url ?? '')
    response.writeHead(archive ? 200 : 404, { 'content-type': 'application/zip' }).end(archive)
  })
  const [url, archivesUrl] = await Promise.all([listen(server, port), listen(archives, 0)])
  const world: World = createWorld({ url, clock }, (happening) => {
    deliveries.happened(happening)
  })
  const deliveries = createDeliveries({ world, apps, description, complain })
  const tokens = createTokens(world, apps)
  const oauth = createOAuth(tokens, apps)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '', url)
    const [, named = '', path = ''] = /^\/([^/]+\/[^/]+)\.git(\/.*)$/.exec(pathname) ?? []
    const found = repositories.get(named.toLowerCase())
    if (found) {
      const fault = faults.takeGit(request.method ?? '', pathname)
      if (fault && (await withstandGit(fault)) === 'break-off') response.destroy()
      else serveGit(request, response, { repository: found, path: path + search, tokens })
      return
    }
    const text = await readText(request)
    const query = Object.fromEntries(new URLSearchParams(search))
    const { accept = '' } = request.headers
    const reply = oauth.answer({ method: request.method ?? '', path: pathname, query, text, accept })
    if (reply) send(request, response, reply)
    else await serveApi(toAsked(request, { pathname, query, text }), request, response)
  }

  function toAsked(
    request: IncomingMessage,
    { pathname, query, text }: { pathname: string; query: Record<string, string>; text: string },
  ): Asked {
    const graphql = product === 'cloud' ? '/graphql' : '/api/graphql'
    if (!pathname.startsWith(root) && pathname !== graphql) complain(`${pathname} is no path of the API`)
    const path = pathname === graphql ? '/graphql' : pathname.slice(root.length)
    return { method: request.method ?? '', path, query, text, identity: tokens.read(tokenOf(request)) }
  }

  async function serveApi(asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, path } = asked
    const log = (status: number): void => {
      const body = asked.text === '' ? undefined : (JSON.parse(asked.text) as unknown)
      const query = new URLSearchParams(asked.query).toString()
      requests.push({ method, path, query, body, status, headers: request.headers, atMs: Date.now() })
    }
    const breakOff = (): void => {
      log(0)
      response.destroy()
    }
    const fault = faults.take({ method, path, text: asked.text })
    if (fault?.type === 'meanwhile') await fault.happens()
    if (fault?.type === 'lost-request' || (await heldAt('request', fault)) === 'break-off') {
      breakOff()
      return
    }
    const key = `${method} ${request.url ?? ''}`
    const old = fault?.type === 'old-answer' ? previous.get(key) : undefined
    const reply =
      (fault && failing(fault)) ??
      old ??
      (path === '/graphql' && !hasGraphql ? notFound() : undefined) ??
      answerApi(asked, {
        ...{ world, archivesUrl, description, repositories, deliveries, complain },
        issueToken: (login, identity) => tokens.issue('ghs', login, identity),
      })
    previous.set(key, reply)
    if (fault?.type === 'afterwards') await fault.happens()
    if (fault?.type === 'lost-answer' || (await heldAt('answer', fault)) === 'break-off') {
      breakOff()
      return
    }
    const headers = {
      ...rateLimitHeaders(limits.count(tokenOf(request))),
      date: new Date(world.time.now()).toUTCString(),
      ...reply.headers,
    }
    log(send(request, response, { ...reply, headers }))
  }

  function repository(fullName = 'fleet/demo', { isPrivate = false } = {}): RepositoryState {
    const [owner = '', name = ''] = fullName.split('/')
    const key = fullName.toLowerCase()
    const known = repositories.get(key) ?? createRepositoryState(world, { owner, name, isPrivate })
    repositories.set(key, known)
    return known
  }
  repository()

  const createToken = (login: string, permissions: Permissions = reviewPermissions): string =>
    tokens.issue('ghs', login, { permissions })
  return {
    ...{ url, apiUrl: `${url}${root}`, requests, violations, world, deliveries, createToken, repository },
    token: createToken('github-actions[bot]'),
    createApp(options = {}) {
      const app = createAppState(options, {
        ...{ world, repository, repositories: () => repositories.values() },
      })
      apps.push(app)
      return app
    },
    setPermissions: (token, permissions) => {
      tokens.change(token, permissions)
    },
    revoke: (token) => {
      tokens.revoke(token)
    },
    signIn: (login) => {
      oauth.signIn(login)
    },
    refuseGraphql: () => {
      hasGraphql = false
    },
    limit: (token, limit) => {
      limits.set(token, limit)
    },
    next: (target, fault) => {
      faults.add(target, fault)
    },
    misbehave: (how) => {
      faults.misbehave(how)
    },
    async close() {
      await deliveries.idle()
      for (const each of [server, archives]) {
        each.closeAllConnections()
        await new Promise((resolve) => each.close(resolve))
      }
      if (violations.length > 0) throw new Error(`GitHub would not have it so:\n${violations.join('\n')}`)
    },
  }
}

async function heldAt(at: 'request' | 'answer', fault: Fault | undefined): Promise<HeldEnd> {
  return fault?.type === 'hold' && fault.at === at ? fault.until() : 'go-on'
}

/** Of Git, requests are held or lost, and something else happens before them. */
async function withstandGit(fault: Fault): Promise<HeldEnd> {
  if (fault.type === 'meanwhile') await fault.happens()
  return fault.type === 'lost-request' ? 'break-off' : heldAt('request', fault)
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function tokenOf(request: IncomingMessage): string {
  return /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
