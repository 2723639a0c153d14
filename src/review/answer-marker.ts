import { assert } from '../diagnostics/errors.ts'

/**
 * How far the answer to a command is. `working`: it says what is being done, and is edited when that is done.
 * `refused`: it was understood, and is not done. `confused`: it was not understood. `failed`: it could not be done.
 */
export type AnswerState = 'working' | 'done' | 'refused' | 'confused' | 'failed'

const states: readonly AnswerState[] = ['working', 'done', 'refused', 'confused', 'failed']

/** What an answer of ours says about itself in its first line, which nobody sees. */
export interface AnswerMark {
  /** Commit that it is about. */
  readonly head: string
  readonly state: AnswerState
}

/** What the answer to the command in this comment starts with. No other answer starts so: the id ends in a space. */
export function answerMarker(command: number): string {
  assert(Number.isSafeInteger(command), 'a comment has an id')
  return `<!-- fleetwright-answer ${command} `
}

export function markedAnswer(command: number, { head, state }: AnswerMark, text: string): string {
  assert(/^[0-9a-f]*$/.test(head), 'what stands in an HTML comment is a commit id')
  return `${answerMarker(command)}${JSON.stringify({ head, state })} -->\n${text}`
}

/** Undefined for a first line that somebody changed. */
export function readAnswerMark(body: string): AnswerMark | undefined {
  const [, head, word] =
    /^<!-- fleetwright-answer \d+ \{"head":"([0-9a-f]*)","state":"(\w+)"\} -->/.exec(body) ?? []
  const state = states.find((one) => one === word)
  return head === undefined || state === undefined ? undefined : { head, state }
}
