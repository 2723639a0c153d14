import { describe, expect, test } from 'vitest'
import type { ValidateHealth } from '../../src/intent/types.ts'
import { deliveredBranch, deployment, messagesOf, replicas, withArgocd } from './delivered-branch.ts'
import { check, cluster, fleet, helm, hook, object, profile, profileWith, run } from './fleet-double.ts'

const own = deliveredBranch()
const { deliver } = own

interface Spec {
  readonly dependsOn?: readonly { readonly name: string }[]
  readonly healthCheckExprs?: readonly object[]
}

const specOf = (path: string): Spec => own.delivered(path).spec
const specOfUnit = (unit: string): Spec => specOf(`flux/fleet/prod/${unit}.yaml`)

describe('validateHealths under Flux', () => {
  test('a rule about all objects of a kind decides when the unit is ready', async () => {
    const owner = profileWith('app', { validateHealths: [check({ rules: [replicas], namespace: 'web' })] })
    const { diagnostics } = await deliver([
      helm('web/app', [deployment('web/app'), object('ConfigMap web/app')], { owner }),
    ])
    expect(diagnostics).toEqual([])
    expect(specOfUnit('helm-web-app')).toMatchObject({
      wait: true,
      healthCheckExprs: [
        { apiVersion: 'apps/v1', kind: 'Deployment', current: 'status.availableReplicas == spec.replicas' },
      ],
    })
    expect(specOfUnit('namespaces').healthCheckExprs).toBeUndefined()
  })

  test('one of the rules of a check must hold, and every check of a kind, in one entry', async () => {
    const owner = profileWith('app', {
      validateHealths: [
        check({ name: 'a', rules: ['resource.status.a', 'has(resource.status) && resource.status.b'] }),
        check({ name: 'b', rules: ['resource.spec.c'] }),
        check({ name: 'c', kind: 'StatefulSet', rules: ['resource.spec.d'] }),
        check({ name: 'other feature', featureID: 'Resources', rules: ['resource.spec.e'] }),
      ],
    })
    await deliver([helm('web/app', [deployment('web/app'), object('apps/v1 StatefulSet web/db')], { owner })])
    expect(specOfUnit('helm-web-app').healthCheckExprs).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        current: '((status.a) || ((size([status]) == 1) && status.b)) && (spec.c)',
      },
      { apiVersion: 'apps/v1', kind: 'StatefulSet', current: 'spec.d' },
    ])
  })

  test('a check is for those units of its profile that have what it is about', async () => {
    const owner = profileWith('apps', { validateHealths: [check({ rules: [replicas], namespace: 'web' })] })
    const { diagnostics } = await deliver([
      helm('web/app', [deployment('web/app')], { owner }),
      helm('db/db', [deployment('db/db')], { owner }),
    ])
    expect(diagnostics).toEqual([])
    expect(specOfUnit('helm-web-app').healthCheckExprs).toHaveLength(1)
    expect(specOfUnit('helm-db-db').healthCheckExprs).toBeUndefined()
  })

  test('a check of some objects of a kind, or of none, cannot be made; once for all clusters', async () => {
    const owner = profileWith('app', {
      validateHealths: [
        check({ name: 'some', rules: [replicas], namespace: 'web' }),
        check({ name: 'none', rules: [replicas], namespace: 'elsewhere' }),
        check({ name: 'hooks', kind: 'Pod', group: '', rules: ['resource.status.phase == "Succeeded"'] }),
      ],
    })
    const manifests = [
      deployment('web/app'),
      deployment('ops/app'),
      object('Pod web/test', { hook: hook('pre-install') }),
    ]
    const unit = helm('web/app', manifests, { owner })
    const { diagnostics } = await run(
      own.branch,
      fleet(
        { cluster: cluster('fleet/prod'), units: [unit] },
        { cluster: cluster('fleet/qa'), units: [unit] },
      ),
    )
    expect(diagnostics.map(({ code, severity, holds }) => [code, severity, holds])).toEqual(
      Array(3).fill(['branch/health-check-not-delivered', 'note', 'nothing']),
    )
    expect(messagesOf(diagnostics)).toEqual([
      'the check `some` in validateHealths of ClusterProfile/app is not made by Flux, since it is about some of the Deployment objects of helm-web-app only, and Flux judges them alike',
      'the check `none` in validateHealths of ClusterProfile/app is not made by Flux, since its profile deploys no Deployment in namespace elsewhere',
      'the check `hooks` in validateHealths of ClusterProfile/app is not made by Flux, since its profile deploys no Pod',
    ])
    expect(specOfUnit('helm-web-app').healthCheckExprs).toBeUndefined()
  })

  test.each<[string, Partial<ValidateHealth> & { rules?: readonly string[] }, string]>([
    ['Lua', { script: 'function evaluate() end' }, ' by Flux, since it is a Lua script'],
    [
      'labels',
      { rules: [replicas], labelFilters: [{ key: 'a', operation: 'Has', value: '' }] },
      ', since it selects by labels, and delivery judges all objects of a kind alike',
    ],
    [
      'Jobs',
      { rules: ['resource.status.succeeded == 1'], group: 'batch', kind: 'Job' },
      ' by Flux, since Flux judges every Job by itself',
    ],
    ['no kind', { rules: ['true'], group: '', kind: '' }, ', since it names no kind'],
    ['metrics', { script: 'x', asks: 'metrics' }, ', since it asks a metrics server'],
    ['a Job of its own', { asks: 'job' }, ', since it runs a Job'],
    [
      'no CEL',
      { rules: ['resource.status ='] },
      ' by Flux, since one of its rules is no CEL: line 1, column 17: found = but expecting',
    ],
    [
      'the whole object',
      { rules: ['size(resource) > 1'] },
      ' by Flux, since one of its rules looks at the object as a whole',
    ],
  ])('%s cannot be expressed', async (_what, overrides, reason) => {
    const owner = profileWith('app', { validateHealths: [check(overrides)] })
    const kinds = [deployment('web/app'), object('batch/v1 Job web/job')]
    const { diagnostics } = await deliver([helm('web/app', kinds, { owner })])
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]?.message).toContain(
      `the check \`ready\` in validateHealths of ClusterProfile/app is not made${reason}`,
    )
    expect(specOfUnit('helm-web-app').healthCheckExprs).toBeUndefined()
  })

  test('checks before and after deletion are made by nobody', async () => {
    const owner = profileWith('app', {
      preDeleteChecks: [check({ name: 'before', rules: [replicas] })],
      postDeleteChecks: [check({ name: 'after', rules: [replicas] })],
    })
    const { diagnostics } = await deliver([helm('web/app', [deployment('web/app')], { owner })])
    expect(messagesOf(diagnostics)).toEqual([
      'the check `before` in preDeleteChecks of ClusterProfile/app is not made, since delivery asks nothing before or after it deletes',
      'the check `after` in postDeleteChecks of ClusterProfile/app is not made, since delivery asks nothing before or after it deletes',
    ])
  })

  test('a check that comes later reaches a unit that is not rendered again, and one that goes leaves it', async () => {
    const manifests = [deployment('web/app')]
    const plain = helm('web/app', manifests, { owner: profile('app') })
    const owner = profileWith('app', { validateHealths: [check({ rules: [replicas] })] })
    await deliver([plain])
    await deliver([helm('web/app', manifests, { owner })])
    expect(specOfUnit('helm-web-app').healthCheckExprs).toHaveLength(1)
    await deliver([plain])
    expect(specOfUnit('helm-web-app').healthCheckExprs).toBeUndefined()
  })

  test('a held unit keeps its checks', async () => {
    const owner = profileWith('app', { validateHealths: [check({ rules: [replicas] })] })
    const manifests = [deployment('web/app')]
    await deliver([helm('web/app', manifests, { owner })])
    const hold = { reason: 'error', message: 'broken' } as const
    const { outcome } = await deliver([helm('web/app', manifests, { owner: profile('app'), hold })])
    expect(outcome.status).toBe('unchanged')
    expect(specOfUnit('helm-web-app').healthCheckExprs).toHaveLength(1)
  })
})

describe('preDeployChecks', () => {
  const provider = helm('certs/manager', [deployment('certs/manager')])
  const waiting = (overrides: Partial<ValidateHealth> & { rules?: readonly string[] } = {}) =>
    profileWith('app', { preDeployChecks: [check({ namespace: 'certs', ...overrides })] })

  test('wait for the unit that has the objects, and for what they must meet', async () => {
    const { diagnostics } = await deliver([
      provider,
      helm('web/app', [object('ConfigMap web/app')], { owner: waiting({ rules: [replicas] }) }),
    ])
    expect(diagnostics).toEqual([])
    expect(specOfUnit('helm-web-app').dependsOn).toEqual([
      { name: 'prod.helm-certs-manager' },
      { name: 'prod.namespaces' },
    ])
    expect(specOfUnit('helm-certs-manager').healthCheckExprs).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', current: 'status.availableReplicas == spec.replicas' },
    ])
  })

  test('that are Lua wait for the unit by its own rules, which is said', async () => {
    const { diagnostics } = await deliver([
      provider,
      helm('web/app', [object('ConfigMap web/app')], {
        owner: waiting({ script: 'function evaluate() end' }),
      }),
    ])
    expect(messagesOf(diagnostics)).toEqual([
      'the check `ready` in preDeployChecks of ClusterProfile/app is not made by Flux, since it is a Lua script',
    ])
    expect(specOfUnit('helm-web-app').dependsOn).toContainEqual({ name: 'prod.helm-certs-manager' })
    expect(specOfUnit('helm-certs-manager').healthCheckExprs).toBeUndefined()
  })

  test('find the unit among those that are not rendered again', async () => {
    const app = [object('ConfigMap web/app')]
    await deliver([provider, helm('web/app', app, { owner: profile('app') })])
    await deliver([provider, helm('web/app', app, { owner: waiting({ rules: [replicas] }) })])
    expect(specOfUnit('helm-certs-manager').healthCheckExprs).toHaveLength(1)
    expect(specOfUnit('helm-web-app').dependsOn).toContainEqual({ name: 'prod.helm-certs-manager' })
  })

  test('that are about nobody’s objects, or about their own, are told', async () => {
    const { diagnostics } = await deliver([
      helm('web/app', [deployment('certs/own')], { owner: waiting({ rules: [replicas] }) }),
    ])
    expect(messagesOf(diagnostics)).toEqual([
      'the check `ready` in preDeployChecks of ClusterProfile/app is not made, since no other unit deploys Deployment in namespace certs',
    ])
  })

  test('that would close a circle are left out and told', async () => {
    const { diagnostics } = await deliver([
      helm('certs/manager', [deployment('certs/manager')], { dependsOn: ['helm-web-app'] }),
      helm('web/app', [object('ConfigMap web/app')], { owner: waiting({ rules: [replicas] }) }),
    ])
    expect(messagesOf(diagnostics)).toEqual([
      'the check `ready` in preDeployChecks of ClusterProfile/app is not made, since helm-certs-manager, which it is about, waits for helm-web-app',
    ])
    expect(specOfUnit('helm-certs-manager').healthCheckExprs).toBeUndefined()
  })

  test('become a later sync wave under Argo CD', async () => {
    await deliver([provider, helm('web/app', [object('ConfigMap web/app')], { owner: waiting({}) })], {
      config: withArgocd,
    })
    const wave = (unit: string): number => {
      const text = own.branch.filesOf('rendered').get(`delivery/argocd/fleet/prod/${unit}.yaml`) ?? ''
      const { metadata } = JSON.parse(text) as { metadata: { annotations: Record<string, string> } }
      return Number(metadata.annotations['argocd.argoproj.io/sync-wave'])
    }
    expect(wave('helm-web-app')).toBeGreaterThan(wave('helm-certs-manager'))
  })
})
