import type { Holds, Severity } from './catalogue-entry.ts'
import type { DiagnosticCode } from './catalogue.ts'

export type { Holds, Severity } from './catalogue-entry.ts'

/** One file of the repository. Bytes are the truth; `text` is their UTF-8 reading. */
export interface SourceFile {
  /** Path from the repository's root, with `/`. */
  readonly path: string
  readonly text: string
}

/** A stretch of a file. Offsets are UTF-16 code units into `file.text`; line and column are computed when printed. */
export interface Span {
  readonly file: SourceFile
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** Another place that helps to understand a diagnostic: "first defined here". */
export interface Related {
  readonly message: string
  readonly span: Span
}

/** What a diagnostic is about, where that is one cluster or one unit of it. */
export interface Subject {
  /** `<namespace>/<name>`. */
  readonly cluster?: string
  /** Unit name, as its folder on the rendered branch. */
  readonly unit?: string
}

/** A fault in what the user wrote, or something that he should know. Made by the constructors of a stage only. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly holds: Holds
  /** One sentence that names the thing; holds no secret. */
  readonly message: string
  readonly span?: Span
  readonly subject?: Subject
  readonly related: readonly Related[]
  /** What to do next. */
  readonly hint?: string
  /** Exact replacement. */
  readonly fix?: { readonly span: Span; readonly text: string }
}

/** Where a stage puts its diagnostics; it goes on afterwards. */
export type Report = (diagnostic: Diagnostic) => void
