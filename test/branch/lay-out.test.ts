import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import {
  cluster,
  config,
  fleet,
  helm,
  hook,
  object,
  policy,
  profile,
  run,
  type UnitDouble,
} from './fleet-double.ts'

let branch: MemoryBranch
beforeEach(() => {
  branch = createMemoryBranch()
})

function paths(prefix: string): string[] {
  return [...branch.filesOf('rendered').keys()].filter((path) => path.startsWith(prefix))
}

async function written(...units: readonly UnitDouble[]) {
  return run(branch, fleet({ cluster: cluster('fleet/prod'), units }))
}

describe('the layout of a cluster', () => {
  test('each unit has a folder with one file an object, as it was rendered', async () => {
    const app = object('apps/v1 Deployment web/app')
    await written(helm('web/app', [object('ServiceAccount web/app'), app]))
    expect(paths('clusters/fleet/prod/helm-web-app')).toEqual([
      'clusters/fleet/prod/helm-web-app/deployment.apps-web-app.yaml',
      'clusters/fleet/prod/helm-web-app/serviceaccount-web-app.yaml',
    ])
    expect(
      branch.filesOf('rendered').get('clusters/fleet/prod/helm-web-app/deployment.apps-web-app.yaml'),
    ).toBe(app.text)
  })

  test('the index lists every object in the order in which it is applied, with its path', async () => {
    await written(helm('web/app', [object('Service web/app'), object('ConfigMap web/app')]))
    const index = JSON.parse(
      branch.filesOf('rendered').get('.fleetwright/index/fleet/prod/helm-web-app.json') ?? '',
    ) as {
      objects: { path: string }[]
    }
    expect(index.objects.map(({ path }) => path)).toEqual([
      'clusters/fleet/prod/helm-web-app/service-web-app.yaml',
      'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml',
    ])
  })

  test('units for the management cluster lie apart', async () => {
    await written(policy('gitops-local', [object('ConfigMap fleet/x')], { deploymentType: 'Local' }))
    expect(paths('local/')).toEqual([
      'local/fleet/prod/namespaces-local/namespace-fleet.yaml',
      'local/fleet/prod/policy-gitops-local/configmap-fleet-x.yaml',
    ])
    expect(paths('clusters/')).toEqual([])
  })

  test('a unit that renders nothing has no folder and no delivery object', async () => {
    await written(helm('web/app', []))
    expect([...paths('clusters/'), ...paths('delivery/')]).toEqual([])
  })
})

describe('namespaces', () => {
  test('a namespace that a unit needs is created, but not those that every cluster has', async () => {
    await written(
      helm('web/app', [object('ConfigMap web/app')]),
      helm('kube-system/cni', [object('ConfigMap kube-system/cni')]),
    )
    expect(paths('clusters/fleet/prod/namespaces')).toEqual([
      'clusters/fleet/prod/namespaces/namespace-web.yaml',
    ])
    expect(branch.filesOf('rendered').get('clusters/fleet/prod/namespaces/namespace-web.yaml')).toContain(
      'IfNotPresent',
    )
  })

  test('a namespace that a unit renders itself is written once, as it renders it', async () => {
    const namespace = object('Namespace web', { body: 'labels: {}\n' })
    await written(helm('web/app', [namespace, object('ConfigMap web/app')]))
    expect(paths('clusters/').filter((path) => path.includes('/namespace-'))).toEqual([
      'clusters/fleet/prod/namespaces/namespace-web.yaml',
    ])
    expect(branch.filesOf('rendered').get('clusters/fleet/prod/namespaces/namespace-web.yaml')).toBe(
      namespace.text,
    )
  })

  test('of two units that render a namespace, the lower tier decides', async () => {
    const low = profile('low')
    const owner = { ...low, spec: { ...low.spec, tier: 50 } }
    await written(
      policy('a', [object('Namespace web', { body: 'a: 1\n' })]),
      policy('b', [object('Namespace web', { body: 'b: 1\n' })], { owner }),
    )
    expect(branch.filesOf('rendered').get('clusters/fleet/prod/namespaces/namespace-web.yaml')).toContain(
      'b: 1',
    )
  })

  test('no namespace is created for a unit that asks for none', async () => {
    await written(helm('web/app', [object('ConfigMap web/app')], { createNamespaces: false }))
    expect(paths('clusters/fleet/prod/namespaces')).toEqual([])
  })

  test('when the unit that rendered a namespace goes, another one that renders it takes over', async () => {
    const first = policy('a', [object('Namespace web', { body: 'a: 1\n' })])
    const second = policy('b', [object('Namespace web', { body: 'b: 1\n' })])
    await written(first, second)
    const { outcome } = await written(second)
    expect(outcome.status).toBe('written')
    expect(branch.filesOf('rendered').get('clusters/fleet/prod/namespaces/namespace-web.yaml')).toContain(
      'b: 1',
    )
  })
})

describe('definitions and hooks', () => {
  test('CRDs of a unit lie in a folder of their own', async () => {
    const crd = object('apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.org')
    await written(helm('web/app', [crd, object('ConfigMap web/app')]))
    expect(paths('clusters/fleet/prod/helm-web-app')).toEqual([
      'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml',
      'clusters/fleet/prod/helm-web-app~crds/customresourcedefinition.apiextensions.k8s.io-widgets.example.org.yaml',
    ])
  })

  test('hooks become parts before and after, a new one after each that runs to an end', async () => {
    const job = (name: string, weight: number, ...events: string[]) =>
      object(`batch/v1 Job web/${name}`, { hook: { ...hook(...events), weight } })
    await written(
      helm('web/app', [
        object('ConfigMap web/app'),
        job('second', 2, 'pre-upgrade'),
        job('first', 1, 'pre-install', 'pre-upgrade'),
        object('ServiceAccount web/hook', { hook: { ...hook('pre-install'), weight: -5 } }),
        job('last', 0, 'post-install'),
      ]),
    )
    expect(paths('clusters/fleet/prod/helm-web-app')).toEqual([
      'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml',
      'clusters/fleet/prod/helm-web-app~post-1/job.batch-web-last.yaml',
      'clusters/fleet/prod/helm-web-app~pre-1/job.batch-web-first.yaml',
      'clusters/fleet/prod/helm-web-app~pre-1/serviceaccount-web-hook.yaml',
      'clusters/fleet/prod/helm-web-app~pre-2/job.batch-web-second.yaml',
    ])
  })

  test('test and delete hooks are left out with a note, also when the unit is not rendered again', async () => {
    const units = [
      helm('web/app', [object('ConfigMap web/app'), object('Pod web/test', { hook: hook('test') })]),
    ]
    const first = await written(...units)
    const second = await written(...units)
    expect(paths('clusters/fleet/prod/helm-web-app')).toEqual([
      'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml',
    ])
    for (const { diagnostics } of [first, second]) {
      expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['branch/hook-left-out', 'helm-web-app has 1 hook that delivery cannot run: Pod/web/test (test)'],
      ])
    }
    expect(second.outcome.status).toBe('unchanged')
  })
})

describe('what may not be written', () => {
  const secret = object('Secret web/app', { body: 'data:\n  password: aHVudGVyMg==\n' })

  test('a Secret with values holds its unit, and the others go on', async () => {
    const { diagnostics } = await written(
      helm('web/app', [secret, object('ConfigMap web/app')]),
      helm('web/other', [object('ConfigMap web/other')]),
    )
    expect(diagnostics).toMatchObject([
      {
        code: 'branch/secret-values',
        message: 'helm-web-app renders 1 Secret with values, which may not be written: web/app',
        subject: { cluster: 'fleet/prod', unit: 'helm-web-app' },
      },
    ])
    expect(paths('clusters/fleet/prod/helm-')).toEqual([
      'clusters/fleet/prod/helm-web-other/configmap-web-other.yaml',
    ])
  })

  test('it is said again at each run, even though nothing else changes', async () => {
    const unit = helm('web/app', [secret])
    await written(unit)
    const { outcome, diagnostics } = await written(unit)
    expect(outcome.status).toBe('unchanged')
    expect(diagnostics.map(({ code }) => code)).toEqual(['branch/secret-values'])
  })

  test.each([
    ['no data', ''],
    ['empty data', 'data: {}\ntype: Opaque\n'],
    [
      'values that SOPS encrypted',
      'data:\n  a: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops:\n  mac: x\n',
    ],
  ])('a Secret with %s is written', async (_, body) => {
    const { diagnostics } = await written(helm('web/app', [object('Secret web/app', { body })]))
    expect(diagnostics).toEqual([])
    expect(paths('clusters/fleet/prod/helm-web-app')).toHaveLength(1)
  })

  test.each([
    ['stringData', 'stringData:\n  a: b\n'],
    ['a flow map', 'data: {a: Yg==}\n'],
    ['one plain value among encrypted ones', 'data:\n  a: ENC[AES256_GCM,x]\n  b: Yg==\nsops:\n  mac: x\n'],
  ])('a Secret with %s is refused', async (_, body) => {
    const { diagnostics } = await written(helm('web/app', [object('Secret web/app', { body })]))
    expect(diagnostics.map(({ code }) => code)).toEqual(['branch/secret-values'])
  })

  test('a Secret that the configuration names is written, until it no longer names it', async () => {
    const units = [helm('web/app', [secret])]
    const clusters = fleet({ cluster: cluster('fleet/prod'), units })
    const allowed = await run(branch, clusters, { config: config({}, { secrets: { allow: ['web/*'] } }) })
    expect(allowed.diagnostics).toEqual([])
    expect(paths('clusters/fleet/prod/helm-web-app')).toHaveLength(1)
    const refused = await run(branch, clusters)
    expect(refused.diagnostics.map(({ message }) => message)).toEqual([
      'helm-web-app has 1 Secret with values on the rendered branch that is no longer allowed: web/app',
    ])
  })

  test('an object that a unit renders twice holds the unit', async () => {
    const { diagnostics } = await written(
      helm('web/app', [object('ConfigMap web/app'), object('ConfigMap web/app')]),
    )
    expect(diagnostics).toMatchObject([
      { code: 'branch/duplicate-object', message: 'helm-web-app renders ConfigMap/web/app more than once' },
    ])
    expect(paths('clusters/')).toEqual([])
  })
})
