import { compareText } from '../../kubernetes/text-order.ts'
import type { ClusterPlan } from '../../resolve/types.ts'
import type { ObjectChange, Side, SideObject, SideUnit, UnitChange } from '../types.ts'
import type { ClusterInReview, DangerContext, FleetInReview, ObjectInReview, UnitInReview } from './rule.ts'

/** Puts the objects of both sides beside the changes, as rules look at them. */
export function putInReview(changes: readonly UnitChange[], { before, after }: DangerContext): FleetInReview {
  const plans = { before: plansOf(before), after: plansOf(after) }
  const byCluster = Map.groupBy(changes, ({ cluster }) => cluster)
  const known = new Set([...before.clusters.values()].flatMap(({ units }) => [...units.keys()]))
  const ids = [...byCluster.keys()].sort(compareText)
  const clusters = ids.map((id) => {
    const [was, is] = [before.clusters.get(id), after.clusters.get(id)]
    const [planBefore, planAfter] = [plans.before.get(id), plans.after.get(id)]
    const find = { before: objectFinder(was?.units), after: objectFinder(is?.units) }
    const units: UnitInReview[] = []
    const cluster: ClusterInReview = {
      ...{ id, units },
      ...(was && { before: was }),
      ...(is && { after: is }),
      ...(planBefore && { planBefore }),
      ...(planAfter && { planAfter }),
    }
    for (const change of byCluster.get(id) ?? []) {
      const [unitBefore, unitAfter] = [was?.units.get(change.unit), is?.units.get(change.unit)]
      units.push({
        ...{ cluster, change },
        ...(unitBefore && { before: unitBefore }),
        ...(unitAfter && { after: unitAfter }),
        objects: change.objects.map((object) => ({
          ...toObject(object, change, find),
          isKnown: !was && known.has(change.unit),
        })),
      })
    }
    return cluster
  })
  return { before, after, clusters }
}

type ObjectFinder = (place: ObjectChange['before']) => SideObject | undefined

function toObject(
  change: ObjectChange,
  unit: UnitChange,
  find: { readonly before: ObjectFinder; readonly after: ObjectFinder },
): Omit<ObjectInReview, 'isKnown'> {
  const [before, after] = [find.before(change.before), find.after(change.after)]
  return {
    ...{ change, unitChange: unit.change },
    ...(before && { before }),
    ...(after && { after }),
    isLeft: unit.change === 'lost' && unit.before?.settings.leave === true,
  }
}

/** By path on the rendered branch, unit by unit as they are asked for: most are not. */
function objectFinder(units: ReadonlyMap<string, SideUnit> | undefined): ObjectFinder {
  const known = new Map<string, ReadonlyMap<string, SideObject>>()
  return (place) => {
    const unit = place && units?.get(place.unit)
    if (!unit) return undefined
    const objects =
      known.get(place.unit) ??
      new Map([...unit.objects, ...unit.delivery].map((object) => [object.path, object]))
    known.set(place.unit, objects)
    return objects.get(place.path)
  }
}

function plansOf({ plan }: Side): ReadonlyMap<string, ClusterPlan> {
  return new Map(plan?.clusters.map((cluster) => [cluster.cluster.id, cluster]))
}
