import type { AppState } from './apps.ts'
import type { Deliveries } from './deliveries.ts'
import type { Identity, RepositoryState } from './state.ts'
import type { World } from './world.ts'

/** A request whose form is in order. */
export interface Call {
  readonly world: World
  readonly deliveries: Deliveries
  /** Makes an app's token for an installation work, and gives it. */
  issueToken(login: string, identity: Omit<Identity, 'account'>): string
  /** Every repository, whoever may see it. */
  readonly repositories: readonly RepositoryState[]
  /** Where archives are had: another host, as on GitHub, to which no token may go. */
  readonly archivesUrl: string
  readonly identity: Identity
  /** Undefined where the path names none. */
  readonly repository: RepositoryState | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  /** What else was done wrong by whoever sent it. */
  complain(fault: string): void
}

export interface Reply {
  readonly status: number
  /** As far as the state says; the rest is filled in from the description. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Handler {
  /** Each is enough: `issues=write`. Reading a public repository needs none. */
  readonly needs: readonly string[]
  /** Those who may ask at all: by default everybody with a token, and apps only as an installation. */
  readonly by?: 'app' | 'installation'
  handle(call: Call): Reply
}

/** By `GET /repos/{owner}/{repo}/pulls`, as the description names them. */
export type Handlers = Readonly<Record<string, Handler>>

/** The app that asks, of those that only apps may ask. */
export function ofApp({ identity }: Call): AppState {
  const app = identity.app ?? identity.installation?.app
  if (app === undefined) throw new Error('no app asks')
  return app
}

export function ofRepository({ repository }: Call): RepositoryState {
  if (repository === undefined) throw new Error('the path names no repository')
  return repository
}

export function notFound(): Reply {
  return {
    status: 404,
    body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
  }
}

export function unauthorized(message = 'Bad credentials'): Reply {
  return { status: 401, body: { message, documentation_url: 'https://docs.github.com/rest', status: '401' } }
}

/** What GitHub says when the form is in order and the content is not. */
export function unprocessable(message: string, errors: readonly unknown[] = []): Reply {
  return {
    status: 422,
    body: {
      message,
      documentation_url: 'https://docs.github.com/rest',
      ...(errors.length > 0 && { errors }),
    },
  }
}

export function forbidden(message: string): Reply {
  return { status: 403, body: { message, documentation_url: 'https://docs.github.com/rest', status: '403' } }
}

/** A page of a list, and the link to the next one. `wrap` where the list is a member of the answer. */
export function page<T>(
  { query }: Call,
  items: readonly T[],
  wrap: (page: readonly T[]) => unknown = (page) => page,
): Reply {
  const size = Math.min(100, Number(query['per_page'] ?? 30))
  const number = Number(query['page'] ?? 1)
  const next = new URLSearchParams({ ...query, page: String(number + 1) }).toString()
  const isLast = items.length <= number * size
  return {
    status: 200,
    body: wrap(items.slice((number - 1) * size, number * size)),
    headers: isLast ? {} : { link: `<https://api.github.com/next?${next}>; rel="next"` },
  }
}
