import type { FleetConfig } from '../config/types.ts'
import type { SourceReference } from '../resolve/types.ts'
import type { Lock, Pin } from './types.ts'

/** What the base of a change stands for while its head is compiled (decision 10). */
export interface Vouched {
  /** Nothing is fetched from other hosts, and with no credentials of this machine. */
  readonly isUntrusted: boolean
  /** `host` or `host:port`, sorted. */
  readonly hosts: readonly string[]
  /** Secrets with the hosts for which the base uses them: `<namespace>/<name> <host>`. */
  readonly credentials: ReadonlySet<string>
  /** Every Secret that the base has: what a change brings along itself it may send where it likes. */
  readonly secrets: ReadonlySet<string>
}

/** What a base fetches from and with, as it is written, locked and was fetched. Pure. */
export function vouchedBy(
  base: {
    readonly config: FleetConfig
    readonly references: readonly SourceReference[]
    readonly lock: Lock | undefined
    readonly pins: ReadonlyMap<string, Pin>
    /** `<namespace>/<name>` of its Secrets. */
    readonly secrets: readonly string[]
  },
  isUntrusted: boolean,
): Vouched {
  const { config, references, lock, pins } = base
  const urls = [...(lock?.entries.values() ?? []), ...pins.values()].map(({ url }) => url)
  const hosts = [
    ...config.sources.allowedHosts,
    ...references.map(hostOfReference),
    ...urls.map((url) => (url === undefined ? undefined : hostOfUrl(url))),
  ]
  return {
    isUntrusted,
    hosts: [...new Set(hosts.filter((host) => host !== undefined))].sort(),
    credentials: new Set(references.flatMap(credentialUses)),
    secrets: new Set([
      ...base.secrets,
      ...references.flatMap(credentialUses).map((use) => use.slice(0, use.indexOf(' '))),
    ]),
  }
}

/** Uses of Secrets of the base that the base itself does not make. */
export function foreignUses(
  reference: SourceReference,
  { credentials, secrets }: Vouched,
): readonly string[] {
  return credentialUses(reference).filter(
    (use) => secrets.has(use.slice(0, use.indexOf(' '))) && !credentials.has(use),
  )
}

/** `<namespace>/<name> <host>` for each Secret that a reference would send something of. */
function credentialUses(reference: SourceReference): readonly string[] {
  const host = hostOfReference(reference)
  if (host === undefined || !('credentials' in reference) || reference.credentials === undefined) return []
  return [`${reference.credentials.namespace}/${reference.credentials.name} ${host}`]
}

/** Where a reference leads; undefined for what is no remote. */
export function hostOfReference(reference: SourceReference): string | undefined {
  switch (reference.type) {
    case 'repository':
    case 'archive':
      return undefined
    case 'bucket':
      return hostOfUrl(reference.endpoint)
    default:
      return hostOfUrl(reference.url)
  }
}

/** `https://a:8443/x`, `oci://b/x`, `ssh://git@c/x`, `git@d:x`, `e.example/x` → host and, where it is written, port. */
function hostOfUrl(url: string): string | undefined {
  const [, scp] = /^[\w.-]+@([\w.-]+):(?!\/\/)/.exec(url) ?? []
  if (scp !== undefined) return scp.toLowerCase()
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`
  // Schemes that URL does not know are read without their host being looked at.
  const parsed = URL.canParse(text)
    ? new URL(text.replace(/^(?:oci|ssh|git|s3)(?=:\/\/)/i, 'https'))
    : undefined
  return parsed && parsed.host !== '' ? parsed.host.toLowerCase() : undefined
}
