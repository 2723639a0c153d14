import { describe, expect, test } from 'vitest'
import { readDeliverers } from '../../src/live/deliverers.ts'

const commit = 'a'.repeat(40)
const older = 'b'.repeat(40)
const annotations = {
  'fleetwright.dev/cluster': 'fleet/prod',
  'fleetwright.dev/unit': 'helm-web-app',
  'fleetwright.dev/profile': 'ClusterProfile/web',
}

function kustomization(spec: object, status: object, marks: object = annotations): string {
  return JSON.stringify({
    ...{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', spec, status },
    metadata: { name: 'prod.helm-web-app', namespace: 'fleet', annotations: marks },
  })
}

function application(spec: object, status: object, finalizers: readonly string[] = []): string {
  return JSON.stringify({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', spec, status },
    metadata: { name: 'fleet.prod.helm-web-app', namespace: 'argocd', annotations, finalizers },
  })
}

describe('what a deliverer says of itself', () => {
  test('a Kustomization: its commit, and what it owns', () => {
    const entries = [
      { id: 'web_app_apps_Deployment', v: 'v1' },
      { id: '_system__web_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
      { id: 'web_c__ConfigMap', v: 'v1' },
    ]
    const spec = { prune: true, path: './clusters/fleet/prod/helm-web-app' }
    const status = { lastAppliedRevision: `rendered@sha1:${commit}`, inventory: { entries } }
    expect(readDeliverers('management', [kustomization(spec, status)])).toEqual([
      {
        ...{ engine: 'flux', object: 'Kustomization fleet/prod.helm-web-app', name: 'prod.helm-web-app' },
        ...{ cluster: 'fleet/prod', unit: 'helm-web-app', profile: 'ClusterProfile/web' },
        ...{ isLocal: false, commits: [commit], prunes: true, takesAlong: true },
        owns: [
          { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'web', name: 'app' },
          {
            ...{ group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' },
            ...{ namespace: '', name: 'system:web' },
          },
          { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'c' },
        ],
      },
    ])
  })

  test.each([
    [{ prune: true }, true, true],
    [{ prune: true, deletionPolicy: 'Orphan' }, true, false],
    [{ prune: false }, false, false],
    [{ prune: false, deletionPolicy: 'Delete' }, false, true],
  ])('%j → prunes: %s, takes along: %s', (spec, prunes, takesAlong) => {
    expect(readDeliverers('management', [kustomization(spec, {})])).toMatchObject([{ prunes, takesAlong }])
  })

  test('what was applied and is not healthy was applied all the same', () => {
    const said = (reason: string) => ({
      ...{ lastAppliedRevision: `rendered@sha1:${older}`, lastAttemptedRevision: `rendered@sha1:${commit}` },
      conditions: [{ type: 'Ready', status: 'False', reason }],
    })
    const commits = (reason: string) =>
      readDeliverers('management', [kustomization({}, said(reason))])[0]?.commits
    expect(commits('HealthCheckFailed')).toEqual([older, commit])
    expect(commits('ReconciliationFailed')).toEqual([older])
  })

  test('an Application: what is in sync, or was brought there, and not what was only compared', () => {
    const resources = [
      { version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'c', status: 'Synced' },
      { group: 'batch', version: 'v1', kind: 'Job', namespace: 'web', name: 'hook', hook: true },
    ]
    const spec = {
      syncPolicy: { automated: { prune: true } },
      source: { path: 'local/fleet/prod/helm-web-app' },
    }
    const outOfSync = { sync: { status: 'OutOfSync', revision: commit }, resources }
    const finalizers = ['resources-finalizer.argocd.argoproj.io']
    expect(readDeliverers('management', [application(spec, outOfSync, finalizers)])).toMatchObject([
      {
        ...{ engine: 'argocd', commits: [], prunes: true, takesAlong: true, isLocal: true },
        owns: [{ group: '', version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'c' }],
      },
    ])
    const commits = (status: object) => readDeliverers('management', [application({}, status)])[0]?.commits
    expect(commits({ sync: { status: 'Synced', revision: commit } })).toEqual([commit])
    expect(commits({ ...outOfSync, history: [{ revision: commit }, { revisions: [older, older] }] })).toEqual(
      [older],
    )
    expect(
      commits({ ...outOfSync, operationState: { phase: 'Succeeded', syncResult: { revision: commit } } }),
    ).toEqual([commit])
  })

  test('a cluster speaks of itself alone, and nobody of nothing', () => {
    expect(readDeliverers('fleet/other', [kustomization({}, {})])).toEqual([])
    expect(readDeliverers('fleet/prod', [kustomization({}, {})])).toHaveLength(1)
    expect(readDeliverers('management', [kustomization({}, {}, {})])).toEqual([])
  })
})
