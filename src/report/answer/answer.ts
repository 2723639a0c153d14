import { codeSpan } from '../review/markdown.ts'

/** What an answer is to. */
export interface Asked {
  /** The command as it was written, one line. */
  readonly command: string
  /** Login. */
  readonly by: string
  /** Commit that the answer is about; absent where it is about none. */
  readonly head?: string
}

/** Of a command that is told back; whoever wrote more knows what he wrote. */
const longestCommand = 120

/**
 * An answer below a pull request: who asked what, of which commit, then the body, which is Markdown already. Nobody is called
 * by it: logins are code. Pure.
 */
export function formatAnswer({ command, by, head }: Asked, body: string): string {
  const about = head === undefined ? '' : ` about \`${head.slice(0, 12)}\``
  return `${codeSpan(by)} asked ${shortCommand(command)}${about}.\n\n${body.trimEnd()}\n`
}

function shortCommand(command: string): string {
  const span = codeSpan(command)
  return span.length <= longestCommand
    ? span
    : codeSpan(`${command.split(/\s+/).slice(0, 2).join(' ').slice(0, 40)} …`)
}
