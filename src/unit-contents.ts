import type { ClusterRecord, IndexRow, RecordedUnit } from './branch/types.ts'

/** What of a unit is compared and counted. */
export interface UnitContents {
  /** Of its objects alone: equal digests mean equal objects. */
  readonly digest: string
  readonly count: number
  /** Whether an object of its index is told as its own. */
  readonly isOwn: (row: Pick<IndexRow, 'apiVersion' | 'kind' | 'name'>) => boolean
}

/**
 * By unit, each object of a cluster in one. A Namespace that a unit renders lies in the folder of the `namespaces` unit
 * (decision 13) and stands in both indexes: it belongs to the unit that renders it, where it was written.
 */
export function unitContents({ units }: ClusterRecord): ReadonlyMap<string, UnitContents> {
  const entries = Object.entries(units)
  const rendered = (local: boolean): ReadonlySet<string> =>
    new Set(
      entries.flatMap(([, unit]) =>
        unit.kind !== 'namespaces' && unit.local === local ? Object.keys(unit.ownNamespaces) : [],
      ),
    )
  const taken = { local: rendered(true), remote: rendered(false) }
  return new Map(
    entries.map(([name, unit]) => [
      name,
      unit.kind === 'namespaces'
        ? namespacesContents(unit, unit.local ? taken.local : taken.remote)
        : ownContents(unit),
    ]),
  )
}

function ownContents({ parts, ownNamespaces }: RecordedUnit): UnitContents {
  return {
    digest: JSON.stringify([parts, ownNamespaces]),
    count: parts.reduce((sum, { objects }) => sum + objects, 0) + Object.keys(ownNamespaces).length,
    isOwn: () => true,
  }
}

function namespacesContents({ ownNamespaces }: RecordedUnit, taken: ReadonlySet<string>): UnitContents {
  const bare = Object.entries(ownNamespaces).filter(([name]) => !taken.has(name))
  return { digest: JSON.stringify(bare), count: bare.length, isOwn: ({ name }) => !taken.has(name) }
}
