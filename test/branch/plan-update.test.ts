import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { readPreviousTree } from '../../src/branch/branch.ts'
import { cluster, config, fleet, helm, object, profile, run, type ClusterDouble } from './fleet-double.ts'

let branch: MemoryBranch
beforeEach(() => {
  branch = createMemoryBranch()
})

const app = helm('web/app', [object('ConfigMap web/app')])
const other = helm('web/other', [object('ConfigMap web/other')])
const prod = (...units: ClusterDouble['units']) => ({ cluster: cluster('fleet/prod'), units })
const dev = (...units: ClusterDouble['units']) => ({ cluster: cluster('fleet/dev'), units })

function files(): string[] {
  return [...branch.filesOf('rendered').keys()]
}
function has(path: string): boolean {
  return branch.filesOf('rendered').has(path)
}
function commits(): number {
  return branch.history('rendered').length
}

describe('when nothing changed', () => {
  test('there is no commit, whichever commit was compiled and whenever', async () => {
    await run(branch, fleet(prod(app)))
    const { outcome } = await run(branch, fleet(prod(app)), {
      commit: 'b'.repeat(40),
      asOf: '2027-01-01T00:00:00Z',
    })
    expect(outcome.status).toBe('unchanged')
    expect(commits()).toBe(1)
  })

  test('a unit that was rendered again to the same files makes no commit', async () => {
    const again = helm('web/app', [...app.manifests])
    await run(branch, fleet(prod(app)))
    expect((await run(branch, fleet(prod(again)))).outcome.status).toBe('unchanged')
  })

  const observed = (at: string, more = {}) =>
    new Map([
      [
        '.fleetwright/observed.json',
        JSON.stringify({ 'fleet/prod': { observedAt: at, reachable: true, ...more } }),
      ],
    ])

  test.each<[string, ReadonlyMap<string, string>, string]>([
    ['a little older', observed('2026-01-01T05:00:00Z'), 'unchanged'],
    ['older by a quarter of their greatest age', observed('2026-01-01T06:00:00Z'), 'written'],
    [
      'of a cluster that no longer answers',
      observed('2026-01-01T00:00:00Z', { reachable: false }),
      'written',
    ],
    ['gone', new Map<string, string>(), 'written'],
  ])('ages that are %s decide whether there is a commit', async (_, newer, status) => {
    await run(branch, fleet(prod(app)), { files: observed('2026-01-01T00:00:00Z') })
    expect((await run(branch, fleet(prod(app)), { files: newer })).outcome.status).toBe(status)
  })
})

describe('a commit', () => {
  test('says in one line a cluster what it does, and in trailers what it was made from', async () => {
    await run(branch, fleet(prod(app, other), dev(app)))
    const changed = helm('web/app', [object('ConfigMap web/app', { body: 'data: {}\n' })])
    await run(branch, fleet(prod(changed, helm('web/third', [object('ConfigMap web/third')])), dev(app)))
    expect(branch.history('rendered').map(({ message }) => message)).toEqual([
      `Render aaaaaaaaaaaa: 1 cluster

fleet/prod: +helm-web-third ~helm-web-app -helm-web-other

Source-Commit: ${'a'.repeat(40)}
Facts-Digest: facts
Lock-Digest: lock
Engine: engine
Compiler: fleetwright 0.1.0
`,
      `Render aaaaaaaaaaaa: 2 clusters

fleet/dev: new +helm-web-app +namespaces
fleet/prod: new +helm-web-app +helm-web-other +namespaces

Source-Commit: ${'a'.repeat(40)}
Facts-Digest: facts
Lock-Digest: lock
Engine: engine
Compiler: fleetwright 0.1.0
`,
    ])
  })

  test('is the same for the same state and inputs', async () => {
    const twin = createMemoryBranch()
    await run(branch, fleet(prod(app)))
    await run(twin, fleet(prod(app)))
    expect(branch.history('rendered')[0]?.id).toBe(twin.history('rendered')[0]?.id)
  })

  test('is made by the author of the source commit at its time', async () => {
    const { outcome } = await run(branch, fleet(prod(app)))
    expect(outcome).toMatchObject({
      status: 'written',
      plan: {
        update: {
          author: { name: 'Ada', email: 'ada@example.org' },
          committer: { name: 'fleetwright', email: 'bot@example.org' },
          date: '2026-01-02T03:04:05Z',
        },
      },
    })
  })

  test('writes what changed and nothing else', async () => {
    await run(branch, fleet(prod(app), dev(app)))
    const changed = helm('web/app', [object('ConfigMap web/app', { body: 'data: {}\n' })])
    const { outcome } = await run(branch, fleet(prod(changed), dev(app)))
    if (outcome.status !== 'written') throw new Error(outcome.status)
    expect([...outcome.plan.update.writes.keys()]).toEqual([
      '.fleetwright/build.json',
      '.fleetwright/clusters/fleet/prod.json',
      '.fleetwright/index/fleet/prod/helm-web-app.json',
      'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml',
    ])
  })

  test('says when the inputs of a unit first were these', async () => {
    await run(branch, fleet(prod(app)))
    const build = await readBack()
    expect(build?.clusters.get('fleet/prod')?.units['helm-web-app']?.since).toBe('2026-01-02T03:04:05Z')
  })
})

async function readBack() {
  const diagnostics: unknown[] = []
  return readPreviousTree(
    await branch.read('rendered'),
    (state, paths) => branch.readFiles(state, paths),
    (diagnostic) => diagnostics.push(diagnostic),
  )
}

describe('what stays', () => {
  const hold = { reason: 'error', message: 'broken' } as const

  test('a held unit keeps its files, its index and its delivery', async () => {
    await run(branch, fleet(prod(app, other)))
    const before = branch.filesOf('rendered')
    await run(branch, fleet(prod({ ...app, unit: { ...app.unit, hold } })), { allowDelete: [] })
    for (const [path, text] of before) {
      if (path.includes('helm-web-app')) expect(branch.filesOf('rendered').get(path)).toBe(text)
    }
    expect(has('clusters/fleet/prod/helm-web-other/configmap-web-other.yaml')).toBe(false)
  })

  test('a held cluster keeps units that are not planned any more', async () => {
    await run(branch, fleet(prod(app, other)))
    const { outcome } = await run(
      branch,
      fleet({ ...prod(), hold: { reason: 'facts-missing', message: 'no facts' } }),
    )
    expect(outcome.status).toBe('unchanged')
  })

  test('a unit whose profile becomes a dry run stays as it is, and a new one is not written', async () => {
    await run(branch, fleet(prod(app)))
    const changed = helm('web/app', [object('ConfigMap web/app', { body: 'x: 1\n' })], { syncMode: 'DryRun' })
    const fresh = helm('web/new', [object('ConfigMap web/new')], { syncMode: 'DryRun' })
    expect((await run(branch, fleet(prod(changed, fresh)))).outcome.status).toBe('unchanged')
  })

  test('files of people stay, wherever they are outside of what fleetwright wrote', async () => {
    await run(branch, fleet(prod(app), dev(app)))
    const notes = {
      'README.md': 'hi\n',
      'clusters/fleet/prod/NOTES.md': 'mine\n',
      'delivery/README.md': 'x\n',
    }
    branch.change('rendered', notes)
    const { outcome } = await run(branch, fleet(prod(other), dev(app)))
    expect(outcome.status).toBe('written')
    for (const path of Object.keys(notes)) expect(has(path)).toBe(true)
    expect(has('clusters/fleet/prod/helm-web-app/configmap-web-app.yaml')).toBe(false)
  })

  test('an owner may change without a path changing', async () => {
    await run(branch, fleet(prod(app)))
    const moved = { ...app, unit: { ...app.unit, claim: { ...app.unit.claim, profile: profile('another') } } }
    const { outcome } = await run(branch, fleet(prod(moved)))
    if (outcome.status !== 'written') throw new Error(outcome.status)
    expect([...outcome.plan.update.writes.keys()].filter((path) => path.startsWith('clusters/'))).toEqual([])
    expect(outcome.plan.clusters.get('fleet/prod')?.units['helm-web-app']?.profile).toBe(
      'ClusterProfile/another',
    )
  })
})

describe('branches of others', () => {
  test('a branch that fleetwright did not make is refused', async () => {
    branch.change('rendered', { 'app.yaml': 'kind: X\n' })
    const { outcome, diagnostics } = await run(branch, fleet(prod(app)))
    expect(outcome.status).toBe('refused')
    expect(diagnostics).toMatchObject([
      { code: 'branch/foreign', message: 'branch rendered exists and was not made by fleetwright' },
    ])
    expect(files()).toEqual(['app.yaml'])
  })

  test('it is adopted on request, and what is there stays', async () => {
    branch.change('rendered', { 'app.yaml': 'kind: X\n' })
    const { outcome } = await run(branch, fleet(prod(app)), { config: config({ adopt: true }) })
    expect(outcome.status).toBe('written')
    expect(has('app.yaml')).toBe(true)
  })

  test('it is not adopted where fleetwright would write over what is there', async () => {
    branch.change('rendered', { 'delivery/flux/a.yaml': 'x', 'clusters/fleet/prod/helm-web-app/b.yaml': 'y' })
    const { outcome, diagnostics } = await run(branch, fleet(prod(app)), { config: config({ adopt: true }) })
    expect(outcome.status).toBe('refused')
    expect(diagnostics).toMatchObject([
      {
        code: 'branch/adopt-conflict',
        message:
          'branch rendered cannot be adopted: fleetwright would write over clusters/fleet/prod/helm-web-app, delivery/flux/a.yaml',
      },
    ])
  })

  test('a layout that a newer fleetwright wrote is refused', async () => {
    branch.change('rendered', { '.fleetwright/build.json': '{"generator":"fleetwright","format":99}' })
    const { outcome, diagnostics } = await run(branch, fleet(prod(app)))
    expect(outcome.status).toBe('refused')
    expect(diagnostics).toMatchObject([{ code: 'branch/newer-format' }])
  })

  test.each(['.fleetwright/build.json', '.fleetwright/clusters/fleet/prod.json'])(
    'when %s cannot be read, nothing is written',
    async (path) => {
      await run(branch, fleet(prod(app)))
      branch.change('rendered', { [path]: '<<<<<<< ours\n' })
      const { outcome, diagnostics } = await run(branch, fleet(prod(other)))
      expect(outcome.status).toBe('refused')
      expect(diagnostics).toMatchObject([
        {
          code: 'branch/unreadable-record',
          message: `${path} on branch rendered is missing or cannot be read`,
        },
      ])
    },
  )
})

describe('tampering', () => {
  const file = 'clusters/fleet/prod/helm-web-app/configmap-web-app.yaml'

  test.each([
    ['changed', { [file]: 'evil: true\n' }],
    ['removed', { [file]: undefined }],
    ['joined by another', { 'clusters/fleet/prod/helm-web-app/extra.yaml': 'evil: true\n' }],
  ])('a file that was %s is named and written again', async (_, change) => {
    await run(branch, fleet(prod(app, other)))
    const before = branch.filesOf('rendered')
    branch.change('rendered', change)
    const { outcome, diagnostics } = await run(branch, fleet(prod(app, other)))
    expect(outcome.status).toBe('written')
    expect(diagnostics).toMatchObject([
      {
        code: 'branch/tampered',
        message: 'somebody else changed clusters/fleet/prod/helm-web-app on branch rendered',
      },
    ])
    expect([...branch.filesOf('rendered')]).toEqual([...before])
  })

  test.each([
    '.fleetwright/index/fleet/prod/helm-web-app.json',
    'delivery/flux/fleet/prod/helm-web-app.yaml',
    'clusters/fleet/prod/namespaces/namespace-web.yaml',
  ])('%s is written again, too', async (path) => {
    await run(branch, fleet(prod(app)))
    const before = branch.filesOf('rendered')
    branch.change('rendered', { [path]: '{}\n' })
    await run(branch, fleet(prod(app)))
    expect([...branch.filesOf('rendered')]).toEqual([...before])
  })

  test('a record that claims other inputs is not believed', async () => {
    await run(branch, fleet(prod(app)))
    const before = branch.filesOf('rendered')
    const path = '.fleetwright/clusters/fleet/prod.json'
    const edited = (before.get(path) ?? '').replace(/"leave": false/, '"leave": true')
    branch.change('rendered', { [path]: edited })
    const { diagnostics } = await run(branch, fleet(prod(app)))
    expect(diagnostics).toMatchObject([{ code: 'branch/tampered' }])
    expect(branch.filesOf('rendered').get(path)).toBe(before.get(path))
  })

  test('a held unit cannot be mended, which is said', async () => {
    await run(branch, fleet(prod(app)))
    branch.change('rendered', { [file]: 'evil: true\n' })
    const { outcome, diagnostics } = await run(
      branch,
      fleet({ ...prod(), hold: { reason: 'cluster-not-ready', message: 'x' } }),
    )
    expect(outcome.status).toBe('unchanged')
    expect(diagnostics.map(({ code }) => code)).toEqual(['branch/tampered', 'branch/tampered-while-held'])
    expect(branch.filesOf('rendered').get(file)).toBe('evil: true\n')
  })
})
