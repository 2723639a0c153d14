import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { clusterProfile, sveltosCluster, yaml } from '../compile-files.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

const chart = (version: string): Record<string, string> => ({
  [`charts/gatekeeper-${version}/Chart.yaml`]: `apiVersion: v2\nname: gatekeeper\nversion: ${version}\n`,
  [`charts/gatekeeper-${version}/templates/settings.yaml`]: `apiVersion: v1
kind: ConfigMap
metadata: { name: gatekeeper }
data: { version: "${version}" }
`,
})

const gatekeeper = (name: string, version: string): string =>
  clusterProfile(
    name,
    `clusterSelector: { matchLabels: { gatekeeper: "${name}" } }
helmCharts:
- repositoryURL: ./charts/gatekeeper-${version}
  chartName: gatekeeper
  releaseName: gatekeeper
  releaseNamespace: gatekeeper-system`,
  )

const classifier = (name: string, comparison: string, value: string): string =>
  `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: ${name} }
spec:
  kubernetesVersionConstraints: [{ comparison: ${comparison}, version: 1.34.0 }]
  classifierLabels: [{ key: gatekeeper, value: ${value} }]
`

const files = {
  ...chart('3.19.1'),
  ...chart('3.20.0'),
  'clusters.yaml': yaml(
    sveltosCluster('prod-eu', { env: 'production' }),
    sveltosCluster('prod-us', { env: 'production' }),
  ),
  'classifiers.yaml': yaml(
    classifier('k133', 'LessThan', 'older'),
    classifier('k134', 'GreaterThanOrEqualTo', 'newer'),
  ),
  'gatekeeper.yaml': yaml(gatekeeper('older', '3.19.1'), gatekeeper('newer', '3.20.0')),
}

const factsOf = (versions: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [
      `facts/fleet/${name}.json`,
      JSON.stringify({ version, resources: [], objects: [] }),
    ]),
  )

/** A fleet on `main` that is compiled with facts of 1.33, and a folder with facts in which these versions differ. */
async function fleetWith(versions: Readonly<Record<string, string>>) {
  const root = temporaryFolder()
  const folder = join(root, 'fleet')
  mkdirSync(folder)
  commitFiles(folder, files)
  const write = (name: string, changed: Readonly<Record<string, string>>): string => {
    const place = join(root, name)
    mkdirSync(place)
    commitFiles(place, factsOf({ 'prod-eu': 'v1.33.7', 'prod-us': 'v1.33.7', ...changed }))
    return place
  }
  const { exitCode, stderr } = await runCommand(folder, ['compile', '--facts', write('before', {})])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return { folder, facts: write('after', versions) }
}

const rendered = ['diff', '--against', 'rendered']

interface Proposal {
  readonly title: string
  readonly body: string
}

describe('diff --against rendered', () => {
  test('says of an upgraded cluster what the next compile would write, and why', async () => {
    const { folder, facts } = await fleetWith({ 'prod-eu': 'v1.34.0' })
    const report = join(folder, '../report')
    const { exitCode, stdout } = await runCommand(folder, [...rendered, '--facts', facts, '--report', report])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('What the next compile would write\n')
    const review = outputs.diff.parse(JSON.parse(readFileSync(join(report, 'review.json'), 'utf8')))
    expect(review).toMatchObject({
      baseline: 'rendered',
      base: { name: 'rendered', commit: git(folder, 'rev-parse', 'rendered').trim() },
      head: { name: 'HEAD', commit: git(folder, 'rev-parse', 'HEAD').trim() },
    })
    const [change] = review.changes
    expect(change).toMatchObject({
      unit: 'helm-gatekeeper-system-gatekeeper',
      change: 'moved',
      before: { version: '3.19.1' },
      after: { version: '3.20.0' },
      clusters: ['fleet/prod-eu'],
    })
    expect(change?.causes.map(({ text, fact }) => [text, fact])).toEqual([
      [
        'label `gatekeeper` of the cluster is `newer`, it was `older`, set by Classifier/k134: version 1.34.0 is >= 1.34.0',
        undefined,
      ],
      ['the cluster serves Kubernetes v1.34.0, it served v1.33.7', 'serves 1.34'],
    ])
    const { title, body } = JSON.parse(readFileSync(join(report, 'proposal.json'), 'utf8')) as Proposal
    expect(title).toBe('prod-eu serves 1.34: gatekeeper 3.19.1 → 3.20.0')
    expect(body.split('\n').slice(0, 4)).toEqual([
      '### Why',
      '',
      '- `fleet/prod-eu`: the cluster serves Kubernetes `v1.34.0`, it served `v1.33.7` → label `gatekeeper` of the cluster is `newer`, it was `older`, set by `Classifier/k134`: version `1.34.0` is `>= 1.34.0` → `gatekeeper` `3.19.1 → 3.20.0`',
      '',
    ])
    expect(body).toContain('### What the next compile would write')
    expect(readdirSync(report)).toContain('proposal.json')
  })

  test('is what the next compile writes', async () => {
    const { folder, facts } = await fleetWith({ 'prod-eu': 'v1.34.0', 'prod-us': 'v1.34.1' })
    const before = await runCommand(folder, [...rendered, '--facts', facts, '--format', 'json'])
    expect(outputs.diff.parse(JSON.parse(before.stdout)).totals.clusters).toEqual({ all: 2, changed: 2 })
    await runCommand(folder, ['compile', '--facts', facts])
    expect(
      git(
        folder,
        'show',
        'rendered:clusters/fleet/prod-us/helm-gatekeeper-system-gatekeeper/configmap-gatekeeper-system-gatekeeper.yaml',
      ),
    ).toContain('3.20.0')
    const after = await runCommand(folder, [...rendered, '--facts', facts, '--fail-on', 'changes'])
    expect(after.exitCode).toBe(0)
    expect(after.stdout).toContain('Nothing changes on 2 clusters')
  })

  test('with the facts of the branch shows what the commits since the last compile do', async () => {
    const { folder } = await fleetWith({})
    commitFiles(folder, { 'gatekeeper.yaml': yaml(gatekeeper('older', '3.20.0')) })
    const { stdout } = await runCommand(folder, rendered)
    expect(stdout).toContain('2 clusters change gatekeeper 3.19.1 → 3.20.0')
    expect(stdout).toContain('because ClusterProfile/older ')
    const proposal = await runCommand(folder, [...rendered, '--format', 'proposal'])
    const { title } = JSON.parse(proposal.stdout) as Proposal
    const head = git(folder, 'rev-parse', 'HEAD').slice(0, 12)
    expect(title).toBe(`Render ${head}: All 2 clusters change gatekeeper 3.19.1 → 3.20.0`)
  })

  test('says what it can where the commit of the branch is not there any more', async () => {
    const { folder, facts } = await fleetWith({ 'prod-eu': 'v1.34.0' })
    git(folder, 'checkout', '--quiet', '--orphan', 'rewritten')
    commitFiles(folder, { 'README.md': 'History begins here.\n' })
    git(folder, 'branch', '--quiet', '-D', 'main')
    git(folder, 'reflog', 'expire', '--expire=now', '--all')
    git(folder, 'gc', '--quiet', '--prune=now')
    const { exitCode, stdout } = await runCommand(folder, [...rendered, '--facts', facts, '--format', 'json'])
    expect(exitCode).toBe(0)
    const { changes } = outputs.diff.parse(JSON.parse(stdout))
    expect(changes[0]).toMatchObject({ change: 'moved', after: { version: '3.20.0' } })
    expect(changes[0]?.causes).toMatchObject([{ fact: 'serves 1.34' }])
  })

  test('a cluster that runs another version than is written for it is no upgrade of anybody', async () => {
    const { folder, facts } = await fleetWith({ 'prod-eu': 'v1.34.0' })
    const clusters = ['prod-eu', 'prod-us'].map(
      (name) => `- { name: ${name}, namespace: fleet, version: v1.33.7 }`,
    )
    const config = `apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n  clusters:\n  ${clusters.join('\n  ')}\n`
    git(folder, 'rm', '--quiet', 'clusters.yaml')
    commitFiles(folder, { 'fleetwright.yaml': config })
    await runCommand(folder, ['compile'])
    const { stdout } = await runCommand(folder, [...rendered, '--facts', facts, '--format', 'json'])
    const { upgrades, changes } = outputs.diff.parse(JSON.parse(stdout))
    expect(upgrades).toEqual([])
    expect(changes[0]).toMatchObject({ change: 'moved', causes: [{}, { fact: 'serves 1.34' }] })
  })

  test('supposes', async () => {
    const { folder } = await fleetWith({})
    const supposition = ['--what-if', 'cluster=prod-eu,version=1.34']
    const { exitCode, stdout } = await runCommand(folder, [...rendered, ...supposition])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('What this supposition would change\n')
    expect(stdout).toContain('fleet/prod-eu moves gatekeeper')
    expect(stdout).toContain('because the cluster serves Kubernetes v1.34.0, it served v1.33.7')
    const ofStranger = await runCommand(folder, [...rendered, ...supposition, '--untrusted'])
    expect(ofStranger).toMatchObject({ exitCode: 0, stdout })
    const { stderr, exitCode: code } = await runCommand(folder, ['diff', ...supposition])
    expect({ stderr, code }).toEqual({
      stderr: 'usage: --what-if asks what it would change in one commit: add --against rendered\n',
      code: 2,
    })
  })
})
