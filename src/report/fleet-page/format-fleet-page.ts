import { createHash } from 'node:crypto'
import { visibleText } from '../review/visible-text.ts'
import { TemplateError, type ReviewTemplates } from '../template-port.ts'
import type { FleetPageView } from './to-fleet-page.ts'

/** Who looks at a page; absent for somebody who did not sign in. */
export interface VisitorView {
  readonly login: string
  /** Comes back with the form that signs out. */
  readonly proof: string
}

/** A page that says one thing, and what to do about it. */
export interface MessageView {
  readonly title: string
  readonly paragraphs: readonly string[]
  /** Where to go on; an own path. */
  readonly link?: { readonly path: string; readonly text: string }
  /** The page asks for itself again after so many seconds. */
  readonly refreshSeconds?: number
}

/** Pages as HTML that loads one style sheet and nothing else, and runs nothing. Every text in them is escaped. */
export interface FleetPages {
  readonly style: { readonly path: string; readonly text: string }
  fleet(view: FleetPageView, visitor: VisitorView, refreshSeconds?: number): string
  message(view: MessageView, visitor?: VisitorView): string
}

/** Parses the templates once. Throws TemplateError for one that is not there or cannot be parsed. Pure, as far as the compiler is. */
export function formatFleetPage({
  templates,
}: {
  /** Files of templates/fleet-page/ by name. */
  readonly templates: Pick<ReviewTemplates, 'packaged' | 'compile'>
}): FleetPages {
  const { packaged, compile } = templates
  const texts = new Map([...packaged].filter(([name]) => name.endsWith('.hbs')))
  const compiled = compile({ texts, helpers: {}, escaping: 'html' })
  const style = packaged.get('fleet-page.css')
  if (style === undefined) throw new TemplateError('fleet-page.css', 'there is no such file')
  // By its content: a browser may keep it for good.
  const stylePath = `/style/${createHash('sha256').update(style).digest('hex').slice(0, 16)}.css`
  const print = (values: object): string => visible(compiled.render('page.hbs', { stylePath, ...values }))
  return {
    style: { path: stylePath, text: style },
    fleet: (fleet, visitor, refreshSeconds = 0) =>
      print({ title: fleet.title, fleet, visitor, refreshSeconds, message: undefined }),
    message: ({ title, paragraphs, link, refreshSeconds = 0 }, visitor) =>
      print({
        ...{ title, visitor, refreshSeconds, fleet: undefined },
        message: { title, paragraphs, link },
      }),
  }
}

/** Nothing of a stranger hides, reorders or steers what is read. */
function visible(text: string): string {
  return text.replace(/[^ -~\n–…]+/g, (signs) => visibleText(signs, '\n'))
}
