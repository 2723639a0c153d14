import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/types.ts'
import { clusterProfile, configMap, sveltosCluster, yaml, type compileFiles } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { planText } from './plan-text.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())

const plan = (documents: readonly string[], options: Parameters<typeof compileFiles>[2] = {}) =>
  planText(engine, yaml(...documents), options)

/** A cluster without a version of its own. */
const cluster = (name: string) => sveltosCluster(name, {}).replace(', version: v1.33.1', '')

const classifier = (name: string, label: string, spec: string) => `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: ${name} }
spec: { classifierLabels: [{ key: ${label.split('=')[0] ?? ''}, value: ${label.split('=')[1] ?? ''} }], ${spec} }
`

const between = (from: string, to: string) =>
  `kubernetesVersionConstraints: [{ comparison: GreaterThanOrEqualTo, version: ${from} }, { comparison: LessThan, version: ${to} }]`

const content = (name: string) =>
  configMap(name, { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n` })
const profile = (name: string, selector: string) =>
  clusterProfile(
    name,
    `clusterSelector: { matchLabels: { ${selector} } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: ${name} }]`,
  )

const facts = (versions: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [`.fleetwright/facts/fleet/${name}.json`, { version }]),
  )

describe('one profile for each range of versions', () => {
  const fleet = [
    ...[cluster('blue'), cluster('green')],
    ...[classifier('v1-24', 'kubernetes=v1-24', between('1.24.0', '1.25.0'))],
    ...[classifier('v1-25', 'kubernetes=v1-25', between('1.25.0', '1.26.0'))],
    ...[classifier('v1-26', 'kubernetes=v1-26', between('1.26.0', '1.27.0'))],
    ...['v1-24', 'v1-25', 'v1-26'].flatMap((name) => [profile(name, `kubernetes: ${name}`), content(name)]),
  ]
  const observed = { facts: facts({ blue: 'v1.24.17-eks-1', green: 'v1.25.9' }) }

  test('each cluster gets what is meant for its version', async () => {
    const { units, codes } = await plan(fleet, observed)
    expect(units).toEqual({
      'fleet/blue': ['policy-default-v1-24'],
      'fleet/green': ['policy-default-v1-25'],
    })
    // Nobody has v1-26 yet, which is no slip of the pen.
    expect(codes).not.toContain('resolve/selects-no-cluster')
  })

  test('an upgrade that is supposed moves the add-on before anybody upgrades', async () => {
    const whatIf = [{ cluster: 'fleet/blue', version: 'v1.25.0', labels: {}, added: [], removed: [] }]
    const { units } = await plan(fleet, { ...observed, whatIf })
    expect(units['fleet/blue']).toEqual(['policy-default-v1-25'])
  })

  test('a label that is supposed counts more than a classified one', async () => {
    const labels = { kubernetes: 'v1-26' }
    const whatIf = [{ cluster: 'fleet/blue', labels, added: [], removed: [] }]
    const { units } = await plan(fleet, { ...observed, whatIf })
    expect(units['fleet/blue']).toEqual(['policy-default-v1-26'])
  })

  test('a cluster whose version nobody knows is held, and the other is planned', async () => {
    const { plan: planned, units, codes } = await plan(fleet, { facts: facts({ green: 'v1.25.9' }) })
    expect(planned?.clusters.map(({ hold }) => hold?.reason)).toEqual(['facts-missing', undefined])
    expect(units).toEqual({ 'fleet/blue': [], 'fleet/green': ['policy-default-v1-25'] })
    expect(codes).toContain('resolve/not-classified')
  })
})

describe('a set whose selector asks for a classified label', () => {
  const set = `apiVersion: lib.projectsveltos.io/v1beta1
kind: ClusterSet
metadata: { name: canary }
spec: { clusterSelector: { matchLabels: { kubernetes: new } }, maxReplicas: 1 }
`
  const fleet = [
    ...[cluster('blue'), cluster('green'), set],
    classifier('new', 'kubernetes=new', between('1.25.0', '2.0.0')),
  ]
  const sets = new Map([['ClusterSet/canary', ['fleet/green']]])

  test('keeps a member whose labels are not known', async () => {
    const { plan: planned } = await plan(fleet, { facts: facts({ blue: 'v1.25.9' }), sets })
    expect(planned?.sets).toEqual([{ id: 'ClusterSet/canary', members: ['fleet/green'] }])
  })

  test('takes another for a member that is known not to match', async () => {
    const { plan: planned } = await plan(fleet, { facts: facts({ blue: 'v1.25.9', green: 'v1.24.1' }), sets })
    expect(planned?.sets).toEqual([{ id: 'ClusterSet/canary', members: ['fleet/blue'] }])
  })
})

test('a classifier with a field that nobody knows takes nothing away', async () => {
  const fleet = [
    ...[cluster('blue'), profile('web', 'kubernetes: new'), content('web')],
    classifier('new', 'kubernetes=new', `${between('1.25.0', '2.0.0')}, deployedResourceConstrain: {}`),
  ]
  const { plan: planned, codes } = await plan(fleet, { facts: facts({ blue: 'v1.24.9' }) })
  expect(codes).toContain('intent/unknown-field')
  expect(planned?.clusters[0]?.heldProfiles).toMatchObject([{ profile: 'ClusterProfile/web' }])
})
