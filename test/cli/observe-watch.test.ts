import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { net, startFleet, text, waitShortly, type LiveFleet } from './live-fleet.ts'
import { git, gitEnvironment } from './run-command.ts'

/** For this fleet, with what asks for each rule. */
const roles = `# Lets fleetwright observe the management cluster: reads only, and only what the intent asks for.
# Print it again when the intent has changed, or the inventory.
# Version and discovery: what is served decides how everything is rendered.
# configmaps: ClusterProfile/network
# clusters.cluster.x-k8s.io: inventory
# helmreleases.helm.toolkit.fluxcd.io: delivery
# kustomizations.kustomize.toolkit.fluxcd.io: delivery
# sveltosclusters.lib.projectsveltos.io: inventory
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: fleetwright-management-reader
rules:
- apiGroups:
  - ""
  resources:
  - configmaps
  verbs:
  - get
  - list
  - watch
- apiGroups:
  - cluster.x-k8s.io
  resources:
  - clusters
  verbs:
  - get
  - list
  - watch
- apiGroups:
  - helm.toolkit.fluxcd.io
  resources:
  - helmreleases
  verbs:
  - get
  - list
  - watch
- apiGroups:
  - kustomize.toolkit.fluxcd.io
  resources:
  - kustomizations
  verbs:
  - get
  - list
  - watch
- apiGroups:
  - lib.projectsveltos.io
  resources:
  - sveltosclusters
  verbs:
  - get
  - list
  - watch
- nonResourceURLs:
  - /api
  - /api/*
  - /apis
  - /apis/*
  - /version
  verbs:
  - get
---
# Lets fleetwright read Secrets of namespace fleet; their values are never recorded.
# Secret prod-sveltos-kubeconfig: kubeconfig
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: fleetwright-management-reader
  namespace: fleet
rules:
- apiGroups:
  - ""
  resourceNames:
  - prod-sveltos-kubeconfig
  resources:
  - secrets
  verbs:
  - get
  - list
  - watch
---
# Lets fleetwright observe the other clusters: reads only, and only what the intent asks for.
# Print it again when the intent has changed, or the inventory.
# Version and discovery: what is served decides how everything is rendered.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: fleetwright-reader
rules:
- nonResourceURLs:
  - /api
  - /api/*
  - /apis
  - /apis/*
  - /version
  verbs:
  - get
`

test('--print-rbac prints the least roles, with what asks for each rule, and connects to nothing', async () => {
  const { mgmt, run } = await startFleet()
  await run('observe')
  const before = mgmt.requests.length
  const { stdout, exitCode } = await run('observe --print-rbac')
  expect(exitCode).toBe(0)
  expect(mgmt.requests).toHaveLength(before)
  expect(stdout).toBe(roles)
  const json = await run('observe --print-rbac --output json')
  expect(outputs.observe.parse(JSON.parse(json.stdout)).roles?.map(({ object }) => object['kind'])).toEqual([
    'ClusterRole',
    'Role',
    'ClusterRole',
  ])
})

describe('--watch', () => {
  /** Runs until enough lines were printed on a stream, and is interrupted then. */
  async function watch(
    fleet: LiveFleet,
    line: string,
    { until, change }: { readonly until: number; readonly change: () => void },
  ) {
    const ending = new AbortController()
    let lines = 0
    return fleet.run(line, {
      interrupt: ending.signal,
      wait: waitShortly,
      onPrint(name, text) {
        if (name === 'stderr' && text.startsWith('CLUSTER')) change()
        if (name === 'stdout') lines += text.split('\n').length - 1
        if (lines >= until) ending.abort()
      },
    })
  }

  test('prints a line for each change until it is interrupted, and records with --branch', async () => {
    const fleet = await startFleet()
    const { folder, mgmt } = fleet
    const change = (): void => mgmt.objects.put(net('10.9.0.0/16'))
    const { exitCode, stdout } = await watch(fleet, 'observe --watch --branch rendered', { until: 1, change })
    expect(exitCode).toBe(130)
    expect(JSON.parse(stdout)).toEqual({
      time: '2026-01-02T00:00:00Z',
      cluster: 'management',
      change: 'modified',
      object: 'ConfigMap default/net',
      because: ['ClusterProfile/network'],
      profiles: [{ profile: 'ClusterProfile/network', clusters: ['fleet/prod'] }],
    })
    expect(text(folder, '.fleetwright/facts/management.json')).toContain('10.9.0.0/16')
  })

  test('records nothing by itself', async () => {
    const fleet = await startFleet()
    const change = (): void => fleet.mgmt.objects.put(net('10.9.0.0/16'))
    await watch(fleet, 'observe --watch', { until: 1, change })
    expect(git(fleet.folder, 'branch', '--list', 'rendered')).toBe('')
  })
})

test('--debounce and --poll must be durations', async () => {
  const { run } = await startFleet()
  const { exitCode, stderr } = await run('observe --watch --debounce soon')
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--debounce must be a duration')])
  expect((await run('observe --watch --poll 0s')).stderr).toContain('--poll must be a duration')
})

test('SIGINT ends a watch with 130, and leaves no temporary folder', async () => {
  const { folder } = await startFleet()
  const temporary = join(folder, '../temporary')
  mkdirSync(temporary)
  const main = resolve(import.meta.dirname, '../../src/cli/main.ts')
  const child = spawn(process.execPath, [main, 'observe', '--watch'], {
    cwd: folder,
    env: {
      ...gitEnvironment(),
      ...{ KUBECONFIG: join(folder, '../kubeconfig'), TMPDIR: temporary },
      XDG_CACHE_HOME: join(folder, '../cache'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  while (!said.includes('2 observed')) {
    const [text] = (await once(child.stderr, 'data')) as [Buffer]
    said += text.toString()
  }
  child.kill('SIGINT')
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  expect(exitCode).toBe(130)
  expect(readdirSync(temporary)).toEqual([])
}, 60_000)
