import type { PullRequest } from '../report/reviewer-port.ts'
import { describeWhoMay, isStranger, mayCommand } from './command-permission.ts'
import { commandHelp } from './command-table.ts'
import type { Permission, SaidComment } from './conversation-port.ts'
import type { HeadNote } from './notes.ts'
import type { ParsedCommand } from './parse-command.ts'

export interface CommandSituation {
  readonly command: ParsedCommand
  /** As it is now. */
  readonly comment: SaidComment
  /** As it is now. */
  readonly pullRequest: PullRequest
  /** What is noted of its head (`headKey`). */
  readonly noted: HeadNote | undefined
  /** Of the author of the comment. */
  readonly permission: Permission
  /** `review.commands.allow` of the base's configuration. */
  readonly allow: readonly string[]
  readonly isPrivate: boolean
}

export type Judgement =
  | { readonly type: 'accepted' }
  | {
      readonly type: 'refused'
      /** For log and metrics. */
      readonly why: RefusedBecause
      /** Told to the sender; absent where he gets no answer but a reaction, or, for bots, none at all. */
      readonly reason?: string
      /** What has to be noted of the head, so that the same said again is accepted. */
      readonly note?: HeadNote
    }

export type RefusedBecause = 'bot' | 'stranger' | 'not-allowed' | 'locked' | 'edited' | 'closed' | 'moved'

/**
 * Whether what was said is done. Who may say what is known of the base's configuration alone, and what was said counts for the
 * very commit that was the head when it was said. Strangers get no answer, so that nobody makes the app write comments for
 * him. Pure.
 */
export function judgeCommand(situation: CommandSituation): Judgement {
  const { command, comment, pullRequest } = situation
  if (comment.isBot) return { type: 'refused', why: 'bot' }
  const isHelp = command.name === 'help' || command.name === 'unknown'
  const { permission, allow, isPrivate } = situation
  const isAllowed = mayCommand({ login: comment.author, permission, allow })
  if (!isAllowed && isStranger(permission, isPrivate)) return { type: 'refused', why: 'stranger' }
  // No permission lets an app comment there.
  if (pullRequest.isLocked) return { type: 'refused', why: 'locked' }
  if (comment.isEdited)
    return refused(
      'edited',
      'This comment was edited, and only what nobody changed counts. Say it in a new one.',
    )
  if (isHelp) return { type: 'accepted' }
  if (!isAllowed) {
    const whoMay = describeWhoMay(allow, pullRequest.base.branch)
    return refused('not-allowed', `You may not give \`/fleet ${command.name}\` here: ${whoMay}.`)
  }
  const needsOpen = commandHelp.some(({ name, needsOpen }) => name === command.name && needsOpen)
  if (needsOpen && !pullRequest.isOpen)
    return refused(
      'closed',
      `This pull request is closed: it changes nothing that \`/fleet ${command.name}\` could tell of.`,
    )
  return judgeHead(situation)
}

/**
 * GitHub tells seconds: what was said in the very second in which the head moved may have been said before. That of a closed
 * pull request moves no more, so that nothing needs to be noted of it.
 */
function judgeHead({ comment, pullRequest, noted }: CommandSituation): Judgement {
  const {
    head: { commit },
    isOpen,
    closedAt,
    shownAt,
  } = pullRequest
  const isNoted = noted?.commit === commit
  const said = Date.parse(comment.createdAt)
  if (isNoted && said > Date.parse(noted.since)) return { type: 'accepted' }
  if (!isOpen && closedAt !== undefined && said > Date.parse(closedAt)) return { type: 'accepted' }
  const head = `\`${commit.slice(0, 12)}\``
  const again = 'Look at the report for it, then say it again.'
  if (isNoted) return refused('moved', `The head has moved to ${head} since you said this. ${again}`)
  const unknown = refused(
    'moved',
    `It is not known whether ${head} was the head when you said this. ${again}`,
  )
  // Our own clock may be another one than the one that dates comments.
  if (shownAt === undefined) return unknown
  // Later than what is noted: GitHub has more clocks than one.
  const since = Math.max(Date.parse(shownAt), noted === undefined ? 0 : Date.parse(noted.since) + 1000)
  return { ...unknown, note: { commit, since: new Date(since).toISOString() } }
}

function refused(why: RefusedBecause, reason: string) {
  return { type: 'refused', why, reason } as const
}
