import type { Report } from '../diagnostics/types.ts'
import type { Cluster } from '../intent/types.ts'
import { apiVersionList, builtInScopes, knownMinors } from '../kubernetes/api-versions.ts'
import type { ClusterFacts, Facts } from '../observe/types.ts'
import { factsTooOld, versionAssumed } from './diagnostics.ts'
import type { Hold, PlannedLabel } from './types.ts'

/** What is known of a cluster before any profile is looked at. */
export interface ClusterState {
  readonly cluster: Cluster
  readonly labels: readonly PlannedLabel[]
  readonly labelMap: Readonly<Record<string, string>>
  readonly ready: boolean
  readonly kubeVersion: string
  readonly apiVersions: readonly string[]
  readonly scopes: Readonly<Record<string, boolean>>
  readonly lookup: readonly string[]
  readonly hold?: Hold
}

/** Joins a cluster with its facts; `asOf` and `maxAgeMs` decide whether they still count. */
export function clusterState(
  cluster: Cluster,
  facts: Facts,
  limits: { readonly asOf: string; readonly maxAgeMs: number },
  report: Report,
): ClusterState {
  const own = facts.clusters.get(cluster.id)
  const labels = joinLabels(cluster, own)
  const kubeVersion = own?.version ?? cluster.version ?? assumedVersion(cluster, report)
  const minor = minorOf(kubeVersion)
  const hold = clusterHold(cluster, facts, limits, report)
  return {
    cluster,
    labels,
    labelMap: Object.fromEntries(labels.map(({ key, value }) => [key, value])),
    ready: own?.ready ?? cluster.ready ?? true,
    kubeVersion,
    apiVersions: own && own.resources.length > 0 ? servedVersions(own) : apiVersionList(minor),
    scopes: own && own.resources.length > 0 ? { ...builtInScopes(minor), ...servedScopes(own) } : builtInScopes(minor),
    lookup: own?.objects ?? [],
    ...(hold && { hold }),
  }
}

/** Written labels win over observed ones: Git is what the user reviews. */
function joinLabels(cluster: Cluster, facts: ClusterFacts | undefined): readonly PlannedLabel[] {
  const joined = new Map<string, PlannedLabel>()
  for (const [key, value] of Object.entries(facts?.labels ?? {})) joined.set(key, { key, value, origin: 'observed' })
  for (const [key, value] of Object.entries(cluster.labels)) joined.set(key, { key, value, origin: 'written' })
  return [...joined.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function assumedVersion(cluster: Cluster, report: Report): string {
  const newest = knownMinors().at(-1) ?? '1.35'
  report(versionAssumed(cluster, `v${newest}.0`))
  return `v${newest}.0`
}

/** `v1.34.2-eks-1` → `1.34`. */
function minorOf(version: string): string {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? []
  return major !== undefined && minor !== undefined ? `${major}.${minor}` : (knownMinors().at(-1) ?? '1.35')
}

function servedVersions(facts: ClusterFacts): readonly string[] {
  const names = facts.resources.flatMap(({ group, version, kind }) => {
    const groupVersion = group === '' ? version : `${group}/${version}`
    return [groupVersion, `${groupVersion}/${kind}`]
  })
  return [...new Set(names)].sort()
}

function servedScopes(facts: ClusterFacts): Record<string, boolean> {
  return Object.fromEntries(facts.resources.map(({ group, kind, namespaced }) => [`${group}/${kind}`, namespaced]))
}

function clusterHold(
  cluster: Cluster,
  facts: Facts,
  limits: { readonly asOf: string; readonly maxAgeMs: number },
  report: Report,
): Hold | undefined {
  if (cluster.paused) return { reason: 'cluster-paused', message: `${cluster.id} is paused` }
  if (facts.clusters.get(cluster.id)?.ready === false || cluster.ready === false)
    return { reason: 'cluster-not-ready', message: `${cluster.id} says that it is not ready` }
  const observation = facts.observations.get(cluster.id)
  if (observation && Date.parse(limits.asOf) - Date.parse(observation.observedAt) > limits.maxAgeMs) {
    const tooOld = factsTooOld(cluster, observation.observedAt, observation.reason)
    report(tooOld)
    return { reason: 'facts-too-old', message: tooOld.message }
  }
  return undefined
}
