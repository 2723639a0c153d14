import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { basic, serveFiles } from '../adapters/charts/loopback.ts'
import { clusterProfile, sveltosCluster, yaml } from '../compile-files.ts'
import { tarGzOf } from '../sources/archives.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

const password = 'password-of-the-secret'
const configOf = (spec: string): string =>
  `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: { rendered: { branch: out }, ${spec} }\n`
const brakes = (share: string): string => `brakes: { maxDeletedShare: ${share} }`
/** A setting is there twice. */
const broken = configOf(`${brakes('1%')}, ${brakes('90%')}`)

const policy = (name: string): string =>
  `${yaml(
    clusterProfile(
      name,
      `clusterSelector: { matchLabels: { env: production } }
policyRefs: [{ kind: ConfigMap, name: ${name}, namespace: fleet }]`,
    ),
  )}---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: fleet }
data: { "a.yaml": "apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: ${name}, namespace: default }\\n" }
`

const clusters = yaml(sveltosCluster('eu', { env: 'production' }))

/** A compiled fleet on `main`, of which each of the states is one more commit. */
async function fleetOf(
  files: Readonly<Record<string, string>>,
  ...states: readonly Readonly<Record<string, string>>[]
): Promise<string> {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  commitFiles(folder, { 'clusters.yaml': clusters, ...files })
  const { exitCode, stderr } = await runCommand(folder, ['compile'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const state of states) commitFiles(folder, state)
  git(folder, 'checkout', '--quiet', '-b', 'change')
  return folder
}

async function diff(folder: string) {
  const options = ['--format', 'json', '--cache', join(temporaryFolder(), 'cache')]
  const { exitCode, stdout } = await runCommand(folder, ['diff', 'main', 'change', ...options])
  return { exitCode, ...outputs.diff.parse(JSON.parse(stdout)) }
}

const head = (folder: string, name = 'HEAD'): string => git(folder, 'rev-parse', name).trim()

describe('a change onto a base whose fleetwright.yaml is broken', { timeout: 60_000 }, () => {
  test('that mends it is reported on with all that was held, and its own brakes are told apart from the last good ones', async () => {
    const good = configOf(brakes('1%'))
    const folder = await fleetOf(
      { 'fleetwright.yaml': good, 'a.yaml': policy('a') },
      { 'fleetwright.yaml': broken },
      { 'b.yaml': policy('b') },
    )
    const last = head(folder, 'main~2')
    commitFiles(folder, { 'fleetwright.yaml': configOf(brakes('8%')) })
    const { exitCode, changes, dangers, diagnostics } = await diff(folder)
    expect(exitCode).toBe(0)
    expect(changes).toMatchObject([{ unit: 'policy-fleet-b', change: 'gained' }])
    // The default, 10 %, would call it stricter.
    expect(dangers.map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
      [
        'trust-loosened',
        'high',
        'spec.brakes.maxDeletedShare goes from 0.01 to 0.08: this review keeps to what the base says, and the merge puts it into force',
      ],
    ])
    expect(diagnostics).toMatchObject({ resolved: 1, standing: 0 })
    expect(diagnostics.added.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      [
        'config/base-broken',
        'warning',
        `the configuration of the base is broken (fleetwright.yaml:3:69: the setting \`brakes\` is there twice, and nobody knows which one is meant): in its place counts that of ${last.slice(0, 12)}, the last one without errors`,
      ],
    ])
  })

  test('that leaves it as it is says so, and that nothing is written', async () => {
    const folder = await fleetOf(
      { 'fleetwright.yaml': configOf('review: { silence: [config/base-broken] }'), 'a.yaml': policy('a') },
      { 'fleetwright.yaml': broken },
    )
    commitFiles(folder, { 'b.yaml': policy('b') })
    const { changes, diagnostics } = await diff(folder)
    expect(changes).toEqual([])
    expect(diagnostics).toMatchObject({ standing: 1, added: [{ code: 'config/base-broken' }] })
  })

  test.each([
    ['as the last good one says', ['good'], []],
    ['as nobody knows', [], ['what the base allows is not known']],
  ])('sends no credentials of the base elsewhere: %s', async (_, states, told) => {
    const archive = await tarGzOf([
      { name: 'app/Chart.yaml', content: 'apiVersion: v2\nname: app\nversion: 1.0.0\n' },
      { name: 'app/templates/a.yaml', content: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' },
    ])
    const repository = {
      '/index.yaml': 'entries:\n  app:\n  - version: 1.0.0\n    urls: [app.tgz]\n',
      '/app.tgz': archive,
    }
    const charts = await serveFiles(repository, basic('fleet', password))
    const mirror = await serveFiles(repository)
    const profile = (host: string): string =>
      clusterProfile(
        'app',
        `clusterSelector: { matchLabels: { env: production } }
helmCharts:
- repositoryURL: http://${host}
  repositoryName: charts
  chartName: charts/app
  chartVersion: 1.0.0
  releaseName: app
  releaseNamespace: apps
  registryCredentialsConfig: { credentials: { namespace: platform, name: registry } }`,
      )
    const hosts = `sources: { allowedHosts: ["${charts.host}", "${mirror.host}"] }`
    const files = {
      'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: registry, namespace: platform }\nstringData: { username: fleet, password: ${password} }\n`,
      'app.yaml': profile(charts.host),
    }
    const folder = join(temporaryFolder(), 'fleet')
    mkdirSync(folder)
    const first = { 'clusters.yaml': clusters, ...files }
    if (states.length > 0) commitFiles(folder, { ...first, 'fleetwright.yaml': configOf(hosts) })
    commitFiles(folder, { ...first, 'fleetwright.yaml': configOf(`${hosts}, brake: {}`) })
    git(folder, 'checkout', '--quiet', '-b', 'change')
    commitFiles(folder, { 'fleetwright.yaml': configOf(hosts), 'app.yaml': profile(mirror.host) })
    const { dangers } = await diff(folder)
    expect(mirror.requests.flatMap(({ headers }) => headers.authorization ?? [])).toEqual([])
    const messages = dangers.map(({ message }) => message).join('\n')
    expect(messages).toContain('the credentials of the Secret platform/registry would be sent to')
    for (const each of told) expect(messages).toContain(each)
  })
})
