import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outputs } from '../../src/report/report.ts'
import { waitShortly } from '../cli/live-fleet.ts'
import { commitFiles, git, runCommand } from '../cli/run-command.ts'
import { clusterProfile, yaml } from '../compile-files.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { installDefinitions, registerCluster } from './live/live-fleet.ts'

const portBase = 20_000 + (process.pid % 40) * 20

/** Asks for Services of production, for a ConfigMap that a chart looks up there, and for objects of the management cluster. */
const files = {
  'fleetwright.yaml':
    'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: { management: { context: mgmt } }\n',
  'fleet/events.yaml': `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata: { name: services }
spec:
  collectResources: true
  resourceSelectors:
  - { group: "", version: v1, kind: Service, namespace: default }
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata: { name: tell }
spec:
  sourceClusterSelector: { matchLabels: { env: production } }
  eventSourceName: services
  oneForEvent: true
  policyRefs:
  - { kind: ConfigMap, namespace: default, name: told }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: told, namespace: default, annotations: { projectsveltos.io/instantiate: "true" } }
data:
  a.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: "told-{{ .Resource.metadata.name }}", namespace: default }
`,
  'fleet/seed.yaml': yaml(
    clusterProfile(
      'seed',
      `
clusterSelector: { matchLabels: { env: production } }
templateResourceRefs:
- { identifier: Token, resource: { apiVersion: v1, kind: Secret, namespace: default, name: token } }
- { identifier: Net, resource: { apiVersion: v1, kind: ConfigMap, namespace: default, name: net } }
helmCharts:
- { repositoryURL: ./charts/seed, repositoryName: seed, chartName: seed, chartVersion: 0.1.0, releaseName: seed, releaseNamespace: default }
policyRefs:
- { kind: ConfigMap, namespace: default, name: content }
`,
    ),
    `apiVersion: v1
kind: ConfigMap
metadata: { name: content, namespace: default }
data: { a.yaml: "apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: a, namespace: default }\\n" }
`,
  ),
  'charts/seed/Chart.yaml': 'apiVersion: v2\nname: seed\nversion: 0.1.0\n',
  'charts/seed/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: seeded }
data: { value: {{ (lookup "v1" "ConfigMap" "default" "seed").data | toJson | quote }} }
`,
}

const account = { name: 'fleetwright', namespace: 'fleetwright' }

/** A kubeconfig of a service account of that name, which nobody has allowed anything yet. */
async function accountOf(cluster: KubernetesCluster, context: string): Promise<string> {
  await cluster.kubectl('create', 'namespace', account.namespace)
  await cluster.kubectl('create', 'serviceaccount', account.name, '-n', account.namespace)
  const token = await cluster.kubectl('create', 'token', account.name, '-n', account.namespace)
  const admin = await readFile(cluster.kubeconfig, 'utf8')
  const [server, authority] = [/server: "?([^",]+)/, /certificate-authority-data: ([^,}\s]+)/].map(
    (pattern) => pattern.exec(admin)?.[1],
  )
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': context },
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: context, user: { token: token.trim() } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  })
}

interface PrintedRole {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** Applies roles as they were printed, and binds the account to each. */
async function allow(cluster: KubernetesCluster, roles: readonly PrintedRole[]): Promise<void> {
  const bindings = roles.map(({ kind, metadata }) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  }))
  await cluster.apply([...roles, ...bindings])
}

describe.skipIf(sharedFolder() === undefined)('observing real clusters', () => {
  let hub: KubernetesCluster
  let prod: KubernetesCluster
  const started: KubernetesCluster[] = []
  const home = mkdtempSync(join(tmpdir(), 'fleetwright-e2e-'))
  let folder: string
  /** Of the service account. */
  let kubeconfig: string
  let kubeconfigOfProd: string

  beforeAll(async () => {
    const shared = requireShared()
    const start = async (name: string, index: number): Promise<KubernetesCluster> => {
      const cluster = await startCluster(shared, `observe-${name}-${process.pid}`, portBase + index * 10)
      started.push(cluster)
      return cluster
    }
    hub = await start('hub', 0)
    prod = await start('prod', 1)
    await installDefinitions(hub, shared, [
      'cluster-api/cluster.x-k8s.io_clusters.yaml',
      'cluster-api/cluster.x-k8s.io_machinedeployments.yaml',
      'sveltos/lib.projectsveltos.io_sveltosclusters.yaml',
      'flux/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
    ])
    await hub.kubectl('create', 'namespace', 'fleet')
    const labels = { env: 'production' }
    await registerCluster(hub, prod, { name: 'prod', namespace: 'fleet', labels })
    kubeconfigOfProd = await accountOf(prod, 'prod')
    await hub.apply([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: inDefault('net'), data: { cidr: '10.0.0.0/8' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: inDefault('token'), stringData: { token: 'hidden' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: inDefault('other'), stringData: { token: 'hidden' } },
    ])
    await prod.apply([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: inDefault('seed'), data: { value: 'x' } },
      service('web'),
    ])
    folder = join(home, 'fleet')
    mkdirSync(folder)
    commitFiles(folder, files)
    kubeconfig = join(folder, '../kubeconfig')
    writeFileSync(kubeconfig, await accountOf(hub, 'mgmt'))
  }, 240_000)
  afterAll(async () => {
    await Promise.all(started.map((cluster) => cluster.stop()))
    rmSync(home, { recursive: true, force: true })
  })

  const as = (path: string, ...args: readonly string[]) =>
    runCommand(folder, ['observe', ...args, '--kubeconfig', path, '--output', 'json'])

  /** Gives each cluster the roles that are printed for it. */
  async function allowWhatIsPrinted(): Promise<void> {
    const { stdout } = await as(kubeconfig, '--print-rbac')
    const roles = (outputs.observe.parse(JSON.parse(stdout)).roles ?? []).map(
      ({ object }) => object as unknown as PrintedRole,
    )
    const isOfHub = ({ metadata }: PrintedRole): boolean => metadata.name.includes('management')
    await allow(hub, roles.filter(isOfHub))
    await allow(
      prod,
      roles.filter((role) => !isOfHub(role)),
    )
  }

  async function observe(path: string): Promise<readonly string[]> {
    const { clusters } = outputs.observe.parse(JSON.parse((await as(path)).stdout))
    return clusters.map(({ cluster, status, failure }) =>
      [cluster, status, ...(failure ? [failure.reason] : [])].join(' '),
    )
  }

  const facts = (cluster: string): string =>
    git(folder, 'show', `rendered:.fleetwright/facts/${cluster}.json`)

  test('a service account with exactly the printed roles sees what an administrator sees', async () => {
    expect(await observe(kubeconfig)).toEqual(['management missing forbidden'])
    const admin = join(folder, '../admin')
    writeFileSync(
      admin,
      (await readFile(hub.kubeconfig, 'utf8')).replace(
        /name: observe-hub-\d+, context/,
        'name: mgmt, context',
      ),
    )
    expect(await observe(admin)).toEqual(['fleet/prod observed', 'management observed'])
    const seen = [facts('fleet/prod'), facts('management')]
    expect(seen[0]).toContain('"name":"web"')
    expect(seen[0]).toContain('"name":"seed"')
    expect(seen[1]).toContain('"name":"token"')

    await allowWhatIsPrinted()
    const secret = { name: 'prod-kubeconfig', namespace: 'fleet' }
    const data = { value: Buffer.from(kubeconfigOfProd).toString('base64') }
    await hub.apply(
      [{ apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret', metadata: secret, data }],
      '--force-conflicts',
    )
    expect(await observe(kubeconfig)).toEqual(['fleet/prod observed', 'management observed'])
    expect([facts('fleet/prod'), facts('management')]).toEqual(seen)
  }, 120_000)

  test.each([
    ['get', 'secrets', 'no'],
    ['list', 'secrets', 'no'],
    ['get', 'secrets/token', 'yes'],
    ['get', 'secrets/other', 'no'],
    ['get', 'configmaps', 'yes'],
    ['create', 'configmaps', 'no'],
    ['delete', 'configmaps', 'no'],
    ['get', 'pods', 'no'],
  ])('and so it may %s %s of the management cluster: %s', async (verb, resource, answer) => {
    const who = `system:serviceaccount:${account.namespace}:${account.name}`
    const said = await hub
      .kubectl('auth', 'can-i', verb, resource, '-n', 'default', '--as', who)
      .catch((error: { stdout: string }) => error.stdout)
    expect(said.trim()).toBe(answer)
  })

  test('watching prints what happens in a cluster, with these roles too', async () => {
    const ending = new AbortController()
    let lines = ''
    const { exitCode, stdout } = await runCommand(
      folder,
      ['observe', '--watch', '--kubeconfig', kubeconfig],
      {
        interrupt: ending.signal,
        now: () => new Date('2026-01-02T00:00:01Z'),
        wait: waitShortly,
        onPrint(name, text) {
          if (name === 'stderr' && text.startsWith('CLUSTER')) void prod.apply([service('api')])
          if (name === 'stdout') lines += text
          if (lines.includes('\n')) ending.abort()
        },
      },
    )
    expect(exitCode).toBe(130)
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      cluster: 'fleet/prod',
      change: 'added',
      object: 'Service default/api',
      because: ['EventSource/services'],
      profiles: [{ clusters: ['fleet/prod'] }],
    })
  }, 60_000)
})

const inDefault = (name: string) => ({ name, namespace: 'default' })

function service(name: string): object {
  const spec = { selector: { app: name }, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }
  return { apiVersion: 'v1', kind: 'Service', metadata: inDefault(name), spec }
}
