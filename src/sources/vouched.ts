import type { FleetConfig } from '../config/types.ts'
import type { SourceReference } from '../resolve/types.ts'
import type { Lock, Pin } from './types.ts'

/** What the base of a change stands for while its head is compiled (decision 10). */
export interface Vouched {
  /** Nothing is fetched from other hosts, and with no credentials of this machine. */
  readonly isUntrusted: boolean
  /** `host` or `host:port`, sorted. */
  readonly hosts: readonly string[]
  /** Secrets with where the base sends them: `<namespace>/<name> <host>`, and how, where that is not safe. */
  readonly credentials: ReadonlySet<string>
  /**
   * Every Secret that the base has: what a change brings along itself it may send where it likes. `all` where nobody knows
   * what the base has.
   */
  readonly secrets: ReadonlySet<string> | 'all'
}

/** A Secret, and where a reference would send what it holds. */
export interface CredentialUse {
  /** `<namespace>/<name>`. */
  readonly secret: string
  /** Host, and how, where that is not safe. */
  readonly to: string
}

/** What a base fetches from and with, as it is written, locked and was fetched. Pure. */
export function vouchedBy(
  base: {
    readonly config: FleetConfig
    readonly references: readonly SourceReference[]
    readonly lock: Lock | undefined
    readonly pins: ReadonlyMap<string, Pin>
    /** `<namespace>/<name>` of its Secrets; `all` where they are not known. */
    readonly secrets: readonly string[] | 'all'
  },
  isUntrusted: boolean,
): Vouched {
  const { config, references, lock, pins } = base
  const hosts = [
    ...config.sources.allowedHosts,
    ...references.map(hostOfReference),
    ...[...(lock?.entries.values() ?? []), ...pins.values()].map(hostOfPin),
  ]
  const uses = references.flatMap(credentialUses)
  return {
    isUntrusted,
    hosts: [...new Set(hosts.filter((host) => host !== undefined))].sort(),
    credentials: new Set(uses.map(({ secret, to }) => `${secret} ${to}`)),
    secrets: base.secrets === 'all' ? 'all' : new Set([...base.secrets, ...uses.map(({ secret }) => secret)]),
  }
}

/** Uses of Secrets of the base that the base itself does not make. */
export function foreignUses(
  reference: SourceReference,
  { credentials, secrets }: Vouched,
): readonly CredentialUse[] {
  return credentialUses(reference).filter(
    ({ secret, to }) =>
      (secrets === 'all' || secrets.has(secret)) &&
      (to === unreadable || !credentials.has(`${secret} ${to}`)),
  )
}

const unreadable = 'an address that cannot be read'

/**
 * A certificate authority is read from a Secret as well. The same host by plain HTTP, or without a look at its certificate,
 * is another place: whoever stands in between gets what is sent.
 */
function credentialUses(reference: SourceReference): readonly CredentialUse[] {
  if (reference.type === 'repository' || reference.type === 'archive') return []
  const host = hostOfReference(reference)
  const isPlain = reference.plainHTTP === true || ('url' in reference && /^\W*http:/i.test(reference.url))
  const to = [
    host ?? unreadable,
    ...(host !== undefined && isPlain ? ['by plain HTTP'] : []),
    ...(host !== undefined && reference.insecureSkipTLSVerify === true
      ? ['without a look at its certificate']
      : []),
  ].join(' ')
  const secrets = [reference.credentials, reference.ca].flatMap((secret) =>
    secret === undefined ? [] : [`${secret.namespace}/${secret.name}`],
  )
  return [...new Set(secrets)].map((secret) => ({ secret, to }))
}

/** Where a reference leads; undefined for what is no remote, and for what cannot be read. */
export function hostOfReference(reference: SourceReference): string | undefined {
  switch (reference.type) {
    case 'repository':
    case 'archive':
      return undefined
    case 'bucket':
      return hostOfUrl(reference.endpoint)
    case 'git':
      return hostOfGitUrl(reference.url)
    default:
      return hostOfUrl(reference.url)
  }
}

/** Where something was fetched from. */
export function hostOfPin({ url }: Pin): string | undefined {
  return url === undefined ? undefined : hostOfGitUrl(url)
}

/** `git@d:x` as well. */
function hostOfGitUrl(url: string): string | undefined {
  const [, scp] = /^[\w.-]+@([\w.-]+):(?!\/\/)/.exec(url) ?? []
  return hostOfUrl(scp ?? url)
}

/**
 * `https://a:8443/x`, `oci://b/x`, `ssh://git@c/x`, `e.example/x` → host and, where it is written, port: read as the remotes
 * read it, who take every host for that of a web address. Undefined where two readers could see two hosts.
 */
function hostOfUrl(url: string): string | undefined {
  // What URL leaves out by itself.
  const written = url.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\r\n]/g, '')
  const text = `https://${written.replace(/^(?:https?|oci|ssh|git|s3):\/\//i, '')}`
  if (written.includes('\\') || !URL.canParse(text)) return undefined
  const { host } = new URL(text)
  // One registry by all its names.
  return /^(?:index\.|registry-1\.)?docker\.io$/.test(host) ? 'registry-1.docker.io' : host
}
