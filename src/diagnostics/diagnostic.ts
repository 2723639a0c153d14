import { catalogue, type DiagnosticCode } from './catalogue.ts'
import type { Diagnostic } from './types.ts'

type Details = Pick<Diagnostic, 'message'> &
  Partial<Pick<Diagnostic, 'span' | 'subject' | 'related' | 'hint' | 'fix' | 'severity' | 'holds'>>

/**
 * A diagnostic of `code`, with severity and hold from the catalogue.
 * Only the constructors in the `diagnostics.ts` of a stage call it.
 * @example diagnostic('source/malformed-yaml', { message: 'a mapping ends too early', span })
 */
export function diagnostic(code: DiagnosticCode, details: Details): Diagnostic {
  const { severity, holds } = catalogue[code]
  return { code, severity, holds, related: [], ...details }
}
