import type { TemplateHelper } from '../template-port.ts'
import { clustersCell, describeClusters, type ClusterList } from './cluster-list.ts'
import { countOf, formatNumber } from './counts.ts'
import { FleetText } from './fleet-text.ts'
import {
  codeBlock,
  codeCell,
  codeElement,
  codeSpan,
  linkTo,
  prose,
  proseCell,
  proseElement,
} from './markdown.ts'
import type { ViewLine } from './object-view.ts'

/** Lines of a diff, which are printed by the helper `diff` alone. */
export class FleetLines {
  readonly #lines: readonly ViewLine[]

  constructor(lines: readonly ViewLine[]) {
    this.#lines = lines
  }

  reveal(): readonly ViewLine[] {
    return this.#lines
  }

  toString(): string {
    return ''
  }
}

/**
 * What templates call: one helper for each context in which a text of the fleet may stand. Whatever a template does with
 * them, no text gets out of its context; docs/templates.md tells users.
 */
export const templateFunctions: Readonly<Record<string, TemplateHelper>> = {
  /** Code in a paragraph, list or heading. */
  code: (text) => codeSpan(toText(text)),
  /** Prose in a paragraph, list or heading: names in it become code. */
  text: (text) => prose(toText(text)),
  /** Code and prose in a cell of a table. */
  cell: (text) => codeCell(toText(text)),
  textCell: (text) => proseCell(toText(text)),
  /** Code and prose inside of `<summary>`. */
  summaryCode: (text) => codeElement(toText(text)),
  summaryText: (text) => proseElement(toText(text)),
  /** A block of its own. */
  block: (text) => codeBlock(toText(text).trimEnd().split('\n'), 'text'),
  diff: (lines) => (lines instanceof FleetLines ? codeBlock(lines.reveal().map(toLine), 'diff') : ''),
  /** `1,204`; `1,204 objects`. */
  number: (value) => formatNumber(toNumber(value)),
  count: (value, noun) => countOf(toNumber(value), toText(noun)),
  /** In a sentence; in a cell. */
  clusters: (list) => describeClusters(list as ClusterList),
  clustersCell: (list) => clustersCell(list as ClusterList),
  link: (words, url) => linkTo(toText(words), toText(url)),
}

function toText(value: unknown): string {
  if (value instanceof FleetText) return value.reveal()
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function toLine({ mark, text }: ViewLine): string {
  if (mark === '@') return `@@ ${text} @@`
  return `${mark} ${text}`
}
