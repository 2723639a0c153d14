import type { ClusterPlan } from '../../resolve/types.ts'
import type { ObjectChange, Side, Totals, UnitChange } from '../types.ts'

/** Counts every change; clusters are those of either tree or plan that somebody asked for. */
export function totalsOf(changes: readonly UnitChange[], sides: readonly Side[]): Totals {
  const clusters = new Set(
    sides.flatMap(({ clusters, plan }) => [
      ...clusters.keys(),
      ...(plan?.clusters ?? []).filter(isSelected).map(({ cluster }) => cluster.id),
    ]),
  )
  const units = (change: UnitChange['change']): number =>
    changes.filter((unit) => unit.change === change).length
  const all = changes.flatMap(({ objects }) => objects)
  const objects = (change: ObjectChange['change']): number =>
    all.filter((object) => object.change === change).length
  return {
    clusters: { all: clusters.size, changed: new Set(changes.map(({ cluster }) => cluster)).size },
    units: {
      gained: units('gained'),
      lost: units('lost'),
      changed: units('changed'),
      moved: units('moved'),
      routine: changes.filter(({ routine }) => routine).length,
    },
    objects: {
      added: objects('added'),
      removed: objects('removed'),
      changed: objects('changed'),
      renamed: objects('renamed'),
      moved: objects('moved'),
      routine: all.filter(({ change, routine }) => change === 'changed' && routine).length,
    },
  }
}

function isSelected({ hold }: ClusterPlan): boolean {
  return hold?.reason !== 'not-selected'
}
