import { Buffer } from 'node:buffer'
import { countOf } from './counts.ts'
import { FleetText, fleetTexts } from './fleet-text.ts'
import { codeCell, codeSpan } from './markdown.ts'
import { isAllClusters } from './placement.ts'
import type { Review } from '../types.ts'

/** Clusters as a template tells of them. */
export interface ClusterList {
  readonly count: number
  /** Every cluster of the fleet. */
  readonly isAll: boolean
  /** The first of them. */
  readonly first: readonly FleetText[]
  /** All of them; undefined where there is no room, or they were named before. */
  readonly names: readonly FleetText[] | undefined
  /** Add-on at which the same clusters are named. */
  readonly sameAs: FleetText | undefined
}

/** So many names are read at a glance. */
const atAGlance = 3

export function clusterList(clusters: readonly string[], review: Pick<Review, 'fleet'>): ClusterList {
  return {
    count: clusters.length,
    isAll: isAllClusters(clusters, review),
    first: fleetTexts(clusters.slice(0, clusters.length <= atAGlance + 1 ? atAGlance + 1 : atAGlance)),
    ...{ names: undefined, sameAs: undefined },
  }
}

/**
 * Lists with all of their names as far as there is room, the short ones first; equal ones are named once. Names of all
 * clusters need not be told.
 */
export function clusterLists(
  rows: readonly { readonly label: string; readonly clusters: readonly string[] }[],
  review: Pick<Review, 'fleet'>,
  room: number,
): readonly ClusterList[] {
  const lists = rows.map(({ clusters }) => clusterList(clusters, review))
  const firstWith = new Map<string, string>()
  const wanted = rows.flatMap(({ label, clusters }, index) => {
    const list = lists[index]
    if (list === undefined || list.isAll || list.first.length === list.count) return []
    const key = clusters.join('\n')
    const sameAs = firstWith.get(key)
    if (sameAs !== undefined) {
      lists[index] = { ...list, sameAs: new FleetText(sameAs) }
      return []
    }
    firstWith.set(key, label)
    return [{ index, clusters, label, size: Buffer.byteLength(key) + 4 * clusters.length }]
  })
  const dropped = new Set<string>()
  let left = room
  for (const { index, clusters, label, size } of wanted.sort((a, b) => a.size - b.size)) {
    left -= size
    const list = lists[index]
    if (list === undefined) continue
    if (left >= 0) lists[index] = { ...list, names: fleetTexts(clusters) }
    else dropped.add(label)
  }
  // To be sent to where the names are not either would be a bad joke.
  return lists.map((list) =>
    list.sameAs !== undefined && dropped.has(list.sameAs.reveal()) ? { ...list, sameAs: undefined } : list,
  )
}

/** In a sentence: `all 200 clusters`, `` `a` and `b` ``, `` 12 clusters (`a`, `b`, `c` and 9 more) ``. */
export function describeClusters(list: ClusterList, code: (text: string) => string = codeSpan): string {
  const { count, isAll, first } = list
  if (isAll) return `all ${countOf(count, 'cluster')}`
  const names = first.map((name) => code(name.reveal()))
  const rest = count - names.length
  if (rest === 0) return names.join(', ')
  return `${countOf(count, 'cluster')} (${names.join(', ')} and ${rest} more)`
}

/** In a cell of a table: all names, behind their count where they are many. */
export function clustersCell(list: ClusterList): string {
  const { names, sameAs, count } = list
  if (sameAs !== undefined) return `the same ${countOf(count, 'cluster')} as ${codeCell(sameAs.reveal())}`
  if (names === undefined) return describeClusters(list, codeCell)
  const all = names.map((name) => codeCell(name.reveal())).join(', ')
  return `<details><summary>${countOf(count, 'cluster')}</summary>${all}</details>`
}
