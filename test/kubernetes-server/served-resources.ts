import { minorOf, servedApis } from '../../src/kubernetes/api-versions.ts'
import type { ServedResource } from '../../src/observe/types.ts'

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
/** What a server cannot do with a kind, where that is not everything. */
const fewerVerbs: Readonly<Record<string, readonly string[]>> = {
  Binding: ['create'],
  ComponentStatus: ['get', 'list'],
  Namespace: allVerbs.filter((verb) => verb !== 'deletecollection'),
}

/** What a server of that version serves by itself. */
export function builtInResources(version: string): readonly ServedResource[] {
  const minor = minorOf(version)
  if (minor === undefined) throw new Error(`${version} is no version of Kubernetes`)
  return servedApis(minor).map((api) => ({
    ...api,
    name: pluralOf(api.kind),
    verbs: /Review$/.test(api.kind) ? ['create'] : (fewerVerbs[api.kind] ?? allVerbs),
  }))
}

/** As Kubernetes names its own kinds in URLs. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular === 'endpoints') return singular
  if (/(?:s|x|ch|sh)$/.test(singular)) return `${singular}es`
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return `${singular}s`
}

/** A kind that a CustomResourceDefinition adds. */
export function customResource(
  apiVersion: string,
  kind: string,
  { namespaced = true }: { readonly namespaced?: boolean } = {},
): ServedResource {
  const slash = apiVersion.indexOf('/')
  return {
    group: apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    name: pluralOf(kind),
    namespaced,
    verbs: allVerbs,
  }
}
