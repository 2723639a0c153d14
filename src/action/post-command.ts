import type { TriggeringRun } from './event.ts'
import type { ActionRun } from './run-action.ts'

export function runPost(_run: ActionRun, _triggering: TriggeringRun): Promise<string | undefined> {
  return Promise.resolve(undefined)
}
