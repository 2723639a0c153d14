import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerGit } from '../git-backend.ts'
import { permissionsIn } from './access.ts'
import type { RepositoryState } from './state.ts'
import type { Tokens } from './tokens.ts'

/** Git over HTTP: for who may, and apps are told of what was pushed. */
export function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  {
    repository,
    path,
    tokens,
  }: { readonly repository: RepositoryState; readonly path: string; readonly tokens: Tokens },
): void {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ')
  const [, password = ''] = Buffer.from(value, 'base64').toString().split(':')
  const read = scheme?.toLowerCase() === 'basic' ? tokens.read(password) : ''
  const identity = typeof read === 'string' ? undefined : read
  const contents = identity && permissionsIn(repository, identity)?.['contents']
  const isPush = path.includes('git-receive-pack')
  const isAllowed = isPush ? contents === 'write' : !repository.isPrivate || contents !== undefined
  // A token that does not work is refused where none is needed, too.
  if (!isAllowed || (scheme !== undefined && scheme !== '' && identity === undefined)) {
    const status = identity ? 403 : 401
    response.writeHead(status, { 'www-authenticate': 'Basic realm="GitHub"' }).end()
    return
  }
  const { folder } = repository.git()
  const before = isPush && request.method === 'POST' ? repository.branches() : undefined
  const sender = identity?.account
  const beforeAnswer = (): void => {
    if (before && sender) repository.pushed(before, sender)
  }
  answerGit(request, response, { folder, path, beforeAnswer })
}
