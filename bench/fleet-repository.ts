import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A chart of the bench fleet (docs/benchmarks.md): its folder in the corpus and the values that a team would set. */
export interface BenchChart {
  readonly name: string
  readonly folder: string
  /** Values as the profile writes them; `{{ }}` is filled per cluster. */
  readonly values: string
  readonly per: 'cluster' | 'environment'
}

const cluster = '{{ .Cluster.metadata.name }}'
const environment = '{{ .Cluster.metadata.labels.environment }}'

export const benchCharts: readonly BenchChart[] = [
  {
    name: 'kyverno',
    folder: 'kyverno-kyverno',
    per: 'cluster',
    values: `admissionController:\n  podLabels:\n    fleet.example.com/cluster: "${cluster}"\n`,
  },
  {
    name: 'kube-prometheus-stack',
    folder: 'prometheus-community-kube-prometheus-stack',
    per: 'cluster',
    // Without this grafana makes up a password, which no rendered branch should hold.
    values: `grafana:\n  admin:\n    existingSecret: grafana-admin\nprometheus:\n  prometheusSpec:\n    externalLabels:\n      cluster: "${cluster}"\n`,
  },
  {
    name: 'ingress-nginx',
    folder: 'kubernetes-ingress-nginx',
    per: 'cluster',
    values: `controller:\n  podLabels:\n    fleet.example.com/cluster: "${cluster}"\n`,
  },
  {
    name: 'gatekeeper',
    folder: 'open-policy-agent-gatekeeper',
    per: 'cluster',
    values: `podLabels:\n  fleet.example.com/cluster: "${cluster}"\n`,
  },
  {
    name: 'argo-cd',
    folder: 'argoproj-argo-cd',
    per: 'environment',
    values: byEnvironment('global:\n  domain: argocd.'),
  },
  {
    name: 'cert-manager',
    folder: 'cert-manager-cert-manager',
    per: 'environment',
    values: byEnvironment('podLabels:\n  environment: '),
  },
  {
    name: 'grafana',
    folder: 'grafana-community-grafana',
    per: 'environment',
    values: `admin:\n  existingSecret: grafana-admin\n${byEnvironment('podLabels:\n  environment: ')}`,
  },
  {
    name: 'tigera-operator',
    folder: 'projectcalico-tigera-operator',
    per: 'environment',
    values: byEnvironment('podLabels:\n  environment: '),
  },
  {
    name: 'podinfo',
    folder: 'stefanprodan-podinfo',
    per: 'environment',
    values: byEnvironment('ui:\n  message: '),
  },
  {
    name: 'velero',
    folder: 'vmware-tanzu-velero',
    per: 'environment',
    values: byEnvironment('podLabels:\n  environment: '),
  },
]

function byEnvironment(before: string): string {
  return `${before}${environment}\n`
}

export const environments = ['dev', 'staging', 'production'] as const

export interface BenchCluster {
  readonly name: string
  readonly environment: string
}

export function benchClusters(count: number): readonly BenchCluster[] {
  return Array.from({ length: count }, (_, index) => {
    const environment = environments[index % environments.length] ?? 'dev'
    return { name: `${environment}-${String(index).padStart(3, '0')}`, environment }
  })
}

/**
 * Writes the bench fleet into `folder` as a Git repository with one commit, and its facts into `factsOf(folder)`.
 * `charts`: unpacked charts of the corpus.
 */
export function writeFleet(folder: string, charts: string, clusters: readonly BenchCluster[]): void {
  mkdirSync(join(folder, 'profiles'), { recursive: true })
  mkdirSync(join(folder, 'clusters'), { recursive: true })
  for (const chart of benchCharts) {
    copyChart(join(charts, chart.folder), join(folder, 'charts', chart.name))
    writeFileSync(join(folder, 'profiles', `${chart.name}.yaml`), profileText(chart))
  }
  // The bump: dev takes the next version of grafana by a profile of its own with a lower tier.
  copyChart(join(charts, 'grafana-community-grafana'), join(folder, 'charts', 'grafana-next'))
  const chartFile = join(folder, 'charts', 'grafana-next', 'Chart.yaml')
  writeFileSync(chartFile, readFileSync(chartFile, 'utf8').replace(/^version: .*$/m, 'version: 99.0.0'))
  writeFileSync(join(folder, 'profiles', 'grafana.yaml'), grafanaProfiles('grafana'))
  // Empty clusters, which say so: kyverno looks up whether an older one runs there.
  const facts = join(factsOf(folder), 'facts', 'fleet')
  mkdirSync(facts, { recursive: true })
  for (const cluster of clusters) {
    writeFileSync(join(folder, 'clusters', `${cluster.name}.yaml`), clusterText(cluster))
    writeFileSync(join(facts, `${cluster.name}.json`), '{ "version": "v1.33.0" }\n')
  }
  writeFileSync(
    join(folder, 'fleetwright.yaml'),
    'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec:\n  secrets:\n    allow: ["*/*"]\n',
  )
  git(folder, 'init', '-q', '-b', 'main')
  commitAll(folder, 'Fleet of the benchmark')
}

/** What `--facts` names. */
export function factsOf(folder: string): string {
  return `${folder}-facts`
}

/** The commit that moves one chart of one environment. */
export function bumpGrafana(folder: string): void {
  writeFileSync(join(folder, 'profiles', 'grafana.yaml'), grafanaProfiles('grafana-next'))
  commitAll(folder, 'Bump grafana in dev')
}

function copyChart(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${from} is missing: unpack the corpus first`)
  cpSync(from, to, { recursive: true })
}

/** Commits everything that is in a repository. */
export function commitAll(folder: string, message: string): void {
  // Charts bring .gitignore files that hide their own dependencies.
  git(folder, 'add', '-A', '-f')
  git(folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '-q', '-m', message)
}

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' })
}

function clusterText({ name, environment }: BenchCluster): string {
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata:
  name: ${name}
  namespace: fleet
  labels:
    environment: ${environment}
spec: {}
status:
  ready: true
  version: v1.33.0
`
}

function profileText(chart: BenchChart): string {
  return profile(
    chart.name,
    chart,
    '  clusterSelector:\n    matchExpressions:\n    - { key: environment, operator: Exists }\n',
  )
}

function grafanaProfiles(devChart: string): string {
  const grafana = benchCharts.find(({ name }) => name === 'grafana')
  if (!grafana) throw new Error('grafana is part of the fleet')
  return environments
    .map((environment) =>
      profile(
        `grafana-${environment}`,
        { ...grafana, name: environment === 'dev' ? devChart : 'grafana' },
        `  clusterSelector:\n    matchLabels:\n      environment: ${environment}\n`,
        'grafana',
      ),
    )
    .join('---\n')
}

function profile(name: string, chart: BenchChart, selector: string, release = chart.name): string {
  const values = chart.values
    .split('\n')
    .map((line) => `      ${line}`.trimEnd())
    .join('\n')
  return (
    `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata:
  name: ${name}
spec:
${selector}  helmCharts:
  - repositoryURL: ./charts/${chart.name}
    repositoryName: ${chart.name}
    chartName: ${chart.name}
    chartVersion: "*"
    releaseName: ${release}
    releaseNamespace: ${release}
    values: |
${values}`.trimEnd() + '\n'
  )
}
