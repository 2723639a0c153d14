import { canonicalJson } from '../../kubernetes/exact-json.ts'
import { compareText } from '../../kubernetes/text-order.ts'
import type { Side, SideUnit } from '../types.ts'

/** One add-on of one cluster on both sides; one of them is absent where it is gained or lost. */
export interface UnitPair {
  /** Cluster id. */
  readonly cluster: string
  readonly unit: string
  readonly before?: SideUnit
  readonly after?: SideUnit
}

/** Every add-on in which the sides may differ, by cluster, then unit. */
export function pairUnits(before: Side, after: Side): readonly (readonly UnitPair[])[] {
  return sortedKeys(before.clusters, after.clusters).map((cluster) => {
    const old = before.clusters.get(cluster)?.units ?? new Map<string, SideUnit>()
    const now = after.clusters.get(cluster)?.units ?? new Map<string, SideUnit>()
    return sortedKeys(old, now).flatMap((unit) => {
      const [was, is] = [old.get(unit), now.get(unit)]
      if (was && is && isSameUnit(was, is)) return []
      return [{ cluster, unit, ...(was && { before: was }), ...(is && { after: is }) }]
    })
  })
}

export function sortedKeys(...maps: readonly ReadonlyMap<string, unknown>[]): readonly string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort(compareText)
}

function isSameUnit(before: SideUnit, after: SideUnit): boolean {
  return (
    before.digest === after.digest &&
    before.delivery.length === 0 &&
    after.delivery.length === 0 &&
    !isSetOtherwise(before, after) &&
    before.settings.profile === after.settings.profile
  )
}

/**
 * Whether a unit is another chart, or is delivered in another way. Its inputs do not count: what follows from them are its
 * objects. Nor does its tier, which decides who owns it and shows as another owner.
 */
export function isSetOtherwise(before: SideUnit, after: SideUnit): boolean {
  return settingsText(before) !== settingsText(after)
}

function settingsText({ settings, chart }: SideUnit): string {
  const { inputs, tier, profile, ...others } = settings
  return canonicalJson([others, chart ?? null])
}
