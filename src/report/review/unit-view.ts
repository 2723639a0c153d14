import type { ObjectFold, Routine, UnitFold } from '../../compare/types.ts'
import type { Review } from '../types.ts'
import { countOf, formatNumber } from './counts.ts'
import { formatRoutine, viewObject, type ObjectView, type ViewOptions } from './object-view.ts'
import { versionOfChange } from './placement.ts'

/** One add-on that changes alike on some clusters, as every report tells of it. */
export interface UnitView {
  readonly fold: UnitFold
  /** `lost`, `gained`, …, as a word of the report. */
  readonly change: string
  /** `8.0.0 → 8.1.0`, `ClusterProfile/a → ClusterProfile/b`; undefined where neither is another. */
  readonly step: string | undefined
  /** `12 objects on 198 clusters`. */
  readonly extent: string
  /** Those that are news, as they stand in the fold. */
  readonly objects: readonly ObjectView[]
  readonly routine: RoutineView
}

/** What is no news of one or several add-ons. */
export interface RoutineView {
  /** Objects in which nothing else changes; one in three clusters counts three times. */
  readonly objects: number
  readonly fields: ReadonlyMap<Routine, number>
}

export function viewUnit(fold: UnitFold, options: ViewOptions = {}): UnitView {
  const news = fold.objects.filter(({ routine }) => !routine)
  const routine = fold.objects.filter((object) => object.routine)
  return {
    fold,
    change: fold.change,
    step: stepOf(fold),
    extent: describeExtent([fold]),
    objects: news.map((object) => viewObject(object, options)),
    routine: { objects: countObjects(routine), fields: routineFields(routine) },
  }
}

function stepOf(fold: UnitFold): string | undefined {
  const { change, before, after } = fold
  return change === 'moved' ? `${before?.profile ?? '?'} → ${after?.profile ?? '?'}` : versionOfChange(fold)
}

/** `12 objects on 198 clusters`: objects of all folds that are alike count once. */
export function describeExtent(folds: readonly UnitFold[]): string {
  const clusters = new Set(folds.flatMap((fold) => fold.clusters)).size
  const objects = folds.reduce((sum, fold) => sum + fold.objects.length, 0)
  if (objects === 0) return `on ${countOf(clusters, 'cluster')}`
  return `${countOf(objects, 'object')} on ${countOf(clusters, 'cluster')}`
}

/** An object in three clusters counts three times, as in the totals. */
export function countObjects(objects: readonly ObjectFold[]): number {
  return objects.reduce((sum, { clusters }) => sum + clusters.length, 0)
}

/** Fields that are no news, by kind; once for each fold. */
export function routineFields(objects: readonly ObjectFold[]): ReadonlyMap<Routine, number> {
  const counts = new Map<Routine, number>()
  for (const { fields } of objects)
    for (const { routine } of fields)
      if (routine !== undefined) counts.set(routine, (counts.get(routine) ?? 0) + 1)
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `14 routine changes of objects (checksum 2, version-label 14)`; undefined where there is none. */
export function describeRoutineObjects({ objects, fields }: RoutineView): string | undefined {
  if (objects === 0) return undefined
  const kinds = formatRoutine(fields)
  return `${countOf(objects, 'object')} with routine changes only${kinds === '' ? '' : ` (${kinds})`}`
}

/** `198 of 200 clusters change; objects: 12 added, 400 changed (398 routine)`. */
export function describeTotals({ comparison: { totals } }: Review): string {
  const { clusters, objects } = totals
  const parts = (['added', 'removed', 'changed', 'renamed', 'moved'] as const)
    .filter((change) => objects[change] > 0)
    .map((change) => {
      const note =
        change === 'changed' && objects.routine > 0 ? ` (${formatNumber(objects.routine)} routine)` : ''
      return `${formatNumber(objects[change])} ${change}${note}`
    })
  const share = `${formatNumber(clusters.changed)} of ${countOf(clusters.all, 'cluster')} ${clusters.changed === 1 ? 'changes' : 'change'}`
  return parts.length === 0 ? share : `${share}; objects: ${parts.join(', ')}`
}
