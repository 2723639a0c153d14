import { assert } from '../diagnostics/errors.ts'

/** What a comment of ours says about itself in its first line, which nobody sees. */
export interface CommentState {
  /** Commit that the text is about. */
  readonly head: string
  /** Milliseconds since the epoch at which the run began that wrote it. */
  readonly run: number
  /** It says of itself that it is no longer current. */
  readonly outdated?: true
}

/** What every comment of this name starts with. Several fleets in one repository have several names. */
export function commentMarker(name: string): string {
  // `--` would end the HTML comment.
  assert(/^(?!.*--)[\w ./-]{1,100}$/.test(name), 'the name of a review can stand in an HTML comment')
  return `<!-- fleetwright-review "${name}" `
}

export function markedBody(name: string, { head, run, outdated }: CommentState, text: string): string {
  const state = JSON.stringify({ head, run, ...(outdated && { outdated }) })
  return `${commentMarker(name)}${state} -->\n${text}`
}

/** State and visible text of a comment that starts with the marker. A state that cannot be read is that of nobody. */
export function readMarkedBody(body: string): { readonly state: CommentState; readonly text: string } {
  // GitHub gives texts of its web editor with CRLF.
  const [line = '', ...rest] = body.replaceAll('\r\n', '\n').split('\n')
  return { state: parseState(line), text: rest.join('\n') }
}

/** Whether this very run wrote it. */
export function isBy(state: CommentState, run: { readonly head: string; readonly run: number }): boolean {
  return state.head === run.head && state.run === run.run
}

function parseState(line: string): CommentState {
  const json = /^<!-- fleetwright-review "[^"]*" (\{[^}]*\}) -->$/.exec(line)?.[1]
  const { head, run, outdated } = parseObject(json ?? '{}')
  if (typeof head !== 'string' || typeof run !== 'number') return { head: '', run: 0 }
  return { head, run, ...(outdated === true && { outdated }) }
}

function parseObject(json: string): Partial<Record<string, unknown>> {
  try {
    return JSON.parse(json) as Partial<Record<string, unknown>>
  } catch {
    return {}
  }
}
