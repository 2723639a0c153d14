import { expect, test } from 'vitest'
import {
  parseChanges,
  parseFleetQuery,
  toFleetPage,
  toFleetState,
  type FleetPageView,
  type FleetState,
} from '../../../src/report/report.ts'
import { commits, cluster, fleetState, helm, largeState, now } from './sample-fleet.ts'

function view(search = '', state: FleetState = fleetState()): FleetPageView {
  return toFleetPage(state, { query: parseFleetQuery(search), proposals: [], now, readAt: now })
}

const rowsOf = ({ placement }: FleetPageView): readonly string[] => placement.rows.map(({ id }) => id)

test('each cluster has a row, each add-on a column, with the version that the cluster gets', () => {
  const { placement } = view()
  expect(placement.columns).toEqual([
    { unit: 'helm-grafana-grafana', title: 'grafana' },
    { unit: 'helm-kyverno-kyverno', title: 'kyverno' },
    { unit: 'policy-fleet-quotas', title: 'policy-fleet-quotas' },
  ])
  expect(
    placement.rows.map(({ id, cells }) => [id, ...cells.map(({ text, note }) => `${text} ${note}`.trim())]),
  ).toEqual([
    ['prod/eu', '8.1.0', '3.2.0', ''],
    ['prod/us', '8.1.0 held', '', ''],
    ['stage/one', '', '', 'policy dry run'],
  ])
  expect(placement.rows.map(({ notes }) => notes)).toEqual([[], ['v1.35.0 is written'], []])
  expect(placement.shown).toBe('All 3 clusters')
})

test.each([
  ['cluster=prod', ['prod/eu', 'prod/us']],
  ['cluster=PROD/E', ['prod/eu']],
  ['cluster=env%3Dproduction', ['prod/eu', 'prod/us']],
  ['cluster=env%3Dproduction%2C+region%3Dus', ['prod/us']],
  ['cluster=env%3Dprod', []],
  ['cluster=region', ['prod/eu', 'prod/us']],
  ['addon=kyv', ['prod/eu']],
  ['addon=quotas&cluster=stage', ['stage/one']],
  ['only=troubled', ['prod/us']],
  ['only=anything&page=-1&unknown=x', ['prod/eu', 'prod/us', 'stage/one']],
])('%s shows %j', (search, rows) => {
  expect(rowsOf(view(search))).toEqual(rows)
})

test('a filter for add-ons leaves their columns alone', () => {
  expect(view('addon=grafana').placement.columns).toEqual([
    { unit: 'helm-grafana-grafana', title: 'grafana' },
  ])
})

test('lists tell of the clusters that are asked for', () => {
  expect(view('cluster=eu').conflicts.rows).toEqual([])
  expect(view('cluster=us').conflicts.rows).toHaveLength(1)
  expect(view('cluster=us').held.rows).toEqual([
    { cluster: 'prod/us', what: 'helm-grafana-grafana', why: 'its chart cannot be downloaded' },
  ])
  const state = fleetState({
    clusters: [cluster('a/b', { hold: 'the cluster is paused', units: [helm('x', '1')] })],
  })
  expect(view('', state).held.rows).toEqual([
    { cluster: 'a/b', what: 'everything', why: 'the cluster is paused' },
  ])
})

test('facts have an age, and are fresh or too old by the limit of the fleet', () => {
  const { placement, facts } = view()
  expect(placement.rows.map((row) => [row.facts.state, row.facts.text])).toEqual([
    ['fresh', '3h ago'],
    ['fresh', '1m ago'],
    ['old', '2d ago, too old, does not answer'],
  ])
  expect(facts.sentence).toBe('2 clusters fresh and 1 cluster too old')
  expect(facts.stale.rows.map((row) => [row.cluster, row.facts.why])).toEqual([['stage/one', 'timeout']])
  const { placement: others } = view('', {
    ...fleetState(),
    clusters: [
      cluster('a/never'),
      cluster('a/silent', { observed: { reachable: false } }),
      // Exactly as old as they may be.
      cluster('a/limit', { observed: { observedAt: '2026-01-01T12:00:00Z', reachable: true } }),
    ],
  })
  expect(others.rows.map((row) => [row.facts.state, row.facts.text])).toEqual([
    ['never', 'never observed'],
    ['silent', 'never answered'],
    ['fresh', '24h ago'],
  ])
})

test('many clusters come page by page, each once, and pages keep the filters', () => {
  const state = largeState(170, 20)
  const seen: string[] = []
  let search = 'cluster=staging,env%3Dstaging'
  expect(view(search, state).placement.shown).toBe('No cluster')
  search = 'cluster=env%3Dstaging'
  for (let page = 1; ; page += 1) {
    const { placement } = view(search, state)
    seen.push(...placement.rows.map(({ id }) => id))
    if (placement.next === '') {
      expect([page, placement.shown]).toEqual([3, 'Clusters 101 to 113 of 113'])
      break
    }
    expect(placement.next).toBe(`/fleet/acme/fleet?cluster=env%3Dstaging&page=${page + 1}`)
    search = placement.next.split('?')[1] ?? ''
  }
  expect(seen).toEqual(
    state.clusters.filter(({ labels }) => labels[0]?.[1] === 'staging').map(({ id }) => id),
  )
  // Beyond the last there is the last.
  expect(view('page=99', state).placement.shown).toBe('Clusters 151 to 170 of 170')
})

test('many add-ons: those that most clusters have are columns, and it is said that there are others', () => {
  const rare = cluster('z/last', { units: [helm('rare', '1.0.0')] })
  const state = largeState(3, 30)
  const { placement } = view('', { ...state, clusters: [...state.clusters, rare] })
  expect(placement.columns).toHaveLength(30)
  expect(placement.columns.map(({ title }) => title)).not.toContain('rare')
  expect(placement.leftOut).toBe('1 more add-ons have no column here: the filter for add-ons shows them.')
  expect(
    view('addon=rare', { ...state, clusters: [...state.clusters, rare] }).placement.columns,
  ).toHaveLength(1)
})

test('lists end, and say how much they leave out', () => {
  const { conflicts, held, facts } = view('', largeState(60, 1))
  expect([conflicts.rows.length, conflicts.more]).toEqual([
    50,
    '10 more conflicts not shown: the filters narrow this down.',
  ])
  expect([held.rows.length, facts.stale.rows.length]).toEqual([50, 50])
})

test('changes and pull requests are linked to where they are', () => {
  const { changes, proposals, source, rendered } = toFleetPage(fleetState(), {
    ...{ query: parseFleetQuery(''), now, readAt: now },
    proposals: [
      { number: 7, title: 'prod/eu serves 1.35', head: 'fleetwright/fleet/prod/eu', base: 'rendered' },
      { number: 8, title: 'Revert', head: 'fleetwright/rollback/prod/eu-abc', base: 'main' },
    ],
  })
  expect(changes).toMatchObject([
    {
      at: '2026-01-02 10:20 UTC',
      url: `https://github.com/acme/fleet/commit/${commits.rendered}`,
      sourceUrl: `https://github.com/acme/fleet/commit/${commits.source}`,
      lines: ['prod/eu: ~helm-grafana-grafana', 'prod/us: ~helm-grafana-grafana'],
    },
  ])
  expect(proposals.map(({ url, kind }) => [url, kind])).toEqual([
    ['https://github.com/acme/fleet/pull/7', 'a change of the fleet'],
    ['https://github.com/acme/fleet/pull/8', 'a rollback'],
  ])
  expect([source.commit, rendered.commit]).toEqual(['aaaaaaaaaaaa', 'bbbbbbbbbbbb'])
})

test('what keeps the rendered branch from being written stands above all', () => {
  const notices = (more: Partial<FleetState>) => view('', fleetState(more)).notices
  expect(notices({})).toEqual([])
  expect(notices({ rendered: { branch: 'rendered' } })).toEqual(['Nothing has been rendered yet.'])
  expect(
    notices({ rendered: { branch: 'rendered', commit: commits.rendered, sourceCommit: commits.older } }),
  ).toEqual(['The rendered branch was not made from aaaaaaaaaaaa, the head of main.'])
  expect(notices({ brake: ['the whole cluster goes'], faults: { errors: 1, warnings: 2 } })).toEqual([
    'Nothing is written until somebody approves it: the whole cluster goes',
    'The compile says 1 error and 2 warnings; its check has them.',
  ])
  expect(notices({ brake: Array.from({ length: 9 }, () => 'x') })).toHaveLength(6)
})

test('commits are read as the compiler writes them, and as anybody else does', () => {
  const rendered = [
    commits.rendered,
    '2026-01-02T10:20:30+00:00',
    'Render aaaaaaaaaaaa: 2 clusters',
    '',
    'prod/eu: ~helm-x',
    'prod/us: removed',
    '',
    `Source-Commit: ${commits.source}`,
    'Compiler: fleetwright 0.1.0',
    '',
  ].join('\n')
  const own = [
    commits.older,
    '2026-01-01T00:00:00+00:00',
    'Repair by hand',
    '',
    'It was in the way.',
    '',
  ].join('\n')
  const bare = [commits.source, '2026-01-01T00:00:00+00:00', ''].join('\n')
  expect(parseChanges([rendered, own, bare, 'no commit', ''].join('\0'))).toEqual([
    {
      ...{ commit: commits.rendered, at: '2026-01-02T10:20:30+00:00' },
      ...{ subject: 'Render aaaaaaaaaaaa: 2 clusters', sourceCommit: commits.source },
      lines: ['prod/eu: ~helm-x', 'prod/us: removed'],
    },
    { commit: commits.older, at: '2026-01-01T00:00:00+00:00', subject: 'Repair by hand', lines: [] },
    { commit: commits.source, at: '2026-01-01T00:00:00+00:00', subject: '', lines: [] },
  ])
})

test('a state is put together of what the commands print', () => {
  const { repository, source, rendered, changes } = fleetState()
  const state = toFleetState(
    { repository, source, rendered, changes },
    {
      config: { facts: { maxAge: '2h' } } as Parameters<typeof toFleetState>[1]['config'],
      conflicts: { conflicts: [] },
      clusters: {
        clusters: [
          {
            ...{ cluster: 'b/two', type: 'capi', version: 'v1.33.1', paused: true, hold: 'it is paused' },
            ...{
              workers: [],
              pods: [],
              services: [],
              addons: 0,
              observed: { reachable: false, reason: 'timeout' },
            },
            labels: [{ key: 'env', value: 'x', origin: 'written' }],
          },
          {
            ...{
              cluster: 'a/one',
              type: 'capi',
              version: 'v1.34.0',
              wantedVersion: 'v1.35.0',
              paused: false,
            },
            ...{ workers: [], pods: [], services: [], addons: 2, labels: [] },
          },
        ],
      },
      compiled: {
        clusters: [
          {
            ...{ namespace: 'a', name: 'one', labels: {} },
            units: [
              {
                ...{
                  name: 'helm-x-x',
                  profile: 'ClusterProfile/x',
                  kind: 'helm',
                  chart: 'x',
                  version: '1.0.0',
                },
                ...{ objects: 3, digest: '', status: 'held', reason: 'its chart is gone' },
              },
              {
                ...{ name: 'policy-y', profile: 'ClusterProfile/y', kind: 'policy', objects: 1, digest: 'd' },
                status: 'dry-run',
              },
            ],
          },
        ],
        diagnostics: [],
        branch: { name: 'rendered', changed: false },
        brake: { digest: 'd', reasons: [{ kind: 'cluster', cluster: 'c/three', objects: 4 }] },
      },
    },
  )
  expect(state).toEqual({
    ...{ repository, source, rendered, changes, maxAgeMs: 7_200_000, conflicts: [] },
    faults: { errors: 0, warnings: 0 },
    brake: [expect.stringContaining('c/three') as string],
    clusters: [
      {
        ...{ id: 'a/one', version: 'v1.34.0', wantedVersion: 'v1.35.0', isPaused: false, labels: [] },
        units: [
          {
            name: 'helm-x-x',
            kind: 'helm',
            chart: 'x',
            version: '1.0.0',
            isDryRun: false,
            hold: 'its chart is gone',
          },
          { name: 'policy-y', kind: 'policy', isDryRun: true },
        ],
      },
      {
        ...{ id: 'b/two', version: 'v1.33.1', isPaused: true, hold: 'it is paused', units: [] },
        ...{ labels: [['env', 'x']], observed: { reachable: false, reason: 'timeout' } },
      },
    ],
  })
})
