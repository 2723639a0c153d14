import { join } from 'node:path'
import type { Access } from './cluster-access.ts'
import { addressError } from './address-error.ts'

/** Where Kubernetes puts the service account of a pod. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * The API server of the pod that this runs in, by its service account, whose token client-node reads again and again: it
 * lives for an hour. As `loadFromCluster` of client-node, but of the environment that is handed in.
 */
export function inClusterAccess(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Access {
  const name = 'the cluster of this pod'
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? ''
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? ''
  const address = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (host === '' || port === '' || !URL.canParse(address)) {
    throw addressError(
      name,
      'is not there: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not say where it is',
      'outside of a pod, name a context of a kubeconfig',
    )
  }
  const server = new URL(address)
  return {
    name,
    server,
    proxyUrl: undefined,
    cluster: {
      name: 'cluster',
      server: server.href,
      caFile: join(folder, 'ca.crt'),
      skipTLSVerify: false,
    },
    user: {
      name: 'user',
      authProvider: { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } },
    },
    impersonation: {},
  }
}
