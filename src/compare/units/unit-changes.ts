import type { ImageChange, ObjectChange, SideUnit, UnitChange, UnitSummary } from '../types.ts'
import { isSetOtherwise, type UnitPair } from './pair-units.ts'

/** What happens to one add-on of one cluster; undefined where nothing does that anybody would notice. */
export function toUnitChange(
  { cluster, unit, before, after }: UnitPair,
  objects: readonly ObjectChange[],
  images: readonly ImageChange[],
): Omit<UnitChange, 'causes'> | undefined {
  const change = changeOf(before, after)
  const isSet = before !== undefined && after !== undefined && isSetOtherwise(before, after)
  const isNoticed = objects.length > 0 || isSet || change !== 'changed'
  if (!isNoticed) return undefined
  const isNews = isSet && !isOtherVersion(before, after)
  return {
    ...{ cluster, unit, change },
    ...(before && { before: summaryOf(before) }),
    ...(after && { after: summaryOf(after) }),
    ...{ objects, images },
    routine: change === 'changed' && !isNews && objects.every(({ routine }) => routine),
  }
}

function changeOf(before: SideUnit | undefined, after: SideUnit | undefined): UnitChange['change'] {
  if (!before) return 'gained'
  if (!after) return 'lost'
  return before.settings.profile === after.settings.profile ? 'changed' : 'moved'
}

/** A version of a chart that makes nothing else of its objects than labels is no news; another chart is. */
function isOtherVersion(before: SideUnit, after: SideUnit): boolean {
  const { chart } = before
  return (
    chart !== undefined &&
    after.chart?.name === chart.name &&
    !isSetOtherwise({ ...before, chart: after.chart }, after)
  )
}

function summaryOf({ settings, chart, count }: SideUnit): UnitSummary {
  return { kind: settings.kind, profile: settings.profile, ...(chart && { chart }), count, settings }
}
