import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'

export interface GitBackend {
  /** A bare repository. */
  readonly folder: string
  /** Below the repository, with its query: `/info/refs?service=git-upload-pack`. */
  readonly path: string
  /** Speaks the protocol of 2005 only, which gives tips of refs and no single commits. */
  readonly old?: boolean
  /** Done when the request was, before whoever sent it hears of that. */
  readonly beforeAnswer?: () => void
}

/** One request of smart HTTP, answered by `git http-backend`. */
export function answerGit(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, path, old = false, beforeAnswer }: GitBackend,
): void {
  const url = new URL(path, 'http://x')
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_TRANSLATED: join(folder, url.pathname),
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
    beforeAnswer?.()
    response.end(all.subarray(end + 4))
  })
}
