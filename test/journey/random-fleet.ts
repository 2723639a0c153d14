import fc from 'fast-check'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { manifest, type Files } from './small-fleet.ts'

type Zone = 'north' | 'south'
type Content = 'one' | 'two' | 'chart' | 'drawing'

export interface FleetState {
  readonly clusters: readonly ({ readonly zone: Zone; readonly paused: boolean } | undefined)[]
  readonly profiles: readonly (ProfileState | undefined)[]
  /** What the contents hold now; `broken` cannot be rendered. */
  readonly one: 'first' | 'second' | 'broken'
  readonly two: 'first' | 'second'
  readonly chart: 'first' | 'second'
}

interface ProfileState {
  readonly selects: Zone | 'both'
  readonly tier: number
  readonly contents: readonly Content[]
  readonly paused: boolean
  readonly leaves: boolean
  /** Has a field that nobody knows, and is only shown. */
  readonly misspelt: boolean
  readonly dryRun: boolean
  readonly dependsOn: number | undefined
}

const seldom = fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0)

const profile: fc.Arbitrary<ProfileState> = fc.record({
  selects: fc.constantFrom('north', 'south', 'both'),
  tier: fc.constantFrom(10, 20),
  contents: fc.uniqueArray(fc.constantFrom<Content>('one', 'two', 'chart', 'drawing'), {
    minLength: 1,
    maxLength: 3,
  }),
  paused: seldom,
  leaves: fc.boolean(),
  misspelt: seldom,
  dryRun: seldom,
  dependsOn: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
})

const state: fc.Arbitrary<FleetState> = fc.record({
  clusters: fc.tuple(...Array.from({ length: 3 }, () => orAbsent(clusterState()))),
  profiles: fc.tuple(...Array.from({ length: 3 }, () => orAbsent(profile))),
  one: fc.constantFrom('first', 'second', 'first', 'second', 'broken'),
  two: fc.constantFrom('first', 'second'),
  chart: fc.constantFrom('first', 'second'),
})

function clusterState(): fc.Arbitrary<{ readonly zone: Zone; readonly paused: boolean }> {
  return fc.record({ zone: fc.constantFrom('north', 'south'), paused: seldom })
}

function orAbsent<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 4 })
}

/** Some commits of one small fleet, each with anything changed. */
export const fleetHistory = fc.array(state, { minLength: 2, maxLength: 4 })

export function filesOf({ clusters, profiles, one, two, chart }: FleetState): Files {
  const clusterTexts = clusters.flatMap((cluster, index) => {
    if (!cluster) return []
    const text = sveltosCluster(`c${index}`, { zone: cluster.zone })
    return [cluster.paused ? text.replace('spec: {}', 'spec: { paused: true }') : text]
  })
  return {
    'clusters.yaml': yaml(...clusterTexts),
    'profiles.yaml': yaml(
      ...profiles.flatMap((each, index) => (each ? [profileText(each, index, profiles)] : [])),
    ),
    // Both have an object of the other: units compete for it.
    'one.yaml': configMap(
      'one',
      {
        'a.yaml': manifest('one', one === 'broken' ? '{{ nope }}' : one),
        'b.yaml': manifest('shared', 'one'),
      },
      { 'projectsveltos.io/template': 'yes' },
    ),
    'two.yaml': configMap('two', { 'a.yaml': manifest('two', two), 'b.yaml': manifest('shared', two) }),
    'charts/plain/Chart.yaml': `apiVersion: v2\nname: plain\nversion: ${chart === 'first' ? '1.0.0' : '1.1.0'}\n`,
    'charts/plain/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\ndata: { version: {{ .Chart.Version | quote }} }\n',
    'charts/drawing/Chart.yaml': 'apiVersion: v2\nname: drawing\nversion: 1.0.0\n',
    'charts/drawing/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: drawing }\ndata: { at: {{ now | quote }}, random: {{ randAlphaNum 8 | quote }} }\n',
  }
}

function profileText(
  { selects, tier, contents, paused, leaves, dependsOn, misspelt, dryRun }: ProfileState,
  index: number,
  all: readonly (ProfileState | undefined)[],
): string {
  const zones = selects === 'both' ? '[north, south]' : `[${selects}]`
  const policies = contents.filter((content) => content === 'one' || content === 'two')
  const charts = contents.filter((content) => content === 'chart' || content === 'drawing')
  // Only on later ones, so that there is no circle.
  const isAfter = dependsOn !== undefined && dependsOn > index && all[dependsOn] !== undefined
  const lines = [
    `clusterSelector: { matchExpressions: [{ key: zone, operator: In, values: ${zones} }] }`,
    `tier: ${tier}`,
    ...(misspelt ? ['policyRef: []'] : []),
    ...(dryRun ? ['syncMode: DryRun'] : []),
    ...(leaves ? ['stopMatchingBehavior: LeavePolicies'] : []),
    ...(isAfter ? [`dependsOn: [p${dependsOn}]`] : []),
    ...(policies.length > 0 ? ['policyRefs:'] : []),
    ...policies.map((name) => `- { kind: ConfigMap, namespace: default, name: ${name} }`),
    ...(charts.length > 0 ? ['helmCharts:'] : []),
    ...charts.map((name) => {
      const chart = name === 'chart' ? 'plain' : 'drawing'
      return `- { repositoryURL: ./charts/${chart}, repositoryName: x, chartName: x/${chart}, releaseName: ${chart}, releaseNamespace: ${chart} }`
    }),
  ]
  const text = clusterProfile(`p${index}`, lines.join('\n'))
  const annotation = 'annotations: { profile.projectsveltos.io/paused: "yes" }'
  return paused ? text.replace(`name: p${index} }`, `name: p${index}, ${annotation} }`) : text
}
