import { maxCommentLength, reservedCommentLength } from '../reviewer-port.ts'
import type { Review } from '../types.ts'
import { formatMarkdown, type MarkdownOptions, type MarkdownText } from './comment.ts'
import { countOf } from './counts.ts'
import { sizeOf } from './fit-comment.ts'
import { codeSpan, prose } from './markdown.ts'
import { placementRows, versionOfChange, type PlacementRow } from './placement.ts'
import { proposalTitle } from './proposal-title.ts'
import { describeClusters, whyChains, type WhyChain } from './why-chains.ts'

/** What a pull request to the rendered branch says of itself. */
export interface ReviewProposal {
  /** Plain text of 72 characters at most. */
  readonly title: string
  /** Markdown within what GitHub takes. */
  readonly body: string
  readonly templateFault?: MarkdownText['templateFault']
}

/** Of the chains; the rest is for what changes. */
const mostChainBytes = 12_000
const mostChains = 20

/**
 * A review → title and text of a pull request: first why, as chains from what is another one in a cluster to the add-on
 * that follows, then the text of the comment. Pure, as far as the templates' compiler is.
 */
export function formatReviewProposal(review: Review, options: MarkdownOptions): ReviewProposal {
  const why = formatChains(review)
  const { limit = maxCommentLength - reservedCommentLength } = options
  const { body, templateFault } = formatMarkdown(review, { ...options, limit: limit - sizeOf(why) })
  return { title: proposalTitle(review), body: `${why}${body}`, ...(templateFault && { templateFault }) }
}

function formatChains(review: Review): string {
  const chains = whyChains(review.comparison.folds)
  const lines: string[] = []
  let room = mostChainBytes
  for (const chain of chains.slice(0, mostChains)) {
    const line = formatChain(chain)
    room -= sizeOf(line)
    if (room < 0) break
    lines.push(line)
  }
  if (lines.length === 0) return ''
  const rest = chains.length - lines.length
  const more = rest === 0 ? [] : [`- and ${countOf(rest, 'more reason')}`]
  return `### Why\n\n${[...lines, ...more].join('\n')}\n\n`
}

function formatChain({ clusters, causes, folds }: WhyChain): string {
  const who = describeClusters(clusters).map((name) => (name.isName ? codeSpan(name.text) : name.text))
  const effects = placementRows(folds).map(formatEffect)
  const what = effects.length <= 3 ? effects.join(', ') : countOf(effects.length, 'add-on')
  return `- ${who.join(', ')}: ${[...causes.map(prose), what].join(' → ')}`
}

/** `gatekeeper 3.19.1 → 3.20.0`, `gains loki 2.0.0`. */
function formatEffect(row: PlacementRow): string {
  const name = codeSpan(row.name)
  const step = versionOfChange(row)
  const version = step === undefined ? '' : ` ${codeSpan(step)}`
  switch (row.change) {
    case 'gained':
      return `gains ${name}${version}`
    case 'lost':
      return `loses ${name}${version}`
    case 'moved':
    case 'changed':
      return step === undefined ? `${name} changes` : `${name}${version}`
  }
}
