import type { Report } from '../diagnostics/types.ts'
import type { Cluster } from '../intent/types.ts'
import { apiVersionList, builtInScopes, knownMinors, minorOf } from '../kubernetes/api-versions.ts'
import type { ClusterFacts, Facts, WhatIf } from '../observe/types.ts'
import { factsTooOld, versionAssumed } from './diagnostics.ts'
import type { InventoryCluster } from './inventory.ts'
import type { Hold, PlannedLabel } from './types.ts'

/** What is known of a cluster before any profile is looked at. */
export interface ClusterState {
  readonly cluster: Cluster
  readonly labels: readonly PlannedLabel[]
  readonly labelMap: Readonly<Record<string, string>>
  readonly ready: boolean
  readonly kubeVersion: string
  /** Whether somebody or something says so; else the newest known version stands in. */
  readonly versionKnown: boolean
  /** What is written, where the cluster is still at another version. */
  readonly wantedVersion?: string
  readonly apiVersions: readonly string[]
  readonly scopes: Readonly<Record<string, boolean>>
  readonly hold?: Hold
  /** Set when classifiers could not be evaluated, so that labels may be missing or be others. */
  readonly unclassified?: Hold
}

interface Limits {
  readonly asOf: string
  readonly maxAgeMs: number
  readonly tables: ApiTables
}

/** Built-in APIs by minor, worked out once a compile: clusters of one version share one table. */
export type ApiTables = (minor: number) => {
  readonly apiVersions: readonly string[]
  readonly scopes: Readonly<Record<string, boolean>>
}

export function createApiTables(): ApiTables {
  const tables = new Map<number, ReturnType<ApiTables>>()
  return (minor) => {
    const table = tables.get(minor) ?? { apiVersions: apiVersionList(minor), scopes: builtInScopes(minor) }
    tables.set(minor, table)
    return table
  }
}

/** Joins a cluster with its facts; `asOf` and `maxAgeMs` decide whether they still count. */
export function clusterState(
  { cluster, written, live }: InventoryCluster,
  facts: Facts,
  limits: Limits,
  report: Report,
): ClusterState {
  const own = facts.clusters.get(cluster.id)
  const labels = joinLabels([own?.labels, live?.labels], written?.labels, facts.whatIf?.get(cluster.id))
  const known = own?.version ?? live?.version ?? written?.version
  const kubeVersion = known ?? assumedVersion(cluster, report)
  // Only Cluster API makes a version come true; the others merely say which one a cluster has.
  const wanted = cluster.type === 'capi' ? (written?.version ?? live?.version) : undefined
  const builtIn = limits.tables(minorOf(kubeVersion) ?? newestMinor())
  const hold = clusterHold(cluster, facts, limits, report)
  return {
    cluster,
    labels,
    labelMap: Object.fromEntries(labels.map(({ key, value }) => [key, value])),
    ready: live?.ready ?? own?.ready ?? cluster.ready ?? true,
    kubeVersion,
    versionKnown: known !== undefined,
    ...(wanted !== undefined && release(wanted) !== release(kubeVersion) && { wantedVersion: wanted }),
    apiVersions: own && own.resources.length > 0 ? servedVersions(own) : builtIn.apiVersions,
    scopes: own && own.resources.length > 0 ? { ...builtIn.scopes, ...servedScopes(own) } : builtIn.scopes,
    ...(hold && { hold }),
  }
}

type Labels = Readonly<Record<string, string>>

/** Written labels win over observed ones, since Git is what the user reviews; imagined ones win over both. */
function joinLabels(
  observed: readonly (Labels | undefined)[],
  written: Labels | undefined,
  whatIf: WhatIf | undefined,
): readonly PlannedLabel[] {
  const joined = new Map<string, PlannedLabel>()
  const add = (labels: Labels | undefined, origin: PlannedLabel['origin']): void => {
    for (const [key, value] of Object.entries(labels ?? {})) joined.set(key, { key, value, origin })
  }
  for (const labels of observed) add(labels, 'observed')
  add(written, 'written')
  for (const [key, value] of Object.entries(whatIf?.labels ?? {}))
    if (value === null) joined.delete(key)
    else joined.set(key, { key, value, origin: 'what-if' })
  return [...joined.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** `v1.34.2-eks-1` → `1.34.2`: suffixes of providers are no wish to upgrade. */
function release(version: string): string {
  return /\d+\.\d+(?:\.\d+)?/.exec(version)?.[0] ?? version
}

function assumedVersion(cluster: Cluster, report: Report): string {
  const version = `v1.${newestMinor()}.0`
  report(versionAssumed(cluster, version))
  return version
}

function newestMinor(): number {
  return Math.max(...knownMinors())
}

function servedVersions(facts: ClusterFacts): readonly string[] {
  const names = facts.resources.flatMap(({ group, version, kind }) => {
    const groupVersion = group === '' ? version : `${group}/${version}`
    return [groupVersion, `${groupVersion}/${kind}`]
  })
  return [...new Set(names)].sort()
}

function servedScopes(facts: ClusterFacts): Record<string, boolean> {
  return Object.fromEntries(
    facts.resources.map(({ group, kind, namespaced }) => [`${group}/${kind}`, namespaced]),
  )
}

function clusterHold(cluster: Cluster, facts: Facts, limits: Limits, report: Report): Hold | undefined {
  if (cluster.paused) return { reason: 'cluster-paused', message: `${cluster.id} is paused` }
  if (facts.clusters.get(cluster.id)?.ready === false || cluster.ready === false)
    return { reason: 'cluster-not-ready', message: `${cluster.id} says that it is not ready` }
  if (facts.unreadable.has(cluster.id))
    return { reason: 'facts-missing', message: `the recorded facts of ${cluster.id} cannot be read` }
  const observation = facts.observations.get(cluster.id)
  if (
    observation?.observedAt !== undefined &&
    Date.parse(limits.asOf) - Date.parse(observation.observedAt) > limits.maxAgeMs
  ) {
    const tooOld = factsTooOld(cluster, observation.observedAt, observation.reason)
    report(tooOld)
    return { reason: 'facts-too-old', message: tooOld.message }
  }
  return undefined
}
