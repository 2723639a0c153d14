import { positionOf } from './position.ts'
import type { Diagnostic, Span } from './types.ts'

/** A place as a machine reads it: all 1-based, the end exclusive. */
export interface PlaceJson {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** A diagnostic as `--output json` gives it. */
export interface DiagnosticJson {
  readonly code: string
  readonly severity: string
  readonly holds: string
  readonly message: string
  readonly place?: PlaceJson
  readonly cluster?: string
  readonly unit?: string
  readonly hint?: string
  readonly related: readonly { readonly message: string; readonly place: PlaceJson }[]
  readonly fix?: { readonly place: PlaceJson; readonly text: string }
}

/** Plain data of a diagnostic, keys in a fixed order. */
export function toDiagnosticJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, holds, message, span, subject, related, hint, fix } = diagnostic
  return {
    code,
    severity,
    holds,
    message,
    ...(span === undefined ? {} : { place: toPlace(span) }),
    ...(subject?.cluster === undefined ? {} : { cluster: subject.cluster }),
    ...(subject?.unit === undefined ? {} : { unit: subject.unit }),
    ...(hint === undefined ? {} : { hint }),
    related: related.map((one) => ({ message: one.message, place: toPlace(one.span) })),
    ...(fix === undefined ? {} : { fix: { place: toPlace(fix.span), text: fix.text } }),
  }
}

/** Of a span, without the text that it covers. */
export function toPlace({ file, start, end }: Span): PlaceJson {
  const from = positionOf(file, start)
  const to = positionOf(file, end)
  return { file: file.path, line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
}
