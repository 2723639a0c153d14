import type { UnitFold } from '../../compare/types.ts'
import { countOf } from './counts.ts'
import { isOwnUnit } from './placement.ts'

/** Why add-ons of some clusters change, from what is farthest away to what is nearest. */
export interface WhyChain {
  /** Sorted. */
  readonly clusters: readonly string[]
  readonly causes: readonly string[]
  /** That cluster is another one than before, in few words: the first of `causes` for a title. */
  readonly fact?: string
  /** What follows. */
  readonly folds: readonly UnitFold[]
}

/** One chain for everything that follows from the same on the same clusters; those with a fact first. Pure. */
export function whyChains(folds: readonly UnitFold[]): readonly WhyChain[] {
  const links = folds.filter((fold) => !isOwnUnit(fold)).flatMap(linksOf)
  const groups = Map.groupBy(links, ({ clusters, causes }) => JSON.stringify([clusters, causes]))
  return [...groups.values()]
    .flatMap(([first, ...others]) =>
      first ? [{ ...first, folds: [first, ...others].flatMap((link) => link.folds) }] : [],
    )
    .filter(({ causes }) => causes.length > 0)
    .sort((a, b) => weightOf(b) - weightOf(a))
}

function weightOf({ fact, clusters, folds }: WhyChain): number {
  const news = folds.filter(({ routine }) => !routine).length
  return (fact === undefined ? 0 : 1_000_000) + news * clusters.length
}

/** Clusters for which the same causes hold. */
function linksOf(fold: UnitFold): readonly WhyChain[] {
  const groups = Map.groupBy(fold.clusters, (cluster) =>
    fold.causes.map(({ clusters }) => (clusters.includes(cluster) ? '1' : '0')).join(''),
  )
  return [...groups].map(([holds, clusters]) => {
    const own = fold.causes.filter((_, index) => holds[index] === '1').reverse()
    // What the clusters say of themselves is what everything else follows from.
    const facts = own.filter(({ cause }) => cause.fact !== undefined)
    const others = own.filter(({ cause }) => cause.fact === undefined)
    const causes = [...facts, ...others].map(({ cause }) => cause.text)
    const fact = facts[0]?.cause.fact
    const part = { ...fold, clusters }
    return { clusters, causes: [...new Set(causes)], folds: [part], ...(fact !== undefined && { fact }) }
  })
}

/** The first few by name. */
export function describeClusters(
  clusters: readonly string[],
): readonly { readonly text: string; readonly isName: boolean }[] {
  const most = 3
  const shown = clusters.length <= most + 1 ? clusters : clusters.slice(0, most)
  const rest = clusters.length - shown.length
  return [
    ...shown.map((text) => ({ text, isName: true })),
    ...(rest > 0 ? [{ text: countOf(rest, 'more cluster'), isName: false }] : []),
  ]
}
