import { didYouMean } from '../../diagnostics/suggestion-list.ts'
import { matchesLabels } from '../../kubernetes/label-selector.ts'
import { parseSelector } from '../../kubernetes/selector-text.ts'
import { maxCommentLength, reservedCommentLength } from '../reviewer-port.ts'
import { codeSpan, prose } from '../review/markdown.ts'
import { countOf } from '../review/counts.ts'
import { isSilent, reviewVerdict } from '../review/verdict.ts'
import type { Review } from '../types.ts'

/** What was compared, of which clusters, and the comment that `fleetwright diff` printed of it. */
export interface ComparedChange {
  readonly review: Review
  /** Markdown. */
  readonly comment: string
  /** As `--cluster` takes it; absent for all clusters. */
  readonly clusters?: string
}

/** The report on some clusters, or that nothing changes there. Markdown; pure. */
export function formatChangeAnswer({ review, comment, clusters }: ComparedChange): string {
  if (isSilent(review))
    return clusters === undefined
      ? 'Nothing changes on any cluster.'
      : `Nothing changes on ${describeWanted(review, clusters)}.`
  const text = withoutState(comment)
  const verdict = `${prose(reviewVerdict(review).sentence)}. There is no room here for more.`
  return text.length <= maxCommentLength - reservedCommentLength ? text : verdict
}

interface KnownCluster {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

/** That none of the clusters is meant by what somebody wrote, and what may be. Markdown; pure. */
export function formatNoClusters(clusters: readonly KnownCluster[], written: string): string {
  const ids = clusters.map(({ id }) => id)
  const namesakes = ids.filter((id) => id.slice(id.indexOf('/') + 1) === written)
  const labels = clusters.flatMap((each) =>
    Object.entries(each.labels).map(([key, value]) => `${key}=${value}`),
  )
  const near =
    namesakes.length > 0
      ? `did you mean ${namesakes.map((id) => `\`${id}\``).join(' or ')}?`
      : (didYouMean(written, ids) ?? didYouMean(written, labels))
  const none = `${codeSpan(written)} is none of ${countOf(ids.length, 'cluster')}`
  if (near !== undefined) return `${none}; ${prose(near)}`
  return ids.length === 0 ? `${none}.` : `${none}. There ${ids.length === 1 ? 'is' : 'are'} ${firstOf(ids)}.`
}

function describeWanted(review: Review, clusters: string): string {
  const ids = wanted(review, clusters)
  return ids.length === 1 && ids[0] === clusters
    ? codeSpan(clusters)
    : `${countOf(ids.length, 'cluster')} that ${ids.length === 1 ? 'matches' : 'match'} ${codeSpan(clusters)}`
}

/** As `--cluster` has it: an id, or labels. */
function wanted({ fleet }: Pick<Review, 'fleet'>, clusters: string): readonly string[] {
  const parsed = parseSelector(clusters)
  return fleet
    .filter(({ id, labels }) => id === clusters || (parsed.ok && matchesLabels(parsed.selector, labels)))
    .map(({ id }) => id)
}

const mostNames = 12

function firstOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => codeSpan(name))
  const rest = names.length - shown.length
  return `${shown.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`
}

/** The last line of a comment is for machines, which look for it in the report alone. */
function withoutState(comment: string): string {
  return comment.replace(/\n<!-- fleetwright-state [^\n]* -->\n*$/, '').trimEnd()
}
