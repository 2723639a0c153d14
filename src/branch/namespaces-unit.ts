import { sha256 } from './paths.ts'
import type { RecordedUnit } from './types.ts'

/** Every API server has them. */
const builtIn = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease'])

/** A Namespace that must be there before the units of a cluster. */
export interface WantedNamespace {
  readonly name: string
  /** Unit that renders it, and the Git blob id of what it renders; absent for one that is only created where missing. */
  readonly rendered?: { readonly unit: string; readonly blob: string }
}

/**
 * Namespaces of a cluster, sorted by name: those that units render, and those that units need and nobody renders.
 * Where several render the same one, the owner by tier and profile decides, as for any object.
 * A Helm release creates its own namespace and no other, as Helm does; policies and kustomizations those of all of
 * their objects, as Sveltos does.
 */
export function wantedNamespaces(
  units: readonly (readonly [name: string, unit: RecordedUnit])[],
): WantedNamespace[] {
  const wanted = new Map<string, WantedNamespace>()
  for (const [unit, record] of units.toSorted(byClaim)) {
    for (const [name, blob] of Object.entries(record.ownNamespaces)) {
      if (!wanted.has(name)) wanted.set(name, { name, rendered: { unit, blob } })
    }
  }
  const needed = units.filter(([, unit]) => unit.createNamespaces && unit.parts.length > 0)
  for (const name of needed.flatMap(([, unit]) => unit.releaseNamespace ?? unit.namespaces)) {
    if (!builtIn.has(name) && !wanted.has(name)) wanted.set(name, { name })
  }
  return [...wanted.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What the folder of a `namespaces` unit follows from. */
export function namespacesDigest(wanted: readonly WantedNamespace[]): string {
  return sha256(
    JSON.stringify(['namespaces', wanted.map(({ name, rendered }) => [name, rendered?.blob ?? ''])]),
  )
}

/**
 * A Namespace that is only created where it is missing: Flux leaves one that exists as it is, whoever looks after it.
 */
export function bareNamespace(name: string): string {
  const annotations = { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' }
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { annotations, name } })
}

function byClaim(
  [nameA, a]: readonly [string, RecordedUnit],
  [nameB, b]: readonly [string, RecordedUnit],
): number {
  if (a.tier !== b.tier) return a.tier - b.tier
  return `${a.profile} ${nameA}` < `${b.profile} ${nameB}` ? -1 : 1
}
