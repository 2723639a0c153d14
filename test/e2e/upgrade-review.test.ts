import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clusterProfile, configMap, yaml } from '../compile-files.ts'
import { commitFiles, git, runCommand, temporaryFolder } from '../cli/run-command.ts'

const cluster = (version: string): string =>
  yaml(
    `apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: { name: legacy, namespace: fleet, labels: { policy: guarded } }
spec:
  controlPlaneRef: { apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: legacy }
`,
    `apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlane
metadata: { name: legacy, namespace: fleet }
spec: { version: ${version}, replicas: 3 }
`,
    `apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: { name: legacy-workers, namespace: fleet }
spec:
  clusterName: legacy
  replicas: 7
  template: { spec: { clusterName: legacy, version: ${version} } }
`,
  )

const classifier = (name: string, comparison: string): string => `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: ${name} }
spec:
  classifierLabels: [{ key: gatekeeper, value: ${name} }]
  kubernetesVersionConstraints: [{ comparison: ${comparison}, version: 1.25.0 }]
`

const gatekeeper = (version: string, label: string): string =>
  clusterProfile(
    `gatekeeper-${label}`,
    `clusterSelector: { matchLabels: { gatekeeper: ${label} } }
helmCharts:
- repositoryURL: ./charts/gatekeeper-${version}
  chartName: gatekeeper
  chartVersion: ${version}
  releaseName: gatekeeper
  releaseNamespace: gatekeeper-system`,
  )

const chart = (version: string): Readonly<Record<string, string>> => ({
  [`charts/gatekeeper-${version}/Chart.yaml`]: `apiVersion: v2\nname: gatekeeper\nversion: ${version}\n`,
  [`charts/gatekeeper-${version}/templates/settings.yaml`]:
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: {{ .Release.Namespace }} }\ndata: { version: {{ .Chart.Version | quote }} }\n',
})

const files = (version: string): Readonly<Record<string, string>> => ({
  'clusters/legacy.yaml': cluster(version),
  'classifiers.yaml': yaml(
    classifier('before-125', 'LessThan'),
    classifier('from-125', 'GreaterThanOrEqualTo'),
  ),
  'profiles/gatekeeper.yaml': yaml(gatekeeper('3.10.0', 'before-125'), gatekeeper('3.12.0', 'from-125')),
  'profiles/guard.yaml': yaml(
    clusterProfile(
      'guard',
      'clusterSelector: { matchLabels: { policy: guarded } }\npolicyRefs: [{ kind: ConfigMap, namespace: default, name: guard }]',
    ),
    configMap('guard', {
      'psp.yaml':
        'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: { name: restricted }\nspec: { privileged: false }\n',
    }),
  ),
  ...chart('3.10.0'),
  ...chart('3.12.0'),
  '.fleetwright/facts/fleet/legacy.json': JSON.stringify({ version: 'v1.24.17', resources: [], objects: [] }),
  '.fleetwright/observed.json': JSON.stringify({
    'fleet/legacy': { observedAt: '2026-01-01T20:00:00Z', reachable: true },
  }),
})

/** A pull request that writes another version, on a fleet that is compiled. */
async function upgradeTo(version: string): Promise<string> {
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  commitFiles(folder, files('v1.24.17'))
  const { exitCode } = await runCommand(folder, ['compile', '--facts', '.fleetwright'])
  expect(exitCode).toBe(0)
  git(folder, 'checkout', '--quiet', '-b', 'upgrade')
  commitFiles(folder, files(version))
  return folder
}

interface UpgradeOutput {
  readonly upgrades: readonly {
    readonly cluster: string
    readonly from: string
    readonly to: string
    readonly labels: readonly unknown[]
    readonly lostApis: readonly unknown[]
    readonly machines: readonly unknown[]
    readonly dangers: readonly { readonly rule: string }[]
    readonly changes: readonly {
      readonly unit: string
      readonly change: string
      readonly before?: { readonly version?: string }
      readonly after?: { readonly version?: string }
    }[]
  }[]
  readonly changes: readonly { readonly unit: string }[]
}

async function reviewOf(folder: string): Promise<UpgradeOutput> {
  const { stdout } = await runCommand(folder, ['diff', '--facts', '.fleetwright', '--format', 'json'])
  return JSON.parse(stdout) as UpgradeOutput
}

describe('a pull request that upgrades a Cluster API cluster from 1.24 to 1.25', () => {
  test('shows the add-on version that will follow and the API that disappears, before the merge', async () => {
    const folder = await upgradeTo('v1.25.16')
    const { upgrades, changes } = await reviewOf(folder)
    expect(changes).toEqual([])
    expect(upgrades).toMatchObject([
      {
        cluster: 'fleet/legacy',
        from: 'v1.24.17',
        to: 'v1.25.16',
        machines: [
          { kind: 'KubeadmControlPlane', name: 'legacy', replicas: 3 },
          { kind: 'MachineDeployment', name: 'legacy-workers', replicas: 7 },
        ],
        labels: [
          { key: 'gatekeeper', before: 'before-125', after: 'from-125', classifier: 'Classifier/from-125' },
        ],
        lostApis: [{ api: 'policy/v1beta1 PodSecurityPolicy', objects: ['PodSecurityPolicy restricted'] }],
        dangers: [{ rule: 'api-removed' }],
      },
    ])
    const { stdout } = await runCommand(folder, ['diff', '--facts', '.fleetwright'])
    expect(stdout).toContain('fleet/legacy v1.24.17 → v1.25.16')
    expect(stdout).toContain('then helm-gatekeeper-system-gatekeeper is moved: 3.10.0 → 3.12.0')
    expect(stdout).toContain('policy/v1beta1 PodSecurityPolicy')
  })

  test('that skips a minor version is told what Kubernetes supports', async () => {
    const { upgrades } = await reviewOf(await upgradeTo('v1.26.15'))
    expect(upgrades[0]?.dangers.map(({ rule }) => rule)).toContain('version-skew')
  })

  test('says that in the comment, with the add-on that follows', async () => {
    const folder = await upgradeTo('v1.25.16')
    const { stdout } = await runCommand(folder, ['diff', '--facts', '.fleetwright', '--format', 'markdown'])
    expect(stdout).toContain('`v1.24.17` → `v1.25.16`')
    expect(stdout).toContain('then `helm-gatekeeper-system-gatekeeper` is moved: `3.10.0` → `3.12.0`')
    expect(stdout).toContain('PodSecurityPolicy')
  })
})
