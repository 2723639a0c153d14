import { minorOf } from '../../src/kubernetes/api-versions.ts'
import { compareVersions } from '../../src/kubernetes/version-order.ts'
import type { ServedResource } from '../../src/observe/types.ts'

export interface Served {
  readonly version: string
  readonly resources: readonly ServedResource[]
  /** Group versions whose server does not answer: `metrics.k8s.io/v1beta1`. */
  readonly unavailable: readonly string[]
}

/** The documents of discovery by path, in the form that the version knows and the request accepts; undefined: none there. */
export function discoveryDocument(served: Served, path: string, accept: string): object | undefined {
  if (path === '/version') return versionDocument(served.version)
  const form = acceptedForm(served.version, accept)
  if (path === '/api') return form === undefined ? coreDocument() : aggregated(served, form, isCore)
  if (path === '/apis') {
    return form === undefined ? groupsDocument(served) : aggregated(served, form, (group) => !isCore(group))
  }
  return resourcesDocument(served, path)
}

const isCore = (group: string): boolean => group === ''

function versionDocument(gitVersion: string): object {
  const [major = '', minor = ''] = gitVersion.slice(1).split('.')
  return { major, minor, gitVersion, platform: 'linux/amd64' }
}

/** 1.26 began with v2beta1, 1.30 with v2. */
function acceptedForm(version: string, accept: string): string | undefined {
  const minor = minorOf(version) ?? 0
  const known = [...(minor >= 30 ? ['v2'] : []), ...(minor >= 26 ? ['v2beta1'] : [])]
  return known.find((form) => accept.includes(`v=${form};as=APIGroupDiscoveryList`))
}

function groupsOf({ resources, unavailable }: Served): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  const add = (group: string, version: string): void => {
    const versions = groups.get(group) ?? []
    if (!versions.includes(version)) groups.set(group, [...versions, version].sort(compareVersions))
  }
  for (const { group, version } of resources) add(group, version)
  for (const groupVersion of unavailable) {
    const [group = '', version = ''] = groupVersion.split('/')
    add(group, version)
  }
  return groups
}

function aggregated(served: Served, form: string, wanted: (group: string) => boolean): object {
  const items = [...groupsOf(served)]
    .filter(([group]) => wanted(group))
    .map(([group, versions]) => ({
      metadata: { ...(group !== '' && { name: group }), creationTimestamp: null },
      versions: versions.map((version) => {
        const isStale = served.unavailable.includes(`${group}/${version}`)
        const resources = served.resources
          .filter((each) => each.group === group && each.version === version)
          .map((each) => aggregatedResource(each))
        return { version, resources, freshness: isStale ? 'Stale' : 'Current' }
      }),
    }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${form}`, metadata: {}, items }
}

function aggregatedResource({
  group,
  version,
  kind,
  name = '',
  namespaced,
  verbs = [],
}: ServedResource): object {
  const responseKind = { group, version, kind }
  return {
    resource: name,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.toLowerCase(),
    verbs,
    subresources: [{ subresource: 'status', responseKind, verbs: ['get', 'patch', 'update'] }],
  }
}

function coreDocument(): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
}

function groupsDocument(served: Served): object {
  const groups = [...groupsOf(served)]
    .filter(([group]) => !isCore(group))
    .map(([name, versions]) => {
      const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
      return { name, versions: all, preferredVersion: all[0] }
    })
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

function resourcesDocument({ resources }: Served, path: string): object | undefined {
  const [, group = '', version = ''] = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? []
  const own = resources.filter((each) => each.group === group && each.version === version)
  if (own.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: own.flatMap(({ name = '', kind, namespaced, verbs }) => [
      { name, singularName: kind.toLowerCase(), namespaced, kind, verbs },
      { name: `${name}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] },
    ]),
  }
}
