import type { ClusterAddress, ClusterReaders } from '../../observe/cluster-reader-port.ts'
import { defaultRetryPolicy, type RetryPolicy } from '../retry/retry.ts'
import { realWaiting, type Waiting } from '../retry/waiting.ts'
import { accessOf, contained, ownPermissions } from './access.ts'
import type { Access } from './cluster-access.ts'
import type { LiveClusters } from '../../live/live-clusters-port.ts'
import { createApiClient, type ApiClient } from './api-client.ts'
import { createClusterReader } from './cluster-reader.ts'
import { createConnections } from './connections.ts'
import { createCredentialSource, loadClientNode } from './credentials.ts'
import { inClusterAccess, serviceAccountFolder } from './in-cluster.ts'
import { defaultKubeconfigPlace, readKubeconfig, type KubeconfigPlace } from './kubeconfig-files.ts'
import { parseKubeconfig, type Kubeconfig } from './kubeconfig.ts'
import { defaultClusterLimits, type ClusterLimits } from './limits.ts'
import { createLiveCluster } from './live-cluster.ts'
import { proxyOf } from './proxy.ts'

export type { KubeconfigPlace } from './kubeconfig-files.ts'
export type { ClusterLimits } from './limits.ts'

export interface ClusterReadersOptions {
  /** Default: the files that KUBECONFIG names, else `~/.kube/config`. */
  readonly kubeconfig?: KubeconfigPlace
  /** Whether the user's own kubeconfig may run programs for its credentials. */
  readonly allowExecPlugins: boolean
  /**
   * Takes kubeconfigs of Secrets and of the repository for as good as the user's own: whoever may write one of them then
   * reads files and, with `allowExecPlugins`, runs programs here.
   */
  readonly trustKubeconfigs?: boolean
  /** KUBECONFIG, HOME, proxies, the address of the pod's cluster; what exec plugins see. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly limits?: Partial<ClusterLimits>
  readonly retries?: RetryPolicy
  readonly waiting?: Waiting
  /** Where a pod finds its service account. */
  readonly serviceAccountFolder?: string
}

/** Clusters over the network, by their kubeconfigs: client-node makes the credentials of them. */
export function createClusterReaders(options: ClusterReadersOptions): ClusterReaders {
  return createOpener(options, createClusterReader)
}

/** The same clusters, which are also asked what they would make of something. */
export function createLiveClusters(options: ClusterReadersOptions): LiveClusters {
  return createOpener(options, createLiveCluster)
}

function createOpener<Opened>(
  options: ClusterReadersOptions,
  toOpened: (client: ApiClient) => Opened,
): { open(address: ClusterAddress): Promise<Opened> } {
  const { environment, waiting = realWaiting, retries = defaultRetryPolicy } = options
  const limits = { ...defaultClusterLimits, ...options.limits }
  const place = options.kubeconfig ?? defaultKubeconfigPlace(environment)
  // Read once for all contexts, and again when credentials out of it were refused.
  let own: Promise<Kubeconfig> | undefined
  const readOwn = (): Promise<Kubeconfig> => {
    if (own !== undefined) return own
    const read = readKubeconfig(place)
    own = read
    read.catch(() => (own = undefined))
    return read
  }
  return {
    async open(address) {
      const load = () => accessFor(address, options, readOwn)
      const access = await load()
      const { name, server } = access
      const proxy = proxyOf(server, access, environment)
      // Here, so that it counts for no deadline of a request.
      await loadClientNode()
      let first: Access | undefined = access
      const credentials = createCredentialSource(
        async () => {
          const known = first
          first = undefined
          if (known !== undefined) return known
          own = undefined
          return load()
        },
        { environment, waiting, pluginTimeoutMs: limits.pluginTimeoutMs },
      )
      const connections = createConnections({ name, proxy, limits })
      return toOpened(createApiClient({ name, server, credentials, connections, limits, retries, waiting }))
    },
  }
}

/** Names of the contexts that `{ type: 'context' }` may name, sorted. Throws ClusterError `address`. */
export async function listContexts(
  options: Pick<ClusterReadersOptions, 'kubeconfig' | 'environment'>,
): Promise<readonly string[]> {
  const kubeconfig = await readKubeconfig(options.kubeconfig ?? defaultKubeconfigPlace(options.environment))
  return [...kubeconfig.contexts.keys()].sort()
}

async function accessFor(
  address: ClusterAddress,
  options: ClusterReadersOptions,
  readOwn: () => Promise<Kubeconfig>,
): Promise<Access> {
  const permissions = ownPermissions(options.allowExecPlugins)
  switch (address.type) {
    case 'context': {
      const kubeconfig = await readOwn()
      const context = address.context ?? kubeconfig.current
      const name = context === undefined ? 'the current context' : `context ${context}`
      return accessOf(kubeconfig, context, { name, permissions })
    }
    case 'in-cluster':
      return inClusterAccess(options.environment, options.serviceAccountFolder ?? serviceAccountFolder)
    case 'kubeconfig':
      return accessOf(parseKubeconfig(address.text, address.origin), undefined, {
        name: address.origin,
        permissions: options.trustKubeconfigs === true ? permissions : contained,
      })
  }
}
