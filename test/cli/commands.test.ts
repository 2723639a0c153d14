import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

/** The fleet of `fleetwright init`, committed. */
async function initFleet(): Promise<string> {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  const { exitCode } = await runCommand(folder, ['init'])
  expect(exitCode).toBe(0)
  commitFiles(folder)
  return folder
}

describe('init', () => {
  test('writes a fleet that compiles, and prints what Flux needs once', async () => {
    const folder = join(temporaryFolder(), 'fleet')
    const { stdout } = await runCommand(join(folder, '..'), ['init', 'fleet'])
    expect(stdout).toContain('  cd fleet\n')
    expect(stdout).toContain('kind: GitRepository')
    commitFiles(folder)
    const compiled = await runCommand(folder, ['compile'])
    expect(compiled.stderr).toBe('')
    expect(compiled.exitCode).toBe(0)
  })

  test('leaves a folder that has something in it alone', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    const { exitCode, stderr } = await runCommand(folder, ['init'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('is not empty: it has notes.txt')
    expect(readdirSync(folder)).toEqual(['notes.txt'])
  })
})

describe('compile', () => {
  test('writes one commit, and none when nothing changed', async () => {
    const folder = await initFleet()
    const first = await runCommand(folder, ['compile'])
    expect(first.stdout).toContain('2 clusters, 3 add-ons, 5 objects: 3 rendered')
    expect(first.stdout).toContain('  fleet/production: new, with 2 add-ons')
    const commit = git(folder, 'rev-parse', 'rendered')
    const second = await runCommand(folder, ['compile'])
    expect(second.stdout).toContain('rendered is up to date')
    expect(git(folder, 'rev-parse', 'rendered')).toBe(commit)
    expect(
      git(folder, 'show', 'rendered:clusters/fleet/staging/helm-hello-hello/configmap-hello-hello.yaml'),
    ).toContain('greeting: hello from staging')
  })

  test('with --output json prints the published document and nothing else', async () => {
    const folder = await initFleet()
    const { stdout, stderr, exitCode } = await runCommand(folder, ['compile', '--output', 'json'])
    const output = outputs.compile.parse(JSON.parse(stdout))
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
    expect(output.branch).toEqual({
      name: 'rendered',
      commit: git(folder, 'rev-parse', 'rendered').trim(),
      changed: true,
    })
    expect(output.clusters.map(({ name, units }) => [name, units.map((unit) => unit.name)])).toEqual([
      ['production', ['helm-hello-hello', 'policy-fleet-quotas']],
      ['staging', ['helm-hello-hello']],
    ])
  })

  test('an error is a frame on standard error, what it does not hold is written, and the exit code is 1', async () => {
    const folder = await initFleet()
    const path = join(folder, 'fleet/hello.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace('./charts/hello', './charts/helo'))
    commitFiles(folder)
    const { exitCode, stderr, stdout } = await runCommand(folder, ['compile'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('fleet/hello.yaml:11:7: error[sources/not-found]')
    expect(stderr).toContain('on 2 clusters: fleet/production, fleet/staging')
    expect(stderr).toMatch(/\n2 errors\b/)
    expect(stdout).toContain('policy-fleet-quotas')
    expect(git(folder, 'branch', '--list', 'rendered')).toContain('rendered')
  })

  test('with --out writes the tree into a folder, and the branch stays', async () => {
    const folder = await initFleet()
    const { exitCode, stdout } = await runCommand(folder, ['compile', '--worktree', '--out', '../tree'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('tree was written: 2 clusters changed')
    expect(existsSync(join(folder, '../tree/clusters/fleet/staging/helm-hello-hello'))).toBe(true)
    expect(git(folder, 'branch', '--list', 'rendered')).toBe('')
    const again = await runCommand(folder, ['compile', '--worktree', '--out', '../tree'])
    expect(again.stdout).toContain('tree is up to date')
  })

  test('with --cluster leaves the other clusters as they are', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile', '--cluster', 'env=staging'])
    const paths = git(folder, 'ls-tree', '-r', '--name-only', 'rendered')
    expect(paths).toContain('clusters/fleet/staging/')
    expect(paths).not.toContain('clusters/fleet/production/')
    await runCommand(folder, ['compile', '--cluster', 'fleet/production'])
    expect(git(folder, 'ls-tree', '-r', '--name-only', 'rendered')).toContain('clusters/fleet/production/')
    const nowhere = await runCommand(folder, ['compile', '--cluster', 'fleet/prodution', '--emit', 'plan'])
    expect(nowhere).toMatchObject({ exitCode: 2, stdout: '' })
    expect(nowhere.stderr).toContain('matches none of 2 clusters; did you mean `fleet/production`?')
  })

  test('compile --cluster leaves a cluster that is gone where it is', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile'])
    commitFiles(folder, {
      'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
    - { name: staging, namespace: fleet, labels: { env: staging }, version: v1.34.0 }
`,
    })
    for (const selector of ['fleet/staging', 'env=staging'])
      expect((await runCommand(folder, ['compile', '--cluster', selector])).exitCode).toBe(0)
    expect(git(folder, 'ls-tree', '-r', '--name-only', 'rendered')).toContain('clusters/fleet/production/')
    expect((await runCommand(folder, ['compile'])).exitCode).toBe(4)
  })

  test.each(['intent', 'facts', 'plan', 'sources', 'tree'])(
    '--emit %s prints JSON and writes nothing',
    async (stage) => {
      const folder = await initFleet()
      const { stdout, exitCode } = await runCommand(folder, ['compile', '--emit', stage])
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toBeTypeOf('object')
      expect(git(folder, 'branch', '--list', 'rendered')).toBe('')
    },
  )

  test('--emit manifests prints one YAML stream that says where each object comes from', async () => {
    const folder = await initFleet()
    const { stdout } = await runCommand(folder, ['compile', '--emit', 'manifests'])
    expect(stdout).toContain(
      '---\n# fleet/staging helm-hello-hello (hello/templates/configmap.yaml)\napiVersion: v1\n',
    )
  })

  test('a brake stops the write with exit code 4, and its digest approves it', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile'])
    const before = git(folder, 'rev-parse', 'rendered')
    rmSync(join(folder, 'fleetwright.yaml'))
    commitFiles(folder, {
      'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
    - { name: staging, namespace: fleet, labels: { env: staging }, version: v1.34.0 }
`,
    })
    const braked = await runCommand(folder, ['compile'])
    expect(braked.exitCode).toBe(4)
    expect(git(folder, 'rev-parse', 'rendered')).toBe(before)
    const digest = /--allow-delete ([0-9a-f]+)/.exec(braked.stderr)?.[1] ?? 'none'
    const approved = await runCommand(folder, ['compile', '--allow-delete', digest])
    expect(approved.exitCode).toBe(0)
    expect(approved.stdout).toContain('  fleet/production: gone, with 2 add-ons')
  })

  test('the review of a change gives the digest that the compile of its merge asks for', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile'])
    git(folder, 'checkout', '--quiet', '-b', 'shrink')
    commitFiles(folder, {
      'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
    - { name: staging, namespace: fleet, labels: { env: staging }, version: v1.34.0 }
`,
    })
    const report = join(folder, '../report')
    await runCommand(folder, ['diff', 'main', 'shrink', '--report', report])
    const { brake } = outputs.diff.parse(JSON.parse(readFileSync(join(report, 'review.json'), 'utf8')))
    const digest = brake?.digest ?? 'none'
    expect(digest).toMatch(/^[0-9a-f]{40}$/)
    for (const file of ['review.txt', 'comment.md', 'report.html'])
      expect(readFileSync(join(report, file), 'utf8')).toContain(digest)

    git(folder, 'checkout', '--quiet', 'main')
    commitFiles(folder, { 'README.md': 'Somebody else was faster.\n' })
    git(folder, 'merge', '--quiet', '--no-ff', '--message', 'Merge', 'shrink')
    const braked = await runCommand(folder, ['compile', '--output', 'json'])
    expect(braked.exitCode).toBe(4)
    expect(outputs.compile.parse(JSON.parse(braked.stdout)).brake?.digest).toBe(digest)
    const approved = await runCommand(folder, ['compile', '--allow-delete', digest])
    expect(approved.exitCode).toBe(0)
    expect((await runCommand(folder, ['verify'])).exitCode).toBe(0)
  })

  test('a push goes to the remote and the next run reads it there', async () => {
    const folder = await initFleet()
    const remote = join(folder, '../remote.git')
    git(folder, 'init', '--quiet', '--bare', remote)
    git(folder, 'remote', 'add', 'origin', remote)
    const pushed = await runCommand(folder, ['compile', '--push', 'origin'])
    expect(pushed.stdout).toContain('rendered of origin is now at')
    expect(git(remote, 'branch', '--list', 'rendered')).toContain('rendered')
    const again = await runCommand(folder, ['compile', '--push', 'origin'])
    expect(again.stdout).toContain('rendered of origin is up to date')
  })

  test('a folder that is no repository is an environment error with a way out', async () => {
    const { exitCode, stderr, stdout } = await runCommand(temporaryFolder(), ['compile'])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('environment[git]: ')
    expect(stderr).toContain('hint: name the repository with --repo')
    expect(stdout).toBe('')
  })

  test('progress is shown on a terminal and taken away, in CI it is lines, with json there is none', async () => {
    const folder = await initFleet()
    const terminal = await runCommand(folder, ['compile', '--emit', 'manifests'], { isTerminal: true })
    expect(terminal.stderr).toMatch(/^\r\u001b\[2Kmanifests \d\/3/)
    expect(terminal.stderr.endsWith('\r\u001b[2K')).toBe(true)
    const log = await runCommand(folder, ['compile', '--emit', 'manifests'], { env: { CI: 'true' } })
    expect(log.stderr).toMatch(/^manifests 1\/3\n/)
    const json = await runCommand(folder, ['compile', '--output', 'json'], { isTerminal: true })
    expect(json.stderr).toBe('')
  })

  test('a short key and a time that is none are refused before anything is done', async () => {
    const folder = await initFleet()
    const short = await runCommand(folder, ['compile'], { env: { FLEETWRIGHT_KEY: 'short' } })
    expect(short).toMatchObject({
      exitCode: 2,
      stderr: 'usage: FLEETWRIGHT_KEY must have 16 characters or more\n',
    })
    const time = await runCommand(folder, ['compile', '--as-of', 'yesterday'])
    expect(time.stderr).toContain('--as-of must be a time as 2026-01-31T12:00:00Z, not `yesterday`')
  })
})

describe('validate', () => {
  test('says what there is, writes nothing, and fails when there is an error', async () => {
    const folder = await initFleet()
    expect(await runCommand(folder, ['validate', '--render'])).toEqual({
      exitCode: 0,
      stdout: 'valid: 2 clusters, 2 profiles, 3 add-ons\n',
      stderr: '',
    })
    writeFileSync(join(folder, 'fleet/broken.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: [')
    const broken = await runCommand(folder, ['validate', '--worktree', '--output', 'json'])
    expect(broken.exitCode).toBe(1)
    const { diagnostics } = outputs.validate.parse(JSON.parse(broken.stdout))
    expect(diagnostics.map(({ code, place }) => [code, place?.file])).toEqual([
      ['source/malformed-yaml', 'fleet/broken.yaml'],
    ])
    expect(git(folder, 'branch', '--list', 'rendered')).toBe('')
  })
})

describe('show addons', () => {
  test('lists charts and objects of the rendered branch with the commit time that last changed them', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile'])
    const { stdout } = await runCommand(folder, ['show', 'addons', '--output', 'json'])
    const { addons } = outputs['show addons'].parse(JSON.parse(stdout))
    expect(
      addons.map(({ cluster, resourceType, name, version }) => [cluster, resourceType, name, version]),
    ).toEqual([
      ['fleet/production', ':ResourceQuota', 'hello', 'N/A'],
      ['fleet/production', 'helm chart', 'hello', '0.1.0'],
      ['fleet/staging', 'helm chart', 'hello', '0.1.0'],
    ])
    expect(new Set(addons.map(({ time }) => time))).toEqual(new Set(['2026-01-01T00:00:00Z']))
    const table = await runCommand(folder, ['show', 'addons', '--cluster', 'staging'])
    expect(table.stdout).toContain('| fleet/staging | helm chart    | hello     | hello | 0.1.0')
    expect(table.stdout).not.toContain('fleet/production')
  })

  test('before the first compile it says what to do', async () => {
    const folder = await initFleet()
    const { exitCode, stderr } = await runCommand(folder, ['show', 'addons'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('run `fleetwright compile` first')
  })
})

describe('explain', () => {
  test('goes from an object to the label that is its cause', async () => {
    const folder = await initFleet()
    const target = 'fleet/production/policy-fleet-quotas/ResourceQuota/hello'
    const { stdout, exitCode } = await runCommand(folder, ['explain', target])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('asked for by ClusterProfile/quotas, spec.policyRefs[0], tier 100')
    expect(stdout).toMatch(/label env=production +fleetwright\.yaml:13:/)
    const json = await runCommand(folder, ['explain', target, '--output', 'json'])
    expect(outputs.explain.parse(JSON.parse(json.stdout)).subject).toContain('ResourceQuota/hello/hello')
  })

  test('something that is not there is a usage error', async () => {
    const folder = await initFleet()
    expect((await runCommand(folder, ['explain', 'fleet/prodution'])).stderr).toBe(
      'usage: there is no cluster `fleet/prodution`; did you mean `fleet/production`?\n',
    )
    expect((await runCommand(folder, ['explain', 'fleet'])).exitCode).toBe(2)
  })
})

describe('verify', () => {
  test('a rendered commit is made again, byte for byte, and a tampered file is named', async () => {
    const folder = await initFleet()
    await runCommand(folder, ['compile'])
    const verified = await runCommand(folder, ['verify'])
    expect(verified.exitCode).toBe(0)
    expect(verified.stdout).toMatch(/byte for byte\n$/)

    git(folder, 'checkout', '--quiet', 'rendered')
    const path = 'clusters/fleet/staging/helm-hello-hello/configmap-hello-hello.yaml'
    writeFileSync(join(folder, path), `${readFileSync(join(folder, path), 'utf8')}# by hand\n`)
    git(folder, 'commit', '--quiet', '--all', '--amend', '--no-edit')
    git(folder, 'checkout', '--quiet', 'main')
    const tampered = await runCommand(folder, ['verify', 'rendered', '--output', 'json'])
    expect(tampered.exitCode).toBe(1)
    const output = outputs.verify.parse(JSON.parse(tampered.stdout))
    expect(output).toMatchObject({ status: 'different', differences: [{ path, kind: 'changed' }] })
  })

  test('a commit of somebody else cannot be verified', async () => {
    const folder = await initFleet()
    const { exitCode, stdout } = await runCommand(folder, ['verify', 'HEAD'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('cannot be verified: it was not made by fleetwright')
  })
})

describe('update', () => {
  test('says when there is nothing to move, and writes nothing then', async () => {
    const folder = await initFleet()
    const { stdout, exitCode } = await runCommand(folder, ['update'])
    expect({ stdout, exitCode }).toEqual({ stdout: 'fleetwright.lock is up to date\n', exitCode: 0 })
    expect(existsSync(join(folder, 'fleetwright.lock'))).toBe(false)
  })

  test('a lock file that cannot be read stops it and stays', async () => {
    const folder = await initFleet()
    writeFileSync(join(folder, 'fleetwright.lock'), 'sources: [')
    const { stderr, exitCode } = await runCommand(folder, ['update'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[sources/malformed-lock]')
    expect(readFileSync(join(folder, 'fleetwright.lock'), 'utf8')).toBe('sources: [')
  })
})
