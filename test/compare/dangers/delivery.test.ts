import { describe, expect, test } from 'vitest'
import { compare } from '../../../src/compare/compare.ts'
import { findDangers } from '../../../src/compare/dangers/dangers.ts'
import type { Plan } from '../../../src/resolve/types.ts'
import { plainOptions, toSide, type WrittenSide } from '../side-double.ts'
import { lines, objects, rest, tell, tellObjects, unit } from './told-dangers.ts'

const inProd = (web: ReturnType<typeof unit>) => ({ 'fleet/prod': { web } })
const kustomization = (spec: string) => `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: ./apps, interval: 10m, ${spec} }
`
const application = (policy: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: apps, namespace: argocd }
spec: { project: default, syncPolicy: ${policy} }
`

describe('prune-switched', () => {
  test('what becomes of a unit that goes', async () => {
    const leaving = unit(rest, { settings: { leave: true } })
    expect(await tell(inProd(unit(rest)), inProd(leaving))).toEqual([
      'medium prune-switched: Objects of web stay in the cluster from now on when it is removed',
    ])
    expect(await tell(inProd(leaving), inProd(unit(rest)))).toEqual([
      'medium prune-switched: Objects of web are deleted from now on when it is removed',
    ])
  })

  test('Kustomizations and Applications that somebody delivers', async () => {
    expect(await tellObjects(kustomization('prune: false'), kustomization('prune: true'))).toEqual([
      'medium prune-switched: Kustomization flux-system/apps deletes what is removed from Git from now on',
    ])
    const [on, off] = [application('{ automated: { prune: true } }'), application('{ automated: {} }')]
    expect(await tellObjects(on, off)).toEqual([
      'medium prune-switched: Application argocd/apps leaves what is removed from Git from now on',
    ])
  })

  test('one object', async () => {
    const kept = rest.replace(
      'name: rest, namespace: shop',
      'name: kept, namespace: shop, annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }',
    )
    const pruned = rest.replace('name: rest', 'name: kept')
    expect(await tellObjects(pruned, kept)).toEqual([
      'medium prune-switched: ConfigMap shop/kept is left in the cluster from now on when it is removed from Git',
    ])
  })

  test('another interval is no danger', async () => {
    const slower = kustomization('prune: true').replace('10m', '1h')
    expect(await tellObjects(kustomization('prune: true'), slower)).toEqual([])
  })
})

describe('suspend-switched', () => {
  test('a CronJob, in both directions', async () => {
    const job = (suspend: boolean) =>
      `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: load, namespace: shop }\nspec: { schedule: "@daily", suspend: ${suspend} }\n`
    expect(await tellObjects(job(false), job(true))).toEqual([
      'medium suspend-switched: CronJob shop/load is suspended (spec.suspend)',
    ])
    expect(await tellObjects(job(true), job(false))).toEqual([
      'medium suspend-switched: CronJob shop/load runs again (spec.suspend)',
    ])
  })

  test('what applies something', async () => {
    expect(
      await tellObjects(kustomization('prune: true'), kustomization('prune: true, suspend: true')),
    ).toEqual(['medium suspend-switched: Kustomization flux-system/apps is suspended (spec.suspend)'])
    expect(await tellObjects(application('{ automated: { prune: true } }'), application('{}'))).toEqual([
      'medium suspend-switched: Application argocd/apps is suspended (spec.syncPolicy.automated)',
    ])
  })

  test('the delivery of all that a paused cluster has, once', async () => {
    const plan = (paused: boolean): Plan =>
      ({ clusters: [{ cluster: { id: 'fleet/prod', paused }, units: [] }] }) as unknown as Plan
    const side = (suspend: boolean) => {
      const web = unit(rest, { delivery: objects(kustomization(`suspend: ${suspend}`)) })
      return toSide({ 'fleet/prod': { web, other: web } })
    }
    const find = async (before: boolean, after: boolean) => {
      const [old, now] = [side(before), side(after)]
      const { changes } = await compare(old, now, plainOptions)
      const sides = { before: { ...old, plan: plan(before) }, after: { ...now, plan: plan(after) } }
      return lines({ dangers: findDangers(changes, { ...sides, placeOfUnit: () => undefined }) })
    }
    expect(await find(false, true)).toEqual([
      'medium suspend-switched: The cluster is paused: nothing is delivered to it any more, 2 units of it are suspended',
    ])
    expect(await find(true, false)).toEqual([
      'medium suspend-switched: The cluster is paused no more: 2 units of it are delivered again',
    ])
  })

  test('the delivery of a unit, once for all its parts', async () => {
    const parts = (spec: string) => [
      ...objects(kustomization(spec)),
      ...objects(kustomization(spec).replace('name: apps', 'name: apps-crds')),
    ]
    const delivered = (spec: string) => inProd(unit(rest, { delivery: parts(spec) }))
    expect(await tell(delivered('prune: true'), delivered('prune: true, suspend: true'))).toEqual([
      'medium suspend-switched: web is not delivered any more: its delivery is suspended',
    ])
  })

  test('a unit that is applied once only', async () => {
    const once = unit(rest, { settings: { syncMode: 'OneTime' } })
    expect(await tell(inProd(unit(rest)), inProd(once))).toEqual([
      'medium suspend-switched: web is delivered once from now on: later changes do not reach where it is',
    ])
  })

  test('written-out defaults, and drift detection, are no danger', async () => {
    expect(
      await tellObjects(kustomization('prune: true'), kustomization('prune: true, suspend: false')),
    ).toEqual([])
    const watched = unit(rest, { settings: { syncMode: 'ContinuousWithDriftDetection' } })
    expect(await tell(inProd(unit(rest)), inProd(watched))).toEqual([])
  })
})

describe('what the plans say', () => {
  interface WrittenProfile {
    readonly maxUpdate?: number | string
    readonly syncMode?: string
    readonly on: readonly string[]
  }

  function plan({ maxUpdate, syncMode = 'Continuous', on }: WrittenProfile): Plan {
    const document = { file: { path: 'web.yaml', text: 'spec:\n  maxUpdate: 1\n' }, start: 0, end: 22 }
    const spec = { ...(maxUpdate !== undefined && { maxUpdate }) }
    const profile = { id: 'ClusterProfile/web', spec, document }
    const claim = { profile, because: { kind: 'selector' }, path: ['spec', 'helmCharts', 0] }
    const clusters = on.map((name) => ({
      cluster: { id: `fleet/${name}`, name },
      units: [{ name: 'web', syncMode, claim }],
      conflicts: [],
    }))
    return { clusters, needs: [], references: [] } as unknown as Plan
  }

  async function tellPlans(
    before: readonly [WrittenProfile, WrittenSide],
    after: readonly [WrittenProfile, WrittenSide],
  ) {
    const [old, now] = [toSide(before[1]), toSide(after[1])]
    // Without the plans: nobody asks for causes here.
    const { changes } = await compare(old, now, plainOptions)
    return findDangers(changes, {
      before: { ...old, plan: plan(before[0]) },
      after: { ...now, plan: plan(after[0]) },
      placeOfUnit: () => undefined,
    })
  }

  const on = ['a', 'b', 'c', 'd']
  const everywhere = (text: string, names = on): WrittenSide =>
    Object.fromEntries(on.map((name) => [`fleet/${name}`, { web: unit(names.includes(name) ? text : rest) }]))
  const changed = rest.replace('}', '}\ndata: { a: b }')

  test('a unit that becomes a DryRun, although nothing of it shows', async () => {
    const dangers = await tellPlans(
      [{ on: ['a'] }, everywhere(rest)],
      [{ on: ['a'], syncMode: 'DryRun' }, everywhere(rest)],
    )
    expect(lines({ dangers })).toEqual([
      'medium suspend-switched: web becomes a DryRun: changes of it are shown and not delivered any more',
    ])
  })

  test.each([
    [1, 'all 4 clusters at once, though its maxUpdate is 1'],
    ['50%', 'all 4 clusters at once, though its maxUpdate is 50%'],
    ['5', 'all 4 clusters at once, though its maxUpdate is 5'],
  ])('maxUpdate %s holds back nothing', async (maxUpdate, text) => {
    const dangers = await tellPlans(
      [{ on, maxUpdate }, everywhere(rest)],
      [{ on, maxUpdate }, everywhere(changed)],
    )
    expect(lines({ dangers })).toEqual([`medium all-at-once: ClusterProfile/web changes ${text}`])
    expect(dangers[0]).toMatchObject({
      clusters: on.map((name) => `fleet/${name}`),
      span: { start: 19, end: 20 },
    })
  })

  test.each([
    [4, on],
    ['50%', ['a', 'b']],
    ['30%', ['a', 'b']],
    [1, ['c']],
    [0, on],
    [undefined, on],
  ])('maxUpdate %s lets %s change', async (maxUpdate, names) => {
    const profile = { on, ...(maxUpdate !== undefined && { maxUpdate }) }
    expect(await tellPlans([profile, everywhere(rest)], [profile, everywhere(changed, names)])).toEqual([])
  })
})

test('an add-on that another profile takes over', async () => {
  const after = unit(rest, { settings: { profile: 'ClusterProfile/base' } })
  expect(await tell(inProd(unit(rest)), inProd(after))).toEqual([
    'medium owner-changed: web is taken over by ClusterProfile/base from ClusterProfile/web',
  ])
})
