import { describe, expect, test } from 'vitest'
import { createMemoryBranch, type MemoryBranch } from '../../src/adapters/memory/memory-branch.ts'
import { updateFacts } from '../../src/branch/branch.ts'
import { defaultConfig } from '../../src/config/config.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import { cluster, fleet, object, policy, run } from './fleet-double.ts'

const bot = { name: 'fleetwright', email: 'fleetwright@example.com' }
const none: ReadonlyMap<string, string> = new Map()
const row = (observedAt: string, more = '') => `{"observedAt":"${observedAt}","reachable":true${more}}`

function facts(version: string, observedAt = '2026-01-01T00:00:00Z'): ReadonlyMap<string, string> {
  return new Map([
    ['.fleetwright/facts/fleet/prod.json', `{"version":"${version}"}\n`],
    ['.fleetwright/observed.json', `{"fleet/prod":${row(observedAt)}}\n`],
  ])
}

async function record(
  branch: MemoryBranch,
  files: ReadonlyMap<string, string>,
  base: ReadonlyMap<string, string> = none,
) {
  const diagnostics: Diagnostic[] = []
  const outcome = await updateFacts(
    branch,
    { files, base },
    {
      branch: 'rendered',
      config: defaultConfig,
      committer: bot,
      date: '2026-01-01T00:00:00Z',
      compiler: '1.2.3',
    },
    (diagnostic) => diagnostics.push(diagnostic),
  )
  return { status: outcome.status, codes: diagnostics.map(({ code }) => code) }
}

describe('a commit of facts only', () => {
  test('says which clusters changed, and what the facts are', async () => {
    const branch = createMemoryBranch()
    expect(await record(branch, facts('v1.34.0'))).toEqual({ status: 'written', codes: [] })
    const base = branch.filesOf('rendered')
    const more = new Map([...facts('v1.35.0'), ['.fleetwright/facts/fleet/edge.json', '{}\n']])
    await record(branch, more, base)
    expect(branch.history('rendered').map(({ message }) => message.split('\nFacts-Digest')[0])).toEqual([
      'Record facts: 2 changed\n\n+ fleet/edge\n~ fleet/prod\n',
      'Record facts: 1 changed\n\n+ fleet/prod\n',
    ])
    expect(branch.history('rendered')[0]?.message).toMatch(
      /\n\nFacts-Digest: [0-9a-f]{64}\nCompiler: fleetwright 1\.2\.3\n$/,
    )
  })

  test('is not made when nothing changed', async () => {
    const branch = createMemoryBranch()
    await record(branch, facts('v1.34.0'))
    expect((await record(branch, facts('v1.34.0'), branch.filesOf('rendered'))).status).toBe('unchanged')
  })

  test('is made for ages alone once they moved by a quarter of the largest age', async () => {
    const branch = createMemoryBranch()
    await record(branch, facts('v1.34.0'))
    const base = branch.filesOf('rendered')
    const at = (time: string) => record(branch, facts('v1.34.0', time), base)
    expect((await at('2026-01-01T05:59:00Z')).status).toBe('unchanged')
    expect((await at('2026-01-01T06:00:00Z')).status).toBe('written')
    expect(branch.history('rendered')[0]?.message).toMatch(/^Record facts: ages\n/)
  })

  test('takes away the facts of clusters that are gone, and nothing else', async () => {
    const branch = createMemoryBranch()
    await record(branch, facts('v1.34.0'))
    branch.change('rendered', { 'README.md': 'mine', '.fleetwright/build.json': undefined })
    const base = new Map(facts('v1.34.0'))
    await record(branch, new Map([['.fleetwright/observed.json', '{}\n']]), base)
    expect([...branch.filesOf('rendered').keys()]).toEqual(['.fleetwright/observed.json', 'README.md'])
  })

  test('of a branch that is somebody else’s is refused', async () => {
    const branch = createMemoryBranch()
    branch.change('rendered', { 'docs/index.md': 'mine' })
    expect(await record(branch, facts('v1.34.0'))).toEqual({ status: 'refused', codes: ['branch/foreign'] })
  })
})

describe('two who observe at a time', () => {
  test('take nothing away from each other', async () => {
    const branch = createMemoryBranch()
    const base = new Map([
      ['.fleetwright/facts/fleet/a.json', '{"version":"v1.33.0"}'],
      ['.fleetwright/facts/fleet/b.json', '{"version":"v1.33.0"}'],
      ['.fleetwright/schemas/1.json', '1'],
      [
        '.fleetwright/observed.json',
        `{"fleet/a":${row('2026-01-01T00:00:00Z')},"fleet/b":${row('2026-01-01T00:00:00Z')}}`,
      ],
    ])
    await record(branch, base)
    const first = new Map(base)
      .set('.fleetwright/facts/fleet/a.json', '{"version":"v1.34.0"}')
      .set('.fleetwright/schemas/2.json', '2')
      .set(
        '.fleetwright/observed.json',
        `{"fleet/a":${row('2026-01-01T01:00:00Z')},"fleet/b":${row('2026-01-01T00:00:00Z')}}`,
      )
    await record(branch, first, base)
    const second = new Map(base)
      .set('.fleetwright/facts/fleet/b.json', '{"version":"v1.35.0"}')
      .set(
        '.fleetwright/observed.json',
        `{"fleet/a":${row('2026-01-01T00:00:00Z')},"fleet/b":${row('2026-01-01T02:00:00Z')}}`,
      )
    await record(branch, second, base)
    const files = branch.filesOf('rendered')
    expect(files.get('.fleetwright/facts/fleet/a.json')).toBe('{"version":"v1.34.0"}')
    expect(files.get('.fleetwright/facts/fleet/b.json')).toBe('{"version":"v1.35.0"}')
    expect(files.get('.fleetwright/schemas/2.json')).toBe('2')
    expect(JSON.parse(files.get('.fleetwright/observed.json') ?? '')).toEqual({
      'fleet/a': { observedAt: '2026-01-01T01:00:00Z', reachable: true },
      'fleet/b': { observedAt: '2026-01-01T02:00:00Z', reachable: true },
    })
  })

  test('plan again when the branch moved in between', async () => {
    const branch = createMemoryBranch()
    await record(branch, facts('v1.34.0'))
    const base = branch.filesOf('rendered')
    let isFirst = true
    const overtaken: MemoryBranch = {
      ...branch,
      write(update) {
        if (isFirst) branch.change('rendered', { '.fleetwright/facts/fleet/other.json': '{}' })
        isFirst = false
        return branch.write(update)
      },
    }
    expect((await record(overtaken, facts('v1.35.0'), base)).status).toBe('written')
    const files = branch.filesOf('rendered')
    expect(files.get('.fleetwright/facts/fleet/prod.json')).toBe('{"version":"v1.35.0"}\n')
    expect(files.has('.fleetwright/facts/fleet/other.json')).toBe(true)
  })
})

describe('a compile', () => {
  const clusters = fleet({
    cluster: cluster('fleet/prod'),
    units: [policy('web', [object('ConfigMap web/app')])],
  })

  test('goes on from a branch that has only facts', async () => {
    const branch = createMemoryBranch()
    await record(branch, facts('v1.34.0'))
    const { outcome, diagnostics } = await run(branch, clusters, { files: facts('v1.35.0') })
    expect({ status: outcome.status, diagnostics }).toEqual({ status: 'written', diagnostics: [] })
    expect(branch.filesOf('rendered').get('.fleetwright/facts/fleet/prod.json')).toContain('v1.35.0')
  })

  test('leaves what became of a delivery as it is', async () => {
    const branch = createMemoryBranch()
    await run(branch, clusters)
    branch.change('rendered', { '.fleetwright/delivered.json': '{}\n' })
    const { outcome } = await run(branch, fleet({ cluster: cluster('fleet/prod'), units: [] }), {
      allowDelete: [],
    })
    expect(outcome.status).toBe('written')
    expect(branch.filesOf('rendered').get('.fleetwright/delivered.json')).toBe('{}\n')
  })
})
