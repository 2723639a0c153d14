import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitFiles, git, runCommand, temporaryFolder } from '../cli/run-command.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { knownSecrets, secretValues, toldIn } from './live/known-secrets.ts'
import { installDefinitions, registerCluster } from './live/live-fleet.ts'
import { pryingIntent } from './live/prying-intent.ts'

const portBase = 22_000 + (process.pid % 40) * 20
const commands: readonly (readonly string[])[] = [
  ['compile'],
  ...['facts', 'plan', 'manifests', 'tree'].map((stage) => ['compile', '--emit', stage]),
  ['validate'],
  ...['clusters', 'events', 'conflicts', 'health', 'resources', 'addons'].map((what) => ['show', what]),
  ['explain', '--cluster', 'fleet/prod', 'helm-apps-app'],
  ['observe'],
]

test('a value is found in every spelling', () => {
  const [value = ''] = secretValues
  const bytes = Buffer.from(`a${value}b`)
  const told = [
    bytes.toString(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
  const asUrl = `https://example.com/?q=${encodeURIComponent(value)}`
  const inJson = JSON.stringify({ value })
  for (const text of [...told, asUrl, inJson]) expect(toldIn(`before ${text} after`)).toEqual([value])
  expect(toldIn(createHash('sha256').update(value).digest('hex'))).toEqual([])
})

describe.skipIf(sharedFolder() === undefined)('50 Secrets of live clusters that intent pries into', () => {
  let hub: KubernetesCluster
  let prod: KubernetesCluster
  /** What must not be told: the known values, and what opens the workload cluster. */
  let values: readonly string[] = []

  beforeAll(async () => {
    const shared = requireShared()
    const start = (name: string, index: number) =>
      startCluster(shared, `secrets-${name}-${process.pid}`, portBase + index * 10)
    ;[hub, prod] = await Promise.all([start('hub', 0), start('prod', 1)])
    const crds = [
      'cluster-api/cluster.x-k8s.io_clusters.yaml',
      'sveltos/lib.projectsveltos.io_sveltosclusters.yaml',
    ]
    await installDefinitions(hub, shared, crds)
    await hub.kubectl('create', 'namespace', 'fleet')
    await registerCluster(hub, prod, { name: 'prod', namespace: 'fleet', labels: { env: 'production' } })
    await hub.apply(knownSecrets('fleet'))
    await prod.apply(knownSecrets('default'))
    const key = /client-key-data: (\S+)/.exec(await readFile(prod.kubeconfig, 'utf8'))?.[1] ?? ''
    expect(key).not.toBe('')
    values = [...secretValues, Buffer.from(key, 'base64').toString('utf8')]
  }, 240_000)
  afterAll(async () => {
    await Promise.all([hub.stop(), prod.stop()])
  })

  async function everythingSaid(env: Readonly<Record<string, string>>) {
    const folder = join(temporaryFolder(), 'fleet')
    mkdirSync(folder)
    commitFiles(folder, pryingIntent)
    const said: { readonly what: string; readonly text: string }[] = []
    const exitCodes = new Map<string, number>()
    for (const args of [['observe'], ...commands])
      for (const form of [[], ['--output', 'json']]) {
        const reads = args[0] === 'observe' ? ['--kubeconfig', hub.kubeconfig] : []
        const line = [...args, ...form]
        const done = await runCommand(folder, [...line, ...reads], { env, isTerminal: form.length === 0 })
        const what = line.join(' ')
        exitCodes.set(what, done.exitCode)
        said.push({ what, text: `${done.stdout}\n${done.stderr}` })
      }
    const branch = git(folder, 'ls-tree', '-r', '--name-only', 'rendered').trim().split('\n')
    for (const path of branch) said.push({ what: path, text: git(folder, 'show', `rendered:${path}`) })
    said.push({ what: 'log', text: git(folder, 'log', '--patch', '--format=fuller', 'rendered') })
    said.push(...filesBelow(join(folder, '..', 'cache')))
    return { said, exitCodes, facts: git(folder, 'show', 'rendered:.fleetwright/facts/fleet/prod.json') }
  }

  test.each([
    ['with a key', { FLEETWRIGHT_KEY: 'a key that nobody guesses' }],
    ['without a key', {}],
  ])(
    'no value is in anything that is written or said, %s',
    async (_, env) => {
      const { said, exitCodes, facts } = await everythingSaid(env as Readonly<Record<string, string>>)
      expect(Object.fromEntries(exitCodes)).toMatchObject({
        observe: 0,
        compile: 1,
        'compile --output json': 1,
      })
      // They were all read: what is recorded names each of them.
      const names = secretValues.map((_value, index) => `"name":"known-${String(index).padStart(2, '0')}"`)
      expect(names.filter((name) => !facts.includes(name))).toEqual([])
      const told = said.flatMap(({ what, text }) =>
        toldIn(text, values).map((value) => `${what}: ${value.slice(0, 40)}`),
      )
      expect(told).toEqual([])
    },
    400_000,
  )
})

function filesBelow(folder: string): { readonly what: string; readonly text: string }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ what: path, text: readFileSync(path, 'latin1') }))
}
