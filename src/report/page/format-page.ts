import { createHash } from 'node:crypto'
import { visibleText } from '../review/visible-text.ts'
import { TemplateError, type ReviewTemplates } from '../template-port.ts'
import type { Review } from '../types.ts'
import { viewPage, type PageData, type PageView } from './page-view.ts'

export interface PageOptions {
  /** Files of templates/page/ by name: `page.hbs`, `page.css`, `filters.js`. Those of a repository may be some of them. */
  readonly templates: ReviewTemplates
  /** What is reviewed, as people call it: `#12: Bump grafana`. */
  readonly title: string
}

/** In the order in which they run: the first are what the others use. */
const scripts = ['fleet', 'selectors', 'theme', 'matrix', 'keys', 'inspector', 'filters']

/**
 * A review → one HTML file that needs nothing else: style, scripts and data stand in it, and its policy forbids the browser
 * to load anything and to run what is not named by its hash. It can be read without scripts; they filter, group and look
 * into it. The same review gives the same bytes. Pure, as far as the templates' compiler is. Templates of the repository
 * that fail are left out, and the page says so.
 */
export function formatPage(review: Review, { templates, title }: PageOptions): string {
  const { packaged, overriding, compile } = templates
  const view = viewPage(review, title)
  if (overriding.size === 0) return printPage(view, packaged, compile)
  try {
    return printPage(view, new Map([...packaged, ...overriding]), compile)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const notice = `The page templates of the repository were not used: ${error.template}: ${error.message}`
    return printPage({ ...view, notice }, packaged, compile)
  }
}

function printPage(
  view: PageView,
  files: ReadonlyMap<string, string>,
  compile: ReviewTemplates['compile'],
): string {
  const read = (name: string): string => {
    const text = files.get(name)
    if (text === undefined) throw new TemplateError(name, 'there is no such template')
    // A browser reads every line end as one character, and hashes what it has read.
    return text.replace(/\r\n?/g, '\n')
  }
  const texts = new Map(
    [...files.keys()].filter((name) => name.endsWith('.hbs')).map((name) => [name, read(name)]),
  )
  const compiled = compile({ texts, helpers: {}, escaping: 'html' })
  const style = closedIn('style', read('page.css'))
  const codes = scripts.map((name) => closedIn('script', read(`${name}.js`)))
  return compiled.render('page.hbs', {
    title: visible(view.title),
    policy: policyFor(style, codes),
    style,
    body: visible(compiled.render('body.hbs', view)),
    data: visible(toScriptData(view.data)),
    scripts: codes,
  })
}

function policyFor(style: string, codes: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${codes.map(hashOf).join(' ')}`,
    // Its icon, without which the browser asks the server for one.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Nothing of a stranger hides, reorders or steers what is read. Markup and JSON stay what they are: none of it is theirs. */
function visible(text: string): string {
  // Nearly all of it is ASCII and the signs of the page, over which that takes ten times as long.
  return text.replace(/[^ -~\n\t→−⇄·▲…]+/g, (signs) => visibleText(signs, '\n\t'))
}

/** What would end the element, or open a comment in it, means the same with a backslash in strings of both languages. */
function closedIn(element: 'style' | 'script', text: string): string {
  return text.replace(new RegExp(`<(?=/${element}|!--)`, 'gi'), '<\\')
}

/** JSON without a sign that means something to HTML. */
function toScriptData(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}
