/** How a text of a template is made of values: Handlebars, which only those load who print a review. */

/** Parses templates. Throws TemplateError for one that cannot be parsed. */
export type TemplateCompiler = (sources: TemplateSources) => CompiledTemplates

export interface TemplateSources {
  /** Texts by name, which is that of their file: `comment.md.hbs`. Each can include each other without its ending. */
  readonly texts: ReadonlyMap<string, string>
  /** What templates can call, and nothing else but the blocks of Handlebars. */
  readonly helpers: Readonly<Record<string, TemplateHelper>>
  /** `html`: values are escaped for text and attributes of HTML, but in `{{{ }}}`. Default: nothing is escaped. */
  readonly escaping?: 'html'
}

export type TemplateHelper = (...values: readonly unknown[]) => string

export interface CompiledTemplates {
  /** The template of this name over these values. Throws TemplateError for one that fails. */
  render(name: string, values: object): string
}

/** Of the texts that a review is printed with. */
export interface ReviewTemplates {
  /** Those of this package, complete. */
  readonly packaged: ReadonlyMap<string, string>
  /** Those of the repository, read from the base of a change alone (decision 9). */
  readonly overriding: ReadonlyMap<string, string>
  readonly compile: TemplateCompiler
}

/** A template that cannot be parsed or rendered. */
export class TemplateError extends Error {
  /** Name of the file. */
  readonly template: string

  constructor(template: string, message: string) {
    super(message)
    this.name = 'TemplateError'
    this.template = template
  }
}
