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
import { failingIntent, pryingIntent } from './live/prying-intent.ts'

const portBase = 22_000 + (process.pid % 40) * 20
const commands: readonly (readonly string[])[] = [
  ['compile'],
  ...['facts', 'plan', 'manifests', 'tree'].map((stage) => ['compile', '--emit', stage]),
  ['validate'],
  ...['clusters', 'events', 'conflicts', 'health', 'resources', 'addons'].map((what) => ['show', what]),
  ['explain', 'fleet/prod'],
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

  /** All that is said and written while intent pries, and what each command ended with. */
  async function everythingSaid(env: Readonly<Record<string, string>>) {
    const folder = join(temporaryFolder(), 'fleet')
    mkdirSync(folder)
    const said: Said[] = []
    const runEach = async (lines: readonly (readonly string[])[]): Promise<void> => {
      for (const args of lines.flatMap((line) => [line, [...line, '--output', 'json']])) {
        const access = args[0] === 'observe' ? ['--kubeconfig', hub.kubeconfig] : []
        const isTerminal = !args.includes('--output')
        const { stdout, stderr, exitCode } = await runCommand(folder, [...args, ...access], {
          env,
          isTerminal,
        })
        said.push({ what: args.join(' '), text: `${stdout}\n${stderr}`, exitCode })
      }
    }
    commitFiles(folder, pryingIntent)
    await runEach([['observe'], ...commands])
    const branch = git(folder, 'ls-tree', '-r', '--name-only', 'rendered').trim().split('\n')
    for (const path of branch) said.push({ what: path, text: git(folder, 'show', `rendered:${path}`) })
    const facts = git(folder, 'show', 'rendered:.fleetwright/facts/fleet/prod.json')
    commitFiles(folder, failingIntent)
    await runEach([['observe'], ['compile'], ['show', 'clusters']])
    said.push({ what: 'log', text: git(folder, 'log', '--patch', '--format=fuller', 'rendered') })
    return { said: [...said, ...filesBelow(join(folder, '..', 'cache'))], facts, branch }
  }

  test.each([
    ['with a key', { FLEETWRIGHT_KEY: 'a key that nobody guesses' }],
    ['without a key', {}],
  ])(
    'no value is in anything that is written or said, %s',
    async (_, env) => {
      const { said, facts, branch } = await everythingSaid(env)
      const told = said.flatMap(({ what, text }) =>
        toldIn(text, values).map((value) => `${what}: ${value.slice(0, 40)}`),
      )
      expect(told).toEqual([])

      // They were all read, and what pries was all tried: facts name each Secret, and each way out is refused.
      const names = secretValues.map((_value, index) => `"name":"known-${String(index).padStart(2, '0')}"`)
      expect(names.filter((name) => !facts.includes(name))).toEqual([])
      expect(said.filter(({ what }) => /^observe/.test(what)).map(({ exitCode }) => exitCode)).toEqual(
        Array.from({ length: 6 }, () => 0),
      )
      const compiled = said.filter(({ what }) => what === 'compile --output json').map(({ text }) => text)
      expect(compiled.map(codesOf)).toEqual([
        [
          'intent/notifications-not-sent',
          'render/lua-failed',
          'render/secret-value-needed',
          'render/template-error',
          'resolve/unsupported-secret-type',
        ],
        ['intent/notifications-not-sent', 'resolve/script-failed'],
      ])
      expect(branch.filter((path) => /^clusters\/.*\/(?:policy|helm)-/.test(path))).toEqual([])
    },
    400_000,
  )
})

interface Said {
  readonly what: string
  readonly text: string
  readonly exitCode?: number
}

function codesOf(json: string): readonly string[] {
  return [...new Set([...json.matchAll(/"code": "([^"]*)"/g)].map(([, code = '']) => code))].sort()
}

function filesBelow(folder: string): Said[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ what: path, text: readFileSync(path, 'latin1') }))
}
