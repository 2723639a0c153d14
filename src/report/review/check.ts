import {
  maxCheckTextBytes,
  reservedCheckTextBytes,
  type CheckAnnotation,
  type Conclusion,
} from '../reviewer-port.ts'
import type { Review } from '../types.ts'
import { mostSevere, reviewAnnotations } from './annotations.ts'
import { formatMarkdown, type MarkdownOptions, type MarkdownText } from './comment.ts'
import { countOf, formatNumber } from './counts.ts'
import { reviewVerdict } from './verdict.ts'
import { visibleText } from './visible-text.ts'

export interface ReviewCheck {
  readonly title: string
  /** Markdown. */
  readonly summary: string
  readonly conclusion: Extract<Conclusion, 'success' | 'neutral' | 'failure'>
  /** The most severe ones, by file and line. */
  readonly annotations: readonly CheckAnnotation[]
  /** How many there are, shown or not. */
  readonly annotationCount: number
  readonly templateFault?: MarkdownText['templateFault']
}

const mostAnnotations = 100
const longestTitle = 200

/** A summary of a job may have a mebibyte, of which other steps want some. */
const summaryLimit = 1_000_000

/**
 * A review as a check of a commit: it fails where the head adds errors, and is neutral where there are dangers, which a
 * person may well want. Pure.
 */
export function formatCheck(review: Review, options: MarkdownOptions): ReviewCheck {
  const verdict = reviewVerdict(review)
  const all = reviewAnnotations(review)
  const annotations = mostSevere(all, mostAnnotations)
  const rest = all.length - annotations.length
  const note =
    rest === 0
      ? ''
      : `\n${formatNumber(annotations.length)} of ${countOf(all.length, 'annotation')} are shown.\n`
  const { limit = maxCheckTextBytes - reservedCheckTextBytes } = options
  const { body, templateFault } = formatMarkdown(review, { ...options, limit: limit - note.length })
  return {
    title: titleOf(verdict.sentence),
    summary: `${body}${note}`,
    conclusion: verdict.kind === 'errors' ? 'failure' : verdict.kind === 'dangers' ? 'neutral' : 'success',
    annotations,
    annotationCount: all.length,
    ...(templateFault && { templateFault }),
  }
}

/** The whole report for the summary of a job: as the comment, with more room. Pure. */
export function formatSummary(review: Review, options: MarkdownOptions): MarkdownText {
  return formatMarkdown(review, { limit: summaryLimit, ...options })
}

/** Titles are plain text: nothing in them is read as Markdown. */
function titleOf(sentence: string): string {
  const characters = [...visibleText(sentence.replaceAll('`', ''))]
  return characters.length <= longestTitle
    ? characters.join('')
    : `${characters.slice(0, longestTitle - 1).join('')}…`
}
