import { describe, expect, test } from 'vitest'
import { tell, tellGained, tellObjects, unit } from './told-dangers.ts'

const role = (rules: string, more = '', name = 'web') => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${name}${more} }
rules: ${rules}
`
const binding = (subjects: string, roleName = 'web', kind = 'ClusterRoleBinding', name = 'web') => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: ${name}${kind === 'RoleBinding' ? ', namespace: shop' : ''} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${roleName} }
subjects: ${subjects}
`
const account = '{ kind: ServiceAccount, namespace: shop, name: web }'
const read = '[{ apiGroups: [""], resources: [pods, services], verbs: [get, list] }]'

describe('roles', () => {
  test('verbs and resources that come', async () => {
    const more = '[{ apiGroups: [""], resources: [pods, services, endpoints], verbs: [get, list, delete] }]'
    expect(await tellObjects(role(read), role(more))).toEqual([
      'medium rbac-widened: ClusterRole web may now also get/list/delete endpoints, delete pods and delete services',
    ])
  })

  test.each([
    ['reading Secrets', '{ apiGroups: [""], resources: [secrets], verbs: [list] }', 'list secrets'],
    ['a wildcard', '{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }', '* everything'],
    [
      'a power',
      '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind] }',
      'bind clusterroles of rbac.authorization.k8s.io',
    ],
    ['impersonation', '{ apiGroups: [""], resources: [users], verbs: [impersonate] }', 'impersonate users'],
    ['shells in pods', '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }', 'create pods/exec'],
  ])('%s is high', async (_, rule, told) => {
    const after = role(read.replace(/\]$/, `, ${rule}]`))
    expect(await tellObjects(role(read), after)).toEqual([
      `high rbac-widened: ClusterRole web may now also ${told}`,
    ])
  })

  test('a name that is no longer asked for, and a URL', async () => {
    const named = '[{ apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [patch] }]'
    const any =
      '[{ apiGroups: [apps], resources: [deployments], verbs: [patch] }, { nonResourceURLs: [/metrics], verbs: [get] }]'
    expect(await tellObjects(role(named), role(any))).toEqual([
      'medium rbac-widened: ClusterRole web may now also patch deployments of apps and get /metrics',
    ])
  })

  test.each([
    [
      'verbs and resources in another order',
      read,
      '[{ apiGroups: [""], resources: [services, pods], verbs: [list, get] }]',
    ],
    [
      'one rule in two',
      read,
      '[{ apiGroups: [""], resources: [pods], verbs: [get, list] }, { apiGroups: [""], resources: [services], verbs: [get, list] }]',
    ],
    ['less', read, '[{ apiGroups: [""], resources: [pods], verbs: [get] }]'],
    ['what a wildcard allowed before', '[{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]', read],
    [
      'a subresource that a wildcard allowed before',
      '[{ apiGroups: [apps], resources: ["*/scale"], verbs: [get] }]',
      '[{ apiGroups: [apps], resources: [deployments/scale], verbs: [get] }]',
    ],
    [
      'a URL below one with a star',
      '[{ nonResourceURLs: ["/metrics/*"], verbs: [get] }]',
      '[{ nonResourceURLs: [/metrics/slow], verbs: [get] }]',
    ],
    [
      'one name of all',
      '[{ apiGroups: [""], resources: [secrets], verbs: [get] }]',
      '[{ apiGroups: [""], resources: [secrets], resourceNames: [web], verbs: [get] }]',
    ],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(role(before), role(after))).toEqual([])
  })

  test('a role that becomes part of one that people have', async () => {
    const label = (value: string) => `, labels: { rbac.authorization.k8s.io/aggregate-to-view: "${value}" }`
    expect(await tellObjects(role(read, label('false')), role(read, label('true')))).toEqual([
      'high rbac-widened: ClusterRole web now widens the built-in view by all that it allows',
    ])
    expect(await tellObjects(role(read, label('true')), role(read, label('true')))).toEqual([])
  })

  test('a new role is told where it may read what others keep secret', async () => {
    const secrets = '[{ apiGroups: [""], resources: [secrets, pods], verbs: [get, list] }]'
    expect(await tellGained(role(secrets))).toEqual([
      'medium rbac-widened: ClusterRole web is new and may get/list secrets',
    ])
    expect(await tellGained(role(read))).toEqual([])
    expect(
      await tellGained(
        role('[{ apiGroups: [""], resources: [secrets], resourceNames: [own], verbs: [get] }]'),
      ),
    ).toEqual([])
  })
})

describe('bindings', () => {
  test('a subject that comes, by name', async () => {
    const two = `[${account}, { kind: Group, name: catalog, apiGroup: rbac.authorization.k8s.io }]`
    expect(await tellObjects(binding(`[${account}]`), binding(two))).toEqual([
      'medium rbac-widened: ClusterRoleBinding web gives Group catalog the rights of ClusterRole web in the whole cluster',
    ])
  })

  test('everybody, and cluster-admin, are high even where all is new', async () => {
    const everybody = '[{ kind: Group, name: "system:unauthenticated" }]'
    expect(await tellObjects(binding(`[${account}]`), binding(everybody))).toEqual([
      'high rbac-widened: ClusterRoleBinding web gives Group system:unauthenticated the rights of ClusterRole web in the whole cluster',
    ])
    expect(await tellGained(binding(`[${account}]`, 'cluster-admin', 'RoleBinding'))).toEqual([
      'high rbac-widened: RoleBinding shop/web gives ServiceAccount shop/web the rights of ClusterRole cluster-admin in its namespace',
    ])
  })

  test('a new binding of what was there before', async () => {
    expect(await tellObjects('', binding(`[${account}]`, 'edit', 'RoleBinding'))).toEqual([
      'medium rbac-widened: RoleBinding shop/web gives ServiceAccount shop/web the rights of ClusterRole edit in its namespace',
    ])
  })

  test('a new binding in a namespace that is new as well opens nothing that was there', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n'
    const edit = binding(`[${account}]`, 'edit', 'RoleBinding')
    expect(await tellObjects('', `${namespace}---${edit}`)).toEqual([])
    expect(await tellObjects(namespace, `${namespace}---${edit}`)).toHaveLength(1)
  })

  test('another role gives other rights, and the API refuses it', async () => {
    expect(
      await tellObjects(binding(`[${account}]`, 'view'), binding(`[${account}]`, 'cluster-admin')),
    ).toEqual([
      'high immutable-field: ClusterRoleBinding web changes roleRef.name from view to cluster-admin, which the API refuses: a binding keeps its role for life',
      'high rbac-widened: ClusterRoleBinding web gives ServiceAccount shop/web the rights of ClusterRole cluster-admin in the whole cluster',
    ])
  })

  test.each([
    [
      'the group in full',
      `[{ kind: Group, name: a }]`,
      `[{ kind: Group, name: a, apiGroup: rbac.authorization.k8s.io }]`,
    ],
    [
      'subjects in another order',
      `[${account}, { kind: User, name: a }]`,
      `[{ kind: User, name: a }, ${account}]`,
    ],
    ['fewer subjects', `[${account}, { kind: User, name: a }]`, `[${account}]`],
  ])('%s is no danger', async (_, before, after) => {
    expect(await tellObjects(binding(before), binding(after))).toEqual([])
  })

  test('a component that is new as a whole is no danger', async () => {
    const serviceAccount = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: shop }\n'
    const all = `${serviceAccount}---${role(read)}---${binding(`[${account}]`)}`
    expect(await tellObjects('', all)).toEqual([])
    expect(await tellGained(all)).toEqual([])
  })

  test('a role under another name that allows the same is no danger but for the API', async () => {
    const roles = `${role(read)}---${role(read, '', 'store')}`
    const told = await tell(
      { 'fleet/prod': { web: unit(`${roles}---${binding(`[${account}]`)}`) } },
      { 'fleet/prod': { web: unit(`${roles}---${binding(`[${account}]`, 'store')}`) } },
    )
    expect(told).toEqual([
      'high immutable-field: ClusterRoleBinding web changes roleRef.name from web to store, which the API refuses: a binding keeps its role for life',
    ])
  })
})
