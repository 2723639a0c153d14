import type { Review } from '../types.ts'
import { countOf, listOf } from './counts.ts'
import { isOtherVersion, placementRows, versionStep, type PlacementRow } from './placement.ts'
import { reviewVerdict } from './verdict.ts'
import { visibleText } from './visible-text.ts'
import { whyChains, type WhyChain } from './why-chains.ts'

/** What lists of pull requests and commits show. */
const longestTitle = 72

/**
 * `prod-eu serves 1.34: gatekeeper 3.19.1 → 3.20.0`: what became another one, and what follows; where only the intent did,
 * the commit and what it comes to. Says less where there is no room. Pure.
 */
export function proposalTitle(review: Review): string {
  const chains = whyChains(review.comparison.folds).filter(({ fact }) => fact !== undefined)
  const titles = [...factTitles(chains), ...commitTitles(review)].map(plainTitle)
  const fitting = titles.find((title) => [...title].length <= longestTitle)
  return fitting ?? clipped(titles.at(-1) ?? '')
}

function factTitles(chains: readonly WhyChain[]): readonly string[] {
  const [first] = chains
  if (first?.fact === undefined) return []
  const { fact } = first
  const same = chains.filter((chain) => chain.fact === fact)
  const clusters = [...new Set(same.flatMap((chain) => chain.clusters))].sort()
  const rows = placementRows(same.flatMap(({ folds }) => folds))
  const others = new Set(chains.filter((chain) => chain.fact !== fact).map((chain) => chain.fact)).size
  const more = others === 0 ? '' : ` and ${countOf(others, 'more change')} of clusters`
  const [who, few] = [listOf(clusters.map(shortName)), countOf(clusters.length, 'cluster')]
  const subject = clusters.length <= 2 ? who : few
  const words = clusters.length === 1 ? fact : pluralOf(fact)
  const isMembership = /^(?:joined|left) /.test(fact)
  const [what, counts] = isMembership
    ? [countOf(rows.length, 'add-on'), countOf(rows.length, 'add-on')]
    : [describeRows(rows), countRows(rows)]
  return [
    ...[what, counts].map((effect) => `${subject} ${words}: ${effect}${more}`),
    `${subject} ${words}: ${counts}`,
    `${few} ${words}: ${counts}`,
    `${subject} ${words}`,
    `${few} ${clusters.length === 1 ? 'is' : 'are'} not as before: ${counts}`,
  ]
}

/** `serves 1.34` of several clusters. */
function pluralOf(fact: string): string {
  return fact
    .replace(/^serves /, 'serve ')
    .replace(/^has /, 'have ')
    .replace(/^sees /, 'see ')
    .replace(/^does not /, 'do not ')
    .replace(/^is labelled /, 'are labelled ')
    .replace(/^lost its /, 'lost their ')
}

/** Without the namespace, as people say it. */
function shortName(cluster: string): string {
  return cluster.slice(cluster.indexOf('/') + 1)
}

function describeRows(rows: readonly PlacementRow[]): string {
  return rows.length <= 2 ? listOf(rows.map(describeRow)) : countRows(rows)
}

function describeRow(row: PlacementRow): string {
  const { name, change, before, after } = row
  if (change === 'gained') return `gains ${name}${after?.chart ? ` ${after.chart.version}` : ''}`
  if (change === 'lost') return `loses ${name}`
  return isOtherVersion(row) ? `${name} ${versionStep(before, after)}` : `${name} changes`
}

const verbs = { gained: 'gains', lost: 'loses', moved: 'moves', changed: 'changes' } as const

/** `gains 3 add-ons and changes 1 add-on`. */
function countRows(rows: readonly PlacementRow[]): string {
  const groups = Map.groupBy(rows, ({ change }) => change)
  return listOf([...groups].map(([change, group]) => `${verbs[change]} ${countOf(group.length, 'add-on')}`))
}

function commitTitles(review: Review): readonly string[] {
  const { head, comparison } = review
  const what = head.commit?.slice(0, 12) ?? head.name
  const [changes = ''] = reviewVerdict(review).sentence.split('; ')
  const extent = `${countOf(comparison.totals.clusters.changed, 'cluster')} changed`
  return [`Render ${what}: ${changes}`, `Render ${what}: ${extent}`]
}

/** No mention and no reference comes of it, nor of a commit that takes it for its subject. */
function plainTitle(title: string): string {
  return visibleText(title.replaceAll(/[`@#]/g, ''))
}

function clipped(title: string): string {
  return `${[...title].slice(0, longestTitle - 1).join('')}…`
}
