import { formatAnswer, formatSaid } from '../../report/report.ts'
import { ReviewerError, type PullRequest } from '../../report/reviewer-port.ts'
import type { Permission, Reaction, SaidComment } from '../../review/conversation-port.ts'
import {
  createAnswerPost,
  formatNote,
  headKey,
  isStranger,
  judgeCommand,
  mayCommand,
  mergeNote,
  parseCommand,
  parseHeadNote,
  toQueuedWork,
  type AnswerPost,
  type AnswerState,
  type Judgement,
  type ParsedCommand,
} from '../../review/review.ts'
import type { CommandWork } from '../../review/types.ts'
import { readCommandPlace, type CommandPlace } from '../commands/command-place.ts'
import { noteRefusal, wasRefusedBefore } from '../commands/refused-before.ts'
import { readWhoMay } from '../commands/who-may.ts'
import { giveCommand } from '../commands/give-command.ts'
import type { CommandAnswer } from '../commands/types.ts'
import type { AppPorts, DoWork, WorkRun } from '../types.ts'
import { inRepository, type OpenedRepository } from './open-repository.ts'
import { createContext, type WorkContext } from './work-context.ts'

/**
 * Does what a comment says, if it stands there unchanged and its author may say so, and answers in one comment below it. An
 * answer that was begun is found again and ended; one that is there already is not written again.
 */
export const commandWork: DoWork<CommandWork> = async (ports, work, run) => {
  const context = createContext(ports, work, run)
  const comment = await context.github.conversation.readComment(work.comment)
  const command = comment && parseCommand(comment.body)
  if (comment?.pullRequest !== work.pullRequest || command === undefined) return
  if (comment.isBot) return run.log.info('command-refused', { why: 'bot' })
  if (await wasRefusedBefore(context, comment, command))
    return run.log.info('command-refused', { why: 'refused-before' })
  const said = createSaid(context, { comment, command })
  const [pullRequest] = await context.github.reviewer.findPullRequests({ number: work.pullRequest })
  if (pullRequest === undefined) return
  await inRepository(context, (opened) => hear(context, opened, { said, pullRequest }))
}

interface Heard {
  readonly said: Said
  readonly pullRequest: PullRequest
}

async function hear(
  context: WorkContext,
  opened: OpenedRepository,
  { said, pullRequest }: Heard,
): Promise<void> {
  const { comment, command } = said
  const permission = await context.github.conversation.readPermission(comment.author)
  const asked = { pullRequest, command }
  // Before anything is fetched that he wrote: everybody may comment, and push to a fork.
  if (isStranger(permission, opened.hosted.isPrivate)) {
    const whoMay = await readWhoMay(context, opened, asked)
    if (!mayCommand({ login: comment.author, permission, allow: whoMay?.allow ?? [] }))
      return refuseStranger(context, said, whoMay?.isFleet === true)
  }
  const standing = await said.post.standing()
  if (standing !== undefined && standing.state !== 'working') return said.react(standing.state)
  const place = await readCommandPlace(context, opened, asked)
  if (place === undefined) return
  const judgement = await judge(context, said, { place, permission })
  if (judgement.type === 'refused') return refuse(context, said, { pullRequest, judgement })
  await said.react('working')
  await accept(context, said, place)
}

/** A command, and where it is answered. */
interface Said {
  readonly comment: SaidComment
  readonly command: ParsedCommand
  readonly post: AnswerPost
  readonly react: (state: AnswerState) => Promise<void>
  /** Writes the answer, or edits it. */
  readonly say: (
    state: AnswerState,
    about: { readonly head?: string; readonly body: string },
  ) => Promise<void>
}

const reactions: Readonly<Record<AnswerState, Reaction>> = {
  working: 'eyes',
  done: '+1',
  refused: '-1',
  confused: 'confused',
  failed: '-1',
}

function createSaid(
  { github, run }: WorkContext,
  { comment, command }: Pick<Said, 'comment' | 'command'>,
): Said {
  const post = createAnswerPost(github.reviewer, { pullRequest: comment.pullRequest, command: comment.id })
  const line = comment.body.trim().split(/\r\n|\n|\r/)[0] ?? ''
  return {
    ...{ comment, command, post },
    async react(state) {
      try {
        await github.conversation.react(comment.id, reactions[state])
      } catch (error) {
        // The answer says it too, and a conversation that is closed takes no reactions.
        if (!(error instanceof ReviewerError) || error.retryable) throw error
        run.log.warn('no-reaction', { error })
      }
    },
    async say(state, { head, body }) {
      const asked = { command: line, by: comment.author, ...(head !== undefined && { head }) }
      const outcome = await post.say({ head: head ?? '', state }, formatAnswer(asked, body))
      if (outcome.status === 'locked') run.log.info('conversation-locked')
    },
  }
}

async function judge(
  { ports, repository }: WorkContext,
  { comment, command }: Said,
  { place, permission }: { readonly place: CommandPlace; readonly permission: Permission },
): Promise<Judgement> {
  const { opened, pullRequest, allowed } = place
  const { base, number } = pullRequest
  return judgeCommand({
    ...{ comment, command, allow: allowed.allow },
    // As it tells whose configuration that is.
    pullRequest: { ...pullRequest, base: { ...base, branch: allowed.branch } },
    noted: parseHeadNote(await ports.state.get(headKey(repository, number))),
    permission,
    isPrivate: opened.hosted.isPrivate,
  })
}

/** With a sign where there is a fleet, and in no other repository. */
async function refuseStranger(
  context: WorkContext,
  { comment, react }: Said,
  isFleet: boolean,
): Promise<void> {
  context.run.log.info('command-refused', { why: 'stranger' })
  if (isFleet) await react('refused')
  await noteRefusal(context, comment)
}

async function refuse(
  context: WorkContext,
  { comment, command, react, say }: Said,
  of: {
    readonly pullRequest: PullRequest
    readonly judgement: Extract<Judgement, { type: 'refused' }>
  },
): Promise<void> {
  const { ports, repository, run } = context
  const { pullRequest, judgement } = of
  const { why, reason, note } = judgement
  run.log.info('command-refused', { why })
  if (note !== undefined) {
    const key = headKey(repository, pullRequest.number)
    await ports.state.put(new Map([[key, mergeNote(await ports.state.get(key), formatNote(note))]]))
  }
  if (reason !== undefined) await say('refused', { body: formatSaid(reason) })
  await react('refused')
  if (why === 'not-allowed') await noteRefusal(context, comment, command)
}

async function accept(context: WorkContext, said: Said, place: CommandPlace): Promise<void> {
  const { ports, run } = context
  const { comment, command, say } = said
  const about = isAboutHead(command) ? { head: place.head } : {}
  const answer: CommandAnswer = await giveCommand(
    { ...place, context, comment, tell: (body) => say('working', { ...about, body }) },
    command,
  )
  run.signal.throwIfAborted()
  // Before the answer says so: said twice, it is queued once.
  if (answer.works !== undefined) await ports.queue.add(answer.works.map(toQueuedWork))
  await say(answer.state, { ...about, body: answer.body })
  await said.react(answer.state)
  run.log.info('command-answered', { command: command.name, state: answer.state })
}

function isAboutHead({ name }: ParsedCommand): boolean {
  return !['help', 'unknown', 'rollback'].includes(name)
}

/** What was begun and failed again and again says so; of what was not begun nothing is said. */
export async function giveUpCommand(ports: AppPorts, work: CommandWork, run: WorkRun): Promise<void> {
  const context = createContext(ports, work, run)
  const comment = await context.github.conversation.readComment(work.comment)
  const command = comment && parseCommand(comment.body)
  if (comment === undefined || command === undefined) return
  const said = createSaid(context, { comment, command })
  const standing = await said.post.standing()
  if (standing?.state !== 'working') return
  const about = standing.head === '' ? {} : { head: standing.head }
  const body = formatSaid(
    'Something outside failed again and again: a registry, a Git host or a process of the app. Say it again later.',
  )
  await said.say('failed', { ...about, body })
  await said.react('failed')
}
