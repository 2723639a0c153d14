import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configMap, sveltosCluster, yaml } from '../compile-files.ts'
import { commitFiles, git, runCommand, temporaryFolder } from './run-command.ts'

const eventSource = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: users }
spec:
  messagingMatchCriteria: [{ subject: user, cloudEventType: "log(in|out)$" }]
`
const eventTrigger = `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: namespaces }
spec:
  sourceClusterSelector: { matchLabels: { env: qa } }
  eventSourceName: users
  oneForEvent: true
  cloudEventAction: '{{ if hasSuffix "logout" .CloudEvent.type }}Delete{{ else }}Create{{ end }}'
  policyRefs: [{ kind: ConfigMap, namespace: default, name: user }]
`
const user = configMap(
  'user',
  {
    'user.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .CloudEvent.subject }}", namespace: users }\n',
  },
  { 'projectsveltos.io/instantiate': 'ok' },
)

function fleet(): string {
  const folder = join(temporaryFolder(), 'fleet')
  commitFiles(folder, {
    'fleet.yaml': yaml(
      sveltosCluster('a', { env: 'qa' }),
      sveltosCluster('b', { env: 'qa' }),
      eventSource,
      eventTrigger,
      user,
    ),
  })
  return folder
}

/** Writes an event beside the repository and gives its path. */
function event(folder: string, type: string, more: object = {}): string {
  const path = join(folder, '..', `${type}.json`)
  const json = { specversion: '1.0', id: '1', source: 'auth', type: `com.example.${type}`, subject: 'joe' }
  writeFileSync(path, JSON.stringify({ subject: 'user.sessions', event: json, ...more }))
  return path
}

const compile = (folder: string, ...args: string[]) => runCommand(folder, ['compile', ...args])

/** Rendered objects by path, without namespaces and delivery. */
function rendered(folder: string): string[] {
  return git(folder, 'ls-tree', '-r', '--name-only', 'rendered', 'clusters/')
    .split('\n')
    .filter((path) => path.includes('/policy-'))
    .map((path) => path.replace(/-[0-9a-f]{10}\//, '-HASH/'))
}

describe('compile --cloud-event', () => {
  test('an event deploys, lasts when it is not given again, and another one withdraws', async () => {
    const folder = fleet()
    expect((await compile(folder, '--cloud-event', event(folder, 'login'))).exitCode).toBe(0)
    const both = [
      'clusters/fleet/a/policy-projectsveltos-user-auth-joe-HASH/configmap-users-joe.yaml',
      'clusters/fleet/b/policy-projectsveltos-user-auth-joe-HASH/configmap-users-joe.yaml',
    ]
    expect(rendered(folder)).toEqual(both)
    const recorded = git(folder, 'ls-tree', '-r', '--name-only', 'rendered', '.fleetwright/facts/events/')
    expect(recorded.trim()).toBe('.fleetwright/facts/events/all/000001.json')
    expect((await compile(folder)).stdout).toContain('up to date')
    expect(rendered(folder)).toEqual(both)
    expect((await compile(folder, '--cloud-event', event(folder, 'logout'))).exitCode).toBe(0)
    expect(rendered(folder)).toEqual([])
  })

  test('what it gave can be verified, and made again from what the branch records', async () => {
    const folder = fleet()
    await compile(folder, '--cloud-event', event(folder, 'login'))
    const { exitCode, stdout, stderr } = await runCommand(folder, ['verify'])
    expect(stderr).toBe('')
    expect(stdout).toContain('byte for byte')
    expect(exitCode).toBe(0)
  })

  test('the same event twice changes nothing; one for a cluster counts there alone', async () => {
    const folder = fleet()
    const login = event(folder, 'login', { cluster: 'fleet/b' })
    await compile(folder, '--cloud-event', login)
    expect(rendered(folder)).toEqual([
      'clusters/fleet/b/policy-projectsveltos-user-auth-joe-HASH/configmap-users-joe.yaml',
    ])
    expect((await compile(folder, '--cloud-event', login)).stdout).toContain('up to date')
  })

  test('--emit shows what the event would give, and records nothing', async () => {
    const folder = fleet()
    const args = ['--cloud-event', event(folder, 'login'), '--emit', 'plan']
    const { stdout } = await compile(folder, ...args)
    const { events } = JSON.parse(stdout) as { events: { cluster: string; objects: string[] }[] }
    expect(events.map(({ cluster, objects }) => [cluster, objects])).toEqual([
      ['fleet/a', ['CloudEvent auth joe']],
      ['fleet/b', ['CloudEvent auth joe']],
    ])
    expect(git(folder, 'branch', '--list', 'rendered')).toBe('')
  })

  test('show events and explain name the event', async () => {
    const folder = fleet()
    await compile(folder, '--cloud-event', event(folder, 'login', { cluster: 'fleet/b' }))
    const shown = await runCommand(folder, ['show', 'events'])
    expect(shown.stdout).toContain('CloudEvent auth joe')
    const [unit = ''] = git(folder, 'ls-tree', '--name-only', 'rendered', 'clusters/fleet/b/')
      .split('\n')
      .filter((path) => path.includes('policy-'))
    const { stdout } = await runCommand(folder, ['explain', unit.replace(/^clusters\//, '')])
    expect(stdout).toContain('generated by EventTrigger/namespaces')
    expect(stdout).toContain('CloudEvent auth joe in fleet/b')
  })

  test.each([
    ['a file that is not there', undefined, 'cannot be read'],
    ['no JSON', '{', 'is no CloudEvent'],
    ['an event without a type', '{"specversion":"1.0","id":"1","source":"s"}', 'is no CloudEvent: `type`: '],
    [
      'a cluster without a namespace',
      '{"cluster":"a","event":{"specversion":"1.0","id":"1","source":"s","type":"t"}}',
      'is no CloudEvent: `cluster`: must be `<namespace>/<name>`',
    ],
  ])('%s is a mistake of usage', async (_what, text, message) => {
    const folder = fleet()
    const path = join(folder, '..', 'event.json')
    if (text !== undefined) writeFileSync(path, text)
    const { exitCode, stderr } = await compile(folder, '--cloud-event', path)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })
})
