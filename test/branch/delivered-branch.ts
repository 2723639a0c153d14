import { beforeEach } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import type { FleetConfig } from '../../src/config/types.ts'
import { cluster, config, fleet, object, run, type ClusterDouble, type UnitDouble } from './fleet-double.ts'

export interface Delivered {
  readonly metadata: {
    name: string
    namespace: string
    finalizers?: string[]
    annotations: Record<string, string>
  }
  readonly spec: Record<string, unknown> & { dependsOn?: { name: string }[] }
}

type Delivering = Partial<ClusterDouble> & { readonly config?: FleetConfig }

/** A rendered branch, another one in each test, and what is delivered by it to one cluster, `fleet/prod`. */
export interface DeliveredBranch {
  readonly branch: MemoryBranch
  readonly deliver: (units: readonly UnitDouble[], options?: Delivering) => ReturnType<typeof run>
  /** Of a path below `delivery/`. Throws where there is nothing. */
  readonly delivered: (path: string) => Delivered
  /** With `delivery/`. */
  readonly paths: () => readonly string[]
}

export function deliveredBranch(): DeliveredBranch {
  let branch = createMemoryBranch()
  beforeEach(() => {
    branch = createMemoryBranch()
  })
  const paths = (): readonly string[] =>
    [...branch.filesOf('rendered').keys()].filter((path) => path.startsWith('delivery/'))
  return {
    get branch() {
      return branch
    },
    deliver(units, { config: configuration, ...overrides } = {}) {
      const clusters = fleet({ cluster: cluster('fleet/prod'), units, ...overrides })
      return run(branch, clusters, configuration ? { config: configuration } : {})
    },
    delivered(path) {
      const text = branch.filesOf('rendered').get(`delivery/${path}`)
      if (text === undefined) throw new Error(`no delivery/${path}; there is ${paths().join(', ')}`)
      return JSON.parse(text) as Delivered
    },
    paths,
  }
}

export const argocd = { repoURL: 'https://git.example/fleet.git', namespace: 'argocd', project: 'default' }
export const withArgocd = config({ delivery: ['argocd'], argocd })

/** Rule about a Deployment that has all that it wants. */
export const replicas = 'resource.status.availableReplicas == resource.spec.replicas'

export function deployment(name: string): ReturnType<typeof object> {
  return object(`apps/v1 Deployment ${name}`)
}

export function messagesOf(diagnostics: readonly { readonly message: string }[]): readonly string[] {
  return diagnostics.map(({ message }) => message)
}
