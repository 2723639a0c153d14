import { expect, test } from 'vitest'
import type { UnitFold } from '../../../src/compare/types.ts'
import type { ReviewedDiagnostic } from '../../../src/report/types.ts'
import { isSilent, reviewVerdict } from '../../../src/report/review/verdict.ts'
import { clusterNames, danger, everything, fold, review, summary } from './sample-review.ts'

const fleet = clusterNames(200)

function change(unit: string, more: Partial<UnitFold> & Pick<UnitFold, 'clusters'>): UnitFold {
  return fold(`helm-${unit}`, {
    before: summary(unit, unit, '8.0.0'),
    after: summary(unit, unit, '8.1.0'),
    ...more,
  })
}

function fault(severity: string, cluster: string): ReviewedDiagnostic {
  return { code: 'render/failed', severity, holds: 'unit', message: 'it fails', cluster, related: [] }
}

test('nothing changes → none, in one sentence', () => {
  expect(reviewVerdict(review())).toEqual({
    ...{ kind: 'none', sentence: 'Nothing changes on 3 clusters' },
    ...{ dangers: 0, errors: 0, warnings: 0 },
  })
  expect(isSilent(review())).toBe(true)
})

test('what is lost comes first, then what changes, with the noun once', () => {
  const { kind, sentence } = reviewVerdict(
    review({
      clusters: fleet,
      folds: [
        change('grafana', { clusters: fleet.slice(2) }),
        change('kyverno', { change: 'lost', clusters: fleet.slice(0, 2) }),
      ],
      comparisonDangers: ['a', 'b', 'c'].map((name) => danger('object-removed', `${name} is removed`)),
    }),
  )
  expect(kind).toBe('dangers')
  expect(sentence).toBe('2 clusters lose kyverno, 198 change grafana 8.0.0 → 8.1.0; 3 dangers')
})

test('one cluster is named, and all of them are said to be all', () => {
  const folds = [
    change('grafana', { change: 'gained', clusters: ['fleet/a'] }),
    change('loki', { clusters: ['fleet/a', 'fleet/b', 'fleet/c'] }),
  ]
  expect(reviewVerdict(review({ folds })).sentence).toBe(
    'fleet/a gains grafana 8.1.0, all 3 clusters change loki 8.0.0 → 8.1.0',
  )
})

test('what happens to the same clusters is said at once, and the rest is counted', () => {
  const lost = ['a', 'b', 'c', 'd'].map((unit) =>
    change(unit, { change: 'lost', clusters: fleet.slice(0, 2) }),
  )
  const others = [3, 4, 5, 6, 7].map((size) => change(`u${size}`, { clusters: fleet.slice(0, size) }))
  expect(reviewVerdict(review({ clusters: fleet, folds: [...lost, ...others] })).sentence).toBe(
    '2 clusters lose 4 add-ons, 7 change u7 8.0.0 → 8.1.0, 6 change u6 8.0.0 → 8.1.0 and 3 more add-ons differ',
  )
})

test('a cluster that goes is said to go, not to lose what it had', () => {
  const folds = [change('grafana', { change: 'lost', clusters: ['fleet/c'] })]
  const { fleet: clusters } = review()
  const gone = clusters.map((cluster) =>
    cluster.id === 'fleet/c' ? { ...cluster, gone: true as const } : cluster,
  )
  expect(reviewVerdict(review({ folds, fleet: gone })).sentence).toBe('fleet/c goes with 1 add-on')
})

test('another owner is told with both', () => {
  const folds = [
    change('grafana', {
      ...{ change: 'moved', clusters: ['fleet/a', 'fleet/b'] },
      before: summary('g', 'grafana', '8.0.0', 'ClusterProfile/a'),
      after: summary('g', 'grafana', '8.0.0', 'ClusterProfile/b'),
    }),
  ]
  expect(reviewVerdict(review({ folds })).sentence).toBe(
    '2 clusters move grafana from ClusterProfile/a to ClusterProfile/b',
  )
})

test('two add-ons of one chart are told apart by the name of their folder', () => {
  const folds = ['helm-a-web', 'helm-b-web'].map((unit, index) => ({
    ...change('nginx', { clusters: index === 0 ? ['fleet/a'] : ['fleet/b'] }),
    unit,
  }))
  expect(reviewVerdict(review({ folds })).sentence).toBe(
    'fleet/a changes helm-a-web 8.0.0 → 8.1.0, fleet/b changes helm-b-web 8.0.0 → 8.1.0',
  )
})

test('routine changes alone are no changes to read', () => {
  const folds = [change('grafana', { clusters: ['fleet/a'], routine: true })]
  const verdict = reviewVerdict(review({ folds }))
  expect(verdict.kind).toBe('routine')
  expect(verdict.sentence).toBe('Routine changes only: 1 add-on on 1 cluster')
})

test('a fault that many clusters have is one, and an error outranks everything', () => {
  const added = ['fleet/a', 'fleet/b'].map((cluster) => fault('error', cluster))
  const verdict = reviewVerdict(
    review({
      comparisonDangers: [danger('privileged', 'x')],
      diagnostics: { added: [...added, fault('warning', 'fleet/a')], standing: 0, resolved: 0 },
    }),
  )
  expect(verdict).toMatchObject({ kind: 'errors', dangers: 1, errors: 1, warnings: 1 })
  expect(verdict.sentence).toBe('Nothing changes on 3 clusters; 1 danger; 1 new error; 1 new warning')
})

test('deletions that wait are dangerous, and are news where nothing else is', () => {
  const braked = review({
    brake: { digest: '0123', reasons: [{ kind: 'cluster', cluster: 'fleet/a', objects: 3 }] },
  })
  expect(reviewVerdict(braked)).toMatchObject({
    kind: 'dangers',
    sentence: 'Nothing changes on 3 clusters; deletions wait for approval',
  })
  expect(isSilent(braked)).toBe(false)
})

test('an upgrade comes before what it brings', () => {
  expect(reviewVerdict(everything()).sentence).toBe(
    'fleet/c009 is upgraded v1.24.3 → v1.25.0, 2 clusters lose kyverno, 198 change grafana 8.0.0 → 8.1.0; 3 dangers; deletions wait for approval; 1 new error',
  )
})

test('a danger of an upgrade and of the change itself are two, the same one of two upgrades is one', () => {
  const later = danger('api-removed', 'x is served no more', { clusters: ['fleet/a'] })
  const [upgrade] = everything().upgrades
  if (upgrade === undefined) throw new Error('the sample has an upgrade')
  const verdict = reviewVerdict(
    review({
      comparisonDangers: [later],
      upgrades: [
        { ...upgrade, dangers: [later] },
        { ...upgrade, cluster: 'fleet/b', dangers: [{ ...later, clusters: ['fleet/b'] }] },
      ],
    }),
  )
  expect(verdict.dangers).toBe(2)
})
