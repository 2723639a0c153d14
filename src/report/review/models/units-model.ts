import type { ObjectFold, UnitFold } from '../../../compare/types.ts'
import type { Review } from '../../types.ts'
import { clusterList, clusterLists, type ClusterList } from '../cluster-list.ts'
import { countOf } from '../counts.ts'
import { placeOf } from '../danger-list.ts'
import { fleetText, maybeText, type FleetText } from '../fleet-text.ts'
import { describeRoutine, type ObjectView } from '../object-view.ts'
import { FleetLines } from '../template-functions.ts'
import {
  countObjects,
  describeExtent,
  describeRoutineObjects,
  routineFields,
  type UnitView,
} from '../unit-view.ts'

/** Add-ons with their diffs as far as there is room; the others in a line each, or as a number. */
export interface UnitsModel {
  readonly open: readonly UnitModel[]
  readonly lines: readonly UnitLineModel[] | undefined
  readonly rest: string | undefined
}

export interface UnitLineModel {
  readonly unit: FleetText
  readonly change: string
  readonly step: FleetText | undefined
  readonly extent: string
  readonly clusters: ClusterList | undefined
  readonly routine: string | undefined
}

export interface UnitModel extends UnitLineModel {
  readonly clusters: ClusterList
  readonly causes: readonly {
    readonly reason: FleetText
    readonly place: FleetText | undefined
    readonly clusters: ClusterList | undefined
  }[]
  readonly images: readonly {
    readonly before: FleetText | undefined
    readonly after: FleetText | undefined
    readonly clusters: ClusterList | undefined
  }[]
  readonly objects: readonly ObjectModel[]
  /** How many objects are not shown, and of which kinds they are. */
  readonly rest: string | undefined
  readonly kinds: readonly { readonly times: number; readonly kind: FleetText; readonly change: string }[]
  readonly more: number
}

export interface ObjectModel {
  readonly title: FleetText
  readonly change: ObjectFold['change']
  readonly from: FleetText | undefined
  readonly delivery: boolean
  /** Undefined where they are those of the add-on. */
  readonly clusters: ClusterList | undefined
  readonly routine: string | undefined
  readonly lines: FleetLines | undefined
  readonly tables: readonly {
    readonly path: FleetText
    readonly rows: readonly {
      readonly before: FleetText | undefined
      readonly after: FleetText | undefined
      readonly clusters: ClusterList
    }[]
    readonly more: string | undefined
  }[]
}

const mostKinds = 8
const mostImages = 30
const mostCauses = 10

export function unitLineModel(view: UnitView, review: Review): UnitLineModel {
  const { fold, change, step, extent, routine } = view
  return {
    ...{ change, extent },
    unit: fleetText(fold.unit),
    step: maybeText(step),
    clusters: clusterList(fold.clusters, review),
    routine: describeRoutineObjects(routine),
  }
}

/** With those of its objects that there is room for. */
export function unitModel(view: UnitView, shown: readonly ObjectView[], review: Review): UnitModel {
  const { fold, objects } = view
  const isShown = new Set(shown)
  const rest = objects.filter((object) => !isShown.has(object)).map((object) => object.fold)
  const kinds = countKinds(rest)
  return {
    ...unitLineModel(view, review),
    clusters: clusterList(fold.clusters, review),
    causes: fold.causes.slice(0, mostCauses).map(({ cause, clusters }) => ({
      reason: fleetText(cause.text),
      place: maybeText(placeOf(cause.span)),
      clusters: someOf(clusters, fold, review),
    })),
    images: fold.images.slice(0, mostImages).map(({ image, clusters }) => ({
      before: maybeText(image.before),
      after: maybeText(image.after),
      clusters: someOf(clusters, fold, review),
    })),
    objects: objects
      .filter((object) => isShown.has(object))
      .map((object) => objectModel(object, fold, review)),
    rest: rest.length === 0 ? undefined : describeRest(rest, shown.length),
    kinds: kinds.slice(0, mostKinds),
    more: kinds.slice(mostKinds).reduce((sum, { times }) => sum + times, 0),
  }
}

function someOf(clusters: readonly string[], fold: UnitFold, review: Review): ClusterList | undefined {
  return clusters.length === fold.clusters.length ? undefined : clusterList(clusters, review)
}

/** `12 more objects (2,376 in all clusters)`. */
function describeRest(folds: readonly ObjectFold[], shown: number): string {
  const all = countObjects(folds)
  const count = countOf(folds.length, shown === 0 ? 'object' : 'more object')
  return all === folds.length ? count : `${count}, ${countOf(all, 'change')} over all clusters`
}

function countKinds(folds: readonly ObjectFold[]): UnitModel['kinds'] {
  const groups = Map.groupBy(
    folds,
    ({ change, before, after }) => `${(after ?? before)?.kind ?? 'object'} ${change}`,
  )
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const kind = (first.after ?? first.before)?.kind ?? 'object'
      return [{ times: group.length, kind: fleetText(kind), change: first.change }]
    })
    .sort((a, b) => b.times - a.times)
}

export function objectModel(view: ObjectView, unit: UnitFold, review: Review): ObjectModel {
  const { fold, title, from, lines, tables, routine } = view
  return {
    title: fleetText(title),
    change: fold.change,
    from: maybeText(from),
    delivery: fold.delivery === true,
    clusters: someOf(fold.clusters, unit, review),
    routine: routine.size === 0 ? undefined : describeRoutine(routine),
    lines: lines.length === 0 ? undefined : new FleetLines(lines),
    tables: tables.map(({ path, rows, more }) => {
      const lists = clusterLists(
        rows.map(({ clusters }) => ({ label: path, clusters })),
        review,
        0,
      )
      return {
        path: fleetText(path),
        rows: rows.map(({ before, after, joined, clusters }, index) => ({
          before: before === '' || joined !== undefined ? undefined : fleetText(before),
          after: after === '' ? undefined : fleetText(joined ?? after),
          clusters: lists[index] ?? clusterList(clusters, review),
        })),
        more:
          more.rows === 0
            ? undefined
            : `And ${countOf(more.rows, 'more row')} of ${countOf(more.clusters, 'cluster')}.`,
      }
    }),
  }
}

/** One line for all that happens to an add-on beside what is shown. */
export function addOnLineModel(unit: string, views: readonly UnitView[], review: Review): UnitLineModel {
  const folds = views.map(({ fold }) => fold)
  const changes = new Set(folds.map(({ change }) => change))
  const clusters = [...new Set(folds.flatMap((fold) => fold.clusters))].sort()
  const routine = folds.flatMap(({ objects }) => objects.filter((object) => object.routine))
  const steps = new Set(views.map(({ step }) => step))
  return {
    unit: fleetText(unit),
    change: [...changes].join(', '),
    step: steps.size === 1 ? maybeText(views[0]?.step) : undefined,
    extent: describeExtent(folds),
    clusters: clusterList(clusters, review),
    routine: describeRoutineObjects({ objects: countObjects(routine), fields: routineFields(routine) }),
  }
}

export interface RoutineModel {
  readonly extent: string
  /** Undefined where there is no room for a line each. */
  readonly lines: readonly UnitLineModel[] | undefined
  readonly rest: string | undefined
}

/** Add-ons in which nothing but routine changes. */
export function routineModel(
  views: readonly UnitView[],
  review: Review,
  hasLines: boolean,
): RoutineModel | undefined {
  if (views.length === 0) return undefined
  const folds = views.map(({ fold }) => fold)
  const units = new Set(folds.map(({ unit }) => unit))
  const objects = folds.flatMap((fold) => fold.objects)
  return {
    extent: `Routine changes only: ${countOf(units.size, 'add-on')}, ${describeExtent(folds)}`,
    lines: hasLines ? views.map((view) => unitLineModel(view, review)) : undefined,
    rest:
      describeRoutineObjects({ objects: countObjects(objects), fields: routineFields(objects) }) ??
      'Nothing but routine.',
  }
}
