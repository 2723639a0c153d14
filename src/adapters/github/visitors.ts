import { exchangeWebFlowCode, getWebFlowAuthorizationUrl } from '@octokit/oauth-methods'
import { Octokit } from '@octokit/rest'
import { ReviewerError } from '../../report/reviewer-port.ts'
import type { SeenRepository, SignedIn, Visitors } from '../../review/visitors-port.ts'
import { createConnection, type Connection, type ConnectionOptions } from './connection.ts'
import { toReviewerError } from './failure.ts'
import { toLoginUrl } from './login-url.ts'
import { createTransport, type Fetch } from './transport.ts'

export interface GitHubVisitorsOptions extends ConnectionOptions {
  /** Of the app. */
  readonly clientId: string
  readonly clientSecret: string
}

export interface GitHubVisitors extends Visitors {
  /** Ends open connections. */
  close(): Promise<void>
}

/** Somebody waits before a browser: no limit is waited for longer. */
const maxPauseMs = 2000

/** People who sign in with GitHub, by way of the app: the web flow of its user authorization, with PKCE. */
export function createGitHubVisitors(options: GitHubVisitorsOptions): GitHubVisitors {
  const { apiUrl, userAgent, environment, clientId, clientSecret } = options
  const app = { clientType: 'github-app', clientId } as const
  const connection = createConnection({ maxPauseMs, ...options })
  const transport = createTransport({
    ...{ environment, connectTimeoutMs: 5000, stallTimeoutMs: 10_000, deadlineMs: 15_000 },
  })
  // The pages of sign-in are where this says, whatever the library would make of the API's URL.
  const { request } = createBare(toLoginUrl(apiUrl), userAgent, options.fetch ?? transport.fetch)
  return {
    loginUrl({ returnTo, state, challenge }) {
      const { url } = getWebFlowAuthorizationUrl({ ...app, state, redirectUrl: returnTo, request })
      const full = new URL(url)
      full.searchParams.set('code_challenge', challenge)
      full.searchParams.set('code_challenge_method', 'S256')
      return full.href
    },
    async signIn({ code, returnTo, verifier }) {
      try {
        const { authentication } = await exchangeWebFlowCode({
          ...{ ...app, clientSecret, code, redirectUrl: returnTo },
          request: request.defaults({ code_verifier: verifier }),
        })
        const { token } = authentication
        const endsAt = 'expiresAt' in authentication ? Date.parse(authentication.expiresAt) : undefined
        const login = await readLogin(connection, token)
        return { login, token, ...(endsAt !== undefined && { endsAt }) } satisfies SignedIn
      } catch (error) {
        if (isCodeRefused(error)) return undefined
        const operation = { name: 'exchange the code of a sign-in', permission: 'app' }
        throw toReviewerError(error, operation, { isLimited: false, token: clientSecret })
      }
    },
    look: (token, owner, name) => look(connection, token, { owner, name }),
    async close() {
      await Promise.all([connection.close(), transport.close()])
    },
  }
}

/** Without plugins: a code is exchanged once, and nothing of it is tried again. */
function createBare(baseUrl: string, userAgent: string, fetch: Fetch): Octokit {
  const nothing = (): void => undefined
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
  return new Octokit({ baseUrl, userAgent, request: { fetch }, log })
}

/** GitHub answers 200 with a word of RFC 6749, of which the library makes a failure. */
function isCodeRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !('response' in error)) return false
  const { data } = error.response as { readonly data?: { readonly error?: unknown } }
  return data?.error === 'bad_verification_code' || data?.error === 'incorrect_code_verifier'
}

async function readLogin(connection: Connection, token: string): Promise<string> {
  const client = connection.createClient({ identity: { token: () => Promise.resolve(token) } })
  const operation = { name: 'ask who signed in', permission: 'none' }
  return client.ask(operation, async (octokit) => (await octokit.rest.users.getAuthenticated()).data.login)
}

async function look(
  connection: Connection,
  token: string,
  { owner, name }: SeenRepository,
): Promise<SeenRepository | 'hidden' | 'signed-out'> {
  const client = connection.createClient({ identity: { token: () => Promise.resolve(token) } })
  const operation = { name: `look at ${owner}/${name}`, permission: 'metadata: read' }
  try {
    const { data } = await client.ask(operation, (octokit) => octokit.rest.repos.get({ owner, repo: name }))
    return { owner: data.owner.login, name: data.name }
  } catch (error) {
    if (!(error instanceof ReviewerError)) throw error
    if (error.reason === 'unauthorized') return 'signed-out'
    if (error.reason === 'not-found' || error.reason === 'forbidden') return 'hidden'
    throw error
  }
}
