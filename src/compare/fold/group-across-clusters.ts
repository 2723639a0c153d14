import type { Blank } from './cluster-words.ts'

interface OfCluster {
  readonly cluster: string
}

/**
 * Puts together what has the same lines, and what has the same but for the cluster's name. Equal lines come first: in a
 * cluster called `web`, the object `web` is the same one as elsewhere. Keeps the order of the items, in groups and among them;
 * a cluster is in a group once at most.
 */
export function groupAcrossClusters<Item extends OfCluster>(
  items: readonly Item[],
  linesOf: (item: Item) => readonly string[],
  blank: Blank,
): readonly (readonly Item[])[] {
  const times = new Map<string, number>()
  const exact = Map.groupBy(items, (item) => {
    const text = linesOf(item).join('\n')
    const own = `${item.cluster}\0${text}`
    const nth = times.get(own) ?? 0
    times.set(own, nth + 1)
    return nth === 0 ? text : `${text}\n${nth}`
  })
  const groups = new Map<string, Item[]>()
  for (const [text, members] of exact) {
    const key = commonText(text, members, blank)
    const group = groups.get(key)
    if (group) group.push(...members)
    else groups.set(key, [...members])
  }
  const positions = new Map(items.map((item, position) => [item, position]))
  const positionOf = (item: Item | undefined): number => (item && positions.get(item)) ?? 0
  return [...groups.values()]
    .map((group) => group.sort((a, b) => positionOf(a) - positionOf(b)))
    .sort(([a], [b]) => positionOf(a) - positionOf(b))
}

/** The order of lines may depend on the name. */
function blankLines(cluster: string, text: string, blank: Blank): string {
  return text
    .split('\n')
    .map((line) => blank(cluster, line))
    .sort()
    .join('\n')
}

function commonText(text: string, members: readonly OfCluster[], blank: Blank): string {
  const clusters = new Set(members.map(({ cluster }) => cluster))
  let common: string | undefined
  for (const cluster of clusters) {
    const blanked = blankLines(cluster, text, blank)
    if (common !== undefined && common !== blanked) return `\0${text}`
    common = blanked
  }
  return common ?? text
}
