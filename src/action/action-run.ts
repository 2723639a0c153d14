import type { ActionIo } from './action-io.ts'
import type { ActionEvent } from './event.ts'
import type { Inputs } from './inputs.ts'

/** One run of the action: what it was asked for, and where. */
export interface ActionRun {
  readonly io: ActionIo
  readonly inputs: Inputs
  readonly event: ActionEvent
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** The repository of the intent. */
  readonly folder: string
  /** Emptied by the runner after the job. */
  readonly temporaryFolder: string
  /** Page of this run, where its report and its summary are. */
  readonly link: string | undefined
}
