import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import type { GitRemote } from '../../../src/review/repositories-port.ts'
import { answerGit } from '../../git-backend.ts'
import { createRepository, type GitRepository } from '../../git-repository.ts'

export const token = 'ghs_secretOfTheParent'

export interface ServedRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
}

export interface ServedRepository extends GitRepository {
  readonly remote: GitRemote
  readonly requests: ServedRequest[]
  /** Answers this many requests with 502. */
  fail(count: number): void
}

/** A repository that git reads and writes over HTTP, with the token and not without. Blobs are left out where they may be. */
export async function serveRepository(path = 'acme/fleet'): Promise<ServedRepository> {
  const repository = createRepository()
  const { folder } = repository
  for (const [key, value] of [
    ['uploadpack.allowFilter', 'true'],
    ['uploadpack.allowAnySHA1InWant', 'true'],
    ['http.receivepack', 'true'],
    ['receive.denyDeleteCurrent', 'ignore'],
  ] as const)
    repository.git('config', key, value)
  const requests: ServedRequest[] = []
  let failures = 0
  const server = createServer((request, response) => {
    const { authorization } = request.headers
    requests.push({ method: request.method ?? '', path: request.url ?? '', authorization })
    const [, password] = Buffer.from(authorization?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':')
    const root = `/${path}.git`
    if (failures > 0) {
      failures -= 1
      response.writeHead(502).end()
    } else if (password !== token) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    } else if (!request.url?.startsWith(`${root}/`)) response.writeHead(404).end()
    else answerGit(request, response, { folder, path: request.url.slice(root.length) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}.git`
  return {
    ...repository,
    requests,
    remote: { url, token: () => Promise.resolve(token) },
    fail: (count) => (failures = count),
  }
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fleetwright-repositories-'))
}

/** Git as a child has it. Throws when it fails. */
export async function childGit(
  { folder, childEnvironment }: { folder: string; childEnvironment: Readonly<Record<string, string>> },
  ...args: string[]
): Promise<string> {
  const env = { PATH: process.env['PATH'], ...childEnvironment }
  return (await promisify(execFile)('git', args, { cwd: folder, env })).stdout.trim()
}
