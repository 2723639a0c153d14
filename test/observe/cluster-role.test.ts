import { describe, expect, test } from 'vitest'
import { guessResourceName } from '../../src/kubernetes/resource-name.ts'
import { readerRoles } from '../../src/observe/observe.ts'
import type { ClusterFacts, Need } from '../../src/observe/types.ts'

function need(cluster: string, kind: string, because: string, query: Partial<Need['query']> = {}): Need {
  return {
    cluster,
    query: {
      ...{ group: '', version: '', kind, namespace: '', name: '', labelSelector: '' },
      ...{ keep: 'whole', ...query },
    },
    because: [because],
  }
}

const rulesOf = (object: Readonly<Record<string, unknown>>) => object['rules'] as readonly object[]

describe('roles', () => {
  test('hold each kind once, whoever asks for it and however narrowly', () => {
    const [role] = readerRoles({
      needs: [
        need('fleet/a', 'Deployment', 'Classifier/b', { group: 'apps', name: 'web' }),
        need('fleet/b', 'Deployment', 'Classifier/a', { group: 'apps' }),
        need('fleet/b', 'DaemonSet', 'Classifier/a', { group: 'apps', keep: 'identity' }),
      ],
      ...{ kubeconfigs: [], facts: undefined, hasManagement: false },
    })
    expect(role?.notes).toContain('deployments.apps: Classifier/a, Classifier/b')
    expect(rulesOf(role?.object ?? {})[0]).toEqual({
      ...{ apiGroups: ['apps'], resources: ['daemonsets', 'deployments'] },
      verbs: ['get', 'list', 'watch'],
    })
  })

  test('call kinds as discovery does', () => {
    const facts: ClusterFacts = {
      ...{ labels: {}, schemas: {}, objects: [] },
      resources: [{ group: 'x.io', version: 'v1', kind: 'Ox', namespaced: true, name: 'oxen' }],
    }
    const [role] = readerRoles({
      needs: [need('fleet/a', 'Ox', 'EventSource/x', { group: 'x.io' })],
      ...{ kubeconfigs: [], facts: { clusters: new Map([['fleet/a', facts]]) }, hasManagement: false },
    })
    expect(rulesOf(role?.object ?? {})[0]).toMatchObject({ resources: ['oxen'] })
  })

  test('let Secrets be read by name in their namespaces, and all of them only where the intent asks for all', () => {
    const roles = readerRoles({
      needs: [
        need('management', 'Secret', 'ClusterProfile/a', { namespace: 'apps', name: 'token' }),
        need('management', 'Secret', 'ClusterProfile/b', { namespace: 'other' }),
        need('fleet/a', 'Secret', 'EventSource/all'),
      ],
      kubeconfigs: [{ type: 'secret', namespace: 'apps', name: 'prod-kubeconfig', key: 'value' }],
      ...{ facts: undefined, hasManagement: true },
    })
    expect(
      roles.map(({ object }) => {
        const { name, namespace } = object['metadata'] as { name: string; namespace?: string }
        const rule = rulesOf(object).find((one) => 'resources' in one) as
          { resourceNames?: string[] } | undefined
        return [object['kind'], name, namespace, rule?.resourceNames, rule !== undefined]
      }),
    ).toEqual([
      ['ClusterRole', 'fleetwright-management-reader', undefined, undefined, false],
      ['Role', 'fleetwright-management-reader', 'apps', ['prod-kubeconfig', 'token'], true],
      ['Role', 'fleetwright-management-reader', 'other', undefined, true],
      ['ClusterRole', 'fleetwright-reader', undefined, undefined, true],
    ])
  })
})

test.each([
  ['apps', 'Deployment', 'deployments'],
  ['networking.k8s.io', 'NetworkPolicy', 'networkpolicies'],
  ['networking.k8s.io', 'IngressClass', 'ingressclasses'],
  ['', 'Endpoints', 'endpoints'],
  ['gateway.networking.k8s.io', 'Gateway', 'gateways'],
  ['metrics.k8s.io', 'PodMetrics', 'pods'],
  ['security.openshift.io', 'SecurityContextConstraints', 'securitycontextconstraints'],
])('the plural of %s %s is %s', (group, kind, name) => {
  expect(guessResourceName(group, kind)).toBe(name)
})
