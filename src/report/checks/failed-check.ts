import type { Conclusion } from '../reviewer-port.ts'
import { codeBlock, codeSpan } from '../review/markdown.ts'
import { visibleText } from '../review/visible-text.ts'
import { toPublicText } from './public-text.ts'

/** Why there is no report. */
export type WorkFailure =
  | { readonly kind: 'time'; readonly limitMs: number }
  | { readonly kind: 'memory'; readonly limitBytes: number }
  /** The environment failed so often; a later try may succeed. */
  | { readonly kind: 'environment'; readonly attempts: number }
  /** The environment failed, and this is tried again. */
  | { readonly kind: 'retry' }
  /** Ours: a fault of fleetwright. */
  | { readonly kind: 'fault' }
  /** What should be compared has nothing in common. */
  | { readonly kind: 'unrelated' }

export interface FailedCheck {
  readonly state: Extract<Conclusion, 'failure' | 'timed_out'>
  readonly title: string
  /** Markdown. */
  readonly summary: string
}

const mostLines = 20

/** A check that says why there is no report and what to do; `said` is the end of what the process said. Pure. */
export function formatFailedCheck(
  failure: WorkFailure,
  { said = '', secrets = [] }: { readonly said?: string; readonly secrets?: readonly string[] } = {},
): FailedCheck {
  const { title, text } = describe(failure)
  const lines = visibleText(toPublicText(said, secrets), '\n\t').trim().split('\n').slice(-mostLines)
  const quoted = lines.join('') === '' ? '' : `\n\n${codeBlock(lines, 'text')}`
  return {
    state: failure.kind === 'time' ? 'timed_out' : 'failure',
    title,
    summary: `${text}${quoted}\n`,
  }
}

function describe(failure: WorkFailure): { readonly title: string; readonly text: string } {
  switch (failure.kind) {
    case 'time':
      return {
        title: `Not done after ${formatTime(failure.limitMs)}`,
        text: `The work took longer than the ${formatTime(failure.limitMs)} that whoever operates this app allows it, and was ended. Nothing was written. Press *Compile again* if something it waited for was slow; else ask the operator for a larger ${codeSpan('timeLimit')}, or split the fleet.`,
      }
    case 'memory':
      return {
        title: `Not done within ${formatSize(failure.limitBytes)} of memory`,
        text: `The work took more than the ${formatSize(failure.limitBytes)} of memory that whoever operates this app allows it, and was ended. Nothing was written. Ask the operator for a larger ${codeSpan('memoryLimit')}, or split the fleet.`,
      }
    case 'environment':
      return {
        title: 'Something outside failed, again and again',
        text: `A registry, a Git host or something else that this needs failed ${failure.attempts} times in a row. Nothing is lost: press *Compile again* when it is there again.`,
      }
    case 'retry':
      return {
        title: 'Something outside failed: trying again',
        text: 'A registry, a Git host or something else that this needs does not answer as it should. This goes on by itself when it does.',
      }
    case 'fault':
      return {
        title: 'fleetwright itself failed',
        text: `This is a fault of fleetwright, not of the change. Nothing was written. Please report it with the lines below, and press *Compile again* if it may have been chance.`,
      }
    case 'unrelated':
      return {
        title: 'There is nothing to compare with',
        text: 'The change and the branch that it goes to have no commit in common. Rebase the change onto that branch.',
      }
  }
}

function formatTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds % 60 === 0 ? plural(seconds / 60, 'minute') : plural(seconds, 'second')
}

function formatSize(bytes: number): string {
  const gibibyte = 1024 ** 3
  return bytes % gibibyte === 0 ? `${bytes / gibibyte} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
