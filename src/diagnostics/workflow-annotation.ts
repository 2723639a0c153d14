import { positionOf } from './position.ts'
import type { Diagnostic, Severity } from './types.ts'

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' }

/**
 * A diagnostic as a GitHub workflow command, which shows it beside the line in the pull request.
 * Escapes as actions/toolkit does (core/src/command.ts), so that no message can start a command of its own.
 * @example ::error file=fleet/app.yaml,line=6,col=3,endColumn=9,title=intent/wrong-type::`spec.tier` is text
 */
export function formatWorkflowAnnotation(diagnostic: Diagnostic): string {
  const { severity, code, span, message, hint } = diagnostic
  const properties: string[] = []
  if (span !== undefined) {
    const from = positionOf(span.file, span.start)
    const to = positionOf(span.file, span.end)
    properties.push(`file=${escapeProperty(span.file.path)}`, `line=${from.line}`)
    // GitHub refuses columns on an annotation of several lines.
    if (to.line === from.line) properties.push(`col=${from.column}`, `endColumn=${to.column}`)
    else properties.push(`endLine=${to.line}`)
  }
  properties.push(`title=${escapeProperty(code)}`)
  const text = hint === undefined ? message : `${message}\n${hint}`
  return `::${commands[severity]} ${properties.join(',')}::${escapeData(text)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
