import { Agent, buildConnector, EnvHttpProxyAgent, type Dispatcher } from 'undici'
import { portOf, type EgressGuard } from './egress-guard.ts'

/** How to trust the other side. */
export interface TlsOptions {
  /** PEM; added to nothing: with it, only it is trusted. */
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  readonly insecureSkipVerify?: boolean
}

export interface DispatcherOptions {
  readonly guard: EgressGuard
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly connectTimeoutMs: number
  /** Longest time without a byte. */
  readonly stallTimeoutMs: number
}

/** Straight connections go through the guard's lookup; a proxy resolves names itself, and is itself trusted. */
export function createDispatcher(
  tls: TlsOptions,
  { guard, environment, ...timeouts }: DispatcherOptions,
): Dispatcher {
  const trust = {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  }
  const from = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  const common = {
    headersTimeout: timeouts.stallTimeoutMs,
    bodyTimeout: timeouts.stallTimeoutMs,
    connect: guardedConnect({ ...trust, timeout: timeouts.connectTimeoutMs }, guard),
  }
  const httpProxy = from('HTTP_PROXY')
  const httpsProxy = from('HTTPS_PROXY')
  if (httpProxy === '' && httpsProxy === '') return new Agent(common)
  return new EnvHttpProxyAgent({
    ...common,
    httpProxy,
    httpsProxy: httpsProxy === '' ? httpProxy : httpsProxy,
    noProxy: from('NO_PROXY'),
    requestTls: { ...trust, timeout: timeouts.connectTimeoutMs },
    // Many proxies refuse CONNECT to port 80; plain HTTP is forwarded as browsers and curl do.
    proxyTunnel: false,
  })
}

/** One connector a port: a host may lie on a private address at one of its ports alone. */
function guardedConnect(settings: buildConnector.BuildOptions, guard: EgressGuard): buildConnector.connector {
  const connectors = new Map<string, buildConnector.connector>()
  return (target, callback) => {
    const port = target.port === '' ? portOf(new URL(`${target.protocol}//host`)) : target.port
    const known = connectors.get(port) ?? buildConnector({ ...settings, lookup: guard.lookup(port) })
    connectors.set(port, known)
    known(target, callback)
  }
}

/** Whether connections may go by a proxy. */
export function isProxied(environment: DispatcherOptions['environment']): boolean {
  return ['http_proxy', 'https_proxy'].some(
    (name) => (environment[name] ?? environment[name.toUpperCase()] ?? '') !== '',
  )
}
