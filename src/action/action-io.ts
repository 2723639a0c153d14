import type { Reviewer } from '../report/reviewer-port.ts'
import type { ActionOutput } from './own-inputs.ts'

/** Everything that the action may touch of the process and the runner, handed in by `main.ts`. */
export interface ActionIo {
  readonly env: Environment
  /** This Node. */
  readonly nodePath: string
  /** The bundled command line. */
  readonly cliPath: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Nobody can guess it; hex. */
  readonly randomWord: () => string
  /** The log of the step, where lines may be workflow commands. */
  readonly write: (text: string) => void
  readonly startGroup: (title: string) => void
  readonly endGroup: () => void
  readonly warn: (message: string) => void
  readonly notice: (message: string) => void
  readonly setOutput: (name: ActionOutput, value: string) => void
  /** Adds Markdown to the summary of the job. */
  readonly addSummary: (markdown: string) => Promise<void>
  /** Runs a program with exactly this environment; what it prints also goes to `onOutput`, as it comes. */
  readonly run: (call: ProcessCall) => Promise<ProcessResult>
  readonly createReviewer: (options: ReviewerOptions) => ClosableReviewer
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface ProcessCall {
  readonly file: string
  readonly args: readonly string[]
  /** Folder that it runs in. */
  readonly folder: string
  readonly env: Environment
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void
}

export interface ProcessResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface ReviewerOptions {
  readonly apiUrl: string
  readonly repository: { readonly owner: string; readonly name: string }
  readonly token: string
}

export interface ClosableReviewer extends Reviewer {
  close(): Promise<void>
}

/** The action cannot do what it is asked for; the message says why, and what to do. The step fails with it. */
export class ActionError extends Error {
  override readonly name = 'ActionError'
}
