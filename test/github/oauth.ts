import { createHash, randomBytes } from 'node:crypto'
import type { AppState } from './apps.ts'
import type { Reply } from './handler.ts'
import type { Tokens } from './tokens.ts'

/** Signing in by way of an app, as browsers go through it. */
export interface OAuth {
  /** Who sits before the browser; nobody to begin with. */
  signIn(login: string | undefined): void
  /** Undefined for a path that is not its. */
  answer(request: {
    readonly method: string
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly text: string
    readonly accept: string
  }): Reply | undefined
}

interface GivenCode {
  readonly login: string
  readonly app: AppState
  /** PKCE, where the browser was sent with it. */
  readonly challenge: string | undefined
}

export function createOAuth(tokens: Tokens, apps: Iterable<AppState>): OAuth {
  const codes = new Map<string, GivenCode>()
  let signedIn: string | undefined
  const findApp = (clientId: string | undefined): AppState | undefined =>
    [...apps].find((app) => app.clientId === clientId)

  function authorize(query: Readonly<Record<string, string>>): Reply {
    const app = findApp(query['client_id'])
    const back = query['redirect_uri'] ?? app?.callbackUrls?.[0] ?? ''
    const isKnown = app?.callbackUrls?.some((url) => back.startsWith(url)) ?? true
    if (app === undefined || !isKnown || !URL.canParse(back)) return page(404, 'There is no such app.')
    if (signedIn === undefined) return page(200, 'Sign in to GitHub')
    const code = randomBytes(10).toString('hex')
    codes.set(code, { login: signedIn, app, challenge: query['code_challenge'] })
    const location = new URL(back)
    location.searchParams.set('code', code)
    if (query['state'] !== undefined) location.searchParams.set('state', query['state'])
    return { status: 302, headers: { location: location.href } }
  }

  function exchange(text: string, accept: string): Reply {
    const given: Readonly<Record<string, string>> = text.startsWith('{')
      ? (JSON.parse(text) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(text))
    const app = findApp(given['client_id'])
    const code = codes.get(given['code'] ?? '')
    const answer = (fields: Record<string, string>): Reply =>
      accept.includes('json')
        ? { status: 200, body: fields }
        : {
            status: 200,
            body: new URLSearchParams(fields).toString(),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          }
    if (app === undefined || given['client_secret'] !== app.clientSecret)
      return answer({ error: 'incorrect_client_credentials' })
    if (code === undefined || code.app !== app) return answer({ error: 'bad_verification_code' })
    // A code works once.
    codes.delete(given['code'] ?? '')
    if (code.challenge !== undefined && code.challenge !== challengeOf(given['code_verifier'] ?? ''))
      return answer({ error: 'incorrect_code_verifier' })
    const token = tokens.issue('ghu', code.login, { permissions: {}, signedInBy: app })
    return answer({ access_token: token, token_type: 'bearer', scope: '' })
  }

  return {
    signIn: (login) => void (signedIn = login),
    answer({ method, path, query, text, accept }) {
      if (method === 'GET' && path === '/login/oauth/authorize') return authorize(query)
      if (method === 'POST' && path === '/login/oauth/access_token') return exchange(text, accept)
      return undefined
    },
  }
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function page(status: number, text: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><title>GitHub</title><p>${text}</p>`,
  }
}
