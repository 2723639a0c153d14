import { Buffer } from 'node:buffer'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readPackagedPage, readPackagedTemplates } from '../adapters/disk/templates.ts'
import { createTemplateCompiler } from '../adapters/handlebars/compile-templates.ts'
import {
  formatCheck,
  formatComment,
  formatPage,
  formatReviewProposal,
  formatReview,
  formatReviewAnnotations,
  formatSummary,
  shownName,
  toReviewOutput,
  toSarif,
  type MarkdownOptions,
  type MarkdownText,
} from '../report/report.ts'
import type { Diagnostic, Report } from '../diagnostics/types.ts'
import type { ReviewTemplates } from '../report/template-port.ts'
import type { Review } from '../report/types.ts'
import type { RepositoryReader } from '../source/repository-reader-port.ts'
import type { Io } from './io.ts'
import type { Options, ReviewFormat } from './options.ts'
import { formatJson, type Printer } from './printing.ts'

/** Files of `--report`, by format; every one of them can be printed by itself. */
const reportFiles: Readonly<Record<ReviewFormat, string>> = {
  terminal: 'review.txt',
  markdown: 'comment.md',
  summary: 'summary.md',
  json: 'review.json',
  html: 'report.html',
  sarif: 'review.sarif',
  check: 'check.json',
  annotations: 'annotations.txt',
  proposal: 'proposal.json',
}

/** Templates of the repository in the place of those of the package. */
const templatesFolder = '.fleetwright/templates/'

interface Outputs {
  readonly options: Options
  readonly io: Io
  readonly printer: Printer
  /** The base: what decides how a change is shown is nothing that the change may write (decision 9). Absent: ours alone. */
  readonly base?: RepositoryReader
}

/** Prints a review in the format that is asked for, and writes all of them where a folder is named. */
export async function writeReview(review: Review, outputs: Outputs): Promise<void> {
  const { options, io, printer } = outputs
  const faults: Diagnostic[] = []
  const format = await createFormatter(review, outputs, (fault) => {
    if (!faults.some(({ message }) => message === fault.message)) faults.push(fault)
  })
  if (options.report !== undefined) {
    const folder = resolve(io.cwd, options.report)
    await mkdir(folder, { recursive: true })
    for (const [name, file] of Object.entries(reportFiles) as [ReviewFormat, string][])
      await writeFile(join(folder, file), format(name, false))
  }
  const wanted = options.output === 'json' ? 'json' : options.format
  const text = format(wanted, printer.color)
  printer.diagnostics(faults)
  io.stdout.write(text)
}

async function createFormatter(
  review: Review,
  { options, io, base }: Outputs,
  report: Report,
): Promise<(format: ReviewFormat, color: boolean) => string> {
  const [packaged, page, { texts, pages }] = await Promise.all([
    readPackagedTemplates(),
    readPackagedPage(),
    readOverriding(base),
  ])
  const compile = createTemplateCompiler()
  const templates: ReviewTemplates = { packaged, overriding: texts, compile }
  const pageTemplates: ReviewTemplates = { packaged: page, overriding: pages, compile }
  const markdown = { templates, ...(options.link !== undefined && { link: options.link }) }
  const { columns } = io.stdout
  const tell = ({ body, templateFault }: MarkdownText): string => {
    if (templateFault) report(templateFault)
    return body
  }
  return (format, color) => {
    switch (format) {
      case 'terminal':
        return formatReview(review, { color, ...(columns > 0 && { columns }) })
      case 'markdown':
        return tell(formatComment(review, markdown))
      case 'summary':
        return tell(formatSummary(review, markdown))
      case 'json':
        return formatJson(toReviewOutput(review))
      case 'html':
        return formatPage(review, { templates: pageTemplates, title: titleOf(review) })
      case 'sarif':
        return formatJson(toSarif(review))
      case 'check':
        return formatJson(formatCheck(review, markdown))
      case 'annotations':
        return formatReviewAnnotations(review)
      case 'proposal':
        return formatJson(propose(review, markdown, report))
    }
  }
}

function propose(review: Review, options: MarkdownOptions, report: Report): object {
  const { title, body, templateFault } = formatReviewProposal(review, options)
  if (templateFault) report(templateFault)
  return { title, body }
}

function titleOf({ base, head }: Review): string {
  return `${shownName(base)} → ${shownName(head)}`
}

interface Overriding {
  readonly texts: ReadonlyMap<string, string>
  /** Of the page, by name below `page/`. */
  readonly pages: ReadonlyMap<string, string>
}

async function readOverriding(base: RepositoryReader | undefined): Promise<Overriding> {
  if (base === undefined) return { texts: new Map(), pages: new Map() }
  const paths = (await base.list())
    .filter(({ path, type }) => type === 'file' && path.startsWith(templatesFolder))
    .map(({ path }) => path)
  const bytes = paths.length === 0 ? new Map<string, Uint8Array>() : await base.read(paths)
  const texts = new Map<string, string>()
  const pages = new Map<string, string>()
  for (const [path, content] of bytes) {
    const name = path.slice(templatesFolder.length)
    const text = Buffer.from(content).toString('utf8')
    if (name.startsWith('page/')) pages.set(name.slice('page/'.length), text)
    else texts.set(name, text)
  }
  return { texts, pages }
}
