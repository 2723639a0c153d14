import type { BranchWriter } from './branch-writer-port.ts'
import type { CompletedCluster } from './complete-cluster.ts'
import { unitIndexPath } from './paths.ts'
import { tryParseUnitIndex } from './records.ts'
import type { IndexRow, PreviousTree, RecordedUnit } from './types.ts'

/** Objects of a unit as they lie on the branch; none where its index cannot be read. */
export type PlacedObjects = (cluster: string, unit: string) => readonly IndexRow[]

/**
 * Which objects the units have that checks are about: of this run, or from the indexes on the branch, which are read in one
 * go and only where checks are.
 */
export async function readPlacedObjects(
  clusters: ReadonlyMap<string, CompletedCluster>,
  { state }: Pick<PreviousTree, 'state'>,
  readFiles: BranchWriter['readFiles'],
): Promise<PlacedObjects> {
  const kept = [...clusters].flatMap(([cluster, { units, indexes }]) =>
    unitsAskedOf(units).flatMap((unit) => (indexes.has(unit) ? [] : [unitIndexPath(cluster, unit)])),
  )
  const texts = kept.length === 0 ? new Map<string, string>() : await readFiles(state, kept)
  return (cluster, unit) => {
    const index =
      clusters.get(cluster)?.indexes.get(unit) ?? tryParseUnitIndex(texts.get(unitIndexPath(cluster, unit)))
    return index?.objects.filter(({ path }) => path !== undefined) ?? []
  }
}

/** Checks of a unit are about its own objects, what it waits for may be anywhere. */
function unitsAskedOf(units: ReadonlyMap<string, RecordedUnit>): readonly string[] {
  const anywhere = [...units.values()].some(({ awaits }) => awaits !== undefined)
  return [...units].flatMap(([name, { checks }]) => (anywhere || checks !== undefined ? [name] : []))
}
