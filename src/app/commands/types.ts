import type { PullRequest } from '../../report/reviewer-port.ts'
import type { SaidComment } from '../../review/conversation-port.ts'
import type { AnswerState } from '../../review/review.ts'
import type { Work } from '../../review/types.ts'
import type { FleetSpec } from '../work/fleet-config.ts'
import type { OpenedRepository } from '../work/open-repository.ts'
import type { WorkContext } from '../work/work-context.ts'

/** A command that somebody gave who may, with all that it is done with. */
export interface GivenCommand {
  readonly context: WorkContext
  /** Its base, head and rendered branch are fetched. */
  readonly opened: OpenedRepository
  readonly comment: SaidComment
  readonly pullRequest: PullRequest
  /** Where the branch is now whose configuration that is. */
  readonly base: string
  /** Commit that the command was said on. */
  readonly head: string
  /** The head is a stranger's. */
  readonly isFork: boolean
  /** It goes to the rendered branch: the app itself opened it, or somebody who should not. */
  readonly isAboutRendered: boolean
  /** Configuration of the base, which is the default branch for what goes to the rendered one. */
  readonly spec: FleetSpec
  /** Says what is being done, in Markdown, until the answer takes its place. */
  readonly tell: (body: string) => Promise<void>
}

/** What comes of a command. */
export interface CommandAnswer {
  readonly state: Exclude<AnswerState, 'working'>
  /** Markdown. */
  readonly body: string
  /** What is to be done because of it. */
  readonly works?: readonly Work[]
}

export type GiveCommand<Command> = (given: GivenCommand, command: Command) => Promise<CommandAnswer>
