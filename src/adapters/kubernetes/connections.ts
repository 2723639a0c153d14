import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { addressError } from './address-error.ts'
import type { TlsMaterial } from './credentials.ts'
import type { ClusterLimits } from './limits.ts'

/** The open connections to one cluster. */
export interface Connections {
  /** Those that are secured so; plugins may hand out another certificate from time to time. */
  securedBy(tls: TlsMaterial): Dispatcher
  /** Breaks off what is under way. */
  close(): Promise<void>
}

export function createConnections({
  name,
  proxy,
  limits,
}: {
  readonly name: string
  readonly proxy: URL | undefined
  readonly limits: ClusterLimits
}): Connections {
  let current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined
  // Not closed: that would leave what is under way on them out of reach. Idle ones close by themselves, and are collected.
  let former: WeakRef<Dispatcher>[] = []
  return {
    securedBy(tls) {
      const key = JSON.stringify(tls)
      if (current?.key === key) return current.dispatcher
      const dispatcher = createDispatcher(name, tls, { proxy, limits })
      former = former.filter((each) => each.deref() !== undefined)
      if (current !== undefined) former.push(new WeakRef(current.dispatcher))
      current = { key, dispatcher }
      return dispatcher
    },
    async close() {
      const all = [current?.dispatcher, ...former.map((each) => each.deref())]
      const living = all.filter((dispatcher) => dispatcher !== undefined)
      await Promise.all(living.map((dispatcher) => dispatcher.destroy()))
    },
  }
}

function createDispatcher(
  name: string,
  tls: TlsMaterial,
  { proxy, limits }: { readonly proxy: URL | undefined; readonly limits: ClusterLimits },
): Dispatcher {
  const connect = {
    secureContext: secureContextOf(name, tls),
    rejectUnauthorized: !tls.skipVerify,
    timeout: limits.connectTimeoutMs,
    ...(tls.servername !== undefined && { servername: tls.servername }),
  }
  const timeouts = { headersTimeout: limits.idleTimeoutMs, bodyTimeout: limits.idleTimeoutMs }
  if (proxy === undefined) return new Agent({ ...timeouts, connect })
  return new ProxyAgent({
    ...timeouts,
    uri: proxy.href,
    requestTls: connect,
    proxyTls: { timeout: limits.connectTimeoutMs },
  })
}

/** Made once, not for each connection; and what is no PEM is found here. */
function secureContextOf(
  name: string,
  { ca, certificate, key }: TlsMaterial,
): ReturnType<typeof createSecureContext> {
  try {
    // A context takes any text for authorities, and trusts nobody then.
    if (ca !== undefined) new X509Certificate(ca)
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(certificate !== undefined && { cert: certificate }),
      ...(key !== undefined && { key }),
    })
  } catch {
    throw addressError(
      name,
      'has a certificate or key that cannot be read',
      'it is PEM, and base64 around it in a kubeconfig',
    )
  }
}
