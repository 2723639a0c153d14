import type { CommandAnswer, GivenCommand } from './types.ts'

/** `/fleet compile`: the pull request once more. The default branch has a button of its own, at its check. */
export function giveCompile({ context, pullRequest }: GivenCommand): CommandAnswer {
  const { repository } = context
  return {
    state: 'done',
    body: 'This pull request waits to be compiled and reviewed again. Its check and its report say what came of it.',
    works: [{ type: 'review', repository, pullRequest: pullRequest.number, again: true }],
  }
}
