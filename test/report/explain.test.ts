import { describe, expect, test } from 'vitest'
import { explain, formatExplanation, parseExplainTarget } from '../../src/report/report.ts'
import type { ExplainOutcome } from '../../src/report/explain.ts'
import type { RenderedCluster } from '../../src/render/types.ts'
import { clusterPlan, webProfile, webUnit } from './plan-double.ts'

const plan = {
  clusters: [clusterPlan()],
  references: [],
  sets: [],
  needs: [],
  labelConflicts: [],
  events: [],
  health: { objects: [], conditions: [] },
}

function textOf(outcome: ExplainOutcome): string {
  return outcome.status === 'found' ? formatExplanation(outcome.explanation) : outcome.reason
}

describe('explain', () => {
  test('a unit is there because its profile selects a label that somebody wrote', () => {
    const outcome = explain({ cluster: 'fleet/prod', unit: 'helm-web-web' }, plan)
    expect(textOf(outcome)).toBe(
      [
        'helm-web-web on fleet/prod',
        '└─ asked for by ClusterProfile/web, spec.helmCharts[0], tier 100  fleet/web.yaml:6:5',
        '   └─ selects it by env=production                                fleet/web.yaml:3:5',
        '      └─ label env=production                                     clusters/prod.yaml:3:10',
        '',
      ].join('\n'),
    )
  })

  test('a cluster shows its labels with their origin and its add-ons with their profiles', () => {
    const text = textOf(explain({ cluster: 'fleet/prod' }, plan))
    expect(text).toContain('Kubernetes v1.34.2')
    expect(text).toContain('helm-web-web: ClusterProfile/web, selects it by env=production')
  })

  test('a label of a classifier leads to what made it match', () => {
    const lines = textOf(explain({ cluster: 'fleet/prod' }, plan)).split('\n')
    const from = lines.findIndex((line) => line.includes('label gpu=yes'))
    expect(lines.slice(from, from + 4).map((line) => line.replace(/ {2,}(?=fleet)/, ' @ ').trim())).toEqual([
      '│  └─ label gpu=yes',
      '│     └─ set by Classifier/gpu @ fleet/gpu.yaml:1:19',
      '│        ├─ version 1.34.2 is > 1.30.0',
      '│        └─ finds 7 objects: Node a, Node b, Node c, Node d, Node e, and 2 more @ fleet/gpu.yaml:6:7',
    ])
  })

  test('an object names its template and chart before its unit', () => {
    const rendered = [
      {
        id: 'fleet/prod',
        units: [
          {
            unit: webUnit,
            inputs: 'aa',
            result: {
              status: 'rendered',
              manifests: [
                { kind: 'Service', namespace: 'web', name: 'web', source: 'web/templates/service.yaml' },
              ],
              record: { chart: { name: 'web', version: '1.2.0' } },
            },
          },
        ],
      },
    ] as unknown as readonly RenderedCluster[]
    const target = { cluster: 'fleet/prod', unit: 'helm-web-web', object: 'Service/web' }
    const [subject, first, second] = textOf(explain(target, plan, rendered)).split('\n')
    expect(subject).toBe('Service/web/web of helm-web-web on fleet/prod')
    expect(first).toMatch(/^└─ rendered by chart web 1\.2\.0 +web\/templates\/service\.yaml$/)
    expect(second).toMatch(/^ {3}└─ asked for by ClusterProfile\/web/)
    expect(textOf(explain({ ...target, object: 'Servce/web/web' }, plan, rendered))).toBe(
      'there is no object of helm-web-web `Servce/web/web`; did you mean `Service/web/web`?',
    )
  })

  test('a claim that lost is named below the one that owns', () => {
    const loser = { ...webUnit.claim, profile: { ...webProfile, id: 'ClusterProfile/other' }, tier: 200 }
    const conflicts = [{ what: 'Helm release web/web', owner: webUnit.claim, loser, tie: false }]
    const held = {
      clusters: [clusterPlan({ conflicts })],
      references: [],
      sets: [],
      needs: [],
      labelConflicts: [],
      events: [],
      health: { objects: [], conditions: [] },
    }
    expect(textOf(explain({ cluster: 'fleet/prod', unit: 'helm-web-web' }, held))).toContain(
      'owns Helm release web/web before ClusterProfile/other, tier 200',
    )
  })

  test('a hold is the first thing that is said', () => {
    const hold = { reason: 'cluster-paused', message: 'fleet/prod is paused' } as const
    const held = {
      clusters: [clusterPlan({ hold })],
      references: [],
      sets: [],
      needs: [],
      labelConflicts: [],
      events: [],
      health: { objects: [], conditions: [] },
    }
    expect(textOf(explain({ cluster: 'fleet/prod' }, held)).split('\n')[1]).toBe(
      '├─ stays as it is: fleet/prod is paused',
    )
  })

  test('what is not there is answered with what may have been meant', () => {
    expect(textOf(explain({ cluster: 'fleet/prd' }, plan))).toBe(
      'there is no cluster `fleet/prd`; did you mean `fleet/prod`?',
    )
    expect(textOf(explain({ cluster: 'fleet/prod', unit: 'grafana' }, plan))).toBe(
      'there is no unit of fleet/prod `grafana`; there are helm-web-web',
    )
  })
})

test('a target is a cluster, then a unit, then an object with slashes of its own', () => {
  expect(parseExplainTarget('fleet')).toBeUndefined()
  expect(parseExplainTarget('fleet/prod/')).toEqual({ cluster: 'fleet/prod' })
  expect(parseExplainTarget('fleet/prod/helm-a-b/Service/a/b')).toEqual({
    cluster: 'fleet/prod',
    unit: 'helm-a-b',
    object: 'Service/a/b',
  })
})
