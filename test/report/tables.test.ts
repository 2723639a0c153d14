import { describe, expect, test } from 'vitest'
import {
  filterAddOns,
  formatAddOns,
  formatChanges,
  formatClusters,
  formatMoves,
  toAddOnRows,
} from '../../src/report/report.ts'
import { formatNames } from '../../src/report/names.ts'
import { formatTable } from '../../src/report/table.ts'
import type { ClusterRecord, UnitIndex } from '../../src/branch/types.ts'
import type { AddOnRow, CompileReport, ReportedUnit } from '../../src/report/types.ts'

const web: ReportedUnit = {
  name: 'helm-web-web',
  profile: 'ClusterProfile/web',
  kind: 'helm',
  chart: 'web',
  version: '1.2.0',
  objects: 7,
  digest: 'aa',
  status: 'rendered',
}

function reportOf(clusters: number): CompileReport {
  return {
    clusters: Array.from({ length: clusters }, (_, index) => ({
      namespace: 'fleet',
      name: `c${index}`,
      labels: {},
      units: [index === 0 ? { ...web, status: 'held', reason: 'c0 is paused' } : web],
    })),
    diagnostics: [],
    branch: { name: 'rendered', changed: false },
  }
}

describe('clusters and add-ons', () => {
  test('a small fleet is listed cluster by cluster', () => {
    expect(formatClusters(reportOf(2))).toBe(
      [
        'CLUSTER   ADD-ON        PROFILE             VERSION    OBJECTS  STATUS',
        'fleet/c0  helm-web-web  ClusterProfile/web  web 1.2.0        7  held: c0 is paused',
        'fleet/c1  helm-web-web  ClusterProfile/web  web 1.2.0        7  rendered',
        '',
        '2 clusters, 2 add-ons, 14 objects: 1 rendered, 1 held',
        '',
      ].join('\n'),
    )
  })

  test('a large fleet is listed add-on by add-on', () => {
    expect(formatClusters(reportOf(200)).split('\n').slice(0, 2)).toEqual([
      'ADD-ON        PROFILE             VERSION    CLUSTERS  OBJECTS  STATUS',
      'helm-web-web  ClusterProfile/web  web 1.2.0       200     1400  1 held, 199 rendered',
    ])
  })

  test('a cluster without add-ons says why', () => {
    const hold = { reason: 'cluster-paused', message: 'fleet/p is paused' } as const
    const clusters = [
      { namespace: 'fleet', name: 'n', labels: {}, units: [] },
      { namespace: 'fleet', name: 'p', labels: {}, hold, units: [] },
      {
        namespace: 'fleet',
        name: 'x',
        labels: {},
        hold: { ...hold, reason: 'not-selected' as const },
        units: [],
      },
    ]
    const text = formatClusters({ ...reportOf(0), clusters })
    expect(text).toMatch(/fleet\/n +- +nothing selected/)
    expect(text).toMatch(/fleet\/p +- +fleet\/p is paused/)
    expect(text).not.toContain('fleet/x')
  })
})

test('changes are one line a cluster, without the units that only make namespaces', () => {
  const none = { added: [], changed: [], removed: [] }
  expect(
    formatChanges([
      { cluster: 'fleet/a', change: 'added', ...none, added: ['helm-a-a', 'namespaces'] },
      { cluster: 'fleet/b', change: 'changed', ...none, added: ['x'], changed: ['y'], removed: ['z'] },
      { cluster: 'fleet/c', change: 'removed', ...none, removed: ['helm-a-a', 'helm-b-b'] },
      { cluster: 'fleet/d', change: 'changed', ...none },
    ]),
  ).toBe(
    [
      '  fleet/a: new, with 1 add-on',
      '  fleet/b: + x; ~ y; - z',
      '  fleet/c: gone, with 2 add-ons',
      '  fleet/d: delivery only',
      '',
    ].join('\n'),
  )
})

describe('show addons', () => {
  const row: AddOnRow = {
    cluster: 'fleet/prod',
    resourceType: 'helm chart',
    namespace: 'web',
    name: 'web',
    version: '1.2.0',
    time: '2026-01-02T03:04:05Z',
    deploymentType: 'Managed cluster',
    profile: 'ClusterProfile/web',
  }
  const object: AddOnRow = { ...row, cluster: 'other/lab', resourceType: ':ConfigMap', version: 'N/A' }

  test('the columns are those of sveltosctl', () => {
    expect(formatAddOns([row]).split('\n')).toEqual([
      '+------------+---------------+-----------+------+---------+----------------------+-----------------+--------------------+',
      '| CLUSTER    | RESOURCE TYPE | NAMESPACE | NAME | VERSION | TIME                 | DEPLOYMENT TYPE | PROFILES           |',
      '+------------+---------------+-----------+------+---------+----------------------+-----------------+--------------------+',
      '| fleet/prod | helm chart    | web       | web  | 1.2.0   | 2026-01-02T03:04:05Z | Managed cluster | ClusterProfile/web |',
      '+------------+---------------+-----------+------+---------+----------------------+-----------------+--------------------+',
      '',
    ])
  })

  test.each([
    [{ namespace: 'fleet' }, [row]],
    [{ cluster: 'lab' }, [object]],
    [{ cluster: 'fleet/prod' }, [row]],
    [{ profile: 'web' }, [row, object]],
    [{ profile: 'Profile/web' }, []],
    [{ only: 'helm-charts' }, [row]],
    [{ only: 'resources' }, [object]],
  ] as const)('the filter %j keeps what it says', (filter, expected) => {
    expect(filterAddOns([row, object], filter)).toEqual(expected)
  })

  test('rows come from the records: a chart is one row, other units are listed by object', () => {
    const base = { since: '2026-01-02T03:04:05Z', local: false, profile: 'ClusterProfile/web' }
    const units = {
      'helm-web-web': {
        ...base,
        kind: 'helm',
        releaseNamespace: 'web',
        chart: { name: 'web', version: '1.2.0' },
      },
      namespaces: { ...base, kind: 'namespaces' },
      'policy-a-b': { ...base, kind: 'policy', local: true },
    }
    const clusters = new Map([['fleet/prod', { units } as unknown as ClusterRecord]])
    const indexes = new Map([
      [
        'fleet/prod/policy-a-b',
        {
          objects: [
            { path: 'x.yaml', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'b' },
            { apiVersion: 'v1', kind: 'Secret', name: 'owned-by-another' },
          ],
        } as unknown as UnitIndex,
      ],
    ])
    expect(toAddOnRows(clusters, indexes)).toEqual([
      {
        ...row,
        resourceType: 'apps:Deployment',
        namespace: 'a',
        name: 'b',
        version: 'N/A',
        deploymentType: 'Management cluster',
      },
      row,
    ])
  })
})

test('pins that move are shown from → to, and by their content where the version stays', () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
  const other = `sha256:${'fedcba9876543210'.repeat(4)}`
  expect(
    formatMoves(
      [
        { key: 'a', from: { version: '1.0.0', digest }, to: { version: '1.1.0', digest: other } },
        { key: 'b', from: { version: '1.0.0', digest }, to: { version: '1.0.0', digest: other } },
        { key: 'c', to: { version: '', digest } },
      ],
      'fleetwright.lock',
    ),
  ).toBe(
    [
      'SOURCE  FROM                TO',
      'a       1.0.0               1.1.0',
      'b       1.0.0 0123456789ab  1.0.0 fedcba987654',
      'c       -                   0123456789ab',
      '',
      'fleetwright.lock: 3 pins moved',
      '',
    ].join('\n'),
  )
  expect(formatMoves([], 'fleetwright.lock')).toBe('fleetwright.lock is up to date\n')
})

test('a cell of a stranger cannot steer the terminal', () => {
  expect(formatTable(['NAME'], [['a\u001b[31mb\nc']])).toBe('NAME\na\\u{1b}[31mb c\n')
})

test('names are listed in full where only one would be left out', () => {
  expect(formatNames(['a', 'b', 'c', 'd'], 3)).toBe('a, b, c, d')
  expect(formatNames(['a', 'b', 'c', 'd', 'e'], 3)).toBe('a, b, c and 2 more')
})
