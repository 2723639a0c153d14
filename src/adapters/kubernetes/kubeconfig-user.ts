import type { User } from '@kubernetes/client-node'
import { pathIn, type ClusterEntry, type ExecEntry, type UserEntry } from './kubeconfig.ts'
import type { Access } from './cluster-access.ts'

/** A user of a kubeconfig as client-node takes it. What differs from kubectl in client-node is made even here. */
export function toUser(
  written: UserEntry,
  folder: string | undefined,
  cluster: ClusterEntry,
): Pick<Access, 'user' | 'impersonation'> {
  const dataOrFile = (
    field: 'client-certificate' | 'client-key',
    dataKey: 'certData' | 'keyData',
    fileKey: 'certFile' | 'keyFile',
  ): Partial<User> => {
    const data = written[`${field}-data`]
    const file = written[field]
    if (data !== undefined) return { [dataKey]: data }
    return file === undefined ? {} : { [fileKey]: pathIn(folder, file) }
  }
  const { token, tokenFile, username, password, exec, 'auth-provider': provider } = written
  // client-node does not know kubectl's `tokenFile`, yet an auth provider that reads one again and again.
  const tokens: Partial<User> =
    tokenFile !== undefined
      ? { authProvider: { name: 'tokenFile', config: { tokenFile: pathIn(folder, tokenFile) } } }
      : {
          ...(token !== undefined && { token }),
          ...(provider && { authProvider: toProvider(provider) }),
          ...(exec && { exec: toExec(exec, folder, cluster) }),
        }
  return {
    user: {
      name: 'user',
      ...dataOrFile('client-certificate', 'certData', 'certFile'),
      ...dataOrFile('client-key', 'keyData', 'keyFile'),
      ...tokens,
      ...(username !== undefined && { username, password: password ?? '' }),
      ...(written.as !== undefined && { impersonateUser: written.as }),
    },
    impersonation: {
      ...(written['as-uid'] !== undefined && { 'Impersonate-Uid': written['as-uid'] }),
      ...(written['as-groups'].length > 0 && { 'Impersonate-Group': written['as-groups'] }),
      ...Object.fromEntries(
        Object.entries(written['as-user-extra'] ?? {}).map(([key, values]) => [
          `Impersonate-Extra-${encodeURIComponent(key)}`,
          values,
        ]),
      ),
    },
  }
}

const oidcFields = [
  'client-id',
  'client-secret',
  'id-token',
  'refresh-token',
  'idp-issuer-url',
  'idp-certificate-authority-data',
]

/** client-node looks for `exec` and `tokenFile` in the configuration of whichever provider, so oidc gets its own fields only. */
function toProvider({ name, config }: NonNullable<UserEntry['auth-provider']>): object {
  if (name !== 'oidc') return { name, config: config ?? {} }
  const known = Object.entries(config ?? {}).filter(([key]) => oidcFields.includes(key))
  return { name, config: Object.fromEntries(known) }
}

function toExec(
  { command = '', args, env, ...exec }: ExecEntry,
  folder: string | undefined,
  cluster: ClusterEntry,
): object {
  // Plugins ask for this variable, which client-node does not set.
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo && {
        cluster: {
          server: cluster.server,
          'tls-server-name': cluster['tls-server-name'],
          'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
          'certificate-authority-data': cluster['certificate-authority-data'],
          'proxy-url': cluster['proxy-url'],
        },
      }),
    },
  }
  return {
    command: command.includes('/') ? pathIn(folder, command) : command,
    args,
    env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  }
}
