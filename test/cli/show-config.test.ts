import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

const header = 'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\n'
const intent = { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' }

function repository(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  commitFiles(folder, { ...intent, ...files })
  return folder
}

const show = (folder: string, ...args: readonly string[]) => runCommand(folder, ['show', 'config', ...args])

describe('show config', () => {
  test('prints every default where there is no fleetwright.yaml, and says so', async () => {
    const { stdout, stderr, exitCode } = await show(repository({}))
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
    expect(stdout).toBe(
      [
        '# there is no fleetwright.yaml: everything is a default',
        'apiVersion: fleetwright.dev/v1alpha1',
        'kind: FleetConfig',
        'metadata:',
        '  name: fleetwright',
        'spec:',
        '  app:',
        '    onFleetChange: pull-request',
        '    onPush: commit',
        '  brakes:',
        '    maxDeletedShare: 10%',
        '    protect:',
        '    - Namespace',
        '    - CustomResourceDefinition',
        '    - PersistentVolumeClaim',
        '  clusters: []',
        '  facts:',
        '    maxAge: 24h',
        '  intent:',
        '    exclude: []',
        '    include: []',
        '  management: {}',
        '  rendered:',
        '    adopt: false',
        '    argocd:',
        '      namespace: argocd',
        '      project: default',
        '    branch: rendered',
        '    delivery:',
        '    - flux',
        '    mode: hub',
        '    source:',
        '      name: fleetwright',
        '  review:',
        '    commands:',
        '      allow:',
        '      - write',
        '    silence: []',
        '  secrets:',
        '    allow: []',
        '  sources:',
        '    allowedHosts: []',
        '',
      ].join('\n'),
    )
  })

  test('what it prints is a fleetwright.yaml that means the same', async () => {
    const folder = repository({
      'fleetwright.yaml': `${header}spec:\n  facts: { maxAge: 90m }\n  brakes: { maxDeletedShare: 7% }\n  clusters: [{ name: eu, version: "1.34" }]\n`,
    })
    const { stdout } = await show(folder)
    commitFiles(folder, { 'fleetwright.yaml': stdout })
    expect((await show(folder)).stdout).toBe(stdout)
    expect(stdout).toContain('    maxAge: 1h30m\n')
    expect(stdout).toContain('    maxDeletedShare: 7%\n')
    expect(stdout).toContain('    version: v1.34.0\n')
  })

  test('with --output json prints the published document, of the commit that is named', async () => {
    const folder = repository({
      'fleetwright.yaml': `${header}spec:\n  app: { onPush: pull-request }\n  review: { commands: { allow: [admin, ada] } }\n`,
    })
    const commit = git(folder, 'rev-parse', 'HEAD').trim()
    git(folder, 'rm', '--quiet', 'fleetwright.yaml')
    commitFiles(folder)
    const printed = await show(folder, '--commit', commit, '--output', 'json')
    const { written, spec, diagnostics } = outputs['show config'].parse(JSON.parse(printed.stdout))
    expect({ written, diagnostics, exitCode: printed.exitCode }).toEqual({
      ...{ written: true, diagnostics: [], exitCode: 0 },
    })
    expect(spec.app).toEqual({ onPush: 'pull-request', onFleetChange: 'pull-request' })
    expect(spec.review.commands.allow).toEqual(['admin', 'ada'])
    const now = await show(folder, '--output', 'json')
    expect(JSON.parse(now.stdout)).toMatchObject({ written: false, spec: { app: { onPush: 'commit' } } })
  })

  test('of the folder as it is, with what is wrong in it, ends with code 1', async () => {
    const folder = repository({ 'fleetwright.yaml': header })
    commitFiles(folder, { 'fleetwright.yaml': `${header}spec: { app: { onPush: merge } }\n` })
    const { stdout, stderr, exitCode } = await show(folder, '--worktree')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('`spec.app.onPush` is `merge`, but must be `commit` or `pull-request`')
    expect(stdout).toContain('    onPush: commit\n')
    const json = JSON.parse((await show(folder, '--output', 'json')).stdout) as { diagnostics: unknown }
    expect(json.diagnostics).toMatchObject([{ code: 'config/bad-value', severity: 'error' }])
  })

  test('where the file cannot be read says that it is written all the same', async () => {
    const { stdout, exitCode } = await show(
      repository({ 'fleetwright.yaml': `${header}spec: [\n` }),
      '--output',
      'json',
    )
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ written: true, spec: { rendered: { branch: 'rendered' } } })
  })

  test('where the file is broken tells what counts in its place: what the branch itself had, and no branch that was merged', async () => {
    const folder = repository({
      'fleetwright.yaml': `${header}spec: { review: { commands: { allow: [admin] } } }\n`,
    })
    const good = git(folder, 'rev-parse', 'HEAD').trim()
    git(folder, 'checkout', '--quiet', '-b', 'topic')
    commitFiles(folder, {
      'fleetwright.yaml': `${header}spec: { review: { commands: { allow: [read] } } }\n`,
    })
    commitFiles(folder, {
      'fleetwright.yaml': `${header}spec: { review: { commands: { allow: [admin] } }, app: {}, app: {} }\n`,
    })
    git(folder, 'checkout', '--quiet', '-')
    commitFiles(folder, { 'other.txt': 'x' })
    git(folder, 'merge', '--quiet', '--no-ff', '--no-edit', 'topic')
    commitFiles(folder, { 'other.txt': 'y' })
    const { stdout, exitCode } = await show(folder, '--output', 'json')
    const { inForce, diagnostics } = outputs['show config'].parse(JSON.parse(stdout))
    expect([exitCode, diagnostics.map(({ code }) => code)]).toEqual([1, ['source/duplicate-key']])
    expect([inForce?.commit, inForce?.spec.review.commands.allow]).toEqual([good, ['admin']])
    expect((await show(folder)).stdout).toContain(
      `# what cannot be read is a default here; until it is mended, that of ${good.slice(0, 12)} counts wherever it is a matter of trust\n`,
    )
  })

  test('where no file before it can be read allows nothing', async () => {
    const folder = repository({ 'fleetwright.yaml': 'spec: {\n' })
    commitFiles(folder, { 'fleetwright.yaml': 'spec: [\n' })
    const { stdout } = await show(folder, '--output', 'json')
    const { inForce } = outputs['show config'].parse(JSON.parse(stdout))
    expect(inForce?.commit).toBeUndefined()
    expect(inForce?.spec).toMatchObject({
      brakes: { maxDeletedShare: '0%' },
      review: { commands: { allow: [] } },
      app: { onPush: 'pull-request' },
    })
    expect((await show(folder)).stdout).toContain('until it is mended, nothing is allowed wherever')
  })

  test('where the file is broken and has no header ends with code 1, and no default passes for what is meant', async () => {
    const { stderr, exitCode } = await show(
      repository({ 'fleetwright.yaml': 'spec:\n  app: { onPush: pull-request\n' }),
    )
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[source/unreadable-config]: fleetwright.yaml is no valid YAML: ')
    const empty = await show(repository({ 'fleetwright.yaml': '' }), '--output', 'json')
    expect(empty.exitCode).toBe(1)
    expect(JSON.parse(empty.stdout)).toMatchObject({
      written: true,
      diagnostics: [
        { code: 'source/unreadable-config', severity: 'error', place: { file: 'fleetwright.yaml' } },
      ],
    })
  })
})
