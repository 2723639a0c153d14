import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { answerGit } from '../../git-backend.ts'
import type { GitRepository } from '../../git-repository.ts'

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
