import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

const content = (value: string): string =>
  configMap('app', {
    'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: apps }\ndata: { level: "${value}" }\n`,
  })

const files = {
  'clusters.yaml': yaml(
    sveltosCluster('eu', { env: 'production' }),
    sveltosCluster('us', { env: 'production' }),
  ),
  'profile.yaml': clusterProfile(
    'app',
    'clusterSelector: { matchLabels: { env: production } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: app }]',
  ),
  'app.yaml': content('low'),
}

/** A fleet on `main` that is compiled, and a branch `change` that has these files instead. */
async function fleetWith(change: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  commitFiles(folder, files)
  const { exitCode } = await runCommand(folder, ['compile'])
  expect(exitCode).toBe(0)
  git(folder, 'checkout', '--quiet', '-b', 'change')
  if (Object.keys(change).length > 0) commitFiles(folder, change)
  return folder
}

describe('diff', () => {
  test('shows what the branch does to the fleet, folded over clusters, and writes nothing', async () => {
    const folder = await fleetWith({ 'app.yaml': content('high') })
    const before = git(folder, 'rev-parse', 'rendered')
    const { exitCode, stdout } = await runCommand(folder, ['diff'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('2 clusters change policy-default-app')
    expect(stdout).toContain('@@ data.level\n    - low\n    + high\n')
    expect(git(folder, 'rev-parse', 'rendered')).toBe(before)
    expect(git(folder, 'status', '--porcelain')).toBe('')
  })

  test('of a branch that changes nothing says so', async () => {
    const folder = await fleetWith({ 'README.md': 'words' })
    const { exitCode, stdout } = await runCommand(folder, ['diff', '--fail-on', 'changes'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Nothing changes')
  })

  test('shows only what the branch did, whatever came to the base since', async () => {
    const folder = await fleetWith({ 'README.md': 'words' })
    git(folder, 'checkout', '--quiet', 'main')
    commitFiles(folder, { 'app.yaml': content('other') })
    git(folder, 'checkout', '--quiet', 'change')
    const { stdout } = await runCommand(folder, ['diff', 'main'])
    expect(stdout).toContain('Nothing changes')
  })

  test('is the same without a rendered branch', async () => {
    const folder = await fleetWith({ 'app.yaml': content('high') })
    const warm = await runCommand(folder, ['diff', '--format', 'json'])
    git(folder, 'branch', '-D', 'rendered')
    const cold = await runCommand(folder, ['diff', '--format', 'json'])
    expect(cold.stdout).toBe(warm.stdout)
  })

  test('--worktree shows the folder as it is', async () => {
    const folder = await fleetWith({})
    writeFileSync(join(folder, 'app.yaml'), content('high'))
    const { stdout } = await runCommand(folder, ['diff', '--worktree'])
    expect(stdout).toContain('2 clusters change policy-default-app')
    expect(stdout).toContain('→ the folder')
  })

  test('--fail-on ends with 5 for what it names', async () => {
    const folder = await fleetWith({ 'app.yaml': content('high') })
    expect((await runCommand(folder, ['diff', '--fail-on', 'changes'])).exitCode).toBe(5)
    expect((await runCommand(folder, ['diff', '--fail-on', 'dangers'])).exitCode).toBe(0)
    commitFiles(folder, { 'profile.yaml': files['profile.yaml'].replace('production', 'nowhere') })
    expect((await runCommand(folder, ['diff', '--fail-on', 'dangers'])).exitCode).toBe(5)
  })

  test('ends with 1 for errors that the branch adds, and tells them with their lines', async () => {
    const folder = await fleetWith({ 'profile.yaml': `${files['profile.yaml']}  tier: high\n` })
    const { exitCode, stdout } = await runCommand(folder, ['diff'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('profile.yaml:7:9')
  })

  test('of an object that is nested thousands of levels deep is a report all the same', async () => {
    const deep = (value: string): string =>
      configMap('app', {
        'a.json': `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep","namespace":"apps"},"data":${'{"a":'.repeat(3000)}"${value}"${'}'.repeat(3000)}}`,
      })
    const folder = await fleetWith({ 'app.yaml': deep('x') })
    const { exitCode, stdout } = await runCommand(folder, ['diff'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('ConfigMap apps/deep added')
  })

  test('--report writes every format into a folder', async () => {
    const folder = await fleetWith({ 'app.yaml': content('high') })
    await runCommand(folder, ['diff', '--report', '../out', '--link', 'https://ci.example.com/7'])
    const out = join(folder, '..', 'out')
    expect(readdirSync(out).sort()).toEqual([
      'annotations.txt',
      'check.json',
      'comment.md',
      'proposal.json',
      'report.html',
      'review.json',
      'review.sarif',
      'review.txt',
      'summary.md',
    ])
    expect(readFileSync(join(out, 'comment.md'), 'utf8')).toContain('https://ci.example.com/7')
  })

  test('takes templates from the base and never from the branch', async () => {
    const path = '.fleetwright/templates/footer.md.hbs'
    const folder = await fleetWith({ 'app.yaml': content('high'), [path]: 'FORGED\n' })
    expect((await runCommand(folder, ['diff', '--format', 'markdown'])).stdout).not.toContain('FORGED')
    const trusted = await fleetWith({})
    git(trusted, 'checkout', '--quiet', 'main')
    commitFiles(trusted, { [path]: 'Ask the platform team.\n' })
    git(trusted, 'checkout', '--quiet', '-b', 'other')
    commitFiles(trusted, { 'app.yaml': content('high') })
    expect((await runCommand(trusted, ['diff', '--format', 'markdown'])).stdout).toContain(
      'Ask the platform team.',
    )
  })

  test('asks for a base where there is none of the usual names', async () => {
    const folder = await fleetWith({ 'app.yaml': content('high') })
    git(folder, 'branch', '--move', 'main', 'trunk')
    const { exitCode, stderr } = await runCommand(folder, ['diff'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('name the base: fleetwright diff BASE')
    expect((await runCommand(folder, ['diff', 'trunk'])).exitCode).toBe(0)
  })

  test('refuses a HEAD beside --worktree', async () => {
    const folder = await fleetWith({})
    const { exitCode, stderr } = await runCommand(folder, ['diff', 'main', 'change', '--worktree'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('name no HEAD')
  })
})

describe('diff --cluster', () => {
  const us = sveltosCluster('us', { env: 'production' })
  const args = ['diff', '--format', 'json', '--cluster']
  const asOne = (folder: string, selector: string) => runCommand(folder, [...args, selector])

  test('tells of the clusters with these labels, or the one with this id, and of no other', async () => {
    const folder = await fleetWith({
      'app.yaml': content('high'),
      'clusters.yaml': yaml(sveltosCluster('eu', { env: 'production', tier: 'gold' }), us),
    })
    for (const selector of ['tier=gold', 'fleet/eu']) {
      const { stdout, exitCode } = await asOne(folder, selector)
      expect(exitCode).toBe(0)
      const review = outputs.diff.parse(JSON.parse(stdout))
      expect(review.totals.clusters).toEqual({ all: 1, changed: 1 })
      expect(review.fleet.map(({ cluster }) => cluster)).toEqual(['fleet/eu'])
      expect(review.changes.map(({ clusters }) => clusters)).toEqual([['fleet/eu']])
    }
  })

  test('neither shows nor counts what a cluster loses that was not asked for', async () => {
    const folder = await fleetWith({ 'clusters.yaml': sveltosCluster('eu', { env: 'production' }) })
    const other = outputs.diff.parse(JSON.parse((await asOne(folder, 'fleet/eu')).stdout))
    expect(other).toMatchObject({ changes: [], dangers: [], totals: { clusters: { all: 1, changed: 0 } } })
    expect(other.brake).toBeUndefined()
    const gone = outputs.diff.parse(JSON.parse((await asOne(folder, 'fleet/us')).stdout))
    expect(gone.changes.map(({ unit, change, clusters }) => [unit, change, clusters])).toEqual([
      ['namespaces', 'lost', ['fleet/us']],
      ['policy-default-app', 'lost', ['fleet/us']],
    ])
    expect(gone.brake?.reasons).toEqual([{ kind: 'cluster', cluster: 'fleet/us', objects: 1 }])
  })

  test.each([
    [
      'fleet/ue',
      'usage: --cluster `fleet/ue` matches none of 2 clusters; did you mean `fleet/eu` or `fleet/us`?',
    ],
    ['env=staging', 'usage: --cluster `env=staging` matches none of 2 clusters; '],
    ['env in', 'usage: --cluster `env in` is no selector: '],
  ])('%s is an error that says what there is', async (selector, message) => {
    const folder = await fleetWith({ 'app.yaml': content('high') })
    const { stdout, stderr, exitCode } = await asOne(folder, selector)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(message)
  })
})
