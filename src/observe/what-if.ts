import { canonicalJson } from '../kubernetes/exact-json.ts'
import { minorOf, servedApis } from '../kubernetes/api-versions.ts'
import type { ClusterFacts, Facts, ServedResource, WhatIf } from './types.ts'

/** One `--what-if`: how a cluster is imagined. */
export interface Supposition {
  /** Cluster id. */
  readonly cluster: string
  /** `v1.34.0`. */
  readonly version?: string
  /** Null removes the label. */
  readonly labels: Readonly<Record<string, string | null>>
  /** Objects that it is to have, whole. */
  readonly added: readonly Readonly<Record<string, unknown>>[]
  /** Objects that it is not to have. */
  readonly removed: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[]
}

/**
 * The facts of an imagined world: versions, labels and objects of some clusters replaced. A cluster that
 * nobody knows comes into being, empty and completely known. Pure.
 */
export function overlay(facts: Facts, suppositions: readonly Supposition[]): Facts {
  if (suppositions.length === 0) return facts
  const clusters = new Map(facts.clusters)
  const whatIf = new Map<string, WhatIf>(facts.whatIf)
  for (const supposition of suppositions) {
    const { cluster: id } = supposition
    clusters.set(id, imagine(clusters.get(id) ?? nothing, supposition))
    whatIf.set(id, { labels: { ...whatIf.get(id)?.labels, ...supposition.labels } })
  }
  return { ...facts, clusters, whatIf }
}

const nothing: ClusterFacts = { resources: [], labels: {}, schemas: {}, objects: [] }

function imagine(facts: ClusterFacts, { version, added, removed }: Supposition): ClusterFacts {
  const gone = new Set([...removed.map(nameOf), ...added.map(objectName)])
  const objects = facts.objects.filter((json) => !gone.has(objectName(JSON.parse(json) as Named)))
  return {
    ...facts,
    ...(version !== undefined && { version, resources: upgraded(facts, version) }),
    objects: [...objects, ...added.map(canonicalJson)].sort(),
  }
}

/** What a server of that version serves itself, and what others had added to the old one. */
function upgraded({ version: before, resources }: ClusterFacts, version: string): readonly ServedResource[] {
  const [from, to] = [before, version].map((one) => (one === undefined ? undefined : minorOf(one)))
  if (resources.length === 0 || from === undefined || to === undefined) return resources
  const builtIn = new Set(servedApis(from).map(keyOf))
  const own = resources.filter((row) => !builtIn.has(keyOf(row)))
  return [...own, ...servedApis(to)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

function keyOf({ group, version, kind }: ServedResource): string {
  return `${group}/${version}/${kind}`
}

interface Named {
  readonly kind?: unknown
  readonly metadata?: unknown
}

function objectName({ kind, metadata }: Named): string {
  const { name = '', namespace = '' } = (metadata ?? {}) as { name?: string; namespace?: string }
  return nameOf({ kind: String(kind), namespace, name })
}

function nameOf({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind}/${namespace}/${name}`
}
