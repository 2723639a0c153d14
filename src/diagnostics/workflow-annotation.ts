import { positionOf } from './position.ts'
import type { Diagnostic, Span } from './types.ts'

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const

/**
 * A diagnostic as a GitHub workflow command, which shows it beside the line in the pull request.
 * Escapes as actions/toolkit does (core/src/command.ts), so that no message can start a command of its own.
 * @example ::error file=fleet/app.yaml,line=6,col=3,endColumn=9,title=intent/wrong-type::`spec.tier` is text
 */
export function formatWorkflowAnnotation(diagnostic: Diagnostic): string {
  const { severity, code, span, message, hint } = diagnostic
  const text = hint === undefined ? message : `${message}\n${hint}`
  return formatWorkflowCommand(commands[severity], { ...(span && placeProperties(span)), title: code }, text)
}

function placeProperties({ file, start, end }: Span): Readonly<Record<string, string | number>> {
  const from = positionOf(file, start)
  const to = positionOf(file, end)
  return {
    ...{ file: file.path, line: from.line },
    // GitHub refuses columns on an annotation of several lines.
    ...(to.line === from.line ? { col: from.column, endColumn: to.column } : { endLine: to.line }),
  }
}

/** A workflow command with its properties in their order; no text in it can start a command of its own. */
export function formatWorkflowCommand(
  command: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
  return `::${command} ${list.join(',')}::${escapeData(message)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
