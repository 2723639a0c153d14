import { BlockList, isIP } from 'node:net'
import { addressError } from './address-error.ts'

/**
 * The proxy that leads to a server: that of the kubeconfig, else that of HTTPS_PROXY or HTTP_PROXY unless NO_PROXY names
 * the server, as Go's clients read them: `10.0.0.0/8`, `.example.com`, `host:port`, `*`; never for loopback.
 */
export function proxyOf(
  server: URL,
  { name, proxyUrl }: { readonly name: string; readonly proxyUrl: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const from = (variable: string): string =>
    environment[variable.toLowerCase()] ?? environment[variable] ?? ''
  const ambient = from(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const text = proxyUrl ?? (ambient !== '' && !isExempt(server, from('NO_PROXY')) ? ambient : '')
  if (text === '') return undefined
  const written = text.includes('://') ? text : `http://${text}`
  const proxy = URL.canParse(written) ? new URL(written) : undefined
  if (proxy !== undefined && ['http:', 'https:', 'socks5:'].includes(proxy.protocol)) return proxy
  throw addressError(name, 'is to be reached through a proxy whose address is no http, https or socks5 URL')
}

function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || isWithin(host, '127.0.0.0/8') || host === '::1') return true
  const actualPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return noProxy
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isWithin(host, entry)
      const [, named = entry, onPort] = /^(?:\[(?=.*\]))?([^\]]*?)\]?(?::(\d+))?$/.exec(entry) ?? []
      if (isIP(entry) === 0 && onPort !== undefined && onPort !== actualPort) return false
      const name = isIP(entry) === 0 ? named : entry
      const domain = name.replace(/^\*?\./, '')
      return (host === domain && domain === name) || host.endsWith(`.${domain}`)
    })
}

function isWithin(host: string, network: string): boolean {
  const family = isIP(host)
  const [address = '', prefix = ''] = network.split('/')
  if (family === 0 || isIP(address) !== family || !/^\d+$/.test(prefix)) return false
  const type = family === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  if (Number(prefix) > (family === 6 ? 128 : 32)) return false
  list.addSubnet(address, Number(prefix), type)
  return list.check(host, type)
}
