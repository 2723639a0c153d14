import { ActionError } from './action-io.ts'
import type { ActionEvent, ReviewedRange, TriggeringRun } from './event.ts'
import type { ActionCommand } from './own-inputs.ts'

/** What is to be done, with what the event has to say about it. */
export type Task =
  | { readonly command: 'diff'; readonly range: ReviewedRange; readonly hasRights: boolean }
  | { readonly command: 'compile' | 'observe' | 'verify' }
  | { readonly command: 'post'; readonly run: TriggeringRun }

const usual: Readonly<Record<string, ActionCommand>> = { push: 'compile', schedule: 'observe' }

/**
 * Command and event → task. Pure. Throws ActionError where they do not go together: what writes runs on events of the
 * repository itself only, since whoever opens a pull request would decide what is written.
 */
export function chooseTask(wanted: ActionCommand | 'auto', event: ActionEvent): Task {
  switch (event.name) {
    case 'pull_request':
    case 'pull_request_target':
    case 'merge_group':
      if (wanted !== 'auto' && wanted !== 'diff') throw refuse(wanted, event.name, 'diff')
      return {
        command: 'diff',
        range: event.range,
        // The token of a run for a fork may only read; that of pull_request_target is the repository's.
        hasRights: event.name !== 'pull_request' || !event.range.isFork,
      }
    case 'workflow_run':
      if (wanted !== 'auto' && wanted !== 'post') throw refuse(wanted, event.name, 'post')
      return { command: 'post', run: event.run }
    case 'other': {
      const command = wanted === 'auto' ? usual[event.event] : wanted
      if (command === undefined)
        throw new ActionError(
          `the event ${event.event || '(none)'} does not say what to do; set the input \`command\``,
        )
      if (command === 'diff')
        throw new ActionError(
          `\`diff\` needs a change to look at: the events pull_request and merge_group, not ${event.event}`,
        )
      if (command === 'post')
        throw new ActionError(
          `\`post\` posts the report of another run: the event workflow_run, not ${event.event}`,
        )
      return { command }
    }
  }
}

function refuse(wanted: ActionCommand, event: string, possible: string): ActionError {
  return new ActionError(
    `\`${wanted}\` does not run on ${event}: others decide what such a run sees. It can do \`${possible}\`; use push, schedule or workflow_dispatch for the rest`,
  )
}
