import { describe, expect, test } from 'vitest'
import type { FieldRow, ObjectPlace } from '../../../src/compare/types.ts'
import { createNameMarker } from '../../../src/report/page/cluster-name.ts'
import { createClusterSets } from '../../../src/report/page/cluster-sets.ts'
import { assignDangers } from '../../../src/report/page/danger-view.ts'
import { inlineDiff, valueBlocks, wholeBlocks } from '../../../src/report/page/diff-blocks.ts'
import { viewFields } from '../../../src/report/page/field-view.ts'
import { viewMatrix } from '../../../src/report/page/matrix-view.ts'
import { mergeRows } from '../../../src/report/page/merge-rows.ts'
import { toProse } from '../../../src/report/page/prose.ts'
import { createUnitNames } from '../../../src/report/page/unit-names.ts'
import type { Review } from '../../../src/report/types.ts'
import { danger, fold, review, summary } from '../review/sample-review.ts'
import { changesOf } from './fleet-review.ts'

function merge(rows: readonly FieldRow[]): readonly (readonly [string, unknown, unknown])[] {
  return mergeRows(rows, createNameMarker()).map((row) => [row.clusters.join(' '), row.before, row.after])
}

describe('rows of values', () => {
  test('that differ by the names of their clusters alone are one', () => {
    const rows = ['fleet/a-1', 'fleet/a-10', 'fleet/b'].map((id) => ({
      clusters: [id],
      before: `${id.slice(6)}.example.org`,
      after: { hosts: [`${id.slice(6)}.example.com`, 7] },
    }))
    expect(merge(rows)).toEqual([
      ['fleet/a-1 fleet/a-10 fleet/b', '⟨name⟩.example.org', { hosts: ['⟨name⟩.example.com', 7] }],
    ])
  })

  test('stay as they are where a name is a part of another word', () => {
    const rows = [
      { clusters: ['fleet/a'], before: 'alpha', after: 'beta' },
      { clusters: ['fleet/b'], before: 'blpha', after: 'beta' },
    ]
    expect(merge(rows)).toEqual(rows.map(({ clusters, before, after }) => [clusters[0], before, after]))
  })

  test('stay as they are where they hold the mark already, which could not be read back', () => {
    const rows = ['a', 'b'].map((name) => ({ clusters: [`fleet/${name}`], after: `⟨name⟩ ${name}` }))
    expect(merge(rows).map(([clusters]) => clusters)).toEqual(['fleet/a', 'fleet/b'])
  })

  test('of a value that is not there and of null are two', () => {
    const rows = [
      { clusters: ['fleet/a'], before: 'a', after: null },
      { clusters: ['fleet/b'], before: 'b' },
    ]
    expect(merge(rows)).toHaveLength(2)
  })

  test('beyond a dozen are lines, the groups of clusters stay in the table', () => {
    const clusters = Array.from({ length: 22 }, (_, index) => `fleet/c${index}`)
    const values = clusters
      .slice(2)
      .map((id, index) => ({ clusters: [id], before: index, after: index + 100 }))
    const { news } = viewFields(
      {
        ...{ change: 'changed', clusters, routine: false },
        fields: [
          {
            ...{ path: ['spec', 'port'], change: 'changed' },
            values: [...values, { clusters: clusters.slice(0, 2), before: 1 }],
          },
        ],
      },
      { sets: createClusterSets(clusters), markName: createNameMarker() },
    )
    expect(news[0]?.rows.map((row) => row.clusters.text)).toEqual([
      'fleet/c0, fleet/c1',
      ...clusters.slice(2, 13),
    ])
    expect(news[0]?.more).toEqual({
      count: 9,
      lines: [13, 14, 15, 16, 17, 18, 19, 20, 21].map((n) => `fleet/c${n}: ${n - 2} → ${n + 98}`).join('\n'),
    })
  })

  test('of some clusters of an object that is added say of which', () => {
    const { news } = viewFields(
      {
        ...{ change: 'added', clusters: ['fleet/a', 'fleet/b'], routine: false },
        fields: [{ path: ['spec'], change: 'changed', values: [{ clusters: ['fleet/b'], after: 2 }] }],
      },
      { sets: createClusterSets([]), markName: createNameMarker() },
    )
    expect(news[0]).toMatchObject({ isWhole: true, value: undefined })
    expect(news[0]?.rows.map((row) => row.clusters.text)).toEqual(['fleet/b'])
  })
})

describe('values', () => {
  test('on a line show what differs, by whole words', () => {
    expect(inlineDiff('ghcr.io/a/b:1.20.1', 'ghcr.io/a/b:1.25.1')).toEqual({
      before: { head: 'ghcr.io/a/b:1.', differs: '20', tail: '.1' },
      after: { head: 'ghcr.io/a/b:1.', differs: '25', tail: '.1' },
    })
    expect(inlineDiff('aaab', 'aab')).toEqual({
      before: { head: 'aaab', differs: '', tail: '' },
      after: { head: 'aab', differs: '', tail: '' },
    })
  })

  test('that share little are shown whole', () => {
    expect(inlineDiff('ab/cdefghij', 'ab/zzzzzzzz').before?.differs).toBe('')
  })

  test('that are not there differ from empty ones', () => {
    expect(inlineDiff(undefined, '')).toEqual({
      before: undefined,
      after: { head: '""', differs: '', tail: '' },
    })
  })

  test('of many lines are cut where nobody reads on, with how much is left', () => {
    const [block, rest] = [
      wholeBlocks(
        'ins',
        Array.from({ length: 1000 }, (_, index) => index),
      ),
      undefined,
    ]
    expect(rest).toBeUndefined()
    expect(block[0]?.text.split('\n')).toHaveLength(801)
    expect(block[0]?.text.endsWith('+ … 200 more lines')).toBe(true)
  })

  test('that are maps are compared line by line', () => {
    expect(valueBlocks({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } })).toEqual([
      { tag: 'span', text: '  a: 1\n  b:' },
      { tag: 'del', text: '-   c: 2' },
      { tag: 'ins', text: '+   c: 3' },
    ])
  })
})

describe('groups of clusters', () => {
  test('have one number however often they are asked for, and their indices as ranges', () => {
    const sets = createClusterSets(['a', 'b', 'c', 'd', 'e'])
    expect(sets.numberOf(['a', 'b', 'c', 'e'])).toBe(0)
    expect(sets.numberOf(['d'])).toBe(1)
    expect(sets.numberOf(['e', 'c', 'b', 'a'])).toBe(0)
    expect(sets.numberOf(['f'])).toBe(2)
    expect(sets.ranges()).toEqual(['0-2,4', '3', '5'])
    expect(sets.clusters()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('are named where they are small, else counted and listed', () => {
    const sets = createClusterSets([])
    expect(sets.refer(['a', 'b', 'c'])).toEqual({ number: 0, text: 'a, b, c', isListed: false })
    expect(sets.refer(['a', 'b', 'c', 'd'])).toEqual({ number: 1, text: '4 clusters', isListed: true })
    expect(sets.listed()).toEqual([{ number: 1, names: ['a', 'b', 'c', 'd'] }])
  })
})

function reviewOf(
  units: Readonly<Record<string, readonly string[]>>,
  parts: Parameters<typeof review>[0] = {},
): Review {
  const made = review(parts)
  return {
    ...made,
    comparison: { ...made.comparison, changes: changesOf(made.comparison.folds) },
    fleet: Object.entries(units).map(([id, names]) => ({
      ...{ id, labels: {} },
      units: names.map((unit) => ({ unit, profile: 'ClusterProfile/base', version: '1.0.0' })),
    })),
  }
}

function matrixOf(of: Review) {
  const markName = createNameMarker()
  const dangers = of.comparison.dangers
  const sets = createClusterSets(of.fleet.map(({ id }) => id))
  return viewMatrix(of, { sets, dangers, nameUnit: createUnitNames(of, markName) })
}

describe('the matrix', () => {
  test('has one column for add-ons that are named after their clusters', () => {
    const { columns, rows } = matrixOf(
      reviewOf({
        'fleet/prod': ['helm-web-app-prod', 'helm-web-nginx'],
        'fleet/test': ['helm-web-app-test', 'helm-web-nginx'],
        'fleet/web': ['helm-web-nginx'],
      }),
    )
    expect(columns.map(({ unit }) => unit)).toEqual(['helm-web-app-⟨name⟩', 'helm-web-nginx'])
    expect(rows.map(({ count, cells }) => [count, ...cells.map(({ version }) => version)])).toEqual([
      [2, '1.0.0', '1.0.0'],
      [1, '', '1.0.0'],
    ])
  })

  test('puts clusters together only where all is equal, and those that change first', () => {
    const unit = 'helm-a-a'
    const { rows } = matrixOf(
      reviewOf(
        { 'fleet/a': [unit], 'fleet/b': [unit], 'fleet/c': [unit], 'fleet/d': [] },
        {
          folds: [
            fold(unit, {
              clusters: ['fleet/c'],
              before: summary(unit, 'a', '0.9.0'),
              after: summary(unit, 'a', '1.0.0', 'ClusterProfile/other'),
            }),
          ],
          comparisonDangers: [danger('version-downgrade', 'x', { clusters: ['fleet/c'], unit })],
        },
      ),
    )
    expect(rows.map(({ first, last, isChanged }) => [first, last, isChanged])).toEqual([
      ['fleet/c', '', true],
      ['fleet/a', 'fleet/b', false],
      ['fleet/d', '', false],
    ])
    expect(rows[0]?.cells).toEqual([
      {
        ...{ mark: { kind: 'changed', sign: '~' }, version: '1.0.0', former: '0.9.0' },
        ...{ fold: 'f0', danger: 'high', owner: '1' },
      },
    ])
  })

  test('shows a cluster that changes though the fleet does not name it', () => {
    const { rows } = matrixOf(
      reviewOf(
        { 'fleet/a': [] },
        { folds: [fold('helm-b-b', { change: 'lost', clusters: ['fleet/gone'] })] },
      ),
    )
    expect(rows.map(({ first, cells }) => [first, cells[0]?.mark?.kind, cells[0]?.version])).toEqual([
      ['fleet/gone', 'lost', '✓'],
      ['fleet/a', undefined, ''],
    ])
  })
})

describe('dangers', () => {
  test('lead to the very object that they name, by identity and not by path', () => {
    const place = (name: string, path: string): ObjectPlace => ({
      ...{ apiVersion: 'v1', kind: 'Service', namespace: 'web', name, path, unit: 'helm-a-a' },
    })
    const clusters = ['fleet/a', 'fleet/b']
    const objects = ['one', 'two'].map((name) => ({
      ...{
        change: 'removed',
        before: place(name, 'clusters/fleet/a/x.yaml'),
        clusters,
        routine: false,
        fields: [],
      },
    })) as unknown as ReturnType<typeof fold>['objects']
    const folds = [
      fold('helm-a-a', { clusters: ['fleet/z'] }),
      fold('helm-a-a', { clusters, objects }),
      fold('helm-b-b', { clusters }),
    ]
    const about = danger('object-removed', 'x', {
      ...{ clusters: ['fleet/b'], unit: 'helm-a-a', object: place('two', 'clusters/fleet/b/x.yaml') },
    })
    const repository = danger('host-new', 'y')
    const found = assignDangers([about, repository], folds, (_cluster, unit) => unit)
    expect(found.targetOf(about)).toEqual({ fold: 1, object: 1 })
    expect(found.targetOf(repository)).toBeUndefined()
    expect(folds.map((_, index) => found.ofFold(index))).toEqual([[], [about], []])
    expect([0, 1].map((object) => found.ofObject(1, object))).toEqual([[], [about]])
  })
})

describe('prose', () => {
  test('what stands between backticks is code, an odd backtick is none', () => {
    expect(toProse('Add-on `a` goes to `b`')).toEqual([
      { text: 'Add-on ', isCode: false },
      { text: 'a', isCode: true },
      { text: ' goes to ', isCode: false },
      { text: 'b', isCode: true },
    ])
    expect(toProse('an odd ` one')).toEqual([{ text: 'an odd ` one', isCode: false }])
    expect(toProse('')).toEqual([])
  })
})
