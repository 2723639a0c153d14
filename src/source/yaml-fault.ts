import { lineSpan, offsetOf, positionOf } from '../diagnostics/position.ts'
import type { SourceFile, Span } from '../diagnostics/types.ts'
import type { EngineFault } from '../engine/types.ts'
import { parseTree } from './locate.ts'

/** Where a document is broken, and why, in words for a person. */
export interface YamlFault {
  readonly span: Span
  readonly reason: string
}

/** A `{{` where YAML begins a value or key: it reads a mapping as the key of a mapping. */
const bareTemplate = /(?:^|[:-])[ \t]*(\{\{[^\n]*)/m

/**
 * The engine decides that a document is broken; the `yaml` package knows the column and a humane reason. Where it accepts
 * the text all the same, the engine's line is what there is.
 */
export function explainFault(file: SourceFile, start: number, end: number, fault: EngineFault): YamlFault {
  const text = file.text.slice(start, end)
  const [first] = parseTree(text).errors
  // How deep the package gets depends on the stack that is left; the engine has a bound of its own.
  const error = first?.code === 'RESOURCE_EXHAUSTION' ? undefined : first
  const template = fault.line === undefined ? bareTemplate.exec(text) : null
  if (template?.[1] !== undefined) {
    const from = start + template.index + template[0].length - template[1].length
    const reason = 'an unquoted `{{` begins a mapping, which cannot be a key'
    return { span: { file, start: from, end: from + template[1].trimEnd().length }, reason }
  }
  const engineLine = fault.line ?? positionOf(file, start).line
  const documentEnd = /^\.\.\.[ \t]*\r?$/m.exec(text)
  if (error === undefined && documentEnd !== null) {
    const reason = `\`...\` on line ${positionOf(file, start + documentEnd.index).line} ends the document, and this follows`
    return { span: lineSpan(file, engineLine), reason }
  }
  if (error === undefined) {
    const line = lineSpan(file, engineLine)
    const from = fault.column === undefined ? line.start : offsetOf(file, engineLine, fault.column)
    return { span: { file, start: from, end: Math.max(line.end, from) }, reason: fault.message }
  }
  const at = start + error.pos[0]
  // The package points at the value before; the line that does not fit is the engine's.
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY' && positionOf(file, at).line < engineLine) {
    const reason = `this line is indented further than line ${positionOf(file, at).line}, which already has a value`
    return { span: lineSpan(file, engineLine), reason }
  }
  const message = error.message.replace(/ at line \d+, column \d+[^]*$/, '')
  return {
    span: { file, start: at, end: start + Math.max(error.pos[1], error.pos[0] + 1) },
    reason: lowerFirst(message),
  }
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
