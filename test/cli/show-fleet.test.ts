import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { commitFiles, runCommand, temporaryFolder } from './run-command.ts'

const facts = {
  '.fleetwright/facts/fleet/eu.json': { version: 'v1.33.7', resources: [], objects: [] },
  '.fleetwright/observed.json': {
    'fleet/eu': { observedAt: '2026-01-01T20:00:00Z', reachable: false, reason: 'connection refused' },
  },
}

const refers = (name: string): string =>
  `clusterSelector: { matchLabels: { env: production } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: ${name} }]`
const sharedObject = 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: shared }\n'

function fleet(): string {
  const folder = join(temporaryFolder(), 'fleet')
  const files: Record<string, string> = {
    'clusters.yaml': yaml(
      sveltosCluster('eu', { env: 'production' }),
      sveltosCluster('us', { env: 'staging' }),
    ),
    'profiles.yaml': yaml(
      clusterProfile('one', `tier: 50\n${refers('one')}`),
      clusterProfile('two', refers('two')),
      configMap('one', { 'c.yaml': sharedObject }),
      configMap('two', { 'c.yaml': sharedObject }),
    ),
    ...Object.fromEntries(Object.entries(facts).map(([path, value]) => [path, JSON.stringify(value)])),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  commitFiles(folder)
  return folder
}

const common = ['--facts', '.fleetwright', '--as-of', '2026-01-02T00:00:00Z']

describe('show clusters', () => {
  test('says of each cluster what it runs, how old its facts are, and its labels', async () => {
    const { stdout, exitCode } = await runCommand(fleet(), ['show', 'clusters', ...common])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        'CLUSTER   VERSION  READY  CONTROL PLANE  WORKERS  ADD-ONS  FACTS                       LABELS',
        'fleet/eu  v1.33.7  yes                            2        4h old, connection refused  env=production',
        'fleet/us  v1.33.1  yes                            0        none                        env=staging',
        '',
      ].join('\n'),
    )
  })

  test('with --output json prints the published document, where each label says where it comes from', async () => {
    const args = ['show', 'clusters', ...common, '--cluster', 'fleet/us', '--output', 'json']
    const { stdout } = await runCommand(fleet(), [...args, '--what-if', 'cluster=us,label:env=production'])
    const { clusters } = outputs['show clusters'].parse(JSON.parse(stdout))
    expect(clusters).toMatchObject([
      { cluster: 'fleet/us', labels: [{ key: 'env', value: 'production', origin: 'what-if' }], addons: 2 },
    ])
  })
})

describe('show conflicts', () => {
  test('names the owner of an object that two profiles render, and why it has it', async () => {
    const { stdout, exitCode } = await runCommand(fleet(), ['show', 'conflicts', ...common])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      [
        'CLUSTER   WHAT                      OWNER                         WANTED ALSO BY                 BECAUSE',
        'fleet/eu  ConfigMap default/shared  ClusterProfile/one (tier 50)  ClusterProfile/two (tier 100)  its tier is lower',
        '',
      ].join('\n'),
    )
  })
})

describe('show events', () => {
  test('without triggers says so', async () => {
    const { stdout } = await runCommand(fleet(), ['show', 'events', ...common])
    expect(stdout).toBe('no events\n')
  })
})

describe('--what-if', () => {
  const whatIf = async (text: string) =>
    runCommand(fleet(), ['show', 'clusters', ...common, '--what-if', text])

  test('adds a cluster that does not exist yet', async () => {
    const { stdout } = await whatIf('cluster=fleet/ap,version=1.35,label:env=production')
    expect(stdout).toMatch(/^fleet\/ap {2}v1\.35\.0 .* env=production$/m)
  })

  test.each([
    ['cluster=eus', 'there is no cluster `eus`; did you mean'],
    ['version=1.34', 'names no cluster'],
    ['cluster=eu,version=new', '`new` is no Kubernetes version'],
    ['cluster=eu,label:a b=c', 'is no key of a label'],
    ['cluster=eu,add=missing.yaml', 'missing.yaml cannot be read'],
    ['cluster=eu,colour=red', '`colour=red` is not understood'],
  ])('%s is a fault of usage that says what is wrong', async (text, message) => {
    const { stderr, exitCode } = await whatIf(text)
    expect(stderr).toContain(message)
    expect(exitCode).toBe(2)
  })

  test('is never written to a branch', async () => {
    const { stderr, exitCode } = await runCommand(fleet(), [
      'compile',
      '--what-if',
      'cluster=eu,version=1.35',
    ])
    expect(stderr).toContain('--what-if needs --emit')
    expect(exitCode).toBe(2)
  })
})
