import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface GitRepository {
  readonly folder: string
  /** Runs git in it. */
  git(...args: string[]): string
  /** Commits files (undefined deletes, `-> target` links) on the current branch and gives the commit. */
  commit(files: Readonly<Record<string, string>>): string
}

/** A repository with a work tree, without the machine's own configuration. */
export function createRepository(): GitRepository {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-repository-'))
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
    GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
    GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
  }
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).trim()
  git('init', '--quiet', '--bare', '--initial-branch=main', '.')
  return {
    folder,
    git,
    commit(files) {
      const index = join(folder, 'test-index')
      const withIndex = { ...env, GIT_INDEX_FILE: index }
      const run = (args: string[], input?: string): string =>
        execFileSync('git', args, {
          cwd: folder,
          env: withIndex,
          encoding: 'utf8',
          ...(input === undefined ? {} : { input }),
        }).trim()
      const branch = git('symbolic-ref', '--short', 'HEAD')
      const parents = git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`)
      for (const [path, text] of Object.entries(files)) {
        const link = /^-> (.*)$/.exec(text)?.[1]
        const id = run(['hash-object', '-w', '--stdin'], link ?? text)
        run([
          'update-index',
          '--add',
          '--cacheinfo',
          `${link === undefined ? '100644' : '120000'},${id},${path}`,
        ])
      }
      const tree = run(['write-tree'])
      const commit = run(['commit-tree', tree, '-m', 'test', ...(parents === '' ? [] : ['-p', parents])])
      git('update-ref', `refs/heads/${branch}`, commit)
      return commit
    },
  }
}

export interface GitServer {
  readonly url: string
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[]
}

export interface GitServerOptions {
  /** Wanted of every request. */
  readonly authorization?: string
  /** Speaks the protocol of 2005 only, which gives tips of refs and no single commits. */
  readonly old?: boolean
}

/** `git http-backend` over one repository, on loopback for one test. */
export async function serveGit(
  repository: GitRepository,
  { authorization, old = false }: GitServerOptions = {},
): Promise<GitServer> {
  const requests: GitServer['requests'] = []
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization })
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    } else answer(repository, request, response, old)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/team/app.git`, requests }
}

function answer(
  { folder }: GitRepository,
  request: IncomingMessage,
  response: ServerResponse,
  old: boolean,
): void {
  const url = new URL(request.url ?? '', 'http://x')
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_TRANSLATED: join(folder, url.pathname.replace('/team/app.git', '')),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: old ? '' : String(request.headers['git-protocol'] ?? ''),
    },
  })
  request.pipe(backend.stdin.on('error', () => undefined))
  const output: Buffer[] = []
  backend.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  backend.on('close', () => {
    const all = Buffer.concat(output)
    const end = all.indexOf('\r\n\r\n')
    const headers = all
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': '))
    const status = headers.find(([name]) => name === 'Status')?.[1]
    response.statusCode = status === undefined ? 200 : Number(status.split(' ')[0])
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value)
    response.end(all.subarray(end + 4))
  })
}
