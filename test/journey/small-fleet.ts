import { clusterProfile, configMap, sveltosCluster, yaml } from '../compile-files.ts'
import type { MemoryFile } from '../../src/adapters/memory/memory-reader.ts'

export type Files = Readonly<Record<string, MemoryFile>>

/** Files that change; undefined ones go. */
export type Change = Readonly<Record<string, MemoryFile | undefined>>

export function withChange(files: Files, change: Change): Files {
  const entries = Object.entries({ ...files, ...change })
  return Object.fromEntries(entries.flatMap(([path, file]) => (file === undefined ? [] : [[path, file]])))
}

/** A manifest of a ConfigMap in the target cluster. */
export function manifest(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: apps }\ndata: { value: "${value}" }\n`
}

/** A profile for clusters of one zone. */
export function zoneProfile(name: string, zone: string, spec: string): string {
  return clusterProfile(name, `clusterSelector: { matchLabels: { zone: ${zone} } }\n${spec}`)
}

/** A profile that deploys one ConfigMap of the repository. */
export function policyProfile(name: string, zone: string, more = ''): string {
  return zoneProfile(
    name,
    zone,
    `policyRefs:\n- { kind: ConfigMap, namespace: default, name: ${name} }\n${more}`,
  )
}

/** A profile that deploys one chart. */
export function chartProfile(
  name: string,
  zone: string,
  chart: { readonly url: string; readonly name?: string; readonly version?: string; readonly more?: string },
): string {
  return zoneProfile(
    name,
    zone,
    `helmCharts:
- repositoryURL: ${chart.url}
  repositoryName: charts
  chartName: charts/${chart.name ?? 'app'}
  ${chart.version === undefined ? '' : `chartVersion: ${chart.version}\n  `}releaseName: app
  releaseNamespace: apps
${chart.more ?? ''}`,
  )
}

export const clustersYaml = yaml(
  sveltosCluster('ill', { zone: 'ill' }),
  sveltosCluster('well', { zone: 'well' }),
)

/** Two clusters: what is wrong with `ill` is no concern of `well`. */
export const twoClusters: Files = {
  'fleet/clusters.yaml': clustersYaml,
  'fleet/well.yaml': policyProfile('well', 'well'),
  'fleet/well-content.yaml': configMap('well', { 'a.yaml': manifest('well', 'before') }),
}

/** The healthy half moves on. */
export const wellMovesOn: Change = {
  'fleet/well-content.yaml': configMap('well', { 'a.yaml': manifest('well', 'after') }),
}
