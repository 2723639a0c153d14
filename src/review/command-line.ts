/**
 * The line of a comment that is a command: its first one that is not blank, if it starts with `/fleet`. Nothing that is quoted
 * or shown as code can be that: a quote starts with `>`, a block of code with its fence or with four spaces.
 */
export function commandLine(body: string): string | undefined {
  const line = body.split(/\r\n|\n|\r/).find((each) => each.trim() !== '')
  return line !== undefined && /^ {0,3}\/fleet(?:[ \t]|$)/.test(line) ? line.trim() : undefined
}

export function isCommand(body: string): boolean {
  return commandLine(body) !== undefined
}
