import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici'

/** What is asked of `fetch`, and all that is. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>

export interface FetchInit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly redirect?: 'follow' | 'manual' | 'error'
}

export interface TransportOptions {
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly connectTimeoutMs: number
  /** Longest time without a byte. */
  readonly stallTimeoutMs: number
  /** Of one attempt. */
  readonly deadlineMs: number
}

export interface Transport {
  readonly fetch: Fetch
  close(): Promise<void>
}

/** HTTP through the proxies of the environment, with an end to every wait. */
export function createTransport({
  environment,
  connectTimeoutMs,
  stallTimeoutMs,
  deadlineMs,
}: TransportOptions): Transport {
  const from = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  const httpProxy = from('HTTP_PROXY')
  const httpsProxy = from('HTTPS_PROXY')
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy: httpsProxy === '' ? httpProxy : httpsProxy,
    noProxy: from('NO_PROXY'),
    headersTimeout: stallTimeoutMs,
    bodyTimeout: stallTimeoutMs,
    connect: { timeout: connectTimeoutMs },
    requestTls: { timeout: connectTimeoutMs },
    // Many proxies refuse CONNECT to port 80; plain HTTP is forwarded as browsers and curl do.
    proxyTunnel: false,
  })
  return {
    // Its own fetch: that of Node does not take a dispatcher of another version.
    // What it gives is a Response of Node, also where types of browsers are there beside those of Node.
    fetch: (url, init) => {
      const signal = AbortSignal.timeout(deadlineMs)
      return undiciFetch(url, { ...init, dispatcher, signal }) as Promise<unknown> as Promise<Response>
    },
    close: () => dispatcher.close(),
  }
}
