import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { createMemoryReader } from '../../src/adapters/memory/memory-reader.ts'
import type { Engine, JsonObject } from '../../src/engine/types.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { errorsOf, run, warningsOf, type Run } from './run.ts'
import { manifest, withChange, type Change, type Files } from './small-fleet.ts'

let engine: Engine
let branch: MemoryBranch

beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => {
  branch = createMemoryBranch()
})

const selects = 'clusterSelector: { matchLabels: { zone: a } }'

const clusters = sveltosCluster('c1', { zone: 'a' })
const profiles = yaml(
  clusterProfile(
    'chart',
    `${selects}\nhelmCharts: [{ repositoryURL: ./charts/app, repositoryName: x, chartName: app, releaseName: app, releaseNamespace: apps }]`,
  ),
  clusterProfile('policy', `${selects}\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: beside }]`),
)

/** Two add-ons on one cluster: a chart that looks up a ConfigMap and tells the time, and a policy beside it. */
const fleet: Files = {
  'clusters.yaml': clusters,
  'profiles.yaml': profiles,
  'beside.yaml': configMap(
    'beside',
    { 'a.yaml': manifest('beside', '{{ env "HOME" }}before') },
    { 'projectsveltos.io/template': 'yes' },
  ),
  'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'charts/app/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: app }
data:
  zone: {{ dig "data" "zone" "none" (lookup "v1" "ConfigMap" "kube-system" "zone") }}
  at: {{ now | date "2006-01-02" | quote }}
---
apiVersion: monitoring.example.com/v1
kind: Monitor
metadata: { name: app }
`,
}
const movesOn: Change = {
  'beside.yaml': configMap('beside', { 'a.yaml': manifest('beside', 'after') }),
}

const asked = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'zone' }
const served = { group: 'monitoring.example.com', version: 'v1', kind: 'Monitor', namespaced: true }

function object(namespace: string, name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data }
}

/** Recorded facts of the cluster, which was asked for what the chart looks up. */
function factsOf(...objects: readonly JsonObject[]): JsonObject {
  return { resources: [{ ...served, name: 'monitors' }], objects, asked: [asked] }
}

const north = object('kube-system', 'zone', { zone: 'north' })

async function compiled(files: Files, facts: JsonObject, committedAt = '2026-01-01T00:00:00Z'): Promise<Run> {
  const ports = { reader: createMemoryReader(files, { committedAt }), writer: branch, engine }
  return run(ports, { facts: new Map([['.fleetwright/facts/fleet/c1.json', JSON.stringify(facts)]]) })
}

function statuses({ compiled: stages }: Run): Record<string, string> {
  const units = stages?.rendered?.clusters.flatMap((cluster) => cluster.units) ?? []
  return Object.fromEntries(units.map(({ unit, result }) => [unit.name, result.status]))
}

function needsOf({ compiled: stages }: Run): readonly string[] {
  return (stages?.needs ?? []).flatMap(({ cluster, query, because }) =>
    cluster === 'fleet/c1' ? [`${query.kind} ${query.namespace}/${query.name} for ${because.join(' ')}`] : [],
  )
}

function onBranch(): string | undefined {
  return branch.filesOf('rendered').get('clusters/fleet/c1/helm-apps-app/configmap-apps-app.yaml')
}

const both = [
  'ConfigMap kube-system/zone for ClusterProfile/chart',
  'CustomResourceDefinition /monitors.monitoring.example.com for ClusterProfile/chart',
]

describe('what a rendered unit looks up is asked again', () => {
  test('when its cluster is taken over unread, where all that was said is said again, too', async () => {
    const first = await compiled(fleet, factsOf(north))
    expect(statuses(first)).toEqual({ 'helm-apps-app': 'rendered', 'policy-default-beside': 'rendered' })
    expect(needsOf(first)).toEqual(both)
    const again = await compiled(fleet, factsOf(north))
    expect(statuses(again)).toEqual({ 'helm-apps-app': 'unchanged', 'policy-default-beside': 'unchanged' })
    expect(needsOf(again)).toEqual(both)
    expect(warningsOf(again)).toEqual(warningsOf(first))
    expect(warningsOf(again).map((one) => one.split(' ')[0])).toEqual([
      'render/impure',
      'render/function-blocked',
    ])
  })

  test('when it is taken over beside a unit that changes', async () => {
    await compiled(fleet, factsOf(north))
    const after = await compiled(withChange(fleet, movesOn), factsOf(north))
    expect(statuses(after)).toEqual({ 'helm-apps-app': 'unchanged', 'policy-default-beside': 'rendered' })
    expect(needsOf(after)).toEqual(both)
  })

  test('when it is held, or its whole cluster', async () => {
    await compiled(fleet, factsOf(north))
    const profile = profiles.replace(
      '{ name: chart }',
      '{ name: chart, annotations: { profile.projectsveltos.io/paused: "yes" } }',
    )
    const unitHeld = await compiled({ ...fleet, 'profiles.yaml': profile }, factsOf(north))
    expect(statuses(unitHeld)['helm-apps-app']).toBe('held')
    expect(needsOf(unitHeld)).toEqual(both)
    const cluster = clusters.replace('spec: {}', 'spec: { paused: true }')
    const clusterHeld = await compiled({ ...fleet, 'clusters.yaml': cluster }, factsOf(north))
    expect(statuses(clusterHeld)).toEqual({})
    expect(needsOf(clusterHeld)).toEqual(both)
  })
})

describe('a unit that looks something up is rendered again', () => {
  test('when that changed, and told the same time as before', async () => {
    await compiled(fleet, factsOf(north))
    const south = object('kube-system', 'zone', { zone: 'south' })
    const after = await compiled(fleet, factsOf(south), '2026-05-05T00:00:00Z')
    expect(statuses(after)).toEqual({ 'helm-apps-app': 'rendered', 'policy-default-beside': 'unchanged' })
    expect(onBranch()).toContain('at: "2026-01-01"\n  zone: south\n')
  })

  test('and not when other objects changed', async () => {
    await compiled(fleet, factsOf(north))
    const after = await compiled(fleet, factsOf(north, object('kube-system', 'other', {})))
    expect(statuses(after)).toEqual({ 'helm-apps-app': 'unchanged', 'policy-default-beside': 'unchanged' })
  })
})

test('facts that do not say any more what a unit looked up hold it as it is, until they do', async () => {
  await compiled(fleet, factsOf(north))
  const before = onBranch()
  const blind = { ...factsOf(), asked: [] }
  for (const _ of ['once', 'and again']) {
    const held = await compiled(fleet, blind)
    expect(errorsOf(held)).toEqual(['render/lookup-not-observed profiles.yaml:6:16'])
    expect(statuses(held)).toEqual({ 'helm-apps-app': 'held', 'policy-default-beside': 'unchanged' })
    expect(needsOf(held)).toEqual(both)
    expect(onBranch()).toBe(before)
  }
  const after = await compiled(fleet, factsOf())
  expect(errorsOf(after)).toEqual([])
  expect(onBranch()).toContain('zone: none')
})
