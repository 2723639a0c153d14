import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commitFiles, runCommand } from '../cli/run-command.ts'
import { requireShared, sharedFolder } from '../shared.ts'
import { eventually, startCluster, type KubernetesCluster } from './kubernetes-cluster.ts'
import { deliverAsFlux, kubeconfigFor } from './live/live-delivery.ts'
import { installDefinitions } from './live/live-fleet.ts'

const portBase = 29_000 + (process.pid % 90) * 10

const password = 'correct-horse-battery-staple'
const changedPassword = 'another-battery-of-horses-9'

/** One cluster, which is also the management cluster; everything by policies. */
const config = `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  management: { context: mgmt }
  clusters:
  - { name: prod, namespace: fleet, context: prod, version: v1.35.4, labels: { env: production } }
  secrets: { allow: ['*/*'] }
`
const profile = `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: web }
spec:
  clusterSelector: { matchLabels: { env: production } }
  driftExclusions:
  - { paths: [/spec/replicas], target: { kind: Deployment, name: scaled } }
  policyRefs:
  - { kind: ConfigMap, namespace: default, name: app }
  - { kind: ConfigMap, namespace: default, name: scaled }
  - { kind: ConfigMap, namespace: default, name: local, deploymentType: Local }
`

const deployment = (name: string, image: string): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            ...{ name: 'main', image, env: [{ name: 'MODE', value: 'fast' }] },
            resources: { requests: { cpu: '0.5', memory: '1Gi' } },
            ports: [{ containerPort: 8080 }],
          },
        ],
      },
    },
  },
})

const settings = (data: Readonly<Record<string, string>>, annotations?: object): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data },
  metadata: { name: 'settings', namespace: 'web', ...(annotations && { annotations }) },
})

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'web' } }
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:web' },
}

function content(name: string, objects: readonly object[]): object {
  const data = Object.fromEntries(objects.map((object, index) => [`${index}.yaml`, JSON.stringify(object)]))
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data }
}

const app = [
  deployment('app', 'example.org/app:1.0'),
  settings({ color: 'blue', size: 'large' }),
  { ...secret, stringData: { password } },
  { ...role, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
]

function files(objects: readonly object[] = app): Record<string, string> {
  return {
    'fleetwright.yaml': config,
    'fleet/web.yaml': profile,
    'fleet/app.yaml': JSON.stringify(content('app', objects)),
    'fleet/local.yaml': JSON.stringify(
      content('local', [
        {
          ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { of: 'prod' } },
          metadata: { name: 'register', namespace: 'web' },
        },
      ]),
    ),
    'fleet/scaled.yaml': JSON.stringify(content('scaled', [deployment('scaled', 'example.org/scaled:1')])),
  }
}

interface ShownObject {
  readonly change: string
  readonly before?: { readonly kind: string; readonly name: string }
  readonly after?: { readonly kind: string; readonly name: string }
  readonly fields: readonly { readonly path: string; readonly values: readonly object[] }[]
}

interface ShownReview {
  readonly changes: readonly {
    readonly unit: string
    readonly change: string
    readonly objects: readonly ShownObject[]
  }[]
  readonly held: readonly { readonly cluster: string; readonly unit?: string; readonly reason: string }[]
  readonly diagnostics: { readonly added: readonly { readonly code: string; readonly message: string }[] }
}

describe.skipIf(sharedFolder() === undefined)('comparing a rendered branch with a real cluster', () => {
  let cluster: KubernetesCluster
  const home = mkdtempSync(join(tmpdir(), 'fleetwright-live-'))
  const folder = join(home, 'fleet')
  const admin = join(home, 'admin')
  const reader = join(home, 'reader')

  beforeAll(async () => {
    const shared = requireShared()
    cluster = await startCluster(shared, `live-${process.pid}`, portBase)
    await installDefinitions(cluster, shared, ['flux/kustomize.toolkit.fluxcd.io_kustomizations.yaml'])
    await cluster.kubectl('create', 'namespace', 'fleet')
    const own = await readFile(cluster.kubeconfig, 'utf8')
    writeFileSync(admin, kubeconfigFor(own, ['mgmt', 'prod']))
    await cluster.apply(readOnlyAccount)
    const token = await cluster.kubectl('create', 'token', 'reader', '-n', 'default')
    writeFileSync(reader, kubeconfigFor(own, ['mgmt', 'prod'], token.trim()))
    mkdirSync(folder)
  }, 240_000)
  afterAll(async () => {
    await cluster.stop()
    rmSync(home, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await compile(files())
    await deliverAsFlux(cluster, folder)
  })

  async function compile(intent: Readonly<Record<string, string>>): Promise<void> {
    commitFiles(folder, { ...intent, 'fleet/turn.txt': String(performance.now()) })
    const { exitCode, stderr } = await runCommand(folder, ['compile'])
    if (exitCode !== 0) throw new Error(stderr)
  }

  async function diff(
    baseline: 'pending' | 'drift',
    { as = admin, args = [] }: { as?: string; args?: readonly string[] } = {},
  ): Promise<{ changes: readonly string[]; review: ShownReview; text: string; exitCode: number }> {
    const line = ['diff', '--against', baseline, '--kubeconfig', as, '--format', 'json', ...args]
    const { exitCode, stdout, stderr } = await runCommand(folder, line)
    if (stdout === '') throw new Error(stderr)
    const review = JSON.parse(stdout) as ShownReview
    return { review, changes: changesOf(review), text: stdout, exitCode }
  }

  test('what was delivered and left alone differs in nothing, whatever the server made of it', async () => {
    for (const baseline of ['pending', 'drift'] as const) {
      const { changes, review } = await diff(baseline)
      expect({ changes, held: review.held, said: review.diagnostics.added }).toEqual({
        ...{ changes: [], held: [], said: [] },
      })
    }
  }, 60_000)

  test('what somebody changed by hand is drift, what others own or may change is none: kubectl is nobody', async () => {
    await cluster.kubectl('scale', '-n', 'web', 'deployment/app', '--replicas=5')
    await cluster.kubectl('scale', '-n', 'web', 'deployment/scaled', '--replicas=7')
    await cluster.kubectl(
      'set',
      'env',
      '-n',
      'web',
      'deployment/app',
      'MODE=slow',
      '--field-manager=somebody',
    )
    await cluster.kubectl('label', '-n', 'web', 'deployment/app', 'team=red', '--field-manager=somebody')
    await cluster.kubectl('label', '-n', 'web', 'configmap/settings', 'team=red')
    await cluster.kubectl('delete', 'clusterrole', 'system:web')
    await cluster.kubectl('delete', 'configmap', '-n', 'web', 'register')
    const before = await versions(cluster)
    const { changes } = await diff('drift')
    expect(changes).toEqual([
      'removed ClusterRole system:web',
      'removed ConfigMap register',
      'changed ConfigMap settings: metadata.labels.team',
      'changed Deployment app: spec.replicas, spec.template.spec.containers[name=main].env[name=MODE].value',
    ])
    expect((await diff('pending')).changes).toEqual([])
    expect(await versions(cluster)).toEqual(before)
    await cluster.kubectl('label', '-n', 'web', 'configmap/settings', 'team-')
  }, 60_000)

  test('what the branch has anew is pending until it is delivered, and no drift', async () => {
    const [, , ...rest] = app
    await compile(
      files([
        deployment('app', 'example.org/app:2.0'),
        settings({ color: 'blue', size: 'large' }),
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'more', namespace: 'web' },
          data: { a: '1' },
        },
        ...rest.slice(0, 1),
      ]),
    )
    const { changes, exitCode } = await diff('pending', { args: ['--fail-on', 'changes'] })
    expect(changes).toEqual([
      'removed ClusterRole system:web',
      'added ConfigMap more',
      'changed Deployment app: spec.template.spec.containers[name=main].image',
    ])
    expect(exitCode).toBe(5)
    expect((await diff('drift')).changes).toEqual([])
    await deliverAsFlux(cluster, folder)
    expect((await diff('pending')).changes).toEqual([])
  }, 60_000)

  test('a Secret that somebody changed shows that it changed, and neither value', async () => {
    const data = { password: Buffer.from(changedPassword).toString('base64') }
    await cluster.kubectl(
      'patch',
      'secret',
      '-n',
      'web',
      'login',
      '--type=merge',
      '-p',
      JSON.stringify({ data }),
    )
    const { changes, text } = await diff('drift')
    expect(changes).toEqual(['changed Secret login: data.password'])
    for (const value of [password, changedPassword]) {
      expect(text).not.toContain(value)
      expect(text).not.toContain(Buffer.from(value).toString('base64'))
    }
  }, 60_000)

  test('who may only read gets a prediction that agrees, and is told so', async () => {
    await cluster.kubectl('scale', '-n', 'web', 'deployment/app', '--replicas=5')
    const data = { password: Buffer.from(changedPassword).toString('base64') }
    await cluster.kubectl(
      'patch',
      'secret',
      '-n',
      'web',
      'login',
      '--type=merge',
      '-p',
      JSON.stringify({ data }),
    )
    const { changes, review } = await diff('drift', { as: reader })
    expect(changes).toEqual(['changed Deployment app: spec.replicas'])
    expect(review.diagnostics.added.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'live/predicted: what applying would change of 1 object of fleet/prod is predicted: the role does not allow a dry run',
    ])
    expect(review.held.map(({ unit, reason }) => `${unit ?? ''}: ${reason}`)).toEqual([
      expect.stringMatching(
        /^policy-default-app: 1 object cannot be compared: context prod .* forbids GET .*secrets/,
      ),
    ])
    const predicted = await diff('drift', { args: ['--predict'] })
    expect(predicted.changes).toEqual([
      'changed Deployment app: spec.replicas',
      'changed Secret login: data.password',
    ])
  }, 60_000)

  test('the role of the documentation is enough, and cannot do what is only tried', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/live-clusters.md'), 'utf8')
    const account = { name: 'fleetwright-diff', namespace: 'default' }
    await cluster.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account }])
    await cluster.apply(/```yaml\n([^]*?)```/.exec(page)?.[1] ?? '')
    const token = (await cluster.kubectl('create', 'token', account.name, '-n', account.namespace)).trim()
    const own = await readFile(cluster.kubeconfig, 'utf8')
    const granted = join(home, 'granted')
    writeFileSync(granted, kubeconfigFor(own, ['mgmt', 'prod'], token))
    const patch = ['patch', 'cm', '-n', 'web', 'settings', '--type=merge', '-p', '{"data":{"size":"small"}}']
    const refusal = await eventually(
      'the policy holds',
      () =>
        cluster.kubectl('--kubeconfig', granted, ...patch).then(
          () => 'done',
          (error: { stderr: string }) => error.stderr,
        ),
      (said) => said.includes('this account may only try'),
    )
    expect(refusal).toContain('this account may only try')
    await deliverAsFlux(cluster, folder)
    await cluster.kubectl(...patch, '--field-manager=somebody')
    const { changes, review } = await diff('drift', { as: granted })
    expect(changes).toEqual(['changed ConfigMap settings: data.size'])
    expect({ held: review.held, said: review.diagnostics.added }).toEqual({ held: [], said: [] })
  }, 90_000)

  test('an object that its deliverer is told to leave alone is left alone', async () => {
    const reconcile = { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }
    const [first, , ...rest] = app
    await compile(files([first ?? {}, settings({ color: 'blue' }, reconcile), ...rest]))
    await deliverAsFlux(cluster, folder)
    const data = { color: 'red' }
    await cluster.kubectl(
      'patch',
      'cm',
      '-n',
      'web',
      'settings',
      '--type=merge',
      '-p',
      JSON.stringify({ data }),
    )
    expect((await diff('drift')).changes).toEqual([])
  }, 60_000)

  test('what the server would not take is said, and predicted', async () => {
    const [, ...rest] = app
    const other = JSON.parse(
      JSON.stringify(deployment('app', 'example.org/app:1.0')).replaceAll('{"app":"app"}', '{"app":"other"}'),
    ) as object
    await compile(files([other, ...rest]))
    const { changes, review } = await diff('pending')
    expect(review.diagnostics.added.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'live/refused: fleet/prod would not take Deployment web/app as the branch has it (422); what would change is predicted',
    ])
    expect(changes[0]).toContain('changed Deployment app: spec.selector.matchLabels.app')
  }, 60_000)

  test('of a cluster that does not answer nothing is said but that', async () => {
    const own = await readFile(admin, 'utf8')
    const nobody = join(home, 'nobody')
    writeFileSync(nobody, own.replace(/"server":"https:[^"]*"/, '"server":"https://127.0.0.1:1"'))
    const { changes, review, exitCode } = await diff('pending', { as: nobody })
    expect(changes).toEqual([])
    expect(review.held.map(({ cluster: id }) => id)).toEqual(['fleet/prod'])
    expect(review.diagnostics.added.map(({ code }) => code)).toEqual(['live/delivery-unknown'])
    expect(exitCode).toBe(3)
  }, 60_000)
})

/** Everything but Secrets may be read, and nothing written. */
const readOnlyAccount: readonly object[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'default' } },
  {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' } },
    rules: ['configmaps', 'namespaces', 'deployments', 'kustomizations', 'clusterroles'].map((resource) => ({
      ...{ apiGroups: ['*'], resources: [resource], verbs: ['get', 'list', 'watch'] },
    })),
  },
  {
    ...{
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'default' }],
  },
]

/** `changed Deployment app: spec.replicas`, sorted. */
function changesOf({ changes }: ShownReview): readonly string[] {
  return changes
    .flatMap(({ objects }) => objects)
    .map(({ change, before, after, fields }) => {
      const { kind, name } = before ?? after ?? { kind: '', name: '' }
      const paths = fields.map(({ path }) => path).join(', ')
      return `${change} ${kind} ${name}${change === 'changed' ? `: ${paths}` : ''}`
    })
    .sort((a, b) => (a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1))
}

/** Of every object that the branch has: whoever stores something makes another one. */
async function versions(cluster: KubernetesCluster): Promise<readonly string[]> {
  const text = await cluster.kubectl(
    ...['get', 'deployments,configmaps,secrets,namespaces,clusterroles,kustomizations', '-A', '-o', 'json'],
  )
  const { items } = JSON.parse(text) as { items: { metadata: { name: string; resourceVersion: string } }[] }
  return items.map(({ metadata: { name, resourceVersion } }) => `${name} ${resourceVersion}`)
}
