import type { ListRequest } from '../../observe/cluster-reader-port.ts'

/** `/api/v1/namespaces/web/services`, `/apis/apps/v1/deployments`. */
export function resourcePath({
  group,
  version,
  resource,
  namespace,
}: Pick<ListRequest, 'group' | 'version' | 'resource' | 'namespace'>): string {
  const within = namespace === '' ? [] : ['namespaces', namespace]
  return `${groupPath(group, version)}/${[...within, resource].map(encodeURIComponent).join('/')}`
}

/** `/api/v1`, `/apis/apps/v1`. */
export function groupPath(group: string, version: string): string {
  const segments = group === '' ? ['api', version] : ['apis', group, version]
  return `/${segments.map(encodeURIComponent).join('/')}`
}

/** Selectors of a list or watch; those that are empty are left out. */
export function selectorQuery({ labelSelector, fieldSelector }: ListRequest): Record<string, string> {
  return {
    ...(labelSelector !== '' && { labelSelector }),
    ...(fieldSelector !== '' && { fieldSelector }),
  }
}
