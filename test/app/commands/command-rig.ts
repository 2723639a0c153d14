import { commandWork } from '../../../src/app/work/command-work.ts'
import { headKey } from '../../../src/review/review.ts'
import type { CommandWork } from '../../../src/review/types.ts'
import { runCommand } from '../../cli/run-command.ts'
import { createWorkRig, type RigOptions, type WorkRig } from '../work/work-rig.ts'

export interface CommandRig extends WorkRig {
  /** What somebody says below pull request 1, and the work that follows from it. */
  readonly comment: (body: string, by?: string) => CommandWork
  /** Says something and does what comes of it. Gives the answer that stands then, if there is one. */
  readonly say: (body: string, by?: string) => Promise<string | undefined>
  readonly answerTo: (work: CommandWork) => string | undefined
  /** Of the app, below the comment with the command. */
  readonly reactionsTo: (work: CommandWork) => readonly string[]
  /** Lets a head be the head since before everything that is said. */
  readonly noteHead: (commit: string, since?: string) => Promise<void>
  /** Compiles a commit onto the rendered branch. */
  readonly compile: (commit?: string) => Promise<void>
}

/** The work rig with one who may: `ada`. */
export async function createCommandRig(options: RigOptions = {}): Promise<CommandRig> {
  const rig = await createWorkRig(options)
  const { state, ports, repository } = rig
  state.collaborators.set('ada', { role: 'write' })
  const comment = (body: string, by = 'ada'): CommandWork => ({
    ...{ type: 'command', repository, pullRequest: 1 },
    comment: state.comment(1, by, body).id,
  })
  const answerTo = ({ comment: id }: CommandWork): string | undefined => {
    const found = state.comments.filter(({ body }) => body.startsWith(`<!-- fleetwright-answer ${id} `))
    if (found.length > 1) throw new Error('there are two answers to one command')
    return found[0]?.body
  }
  return {
    ...{ ...rig, comment, answerTo },
    async say(body, by) {
      const work = comment(body, by)
      await rig.run(commandWork, work)
      return answerTo(work)
    },
    reactionsTo: ({ comment: id }) =>
      (state.comments.find((each) => each.id === id)?.reactions ?? []).map(({ content }) => content),
    noteHead: (commit, since = '2026-01-01T00:00:00Z') =>
      ports.state.put(new Map([[headKey(repository, 1), JSON.stringify({ commit, since })]])),
    async compile(commit = 'main') {
      const { exitCode, stderr } = await runCommand(state.git().folder, ['compile', '--commit', commit])
      if (exitCode !== 0) throw new Error(stderr)
    },
  }
}
