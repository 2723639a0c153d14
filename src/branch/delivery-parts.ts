import type { Diagnostic } from '../diagnostics/types.ts'
import type { AwaitedUnits } from './cluster-health.ts'
import { dependencyNotDelivered } from './diagnostics.ts'
import { partFolder, partKey } from './paths.ts'
import type { PartRecord, RecordedUnit } from './types.ts'

/** One folder that delivery applies, with what comes before it. */
export interface DeliveryPart {
  /** `<unit>` or `<unit>~<part>`. */
  readonly key: string
  readonly unit: string
  readonly part: PartRecord
  readonly record: RecordedUnit
  readonly folder: string
  /** Keys, sorted; a key that is not delivered yet blocks, as it should. */
  readonly dependsOn: readonly string[]
  /** Length of the longest chain before it: the sync wave. */
  readonly wave: number
}

export interface UnitsToDeliver {
  readonly cluster: string
  /** By name, sorted. */
  readonly units: ReadonlyMap<string, RecordedUnit>
  /** Units that are planned and not on the branch yet: what depends on them waits. */
  readonly awaited: ReadonlySet<string>
  /** Local units are applied by another Flux, so that no order to others can be kept. */
  readonly isSpoke: boolean
  /** Unit → units that its pre-deploy checks are about. */
  readonly waits: AwaitedUnits
}

/**
 * Puts the folders of one cluster in order: namespaces, then CRDs, then by `dependsOn`, and inside a unit CRDs, pre
 * hooks, the rest, post hooks. Whoever uses a kind waits for the CRDs of its provider, not for the provider itself:
 * an add-on that is not healthy must not hold up all that only carries one of its objects.
 */
export function orderParts(cluster: UnitsToDeliver): {
  parts: readonly DeliveryPart[]
  diagnostics: readonly Diagnostic[]
  /** Those that can be waited for: an edge that would close a circle is left out. */
  waits: AwaitedUnits
} {
  const diagnostics: Diagnostic[] = []
  const { edges, waits } = unitEdges(cluster, diagnostics)
  const dependencies = new Map<string, readonly string[]>()
  const parts = [...cluster.units].flatMap(([unit, record]) =>
    record.parts.map((part, position) => {
      const key = partKey(unit, part.name)
      const previous = record.parts[position - 1]
      const isFirst = part.name !== 'crds' && (previous === undefined || previous.name === 'crds')
      const dependsOn = new Set([
        ...(previous ? [partKey(unit, previous.name)] : []),
        ...(isFirst ? [...(edges.get(unit) ?? [])].flatMap((other) => lastKeys(other, cluster, edges)) : []),
        ...(isFirst ? definitionKeys(unit, record, cluster) : []),
      ])
      dependencies.set(key, [...dependsOn].sort())
      return {
        key,
        unit,
        part,
        record,
        folder: partFolder(cluster.cluster, { name: unit, local: record.local }, part.name),
      }
    }),
  )
  const waves = waveOf(dependencies)
  return {
    parts: parts.map((part) => ({
      ...part,
      dependsOn: dependencies.get(part.key) ?? [],
      wave: waves(part.key),
    })),
    diagnostics,
    waits,
  }
}

/** Unit → units before it, without cycles: an edge that would close one is left out; a held unit may still ask for an old order. */
function unitEdges(
  cluster: UnitsToDeliver,
  diagnostics: Diagnostic[],
): { edges: Map<string, Set<string>>; waits: AwaitedUnits } {
  const edges = new Map<string, Set<string>>()
  const add = (from: string, to: string): boolean => {
    if (from === to || reaches(edges, to, from)) return false
    const before = edges.get(from) ?? new Set<string>()
    edges.set(from, before.add(to))
    return true
  }
  for (const [unit, record] of cluster.units) {
    for (const dependency of record.dependsOn) {
      const other = cluster.units.get(dependency)
      if (!other && !cluster.awaited.has(dependency)) continue
      const isApart = cluster.isSpoke && other !== undefined && other.local !== record.local
      if (isApart) diagnostics.push(dependencyNotDelivered({ cluster: cluster.cluster, unit }, dependency))
      else add(unit, dependency)
    }
  }
  for (const [unit, record] of cluster.units) {
    if (record.kind !== 'namespaces') namespacesUnit(record, cluster).forEach((name) => add(unit, name))
  }
  // Last, so that what profiles say of their order counts first.
  const waits = new Map(
    [...cluster.waits].map(([unit, others]) => [unit, others.filter((other) => add(unit, other))]),
  )
  return { edges, waits }
}

/** The `namespaces` unit of the same API server, where the unit lies in one of its namespaces. */
function namespacesUnit(record: RecordedUnit, { units }: UnitsToDeliver): string[] {
  const needed = [...record.namespaces, record.releaseNamespace ?? '', ...Object.keys(record.ownNamespaces)]
  return [...units].flatMap(([name, other]) =>
    other.kind === 'namespaces' &&
    other.local === record.local &&
    needed.some((namespace) => Object.hasOwn(other.ownNamespaces, namespace))
      ? [name]
      : [],
  )
}

/** CRDs of other units whose API groups the unit uses. They come first in everything, so that no cycle can arise. */
function definitionKeys(unit: string, record: RecordedUnit, { units }: UnitsToDeliver): string[] {
  return [...units].flatMap(([provider, other]) =>
    provider !== unit &&
    other.local === record.local &&
    other.parts.some(({ name }) => name === 'crds') &&
    other.defines.some((group) => record.groups.includes(group))
      ? [partKey(provider, 'crds')]
      : [],
  )
}

/** What there is to wait for of a unit. One that has nothing but CRDs, or nothing at all, passes its own order on. */
function lastKeys(
  unit: string,
  cluster: UnitsToDeliver,
  edges: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const record = cluster.units.get(unit)
  if (!record) return [partKey(unit, 'main')]
  const last = record.parts.at(-1)
  if (last && last.name !== 'crds') return [partKey(unit, last.name)]
  const before = [...(edges.get(unit) ?? [])].flatMap((other) => lastKeys(other, cluster, edges))
  return last ? [partKey(unit, last.name), ...before] : before
}

function reaches(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
    if (unit === to) return true
    if (seen.has(unit)) continue
    seen.add(unit)
    open.push(...(edges.get(unit) ?? []))
  }
  return false
}

function waveOf(dependencies: ReadonlyMap<string, readonly string[]>): (key: string) => number {
  const waves = new Map<string, number>()
  const wave = (key: string): number => {
    const known = waves.get(key)
    if (known !== undefined) return known
    const longest = Math.max(-1, ...(dependencies.get(key) ?? []).map(wave)) + 1
    waves.set(key, longest)
    return longest
  }
  return wave
}
