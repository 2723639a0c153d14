import type { ServedResource } from '../../src/observe/types.ts'
import type { MemorySelection } from '../../src/adapters/memory/memory-objects.ts'

/** What a URL below /api or /apis asks for. */
export interface Route {
  readonly served: ServedResource
  readonly selection: MemorySelection
  /** Of one object; empty: of a list. */
  readonly name: string
  readonly query: URLSearchParams
}

/** Undefined for what is not served. */
export function routeOf(url: URL, resources: readonly ServedResource[]): Route | undefined {
  const pattern =
    /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?$/
  const parts = pattern.exec(url.pathname)?.groups
  if (parts === undefined) return undefined
  const part = (key: string): string => decodeURIComponent(parts[key] ?? '')
  // `/api/v1/namespaces/web` is a namespace, and the pattern has taken it for one of something.
  const served = resources.find(
    (each) =>
      each.group === part('group') && each.version === part('version') && each.name === part('resource'),
  )
  if (served === undefined) return undefined
  const query = url.searchParams
  return {
    served,
    name: part('name'),
    query,
    selection: {
      group: served.group,
      kind: served.kind,
      namespace: part('namespace'),
      labelSelector: query.get('labelSelector') ?? '',
      fieldSelector: query.get('fieldSelector') ?? '',
    },
  }
}

/** `secrets`, `deployments.apps`. */
export function resourceName({ group, name = '' }: ServedResource): string {
  return group === '' ? name : `${name}.${group}`
}
