import { refuse } from './access.ts'
import { complete } from './complete.ts'
import type { Deliveries } from './deliveries.ts'
import type { Description, FoundEndpoint } from './description.ts'
import { accountHandlers } from './endpoints/accounts.ts'
import { actionsHandlers } from './endpoints/actions.ts'
import { appHandlers } from './endpoints/apps.ts'
import { checkHandlers } from './endpoints/checks.ts'
import { commentHandlers } from './endpoints/comments.ts'
import { deliveryHandlers } from './endpoints/deliveries.ts'
import { pullRequestHandlers } from './endpoints/pull-requests.ts'
import { collaboratorHandlers } from './endpoints/collaborators.ts'
import { issueHandlers } from './endpoints/issues.ts'
import { reactionHandlers } from './endpoints/reactions.ts'
import { refHandlers } from './endpoints/refs.ts'
import { statusHandlers } from './endpoints/statuses.ts'
import { answerGraphql } from './graphql.ts'
import { notFound, unauthorized, type Handlers, type Reply } from './handler.ts'
import type { Identity, RepositoryState } from './state.ts'
import type { World } from './world.ts'

const handlers: Handlers = {
  ...accountHandlers,
  ...actionsHandlers,
  ...appHandlers,
  ...deliveryHandlers,
  ...checkHandlers,
  ...commentHandlers,
  ...pullRequestHandlers,
  ...collaboratorHandlers,
  ...issueHandlers,
  ...reactionHandlers,
  ...refHandlers,
  ...statusHandlers,
}

/** A request as it came. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly text: string
  /** A string says what is wrong with the token. */
  readonly identity: Identity | string
}

export interface ApiState {
  readonly world: World
  readonly archivesUrl: string
  readonly description: Description
  readonly deliveries: Deliveries
  readonly repositories: ReadonlyMap<string, RepositoryState>
  issueToken(login: string, identity: Omit<Identity, 'account'>): string
  complain(violation: string): void
}

/** One request of the API: held against the description, allowed or not, done, and the answer held against it as well. */
export function answerApi(asked: Asked, state: ApiState): Reply {
  const { method, path, identity } = asked
  const name = `${method} ${path}`
  const complain = (fault: string): void => {
    state.complain(`${name}: ${fault}`)
  }
  if (typeof identity === 'string') return unauthorized(identity)
  if (path === '/graphql') {
    return answerGraphql(asked.text, {
      world: state.world,
      repositories: state.repositories,
      identity,
      complain,
    })
  }
  const found = state.description.find(method, path)
  const handler = handlers[found?.endpoint.name ?? '']
  if (found === undefined || handler === undefined) {
    complain(found ? 'the double has no such endpoint yet' : 'GitHub has no such endpoint')
    return notFound()
  }
  const { params } = found
  const body = asked.text === '' ? undefined : (JSON.parse(asked.text) as Record<string, unknown>)
  requestFaults(found, { query: asked.query, body }, state.description).forEach(complain)
  const repository = state.repositories.get(`${params['owner']}/${params['repo']}`.toLowerCase())
  if ('repo' in params && repository === undefined) return notFound()
  const headers = { 'x-accepted-github-permissions': handler.needs.join('; ') }
  const reply =
    refuse(handler, identity, { method, repository }) ??
    handler.handle({
      ...{ ...state, identity, repository, params, query: asked.query, body: body ?? {}, complain },
      repositories: [...state.repositories.values()],
    })
  return { ...checked(reply, found, state.description, complain), headers: { ...headers, ...reply.headers } }
}

function requestFaults(
  { endpoint, params }: FoundEndpoint,
  { query, body }: { readonly query: Readonly<Record<string, string>>; readonly body: unknown },
  description: Description,
): string[] {
  const { name, parameters, body: described } = endpoint
  const schemaOf = (place: string): Record<string, unknown> => {
    const own = parameters.filter((parameter) => parameter.in === place)
    return {
      type: 'object',
      properties: Object.fromEntries(own.map((parameter) => [parameter.name, parameter.schema])),
      required: own.filter(({ required }) => required === true).map((parameter) => parameter.name),
      additionalProperties: false,
    }
  }
  const faults = [
    ...description.faults(`${name} path`, schemaOf('path'), { ...params }, 'text'),
    ...description.faults(`${name} query`, schemaOf('query'), { ...query }, 'text'),
  ]
  if (described && (body !== undefined || described.required)) {
    faults.push(...description.faults(`${name} body`, described.schema, body ?? null, 'closed'))
  } else if (body !== undefined) faults.push('it has a body that is not described')
  return faults.map((fault) => `the request is not as described: ${fault}`)
}

/** Filled in, and compared with what is described for its status. */
function checked(
  reply: Reply,
  { endpoint }: FoundEndpoint,
  description: Description,
  complain: (fault: string) => void,
): Reply {
  const { status } = reply
  const schema = description.responseSchema(endpoint, status)
  if (schema === undefined) {
    if (reply.body !== undefined) complain(`an answer ${status} has no body in the description`)
    return reply
  }
  const body = complete(description, schema, reply.body)
  const faults = description.faults(`${endpoint.name} ${status}`, schema, body, 'open')
  for (const fault of faults) complain(`the answer ${status} is not as described: ${fault}`)
  return { ...reply, body }
}
