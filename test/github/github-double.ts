import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerGit } from '../git-backend.ts'
import { answerApi, type Asked } from './answer-api.ts'
import { readDescription } from './description.ts'
import { findArchive } from './endpoints/actions.ts'
import { createFaults, type Fault, type FaultTarget } from './faults.ts'
import type { Reply } from './handler.ts'
import { createRepositoryState, createWorld, type Identity, type RepositoryState } from './state.ts'

export interface GitHubDoubleOptions {
  /** Default `cloud`. An Enterprise server has its API below `/api/v3`, and a description of its own. */
  readonly product?: 'cloud' | 'enterprise'
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
}

/**
 * GitHub on loopback: the state that tests arrange and look at, the REST endpoints that are used, one GraphQL query, and Git
 * over HTTP at `<url>/<owner>/<name>.git`. Every request and answer is held against GitHub's own description; what is not as
 * described, or not known, is a violation, and fails the test when the double is closed.
 */
export interface GitHubDouble {
  /** `http://127.0.0.1:1234`: where people and Git look. */
  readonly url: string
  readonly apiUrl: string
  /** Of `github-actions[bot]`, with what a review needs. */
  readonly token: string
  readonly requests: readonly LoggedRequest[]
  readonly violations: readonly string[]
  /** `owner/name`, made when it is first asked for; `fleet/demo` is there from the beginning. */
  repository(fullName?: string, options?: { readonly isPrivate?: boolean }): RepositoryState
  /** A token of somebody: `ada`, `our-app[bot]`. */
  createToken(login: string, permissions?: Identity['permissions']): string
  /** Takes permissions away from a token, or gives it others. */
  setPermissions(token: string, permissions: Identity['permissions']): void
  /** Something goes wrong with the next request of that kind. */
  next(target: FaultTarget, fault: Fault): void
  /** Throws when there are violations. */
  close(): Promise<void>
}

/** What a workflow with the right `permissions:` has. */
export const reviewPermissions: Identity['permissions'] = {
  ...{ checks: 'write', pull_requests: 'write', statuses: 'write' },
  ...{ contents: 'read', actions: 'read', metadata: 'read' },
}

export async function createGitHubDouble({
  product = 'cloud',
}: GitHubDoubleOptions = {}): Promise<GitHubDouble> {
  const world = createWorld()
  const repositories = new Map<string, RepositoryState>()
  const tokens = new Map<string, Identity>()
  const faults = createFaults()
  const requests: LoggedRequest[] = []
  const violations: string[] = []
  const description = readDescription(product === 'cloud' ? 'api.github.com' : 'ghes-3.19')
  const root = product === 'cloud' ? '' : '/api/v3'
  const previous = new Map<string, Reply>()
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      violations.push(`the double failed: ${String(error)}`)
      response.destroy()
    })
  })
  const archives = createServer((request, response) => {
    if (request.headers.authorization !== undefined) violations.push('a token was sent to another host')
    const archive = findArchive(repositories.values(), request.url ?? '')
    response.writeHead(archive ? 200 : 404, { 'content-type': 'application/zip' }).end(archive)
  })
  const [url, archivesUrl] = await Promise.all([listen(server), listen(archives)])

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '', url)
    const [, repositoryPath = '', gitPath = ''] = /^\/([^/]+\/[^/]+)\.git(\/.*)$/.exec(pathname) ?? []
    const repository = repositories.get(repositoryPath)
    if (repository) return serveGit(request, response, { repository, path: gitPath + search })
    const asked = await readAsked(request, pathname, search)
    await serveApi(asked, request, response)
  }

  async function readAsked(request: IncomingMessage, pathname: string, search: string): Promise<Asked> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const graphql = product === 'cloud' ? '/graphql' : '/api/graphql'
    if (!pathname.startsWith(root) && pathname !== graphql)
      violations.push(`${pathname} is no path of the API`)
    return {
      method: request.method ?? '',
      path: pathname === graphql ? '/graphql' : pathname.slice(root.length),
      query: Object.fromEntries(new URLSearchParams(search)),
      text: Buffer.concat(chunks).toString(),
      identity: tokens.get(/^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''),
    }
  }

  async function serveApi(asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, path } = asked
    const log = (status: number): void => {
      const body = asked.text === '' ? undefined : (JSON.parse(asked.text) as unknown)
      const query = new URLSearchParams(asked.query).toString()
      requests.push({ method, path, query, body, status, headers: request.headers })
    }
    const fault = faults.take(method, path)
    if (fault?.type === 'meanwhile') await fault.happens()
    if (fault?.type === 'lost-request') {
      log(0)
      response.destroy()
      return
    }
    const key = `${method} ${request.url ?? ''}`
    const old = fault?.type === 'old-answer' ? previous.get(key) : undefined
    const reply =
      (fault && failing(fault)) ??
      old ??
      answerApi(asked, {
        world,
        url,
        archivesUrl,
        description,
        repositories,
        complain: (text) => violations.push(text),
      })
    previous.set(key, reply)
    if (fault?.type === 'afterwards') await fault.happens()
    if (fault?.type === 'lost-answer') {
      log(0)
      response.destroy()
      return
    }
    log(send(request, response, reply))
  }

  function serveGit(
    request: IncomingMessage,
    response: ServerResponse,
    { repository, path }: { repository: RepositoryState; path: string },
  ): void {
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ')
    const [, password = ''] = Buffer.from(value, 'base64').toString().split(':')
    const identity = scheme?.toLowerCase() === 'basic' ? tokens.get(password) : undefined
    const contents = identity?.permissions['contents']
    const isPush = path.includes('git-receive-pack')
    const isAllowed = isPush ? contents === 'write' : !repository.isPrivate || contents !== undefined
    if (!isAllowed) {
      const status = identity ? 403 : 401
      response.writeHead(status, { 'www-authenticate': 'Basic realm="GitHub"' }).end()
    } else answerGit(request, response, { folder: repository.git().folder, path })
  }

  function createToken(login: string, permissions: Identity['permissions'] = reviewPermissions): string {
    const token = `ghs_${createHash('sha256').update(`${login}${tokens.size}`).digest('hex').slice(0, 36)}`
    tokens.set(token, { account: world.account(login), permissions })
    return token
  }

  function repository(fullName = 'fleet/demo', { isPrivate = false } = {}): RepositoryState {
    const [owner = '', name = ''] = fullName.split('/')
    const known = repositories.get(fullName) ?? createRepositoryState(world, { owner, name, isPrivate })
    repositories.set(fullName, known)
    return known
  }
  repository()

  return {
    ...{ url, apiUrl: `${url}${root}`, requests, violations, createToken, repository },
    token: createToken('github-actions[bot]'),
    setPermissions(token, permissions) {
      const identity = tokens.get(token)
      if (identity) identity.permissions = permissions
    },
    next: (target, fault) => {
      faults.add(target, fault)
    },
    async close() {
      for (const each of [server, archives]) {
        each.closeAllConnections()
        await new Promise((resolve) => each.close(resolve))
      }
      if (violations.length > 0) throw new Error(`GitHub would not have it so:\n${violations.join('\n')}`)
    },
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers that no endpoint gives. */
function failing(fault: Fault): Reply | undefined {
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
function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Reply): number {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const all = {
    ...(text !== '' && { 'content-type': 'application/json; charset=utf-8' }),
    ...{ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': '4102444800' },
    ...headers,
  }
  if (status !== 200 || request.method !== 'GET') {
    response.writeHead(status, all).end(text)
    return status
  }
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`
  const isKnown = request.headers['if-none-match'] === etag
  response.writeHead(isKnown ? 304 : 200, { ...all, etag }).end(isKnown ? '' : text)
  return isKnown ? 304 : 200
}
