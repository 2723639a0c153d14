import { EnvHttpProxyAgent, type Dispatcher } from 'undici'
import { assert } from '../../../diagnostics/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** As GitHub wants a token of an installation over Git; others of its kind take it too. */
export function gitAuthorization(token: string): string {
  return `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
}

/** Protocols that git may speak for this URL, as GIT_ALLOW_PROTOCOL. Files are for tests, which have their remotes on disk. */
export function protocolOf(url: string): 'http:https' | 'file' {
  const { protocol, username, password } = new URL(url)
  assert(username === '' && password === '', 'the URL of a repository has credentials in it')
  assert(/^(?:https?|file):$/.test(protocol) && !/[\s\0]/.test(url), 'this is no URL of a repository')
  return protocol === 'file:' ? 'file' : 'http:https'
}

/** Longest time without a byte. */
const stallTimeoutMs = 60_000

/** As git itself uses the proxies of the environment. */
export function createRemoteDispatcher(environment: Environment): Dispatcher {
  const from = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  return new EnvHttpProxyAgent({
    httpProxy: from('HTTP_PROXY'),
    httpsProxy: from('HTTPS_PROXY'),
    noProxy: from('NO_PROXY'),
    headersTimeout: stallTimeoutMs,
    bodyTimeout: stallTimeoutMs,
    proxyTunnel: false,
  })
}
