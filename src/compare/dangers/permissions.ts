import type { ObjectValue } from '../../kubernetes/object-value.ts'
import { mapsAt, textsAt } from './read-value.ts'

/** One verb on one kind of resource, or on one URL. A `*` stands for itself. */
export interface Permission {
  readonly verb: string
  readonly group: string
  /** `pods`, `pods/exec`; empty for a URL. */
  readonly resource: string
  /** Absent: whatever its name. */
  readonly name?: string
  readonly url?: string
}

/** Every permission that a role gives, one by one. */
export function permissionsOf(role: unknown): readonly Permission[] {
  return mapsAt(role, ['rules']).flatMap((rule) => [...onResources(rule), ...onUrls(rule)])
}

function onResources(rule: ObjectValue): readonly Permission[] {
  const names = textsAt(rule, ['resourceNames'])
  return textsAt(rule, ['verbs']).flatMap((verb) =>
    textsAt(rule, ['apiGroups']).flatMap((group) =>
      textsAt(rule, ['resources']).flatMap((resource) =>
        names.length === 0
          ? [{ verb, group, resource }]
          : names.map((name): Permission => ({ verb, group, resource, name })),
      ),
    ),
  )
}

function onUrls(rule: ObjectValue): readonly Permission[] {
  return textsAt(rule, ['verbs']).flatMap((verb) =>
    textsAt(rule, ['nonResourceURLs']).map((url): Permission => ({ verb, group: '', resource: '', url })),
  )
}

/** Those of `after` that nothing of `before` gives already, however the rules are cut. */
export function addedPermissions(
  before: readonly Permission[],
  after: readonly Permission[],
): readonly Permission[] {
  return after.filter((wanted) => !before.some((given) => covers(given, wanted)))
}

/** As the authorizer matches rules (rbac/v1 `VerbMatches`, `ResourceMatches`, `NonResourceURLMatches`). */
function covers(given: Permission, wanted: Permission): boolean {
  if (given.verb !== '*' && given.verb !== wanted.verb) return false
  if (given.url !== undefined || wanted.url !== undefined) return coversUrl(given.url, wanted.url)
  return (
    (given.group === '*' || given.group === wanted.group) &&
    coversResource(given.resource, wanted.resource) &&
    (given.name === undefined || given.name === wanted.name)
  )
}

function coversResource(given: string, wanted: string): boolean {
  if (given === '*' || given === wanted) return true
  // `*/scale` is the subresource of whatever resource.
  return given.startsWith('*/') && wanted.endsWith(given.slice(1))
}

function coversUrl(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined) return false
  return given === '*' || given === wanted || (given.endsWith('*') && wanted.startsWith(given.slice(0, -1)))
}

const reads = ['get', 'list', 'watch']
const writes = ['create', 'update', 'patch']

/** Resources on which some verbs let their holder take more rights (Kubernetes, RBAC Good Practices). */
const sensitive: readonly {
  readonly group: string
  readonly resource: string
  readonly verbs: readonly string[]
}[] = [
  { group: '', resource: 'secrets', verbs: reads },
  { group: '', resource: 'pods/exec', verbs: ['create', 'get'] },
  { group: '', resource: 'pods/attach', verbs: ['create', 'get'] },
  { group: '', resource: 'nodes/proxy', verbs: [...reads, ...writes] },
  { group: '', resource: 'serviceaccounts/token', verbs: ['create'] },
  {
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests/approval',
    verbs: ['update', 'patch'],
  },
  { group: 'certificates.k8s.io', resource: 'signers', verbs: ['approve', 'sign'] },
  ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((resource) => ({
    ...{ group: 'rbac.authorization.k8s.io', resource, verbs: writes },
  })),
]

const powers = ['escalate', 'bind', 'impersonate']

/** Whether it is a way to everything, or to what others keep secret. */
export function isSensitive(permission: Permission): boolean {
  const { verb, group, resource, name, url } = permission
  if (url !== undefined) return false
  if (powers.includes(verb)) return true
  // One named Secret is what a controller asks for that is careful.
  if (name !== undefined) return false
  if (resource === '*' && (group === '*' || group === '')) return true
  return sensitive.some((row) =>
    row.verbs.some((each) => covers(permission, { verb: each, group: row.group, resource: row.resource })),
  )
}

/** `get/list secrets`, `* everything`; one text for each resource, in the order of the role. */
export function describePermissions(permissions: readonly Permission[]): readonly string[] {
  const groups = Map.groupBy(permissions, ({ group, resource, name, url }) =>
    JSON.stringify([group, resource, name, url]),
  )
  return [...groups.values()].map((group) => {
    const verbs = [...new Set(group.map(({ verb }) => verb))]
    return `${verbs.join('/')} ${targetOf(group[0])}`
  })
}

function targetOf(permission: Permission | undefined): string {
  if (!permission) return ''
  const { group, resource, name, url } = permission
  if (url !== undefined) return url
  const isAll = resource === '*'
  const kind = isAll ? 'all resources' : resource
  const named = name === undefined ? kind : `${kind} ${name}`
  if (group === '') return named
  return group === '*' ? (isAll ? 'everything' : `${named} of all groups`) : `${named} of ${group}`
}
