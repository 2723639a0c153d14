import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { commits, net, paths, profile, startFleet, text } from './live-fleet.ts'
import { commitFiles, git } from './run-command.ts'

// Loaded ahead, since a busy machine takes longer for that than for a test.
beforeAll(() => import('../../src/cli/observe-command.ts'))

describe('observe', () => {
  test('records facts in a commit of their own, and makes none when nothing changed', async () => {
    const { folder, mgmt, run } = await startFleet()
    const first = await run('observe')
    expect(first.stderr).toBe('')
    expect(first.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'CLUSTER     STATUS    VERSION  OBJECTS  CHANGED  REASON',
      'fleet/prod  observed  v1.34.2        0  yes',
      'management  observed                 2  yes',
      '',
      '2 clusters: 2 observed',
      `rendered is now at ${git(folder, 'rev-parse', '--short=12', 'rendered').trim()}: facts of 2 clusters changed`,
      '',
    ])
    expect(first.exitCode).toBe(0)
    expect(paths(folder)).toEqual([
      '.fleetwright/facts/fleet/prod.json',
      '.fleetwright/facts/management.json',
      '.fleetwright/observed.json',
    ])
    const second = await run('observe', { now: () => new Date('2026-01-02T01:00:00Z') })
    expect(second.stdout).toContain('rendered is up to date')
    expect(commits(folder)).toBe(1)
    mgmt.objects.put(net('10.9.0.0/16'))
    await run('observe')
    expect(git(folder, 'log', '-1', '--format=%s', 'rendered')).toBe('Record facts: 1 changed\n')
  })

  test('while fleetwright.yaml is broken reads the clusters that the last good one names, and without one none', async () => {
    const { folder, mgmt, run } = await startFleet()
    await run('observe')
    const good = readFileSync(join(folder, 'fleetwright.yaml'), 'utf8')
    const broken = { 'fleetwright.yaml': `${good}  management: { context: prod }\n` }
    commitFiles(folder, broken)
    mgmt.objects.put(net('10.9.0.0/16'))
    const { stdout, stderr } = await run('observe')
    expect(stdout).toMatch(/^management +observed +2 +yes/m)
    expect(stderr).toContain('intent has 1 error')
    expect(text(folder, '.fleetwright/facts/management.json')).toContain('10.9.0.0/16')
    expect(paths(folder)).toContain('.fleetwright/facts/fleet/prod.json')
    git(folder, 'rm', '--quiet', 'fleetwright.yaml')
    commitFiles(folder)
    commitFiles(folder, broken)
    const before = commits(folder)
    const unknown = await run('observe')
    expect([unknown.exitCode, unknown.stdout, commits(folder)]).toEqual([1, '', before])
    expect(unknown.stderr).toContain('error[source/duplicate-key]: the setting `management` is there twice')
  })

  test('of a cluster that does not answer keeps what was recorded, records the others, and ends with 3', async () => {
    const { folder, mgmt, prod, run } = await startFleet()
    await run('observe')
    const before = text(folder, '.fleetwright/facts/fleet/prod.json')
    await prod.stop()
    mgmt.objects.put(net('10.9.0.0/16'))
    const { exitCode, stdout } = await run('observe')
    expect(stdout).toMatch(/^fleet\/prod {2}kept +v1\.34\.2 +0 +unreachable: /m)
    expect(stdout).toContain('2 clusters: 1 observed, 1 kept')
    expect(exitCode).toBe(3)
    expect(text(folder, '.fleetwright/facts/fleet/prod.json')).toBe(before)
    expect(text(folder, '.fleetwright/facts/management.json')).toContain('10.9.0.0/16')
  })

  test('with --output json prints the published document', async () => {
    const { folder, run } = await startFleet()
    const { stdout, stderr } = await run('observe --output json')
    expect(stderr).toBe('')
    const output = outputs.observe.strict().parse(JSON.parse(stdout))
    expect(output).toEqual({
      clusters: [
        {
          ...{ cluster: 'fleet/prod', status: 'observed', version: 'v1.34.2' },
          ...{ objects: 0, changed: true, unavailable: [] },
        },
        { cluster: 'management', status: 'observed', objects: 2, changed: true, unavailable: [] },
      ],
      intentErrors: 0,
      diagnostics: [],
      recorded: { name: 'rendered', commit: git(folder, 'rev-parse', 'rendered').trim(), changed: true },
    })
  })

  test('says in one line that the intent has errors', async () => {
    const { folder, run } = await startFleet()
    commitFiles(folder, { 'fleet/bad.yaml': profile.replace('name: network', 'nme: network') })
    const { stderr, exitCode } = await run('observe')
    expect(stderr).toMatch(/^intent has \d+ errors?; `fleetwright validate` shows them\n$/)
    expect(exitCode).toBe(0)
  })

  test('writes a folder that compile reads', async () => {
    const { folder, run } = await startFleet()
    const out = join(folder, '../facts')
    const first = await run(`observe --out ${out}`)
    expect(first.stdout).toContain(`${out} was written: facts of 2 clusters changed`)
    expect((await run(`observe --out ${out}`)).stdout).toContain(`${out} is up to date`)
    expect(readFileSync(join(out, 'facts/management.json'), 'utf8')).toContain('10.0.0.0/8')
    const compiled = await run(`compile --facts ${out}`)
    expect(compiled.exitCode).toBe(0)
    expect(text(folder, 'clusters/fleet/prod/policy-default-content/configmap-default-net.yaml')).toContain(
      'cidr: 10.0.0.0/8',
    )
  })

  test('takes the current context of a kubeconfig that is handed in for the management cluster', async () => {
    const { folder, run } = await startFleet()
    commitFiles(folder, {
      'fleetwright.yaml': 'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: {}\n',
    })
    expect((await run('observe')).stdout).toContain('0 clusters')
    const { stdout, exitCode } = await run('observe --kubeconfig ../kubeconfig')
    expect(stdout).toContain('2 clusters: 2 observed')
    expect(exitCode).toBe(0)
    expect((await run('observe --context nobody')).stdout).toMatch(/^management {2}kept +\d+ +address: /m)
  })

  test('reads only the clusters that are asked for', async () => {
    const { prod, run } = await startFleet()
    await run('observe')
    const before = prod.requests.length
    const { stdout, exitCode } = await run('observe --cluster env=edge')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
    expect(prod.requests).toHaveLength(before)
    expect((await run('observe --cluster fleet/prod')).exitCode).toBe(0)
  })

  test.each([
    ['observe --timeout soon', '--timeout must be a duration like `45s` or `2m`, not `soon`'],
    ['observe --out x --push origin', '--out and --push exclude each other'],
    ['observe --watch --print-rbac', '--watch and --print-rbac exclude each other'],
  ])('%s is no command line', async (line, message) => {
    const { run } = await startFleet()
    const { exitCode, stderr } = await run(line)
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `usage: ${message}\n` })
  })
})

describe('compile --observe', () => {
  test('gives the tree that observing and then compiling gives', async () => {
    const { folder, mgmt, run } = await startFleet()
    mgmt.objects.put({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: {
        ...{
          name: 'prod.content',
          namespace: 'fleet',
          labels: { 'app.kubernetes.io/managed-by': 'fleetwright' },
        },
        annotations: {
          'fleetwright.dev/cluster': 'fleet/prod',
          'fleetwright.dev/unit': 'policy-default-content',
        },
      },
      status: { conditions: [{ type: 'Ready', status: 'False', message: 'no such file' }] },
    })
    const asOf = '--as-of 2026-01-02T03:00:00Z'
    await run(`observe ${asOf} --branch apart`)
    await run(`compile ${asOf} --branch apart`)
    const { exitCode, stderr } = await run(`compile --observe ${asOf}`)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(git(folder, 'diff', '--name-status', 'apart', 'rendered')).toBe('')
    expect(git(folder, 'show', 'rendered:.fleetwright/delivered.json')).toContain('no such file')
    expect(commits(folder)).toBe(1)
    const shown = await run('show addons')
    expect(shown.stdout).toContain('| DELIVERED            |')
    expect(shown.stdout).toContain('| failed: no such file |')
    expect((await run('verify')).stdout).toContain('byte for byte')
  })

  test('compiles with what is known when a cluster does not answer, and ends with 3', async () => {
    const { folder, prod, run } = await startFleet()
    await run('compile --observe')
    const before = paths(folder)
    await prod.stop()
    const { exitCode, stderr } = await run('compile --observe')
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/fleet\/prod: unreachable: /)
    expect(paths(folder)).toEqual(before)
  })
})

test('verify of a commit of facts is verify of what it stands on', async () => {
  const { folder, mgmt, run } = await startFleet()
  await run('compile --observe')
  const compiled = git(folder, 'rev-parse', 'rendered').trim()
  mgmt.objects.put(net('10.9.0.0/16'))
  await run('observe')
  expect(git(folder, 'rev-parse', 'rendered^').trim()).toBe(compiled)
  const { stdout, exitCode } = await run('verify')
  expect(exitCode).toBe(0)
  expect(stdout).toContain(`${compiled.slice(0, 12)} is what`)
})
