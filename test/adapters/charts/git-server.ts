import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { answerGit } from '../../git-backend.ts'

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
    } else {
      const path = (request.url ?? '').replace('/team/app.git', '')
      answerGit(request, response, { folder: repository.folder, path, old })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/team/app.git`, requests }
}
