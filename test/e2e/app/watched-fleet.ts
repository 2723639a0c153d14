import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesCluster } from '../kubernetes-cluster.ts'

/** The cluster is `fleet/blue`, reached by the context of that name. */
export const clusterName = 'blue'

/**
 * Who has a database gets backups of its size: an object of the cluster decides, of a kind that it was taught. Everybody gets a
 * gateway, which tells what the API server serves.
 */
export const watchedFiles: Readonly<Record<string, string>> = {
  'fleetwright.yaml': `apiVersion: fleetwright.dev/v1alpha1
kind: FleetConfig
spec:
  clusters:
  - { name: ${clusterName}, namespace: fleet, context: ${clusterName}, labels: { env: production } }
`,
  'fleet/databases.yaml': ['small', 'large'].map(classifierOf).join('---\n'),
  'fleet/profiles.yaml': [
    profileOf('gateway', 'env: production', '0.1.0'),
    profileOf('backup', 'database: small', '1.0.0'),
    profileOf('backup', 'database: large', '2.0.0'),
  ].join('---\n'),
  ...chartOf('gateway', '0.1.0', [
    'kubernetes: {{ .Capabilities.KubeVersion.Version }}',
    'claims: {{ .Capabilities.APIVersions.Has "resource.k8s.io/v1" | quote }}',
  ]),
  ...chartOf('backup', '1.0.0', ['every: day']),
  ...chartOf('backup', '2.0.0', ['every: hour']),
}

function classifierOf(size: string): string {
  return `apiVersion: lib.projectsveltos.io/v1beta1
kind: Classifier
metadata: { name: ${size}-database }
spec:
  classifierLabels:
  - { key: database, value: ${size} }
  deployedResourceConstraint:
    resourceSelectors:
    - group: example.com
      version: v1
      kind: Database
      namespace: default
      labelFilters:
      - { key: database, operation: Equal, value: ${size} }
`
}

function profileOf(chart: string, label: string, version: string): string {
  return `apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: { name: ${chart}-${version.replaceAll('.', '-')} }
spec:
  clusterSelector: { matchLabels: { ${label} } }
  helmCharts:
  - repositoryURL: ./charts/${chart}-${version}
    repositoryName: ${chart}
    chartName: ${chart}
    chartVersion: ${version}
    releaseName: ${chart}
    releaseNamespace: ${chart}
`
}

function chartOf(name: string, version: string, data: readonly string[]): Readonly<Record<string, string>> {
  const folder = `charts/${name}-${version}`
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    [`${folder}/templates/config.yaml`]: `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data:
${data.map((line) => `  ${line}\n`).join('')}`,
  }
}

/** Where the rendered branch has what a chart of them became. */
export function configMapOf(chart: string): string {
  return `clusters/fleet/${clusterName}/helm-${chart}-${chart}/configmap-${chart}-${chart}.yaml`
}

/** What teaches a cluster the kind. */
export const databaseDefinition = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: 'databases.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Database', plural: 'databases', singular: 'database' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

/** A database of that size, as the cluster has it. */
export function database(size: 'small' | 'large'): object {
  return {
    ...{ apiVersion: 'example.com/v1', kind: 'Database' },
    metadata: { name: 'database', namespace: 'default', labels: { database: size } },
  }
}

/** Writes the operator's file, and says where it is. What happens in the cluster is looked at soon. */
export function watchCluster(
  folder: string,
  { kubeconfig }: KubernetesCluster,
  poll = '1s',
): Record<string, string> {
  const path = join(folder, 'fleets.yaml')
  const fleet = { repository: 'fleet/demo', clusters: { kubeconfig, debounce: '300ms', poll } }
  writeFileSync(path, JSON.stringify({ fleets: [fleet] }))
  return { FLEETWRIGHT_FLEETS: path }
}
