import { realWaiting, type Waiting } from '../retry/waiting.ts'
import { createGitHubClient, type ClientOptions, type GitHubClient } from './client.ts'
import { createAnswerCache, type AnswerCache } from './conditional-fetch.ts'
import { createTransport, type Fetch } from './transport.ts'

export interface ConnectionOptions {
  /** `https://api.github.com`, or `https://<host>/api/v3` of an Enterprise server, as GITHUB_API_URL has it. */
  readonly apiUrl: string
  /** `fleetwright/1.2.3`. */
  readonly userAgent: string
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Instead of HTTP through these proxies. */
  readonly fetch?: Fetch
  /** Of answers, shared by adapters that last; one for each otherwise. */
  readonly cache?: AnswerCache
  readonly waiting?: Waiting
  /** Longest limit whose end is waited for. Default 3 minutes. */
  readonly maxPauseMs?: number
}

export interface Connection {
  /** A client with pauses of its own; all of a connection share its sockets and answers. */
  createClient(options: Pick<ClientOptions, 'identity' | 'budget' | 'writePace'>): GitHubClient
  readonly waiting: Waiting
  /** Ends open connections. */
  close(): Promise<void>
}

export function createConnection(options: ConnectionOptions): Connection {
  const { apiUrl, userAgent, environment, waiting = realWaiting, maxPauseMs = 180_000 } = options
  const transport = createTransport({
    ...{ environment, connectTimeoutMs: 10_000, stallTimeoutMs: 30_000, deadlineMs: 60_000 },
  })
  const fetch = options.fetch ?? transport.fetch
  const cache = options.cache ?? createAnswerCache()
  return {
    createClient: (own) =>
      createGitHubClient({ ...{ apiUrl, userAgent, waiting, maxPauseMs, fetch, cache }, ...own }),
    waiting,
    close: () => transport.close(),
  }
}
