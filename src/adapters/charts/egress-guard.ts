import { lookup as lookupAddress, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { SourceFailure } from '../../sources/source-remote-port.ts'

/** Which hosts may be asked (decision 10). Patterns: `host`, `host:port`, `*.example.com`. */
export interface EgressPolicy {
  /** Absent: any public host. Present, for heads that are not trusted: these, and where these themselves point to. */
  readonly allowedHosts?: readonly string[]
  /** Hosts that may lie on loopback, link-local or private addresses; `true` for all. */
  readonly allowPrivate: boolean | readonly string[]
}

export interface EgressGuard {
  /**
   * Throws SourceFailure `refused-host`. `vouched`: an allowed host named this address (redirect, token server, `urls` of
   * an index), so that it need not be listed itself; it may still not be private.
   */
  check(url: URL, vouched: boolean): void
  /**
   * Resolves a host and gives only addresses that may be asked at this port, so that a name cannot change its mind between
   * check and use. Throws SourceFailure `refused-host`, and whatever the resolver throws.
   */
  resolve(host: string, port: string): Promise<LookupAddress[]>
  /** `resolve` in the form that sockets take. */
  lookup(port: string): (host: string, options: LookupOptions, callback: LookupCallback) => void
}

export type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/** Marks the error of a lookup that the guard refused. */
export const refusedByGuard = 'FLEETWRIGHT_EGRESS_REFUSED'

/** Addresses that no public source has: RFC 6890 and its successors. */
const reserved4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const
const reserved6 = [
  // Unspecified, loopback, and IPv4 addresses written with six zero words.
  ['::', 96],
  ['100::', 64],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const
/** IPv6 that carries an IPv4 address: mapped, translated, NAT64, 6to4, Teredo. Nothing public is reached by them that is not by IPv4. */
const embedding6 = [
  ['::ffff:0:0', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['2001::', 32],
] as const

export function createEgressGuard(policy: EgressPolicy): EgressGuard {
  const blocked = new BlockList()
  for (const [network, prefix] of reserved4) blocked.addSubnet(network, prefix, 'ipv4')
  for (const [network, prefix] of [...reserved6, ...embedding6]) blocked.addSubnet(network, prefix, 'ipv6')
  const isPrivate = (address: string): boolean =>
    blocked.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  const mayBePrivate = (host: string, port: string): boolean =>
    typeof policy.allowPrivate === 'boolean'
      ? policy.allowPrivate
      : policy.allowPrivate.some((pattern) => matchesHost(pattern, host, port))
  const refusal = (host: string, why: string): SourceFailure =>
    new SourceFailure({
      reason: 'refused-host',
      operation: `connect to ${host}`,
      message: `${host} may not be asked: ${why}`,
      hint: `where the host is meant, name it in \`spec.sources.allowedHosts\` of fleetwright.yaml`,
    })
  const resolve = async (host: string, port: string): Promise<LookupAddress[]> => {
    const addresses = await new Promise<LookupAddress[]>((done, fail) => {
      lookupAddress(host, { all: true }, (error, found) => {
        if (error === null) done(found)
        else fail(error)
      })
    })
    if (mayBePrivate(hostName(host), port)) return addresses
    const open = addresses.filter(({ address }) => !isPrivate(address))
    if (open.length === 0) throw refusal(host, 'its address is private, link-local or loopback')
    return open
  }
  return {
    check(url, vouched) {
      const host = hostOf(url)
      if (isIP(host) !== 0 && isPrivate(host) && !mayBePrivate(host, portOf(url))) {
        throw refusal(url.host, 'the address is private, link-local or loopback')
      }
      const { allowedHosts } = policy
      if (vouched || allowedHosts === undefined) return
      if (!allowedHosts.some((pattern) => matchesHost(pattern, host, portOf(url)))) {
        throw refusal(url.host, 'neither configuration nor lock file of the base names it')
      }
    },
    resolve,
    lookup: (port) => (host, options, callback) => {
      resolve(host, port).then(
        (addresses) => {
          const wanted = options.family === 4 || options.family === 6 ? options.family : undefined
          const fitting = addresses.filter(({ family }) => wanted === undefined || family === wanted)
          const [first] = fitting.length > 0 ? fitting : addresses
          if (options.all === true) callback(null, fitting.length > 0 ? fitting : addresses)
          else if (first !== undefined) callback(null, first.address, first.family)
        },
        (error: unknown) => {
          const cause = error instanceof Error ? error : new Error(String(error))
          const code = error instanceof SourceFailure ? { code: refusedByGuard } : {}
          callback(Object.assign(cause, code), [])
        },
      )
    },
  }
}

/** Host name without brackets and final dot, lower case. */
export function hostOf(url: URL): string {
  return hostName(url.hostname)
}

function hostName(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

/** The port that is asked, also where it is the scheme's own. */
export function portOf(url: URL): string {
  return url.port === '' ? (defaultPorts[url.protocol] ?? '443') : url.port
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443', 'ssh:': '22' }

function matchesHost(pattern: string, host: string, port: string): boolean {
  const [, name = '', , wantedPort] = /^(.*?)(:(\d+))?$/.exec(pattern.toLowerCase()) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const plain = name.replace(/^\[|\]$/g, '')
  return plain.startsWith('*.')
    ? host.endsWith(plain.slice(1)) && host.length > plain.length - 1
    : host === plain
}
