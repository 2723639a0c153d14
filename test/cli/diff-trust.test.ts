import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { basic, serveFiles } from '../adapters/charts/loopback.ts'
import { clusterProfile, sveltosCluster, yaml } from '../compile-files.ts'
import { tarGzOf } from '../sources/archives.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

const secretPassword = 'password-of-the-secret'
const operatorToken = 'token-of-the-operator'

/** Two charts, `app` and `other`. */
async function chartRepository() {
  const archiveOf = (name: string) =>
    tarGzOf([
      { name: `${name}/Chart.yaml`, content: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n` },
      {
        name: `${name}/templates/app.yaml`,
        content: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { version: "{{ .Capabilities.KubeVersion }}" }\n`,
      },
    ])
  const entryOf = (name: string) => `  ${name}:\n  - version: 1.0.0\n    urls: [${name}.tgz]\n`
  return {
    '/index.yaml': `entries:\n${entryOf('app')}${entryOf('other')}`,
    '/app.tgz': await archiveOf('app'),
    '/other.tgz': await archiveOf('other'),
  }
}

const profile = (host: string, credentials: string, name = 'app'): string =>
  clusterProfile(
    name,
    `clusterSelector: { matchLabels: { env: production } }
helmCharts:
- repositoryURL: http://${host}
  repositoryName: charts
  chartName: charts/${name}
  chartVersion: 1.0.0
  releaseName: ${name}
  releaseNamespace: apps
  ${credentials}`,
  )

const config = (...hosts: readonly string[]): string =>
  `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n  sources: { allowedHosts: ${JSON.stringify(hosts)} }\n`

const withSecret = 'registryCredentialsConfig: { credentials: { namespace: platform, name: registry } }'
const clusters = yaml(sveltosCluster('eu', { env: 'production' }))
const secret = `apiVersion: v1
kind: Secret
metadata: { name: registry, namespace: platform }
stringData: { username: fleet, password: ${secretPassword} }
`

/** A compiled fleet on `main`, and a branch `change` from there. */
async function fleetOf(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  commitFiles(folder, files)
  const { exitCode, stderr } = await runCommand(folder, ['compile'], { env })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  git(folder, 'checkout', '--quiet', '-b', 'change')
  return folder
}

/** With a cache of its own, so that everything is asked for. */
const suppose = (
  folder: string,
  { args, env = {} }: { readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>> },
) => {
  const asked = ['diff', '--against', 'rendered', 'change', '--what-if', 'cluster=fleet/eu,version=1.35']
  const options = ['--format', 'json', '--cache', join(temporaryFolder(), 'cache')]
  return runCommand(folder, [...asked, ...options, ...args], { env })
}

describe('diff --against rendered --what-if --trust', () => {
  test('sends credentials of the base where the base sends them, and nowhere else', async () => {
    const repository = await chartRepository()
    const charts = await serveFiles(repository, basic('fleet', secretPassword))
    const mirror = await serveFiles(repository)
    const folder = await fleetOf({
      'fleetwright.yaml': config(charts.host),
      'secret.yaml': secret,
      'clusters.yaml': clusters,
      'app.yaml': profile(charts.host, withSecret),
    })
    commitFiles(folder, {
      'fleetwright.yaml': config(charts.host, mirror.host),
      'app.yaml': profile(mirror.host, withSecret),
    })
    await suppose(folder, { args: [] })
    expect(mirror.requests.map(({ headers }) => headers.authorization)).toContain(
      basic('fleet', secretPassword),
    )
    mirror.requests.length = 0
    const { exitCode, stdout } = await suppose(folder, { args: ['--trust', 'main'] })
    expect(mirror.requests).toEqual([])
    expect(exitCode).toBe(0)
    const { baseline, changes, dangers, diagnostics, reproduce } = outputs.diff.parse(JSON.parse(stdout))
    expect({ baseline, changes }).toEqual({ baseline: 'what-if', changes: [] })
    expect(reproduce).toContain(' --trust main')
    // The head is refused its chart whatever is supposed.
    expect(diagnostics).toMatchObject({ added: [], standing: 2 })
    expect(dangers.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'trust-loosened',
        `spec.sources.allowedHosts goes from ["${charts.host}"] to ["${charts.host}","${mirror.host}"]: this review keeps to what the base says, and the merge puts it into force`,
      ],
    ])
  })

  test('fetches with what the operator has, as a report on the change does', async () => {
    const charts = await serveFiles(await chartRepository(), `Bearer ${operatorToken}`)
    const env = { FLEETWRIGHT_CREDENTIALS: JSON.stringify({ [charts.host]: { token: operatorToken } }) }
    const base = {
      'fleetwright.yaml': config(charts.host),
      'clusters.yaml': clusters,
      'app.yaml': profile(charts.host, ''),
    }
    const folder = await fleetOf(base, env)
    commitFiles(folder, { 'other.yaml': profile(charts.host, '', 'other') })
    const trusted = await suppose(folder, { args: ['--trust', 'main'], env })
    expect({ stderr: trusted.stderr, exitCode: trusted.exitCode }).toEqual({ stderr: '', exitCode: 0 })
    const { changes, dangers } = outputs.diff.parse(JSON.parse(trusted.stdout))
    expect(changes).toMatchObject([
      { unit: 'helm-apps-app', change: 'changed', clusters: ['fleet/eu'] },
      { unit: 'helm-apps-other', change: 'changed', clusters: ['fleet/eu'] },
    ])
    expect(dangers).toEqual([])
    const ofStranger = await suppose(folder, { args: ['--trust', 'main', '--untrusted'], env })
    expect(outputs.diff.parse(JSON.parse(ofStranger.stdout))).toMatchObject({
      changes: [{ unit: 'helm-apps-app' }],
      diagnostics: { standing: 2 },
    })
  })

  test('tells no file of the change as the reason, which both sides have', async () => {
    const chart = (body: string) => ({
      'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
      'charts/app/templates/app.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\ndata: { version: "{{ .Capabilities.KubeVersion }}", body: ${body} }\n`,
    })
    const local = profile('x', '')
      .replace('http://x', './charts/app')
      .replace('charts/app\n  chartV', 'app\n  chartV')
    const folder = await fleetOf({ ...chart('old'), 'clusters.yaml': clusters, 'app.yaml': local })
    commitFiles(folder, chart('new'))
    const { stdout } = await suppose(folder, { args: ['--trust', 'main'] })
    const { changes } = outputs.diff.parse(JSON.parse(stdout))
    expect(changes).toHaveLength(1)
    expect(JSON.stringify(changes[0]?.causes)).not.toContain('charts/app')
  })

  test.each([
    [['diff', '--trust', 'main'], '--trust goes with --against rendered --what-if'],
    [['diff', '--against', 'rendered', '--trust', 'main'], '--trust goes with --what-if'],
  ])('%j is no use of it', async (args, message) => {
    const { exitCode, stderr } = await runCommand(temporaryFolder(), args)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`usage: ${message}`)
  })

  test('a commit that is not there ends it, and nobody else is trusted instead', async () => {
    const folder = await fleetOf({
      'clusters.yaml': clusters,
      'a.yaml': yaml(clusterProfile('a', 'clusterSelector: { matchLabels: { env: production } }')),
    })
    const { exitCode, stdout } = await suppose(folder, { args: ['--trust', 'nowhere'] })
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
  })
})
