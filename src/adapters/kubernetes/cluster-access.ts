import type { Cluster, User } from '@kubernetes/client-node'

/** How one cluster is reached and who asks there, in the types of client-node, which makes credentials of it. */
export interface Access {
  /** How messages name it: `context prod`. */
  readonly name: string
  readonly server: URL
  readonly proxyUrl: string | undefined
  readonly cluster: Cluster
  readonly user: User
  /** Headers of `as-uid`, `as-groups` and `as-user-extra`, which client-node does not know. */
  readonly impersonation: Readonly<Record<string, string | string[]>>
}
