import { describe, expect, test } from 'vitest'
import { deliveredBranch } from './delivered-branch.ts'
import { cluster, config, fleet, helm, hook, object, run } from './fleet-double.ts'

const own = deliveredBranch()
const { deliver, delivered, paths } = own

const config1 = object('ConfigMap web/app')
const widgets = object('apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.org')

describe('Argo CD', () => {
  const argocd = config({
    delivery: ['argocd'],
    argocd: { repoURL: 'https://git.example/fleet.git', namespace: 'argocd', project: 'fleet' },
  })

  test('a unit is one Application, its hooks are sources of it, its CRDs an Application that is never pruned', async () => {
    await deliver(
      [helm('web/app', [widgets, config1, object('batch/v1 Job web/x', { hook: hook('pre-install') })])],
      {
        config: argocd,
      },
    )
    expect(paths()).toEqual([
      'delivery/argocd/fleet/prod/helm-web-app.yaml',
      'delivery/argocd/fleet/prod/helm-web-app~crds.yaml',
      'delivery/argocd/fleet/prod/namespaces.yaml',
    ])
    const source = (path: string) => ({
      repoURL: 'https://git.example/fleet.git',
      targetRevision: 'rendered',
      path,
    })
    const app = delivered('argocd/fleet/prod/helm-web-app.yaml')
    expect(app.metadata).toMatchObject({
      name: 'fleet.prod.helm-web-app',
      namespace: 'argocd',
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    })
    expect(app.spec).toMatchObject({
      project: 'fleet',
      destination: { name: 'prod' },
      sources: [source('clusters/fleet/prod/helm-web-app~pre-1'), source('clusters/fleet/prod/helm-web-app')],
      syncPolicy: { automated: { prune: true, selfHeal: false } },
    })
    const crds = delivered('argocd/fleet/prod/helm-web-app~crds.yaml')
    expect(crds.metadata).not.toHaveProperty('finalizers')
    expect(crds.spec).toMatchObject({
      source: source('clusters/fleet/prod/helm-web-app~crds'),
      syncPolicy: { automated: { prune: false } },
    })
  })

  test('sync waves follow the order', async () => {
    const units = [
      helm('web/a', [config1]),
      helm('web/b', [object('ConfigMap web/b')], { dependsOn: ['helm-web-a'] }),
    ]
    await deliver(units, { config: argocd })
    const wave = (unit: string) =>
      delivered(`argocd/fleet/prod/${unit}.yaml`).metadata.annotations['argocd.argoproj.io/sync-wave']
    expect([wave('namespaces'), wave('helm-web-a'), wave('helm-web-b')]).toEqual(['0', '1', '2'])
  })

  test('LeavePolicies leaves the objects when the Application goes; a paused unit is not synced', async () => {
    await deliver([helm('web/app', [config1], { leaveOnRemoval: true })], { config: argocd })
    expect(delivered('argocd/fleet/prod/helm-web-app.yaml').metadata).not.toHaveProperty('finalizers')
    await deliver([], { config: argocd, hold: { reason: 'cluster-paused', message: 'paused' } })
    expect(delivered('argocd/fleet/prod/helm-web-app.yaml').spec['syncPolicy']).not.toHaveProperty(
      'automated',
    )
  })

  test('drift is healed only where the profile asks for it', async () => {
    await deliver([helm('web/app', [config1], { syncMode: 'ContinuousWithDriftDetection' })], {
      config: argocd,
    })
    expect(delivered('argocd/fleet/prod/helm-web-app.yaml').spec['syncPolicy']).toMatchObject({
      automated: { selfHeal: true },
    })
  })

  test('without the URL of the repository nothing is written', async () => {
    const { outcome, diagnostics } = await deliver([helm('web/app', [config1])], {
      config: config({ delivery: ['argocd'] }),
    })
    expect(outcome.status).toBe('refused')
    expect(diagnostics).toMatchObject([
      {
        code: 'branch/argocd-repository-missing',
        message: 'delivery by Argo CD needs the URL of this repository',
      },
    ])
  })

  test('clusters that Argo CD could not tell apart are held, until they are given names', async () => {
    const units = [helm('web/app', [config1])]
    const clusters = fleet({ cluster: cluster('eu/prod'), units }, { cluster: cluster('us/prod'), units })
    const { diagnostics } = await run(own.branch, clusters, { config: argocd })
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['branch/ambiguous-destination', 'eu/prod is called prod in Argo CD, and so is us/prod'],
      ['branch/ambiguous-destination', 'us/prod is called prod in Argo CD, and so is eu/prod'],
    ])
    expect(paths()).toEqual([])
    const named = clusters.map((one) => ({
      ...one,
      cluster: {
        ...one.cluster,
        annotations: { 'fleetwright.dev/argocd-name': one.cluster.id.replace('/', '-') },
      },
    }))
    expect((await run(own.branch, named, { config: argocd })).diagnostics).toEqual([])
    expect(delivered('argocd/us/prod/helm-web-app.yaml').spec['destination']).toEqual({ name: 'us-prod' })
  })
})
