import { addressError } from './address-error.ts'
import type { Access } from './cluster-access.ts'
import {
  clusterEntry,
  contextEntry,
  pathIn,
  readEntry,
  userEntry,
  type ClusterEntry,
  type Kubeconfig,
  type KubeconfigEntry,
  type UserEntry,
} from './kubeconfig.ts'
import { toUser } from './kubeconfig-user.ts'

/** What a kubeconfig may ask of this machine. */
export interface Permissions {
  readonly programs: boolean
  readonly files: boolean
  readonly proxy: boolean
  readonly authProviders: boolean
  /** Ends the message of a refusal. */
  readonly hint: string
}

/** A kubeconfig out of a Secret or of a repository: whoever wrote it may not act on this machine. */
export const contained: Permissions = {
  programs: false,
  files: false,
  proxy: false,
  authProviders: false,
  hint: 'a kubeconfig out of a Secret or a repository may hold certificates and tokens as data, and nothing that runs, reads or leads elsewhere here',
}

/** A kubeconfig of the user's own. */
export function ownPermissions(allowExecPlugins: boolean): Permissions {
  return {
    programs: allowExecPlugins,
    files: true,
    proxy: true,
    authProviders: true,
    hint: 'programs of a kubeconfig run only where exec plugins are allowed explicitly',
  }
}

/** The access that a context describes. Throws ClusterError `address`, which names the field at fault. */
export function accessOf(
  kubeconfig: Kubeconfig,
  wanted: string | undefined,
  { name, permissions }: { readonly name: string; readonly permissions: Permissions },
): Access {
  const contextName = wanted ?? kubeconfig.current
  if (contextName === undefined) throw addressError(name, 'has no current context', 'name the context')
  const context = kubeconfig.contexts.get(contextName)
  if (context === undefined) {
    const known = [...kubeconfig.contexts.keys()].sort().slice(0, 20).join(', ')
    throw addressError(
      name,
      `is not there: no context has the name ${contextName}`,
      `contexts: ${known || 'none'}`,
    )
  }
  const written = readEntry(context, contextEntry, { name, place: `contexts.${contextName}` })
  const cluster = entryOf(kubeconfig.clusters, written.cluster, { name, place: 'clusters' })
  const place = `clusters.${written.cluster ?? ''}`
  const reached = readEntry(cluster, clusterEntry, { name, place })
  refuse({ place, written: reached, fields: clusterFields, permissions, name })
  const user = userOf(kubeconfig, written.user, { name, permissions })
  return {
    name,
    ...toCluster(reached, cluster.folder, { name, place }),
    ...toUser(user.written, user.folder, reached),
  }
}

function userOf(
  { users }: Kubeconfig,
  userName: string | undefined,
  { name, permissions }: { readonly name: string; readonly permissions: Permissions },
): { readonly written: UserEntry; readonly folder: string | undefined } {
  const entry: KubeconfigEntry =
    userName === undefined
      ? { value: {}, folder: undefined }
      : entryOf(users, userName, { name, place: 'users' })
  const place = `users.${userName ?? ''}`
  const written = readEntry(entry, userEntry, { name, place })
  refuse({ place, written, fields: userFields, permissions, name })
  const provider = written['auth-provider']
  // All but oidc run what `cmd-path` or `exec` says, or read what `tokenFile` says.
  if (provider && provider.name !== 'oidc' && !permissions.programs) {
    throw addressError(name, `runs a program: ${place}.auth-provider`, permissions.hint)
  }
  if (written.exec && written.exec.command === undefined) {
    throw addressError(name, `names no program in ${place}.exec.command`)
  }
  return { written, folder: entry.folder }
}

function entryOf(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  wanted: string | undefined,
  { name, place }: { readonly name: string; readonly place: string },
): KubeconfigEntry {
  const entry = entries.get(wanted ?? '')
  if (entry === undefined) throw addressError(name, `names ${place}.${wanted ?? ''}, which is not there`)
  return entry
}

type Permission = keyof Omit<Permissions, 'hint'>

const deed = {
  programs: 'runs a program',
  files: 'reads a file',
  proxy: 'leads through a proxy',
  authProviders: 'asks somebody else for a token',
} as const satisfies Record<Permission, string>

const clusterFields: readonly (readonly [keyof ClusterEntry, Permission])[] = [
  ['certificate-authority', 'files'],
  ['proxy-url', 'proxy'],
]
const userFields: readonly (readonly [keyof UserEntry, Permission])[] = [
  ['exec', 'programs'],
  ['auth-provider', 'authProviders'],
  ['tokenFile', 'files'],
  ['client-certificate', 'files'],
  ['client-key', 'files'],
]

function refuse<T extends object>({
  place,
  written,
  fields,
  permissions,
  name,
}: {
  readonly place: string
  readonly written: T
  readonly fields: readonly (readonly [keyof T & string, Permission])[]
  readonly permissions: Permissions
  readonly name: string
}): void {
  for (const [field, permission] of fields) {
    const value = written[field]
    if (value === undefined || value === null || permissions[permission]) continue
    throw addressError(name, `${deed[permission]}, which it may not: ${place}.${field}`, permissions.hint)
  }
}

function toCluster(
  written: ClusterEntry,
  folder: string | undefined,
  { name, place }: { readonly name: string; readonly place: string },
): Pick<Access, 'server' | 'proxyUrl' | 'cluster'> {
  const server = serverOf(written, { name, place })
  const data = written['certificate-authority-data']
  const file = written['certificate-authority']
  const servername = written['tls-server-name']
  return {
    server,
    proxyUrl: written['proxy-url'],
    cluster: {
      name: 'cluster',
      server: server.href,
      // client-node refuses plain HTTP without it; what is allowed was settled here.
      skipTLSVerify: written['insecure-skip-tls-verify'] || server.protocol === 'http:',
      // client-node prefers the file where both are given, kubectl the data.
      ...(data !== undefined
        ? { caData: data }
        : { ...(file !== undefined && { caFile: pathIn(folder, file) }) }),
      ...(servername !== undefined && { tlsServerName: servername }),
    },
  }
}

function serverOf(
  { server: text, 'insecure-skip-tls-verify': skip }: ClusterEntry,
  { name, place }: { readonly name: string; readonly place: string },
): URL {
  const server = URL.canParse(text ?? '') ? new URL(text ?? '') : undefined
  if (server === undefined || !['https:', 'http:'].includes(server.protocol)) {
    throw addressError(name, `names no server: ${place}.server is no https URL`)
  }
  if (server.username !== '' || server.password !== '') {
    throw addressError(name, `has credentials in ${place}.server`, 'write them as a user of the kubeconfig')
  }
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(server.hostname)
  if (server.protocol === 'http:' && !isLoopback && !skip) {
    throw addressError(
      name,
      `names a server without TLS in ${place}.server`,
      'use https, or say `insecure-skip-tls-verify: true` where that is meant',
    )
  }
  return server
}
