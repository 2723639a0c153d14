import { describe, expect, test } from 'vitest'
import { compare } from '../../../src/compare/compare.ts'
import { findWith } from '../../../src/compare/dangers/dangers.ts'
import { apiDeprecated } from '../../../src/compare/dangers/rules/api-deprecated.ts'
import { apiNotServed } from '../../../src/compare/dangers/rules/api-not-served.ts'
import { apiRemoved } from '../../../src/compare/dangers/rules/api-removed.ts'
import type { JsonObject } from '../../../src/engine/types.ts'
import { apiVersionList, builtInScopes } from '../../../src/kubernetes/api-versions.ts'
import type { ClusterPlan, Plan } from '../../../src/resolve/types.ts'
import { plainOptions, toSide, type WrittenUnit } from '../side-double.ts'

interface WrittenCluster {
  readonly minor: number
  readonly wanted?: string
  /** What the cluster was seen to serve besides, `<group>/<version>/<Kind>`. */
  readonly observed?: readonly string[]
}

function plan(clusters: Readonly<Record<string, WrittenCluster>>): Plan {
  const plans = Object.entries(clusters).map(([id, { minor, wanted, observed = [] }]) => ({
    cluster: { id },
    kubeVersion: `v1.${minor}.3`,
    ...(wanted !== undefined && { wantedVersion: wanted }),
    apiVersions: [...apiVersionList(minor), ...observed].sort(),
    scopes: {
      ...builtInScopes(minor),
      ...Object.fromEntries(observed.map((api) => [api.replace(/\/[^/]+\//, '/'), true])),
    },
    units: [],
  }))
  return { clusters: plans as unknown as readonly ClusterPlan[] } as unknown as Plan
}

const object = (apiVersion: string, kind: string, more: JsonObject = {}): JsonObject => ({
  ...{ apiVersion, kind, metadata: { name: 'one', namespace: 'shop' } },
  ...more,
})

/** Messages of what is found where every cluster gets the unit, with the clusters. */
async function find(
  clusters: Readonly<Record<string, WrittenCluster>>,
  after: WrittenUnit,
  { before, was = clusters }: { before?: WrittenUnit; was?: Readonly<Record<string, WrittenCluster>> } = {},
): Promise<readonly string[]> {
  const sideOf = (unit: WrittenUnit | undefined, of: typeof clusters) =>
    toSide(Object.fromEntries(Object.keys(of).map((id) => [id, unit ? { 'helm-shop-web': unit } : {}])), {
      plan: plan(of),
    })
  const [old, now] = [sideOf(before, was), sideOf(after, clusters)]
  // Without the plans: nobody asks for causes here.
  const { changes } = await compare({ clusters: old.clusters }, { clusters: now.clusters }, plainOptions)
  const rules = [apiNotServed, apiRemoved, apiDeprecated]
  const context = { before: old, after: now, placeOfUnit: () => undefined }
  return findWith(rules, changes, context).map(
    ({ rule, severity, message, clusters: ids }) => `${severity} ${rule} [${ids.join()}] ${message}`,
  )
}

describe('api-not-served', () => {
  test('an API that is gone from the version of some clusters is said of those', async () => {
    const unit = { objects: [object('policy/v1beta1', 'PodDisruptionBudget')] }
    expect(await find({ old: { minor: 24 }, new: { minor: 27 }, newer: { minor: 27 } }, unit)).toEqual([
      'high api-not-served [new,newer] PodDisruptionBudget shop/one is of policy/v1beta1 PodDisruptionBudget, which Kubernetes serves no more from 1.25 on, and the cluster has 1.27; policy/v1 PodDisruptionBudget takes its place',
      'medium api-deprecated [old] PodDisruptionBudget shop/one is of policy/v1beta1 PodDisruptionBudget, which Kubernetes deprecates since 1.21 and serves no more from 1.25 on; policy/v1 PodDisruptionBudget takes its place',
    ])
  })

  test.each([
    [
      'admissionregistration.k8s.io/v1',
      'ValidatingAdmissionPolicy',
      'Kubernetes serves from 1.30 on, and the cluster has 1.29',
    ],
    ['resource.k8s.io/v1beta1', 'DeviceClass', 'Kubernetes 1.29 serves only where it is switched on'],
    ['apps/v1', 'Deploymnt', 'is no API of Kubernetes'],
    [
      'extensions/v1beta1',
      'Ingress',
      'Kubernetes serves no more from 1.22 on, and the cluster has 1.29; networking.k8s.io/v1 Ingress takes its place',
    ],
  ])('%s %s: which %s', async (apiVersion, kind, reason) => {
    expect(await find({ one: { minor: 29 } }, { objects: [object(apiVersion, kind)] })).toEqual([
      `high api-not-served [one] ${kind} shop/one is of ${apiVersion} ${kind}, which ${reason}`,
    ])
  })

  test('what the cluster was seen to serve is served, though it is off by default', async () => {
    const observed = ['resource.k8s.io/v1beta1/DeviceClass']
    const unit = { objects: [object('resource.k8s.io/v1beta1', 'DeviceClass')] }
    expect(await find({ one: { minor: 32, observed } }, unit)).toEqual([])
  })

  const rule = object('monitoring.example.com/v1', 'Rule')
  const kinds = ['monitoring.example.com/Rule']
  const others = ['example.com/v1/Thing']

  test('a custom kind is served where the cluster has it', async () => {
    const observed = ['monitoring.example.com/v1/Rule']
    expect(await find({ one: { minor: 32, observed } }, { objects: [rule], kinds })).toEqual([])
  })

  test('a custom kind that neither the cluster nor a unit of it defines is not served', async () => {
    expect(await find({ one: { minor: 32, observed: others } }, { objects: [rule], kinds })).toEqual([
      'high api-not-served [one] Rule shop/one is of monitoring.example.com/v1 Rule, which neither the cluster nor a unit of it defines',
    ])
  })

  test('a custom kind that a unit defines, read or not, is served', async () => {
    expect(await find({ one: { minor: 32, observed: others } }, { objects: [rule] })).toEqual([])
    const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      spec: {
        group: 'monitoring.example.com',
        names: { kind: 'Rule' },
        versions: [
          { name: 'v1', served: true },
          { name: 'v1alpha1', served: false },
        ],
      },
    })
    const old = object('monitoring.example.com/v1alpha1', 'Rule')
    const observed = ['monitoring.example.com/v1alpha1/Rule']
    expect(await find({ one: { minor: 32, observed: others } }, { objects: [definition, rule] })).toEqual([])
    expect(await find({ one: { minor: 32 } }, { objects: [definition, old] })).toEqual([
      'high api-not-served [one] Rule shop/one is of monitoring.example.com/v1alpha1 Rule, which neither the cluster nor a unit of it defines',
    ])
    // The definition will be what is rendered, and the cluster still has the former.
    expect(await find({ one: { minor: 32, observed } }, { objects: [definition, rule] })).toEqual([])
  })

  test('a version of a custom kind that the cluster does not have is not served', async () => {
    const observed = ['monitoring.example.com/v1beta1/Rule']
    expect(await find({ one: { minor: 32, observed } }, { objects: [rule] })).toHaveLength(1)
  })

  test('nothing is known of custom kinds of a cluster that was never observed', async () => {
    expect(await find({ one: { minor: 32 } }, { objects: [rule], kinds })).toEqual([])
  })

  test('objects of a local unit go to another cluster', async () => {
    const unit = { objects: [object('policy/v1beta1', 'PodDisruptionBudget')], settings: { local: true } }
    expect(await find({ one: { minor: 32 } }, unit)).toEqual([])
  })
})

describe('api-removed', () => {
  const budget = object('policy/v1beta1', 'PodDisruptionBudget')
  const changed = { ...budget, spec: { minAvailable: 1 } }

  test('an API that the wanted version does not serve any more is said when it is used anew', async () => {
    expect(await find({ one: { minor: 24, wanted: 'v1.25.4' } }, { objects: [budget] })).toContain(
      'high api-removed [one] PodDisruptionBudget shop/one is of policy/v1beta1 PodDisruptionBudget, which Kubernetes 1.25 serves no more, the version that the cluster is to have; policy/v1 PodDisruptionBudget takes its place',
    )
  })

  test('and when the version is written', async () => {
    const clusters = { one: { minor: 24, wanted: 'v1.25.4' } }
    const before = { objects: [budget] }
    expect(
      await find(clusters, { objects: [changed] }, { before, was: { one: { minor: 24 } } }),
    ).toHaveLength(1)
    expect(await find(clusters, { objects: [changed] }, { before })).toEqual([])
  })

  test('what both versions serve is fine', async () => {
    const unit = { objects: [object('policy/v1', 'PodDisruptionBudget')] }
    expect(await find({ one: { minor: 24, wanted: 'v1.25.4' } }, unit)).toEqual([])
  })
})

describe('api-deprecated', () => {
  test('a deprecated API is said when it is used anew, with what takes its place', async () => {
    expect(await find({ one: { minor: 33 } }, { objects: [object('v1', 'Endpoints')] })).toEqual([
      'medium api-deprecated [one] Endpoints shop/one is of v1 Endpoints, which Kubernetes deprecates since 1.33; discovery.k8s.io/v1 EndpointSlice takes its place',
    ])
    expect(await find({ one: { minor: 32 } }, { objects: [object('v1', 'Endpoints')] })).toEqual([])
  })

  test('what used it before is no news', async () => {
    const before = { objects: [object('v1', 'Endpoints')] }
    const after = { objects: [object('v1', 'Endpoints', { subsets: [] })] }
    expect(await find({ one: { minor: 33 } }, after, { before })).toEqual([])
  })
})
