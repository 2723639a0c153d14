import type { Diagnostic } from '../../diagnostics/types.ts'
import { templateUnusable } from '../diagnostics.ts'
import { maxCommentLength, reservedCommentLength } from '../reviewer-port.ts'
import { TemplateError, type CompiledTemplates, type ReviewTemplates } from '../template-port.ts'
import type { Review } from '../types.ts'
import { fitComment, sizeOf, type Told } from './fit-comment.ts'
import { codeSpan, linkTo, prose } from './markdown.ts'
import { commentSource, type CommentSource } from './models/comment-model.ts'
import { templateFunctions } from './template-functions.ts'

export interface MarkdownOptions {
  readonly templates: ReviewTemplates
  /** In bytes of UTF-8. */
  readonly limit?: number
  /** Where the whole report is. */
  readonly link?: string
  /** It is read only where something was told before: where there is nothing to tell, it says that there is no more. */
  readonly wasTold?: boolean
}

export interface MarkdownText {
  /** Ends with a line end. */
  readonly body: string
  /** There is nothing to tell; the body says so, for where something was told before. */
  readonly isEmpty: boolean
  readonly told: Told
  /** Why the templates of the repository were not used. */
  readonly templateFault?: Diagnostic
}

/** Room for the shortest text that there is. */
const leastLimit = 4096

/**
 * A review → Markdown for GitHub, within `limit` and never cut: what has no room is summarised with true numbers, and a
 * sentence says so. Whatever the texts of the fleet hold, they stay what they are: no mention, reference, link, image or
 * HTML comes of them, no block is left open, nothing invisible. Pure, as far as the templates' compiler is. Templates of
 * the repository that fail are left out, and the fault is told.
 */
export function formatMarkdown(review: Review, options: MarkdownOptions): MarkdownText {
  const { templates, limit = maxCommentLength - reservedCommentLength, link } = options
  const source = commentSource(review, options.wasTold === true)
  const { packaged, overriding, compile } = templates
  const fit = (texts: ReadonlyMap<string, string>): Pick<MarkdownText, 'body' | 'told'> | undefined => {
    const compiled: CompiledTemplates = compile({ texts, helpers: templateFunctions })
    const fitted = fitComment(source, { templates: compiled, limit: limit - 1, link })
    return fitted && { body: `${fitted.text.trimEnd()}\n`, told: fitted.told }
  }
  const { isEmpty } = source
  let templateFault: MarkdownText['templateFault']
  if (overriding.size > 0) {
    try {
      const text = fit(new Map([...packaged, ...overriding]))
      if (text) return { ...text, isEmpty }
      templateFault = templateUnusable('comment.md.hbs', `what it gives is longer than ${limit} bytes`)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      templateFault = templateUnusable(error.template, error.message)
    }
  }
  const text = fit(packaged) ?? shortest(source, Math.max(limit, leastLimit), link)
  return { ...text, isEmpty, ...(templateFault && { templateFault }) }
}

/** The verdict and nothing else, where even numbers by rule and kind have no room. */
function shortest(
  { review, verdict, dangers, views, routine }: CommentSource,
  limit: number,
  link: string | undefined,
): Pick<MarkdownText, 'body' | 'told'> {
  const all = review.comparison.folds.flatMap(({ objects }) => objects.map(({ clusters }) => clusters.length))
  const objects = all.reduce((sum, count) => sum + count, 0)
  const units = views.length + routine.length
  const where =
    link === undefined ? `The full report: ${codeSpan(review.reproduce)}` : linkTo('The full report', link)
  const told: Told = {
    objects: {
      all: objects,
      shown: 0,
      summarised: objects,
      routine: review.comparison.totals.objects.routine,
    },
    units: { all: units, shown: 0, summarised: units },
    dangers: { all: dangers.length, named: 0, summarised: dangers.length },
  }
  const lines = [`### ${prose(verdict.sentence)}`, where].filter((line) => sizeOf(line) < limit / 3)
  return { body: `${[...lines, 'There is no room here for more.'].join('\n\n')}\n`, told }
}

export interface CommentOptions extends MarkdownOptions {
  /** Digest of the tree that the head gives, hex; for machines that read the comment. */
  readonly tree?: string
}

/**
 * The comment on a pull request, without the first line by which its poster knows it. Its last line is what machines may read
 * of it, as an HTML comment.
 */
export function formatComment(review: Review, options: CommentOptions): MarkdownText {
  const state = stateLine(review, options.tree)
  const { limit = maxCommentLength - reservedCommentLength } = options
  const text = formatMarkdown(review, { ...options, wasTold: true, limit: limit - sizeOf(state) - 2 })
  return { ...text, body: `${text.body}\n${state}\n` }
}

/**
 * What was compared, as JSON that no text of the fleet can end or forge: it holds words of ours, numbers and commit ids
 * alone, and nothing else in a comment can hold `<!--`.
 */
function stateLine(review: Review, tree: string | undefined): string {
  const { baseline, base, head, comparison } = review
  const state = {
    version: 1,
    baseline,
    ...{ base: commitId(base.commit), head: commitId(head.commit), tree: commitId(tree) },
    totals: comparison.totals,
  }
  return `<!-- fleetwright-state ${JSON.stringify(state)} -->`
}

function commitId(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{7,64}$/.test(text) ? text : undefined
}
