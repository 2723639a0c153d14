import { compareText } from '../kubernetes/text-order.ts'
import { guessResourceName } from '../kubernetes/resource-name.ts'
import type { SecretAddress } from './observe-request.ts'
import { managementId, type Facts, type Need } from './types.ts'

/** A role that lets fleetwright read what it needs and nothing else. */
export interface ReaderRole {
  /** ClusterRole, or Role where a namespace is enough. */
  readonly object: Readonly<Record<string, unknown>>
  /** What it is for and why each rule is there, a line each. */
  readonly notes: readonly string[]
}

export interface ReaderRoleInputs {
  readonly needs: readonly Need[]
  /** Secrets of the management cluster that hold kubeconfigs. */
  readonly kubeconfigs: readonly SecretAddress[]
  /** Recorded discovery says what kinds are called in URLs. */
  readonly facts: Pick<Facts, 'clusters'> | undefined
  readonly hasManagement: boolean
}

const verbs = ['get', 'list', 'watch'] as const

/**
 * The least that observing needs: one ClusterRole for the management cluster and one for all others, over exactly the kinds
 * that are asked for. Secrets are the exception: only those that are named, in a Role of their namespace, unless the intent
 * asks for all. Pure; sorted.
 */
export function readerRoles({
  needs,
  kubeconfigs,
  facts,
  hasManagement,
}: ReaderRoleInputs): readonly ReaderRole[] {
  const resourceOf = resourceNames(facts)
  const addressed = kubeconfigs.map((secret) => toSecretNeed(secret))
  const ofManagement = [...needs.filter(({ cluster }) => cluster === managementId), ...addressed]
  const ofOthers = needs.filter(({ cluster }) => cluster !== managementId)
  return [
    ...(hasManagement ? rolesFor('management', ofManagement, resourceOf) : []),
    ...rolesFor('workload', ofOthers, resourceOf),
  ]
}

type ResourceOf = (group: string, kind: string) => string

function resourceNames(facts: ReaderRoleInputs['facts']): ResourceOf {
  const known = new Map<string, string>()
  for (const { resources } of facts?.clusters.values() ?? [])
    for (const { group, kind, name } of resources) if (name !== undefined) known.set(`${group}/${kind}`, name)
  return (group, kind) => known.get(`${group}/${kind}`) ?? guessResourceName(group, kind)
}

function toSecretNeed({ namespace, name }: SecretAddress): Need {
  const query = { group: '', version: 'v1', kind: 'Secret', namespace, name, labelSelector: '' }
  return { cluster: managementId, query: { ...query, keep: 'whole' }, because: ['kubeconfig'] }
}

function rolesFor(
  where: 'management' | 'workload',
  needs: readonly Need[],
  resourceOf: ResourceOf,
): readonly ReaderRole[] {
  const isNarrow = ({ query }: Need): boolean =>
    query.group === '' && query.kind === 'Secret' && query.namespace !== ''
  const narrow = Map.groupBy(needs.filter(isNarrow), ({ query }) => query.namespace)
  return [
    clusterRole(
      where,
      needs.filter((need) => !isNarrow(need)),
      resourceOf,
    ),
    ...[...narrow]
      .sort(([a], [b]) => compareText(a, b))
      .map(([namespace, secrets]) => secretRole(where, namespace, secrets)),
  ]
}

function clusterRole(where: string, needs: readonly Need[], resourceOf: ResourceOf): ReaderRole {
  const because = new Map<string, Set<string>>()
  for (const { query, because: reasons } of needs) {
    const key = `${query.group}/${resourceOf(query.group, query.kind)}`
    const known = because.get(key) ?? new Set<string>()
    for (const reason of reasons) known.add(reason)
    because.set(key, known)
  }
  const rows = [...because]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, reasons]) => {
      const slash = key.indexOf('/')
      return { group: key.slice(0, slash), resource: key.slice(slash + 1), reasons: [...reasons].sort() }
    })
  return {
    notes: [
      `Lets fleetwright observe ${where === 'management' ? 'the management cluster' : 'the other clusters'}: reads only, and only what the intent asks for.`,
      'Print it again when the intent has changed, or the inventory.',
      'Version and discovery: what is served decides how everything is rendered.',
      ...rows.map(({ group, resource, reasons }) => `${qualified(resource, group)}: ${reasons.join(', ')}`),
    ],
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: roleName(where) },
      rules: [
        ...[...Map.groupBy(rows, ({ group }) => group)].map(([group, own]) => ({
          apiGroups: [group],
          resources: own.map(({ resource }) => resource),
          verbs,
        })),
        { nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/version'], verbs: ['get'] },
      ],
    },
  }
}

/** By name, so that no other Secret of the namespace can be read; listing one by its name is allowed by the same rule. */
function secretRole(where: string, namespace: string, needs: readonly Need[]): ReaderRole {
  const names = [...new Set(needs.map(({ query }) => query.name))].sort()
  const rows = names.map((name) => {
    const reasons = needs.filter(({ query }) => query.name === name).flatMap(({ because }) => because)
    return `Secret ${name === '' ? 'of any name' : name}: ${[...new Set(reasons)].sort().join(', ')}`
  })
  return {
    notes: [
      `Lets fleetwright read Secrets of namespace ${namespace}; their values are never recorded.`,
      ...rows,
    ],
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: roleName(where), namespace },
      rules: [
        {
          apiGroups: [''],
          resources: ['secrets'],
          ...(!names.includes('') && { resourceNames: names }),
          verbs,
        },
      ],
    },
  }
}

function roleName(where: string): string {
  return where === 'management' ? 'fleetwright-management-reader' : 'fleetwright-reader'
}

function qualified(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`
}
