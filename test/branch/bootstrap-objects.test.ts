import { describe, expect, test } from 'vitest'
import { bootstrapObjects } from '../../src/branch/branch.ts'
import type { FleetConfig } from '../../src/config/types.ts'
import { config } from './fleet-double.ts'

describe('what a user applies once', () => {
  const clusters = [
    { id: 'eu/prod', namespace: 'eu' },
    { id: 'us/prod', namespace: 'us' },
  ]
  const url = 'https://git.example/fleet.git'
  const kinds = (configuration: FleetConfig) =>
    bootstrapObjects(configuration, { url, clusters }).map(({ cluster, objects }) => [
      cluster === 'management' ? cluster : cluster.id,
      objects.map((one) => {
        const { namespace, name } = one['metadata'] as { namespace: string; name: string }
        return `${one['kind'] as string} ${namespace}/${name}`
      }),
    ])

  test('a hub needs a GitRepository in each namespace of clusters, and one root', () => {
    expect(kinds(config())).toEqual([
      [
        'management',
        [
          'GitRepository eu/fleetwright',
          'GitRepository flux-system/fleetwright',
          'GitRepository us/fleetwright',
          'Kustomization flux-system/fleetwright',
        ],
      ],
    ])
  })

  test('a GitRepository that the configuration names serves all', () => {
    expect(kinds(config({ source: { name: 'rendered', namespace: 'gitops' } }))).toEqual([
      ['management', ['GitRepository gitops/rendered', 'Kustomization gitops/fleetwright']],
    ])
  })

  test('each spoke needs its own root, the management cluster one for local units', () => {
    const source = 'GitRepository flux-system/fleetwright'
    expect(kinds(config({ mode: 'spoke' }))).toEqual([
      ['management', [source, 'Kustomization flux-system/fleetwright-local']],
      ['eu/prod', [source, 'Kustomization flux-system/fleetwright']],
      ['us/prod', [source, 'Kustomization flux-system/fleetwright']],
    ])
  })

  test('Argo CD needs an ApplicationSet over the clusters, and to judge the health of Applications', () => {
    expect(kinds(config({ delivery: ['argocd'] }))).toEqual([
      ['management', ['ConfigMap argocd/argocd-cm', 'ApplicationSet argocd/fleetwright']],
    ])
  })
})
