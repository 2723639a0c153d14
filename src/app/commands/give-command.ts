import { formatSaid } from '../../report/report.ts'
import type { ParsedCommand } from '../../review/review.ts'
import { giveApproveDelete } from './give-approve-delete.ts'
import { giveCompile } from './give-compile.ts'
import { giveDiff } from './give-diff.ts'
import { giveExplain } from './give-explain.ts'
import { giveHelp } from './give-help.ts'
import { giveWhatIf } from './give-what-if.ts'
import { giveRollback } from './rollback/give-rollback.ts'
import type { CommandAnswer, GivenCommand } from './types.ts'

/** Does what somebody said who may. May be done again from any point. */
export async function giveCommand(given: GivenCommand, command: ParsedCommand): Promise<CommandAnswer> {
  if (given.isAboutRendered && !isForAll(command)) return refuseRendered(command)
  switch (command.name) {
    case 'diff':
      return giveDiff(given, command)
    case 'explain':
      return giveExplain(given, command)
    case 'what-if':
      return giveWhatIf(given, command)
    case 'approve-delete':
      return giveApproveDelete(given)
    case 'compile':
      return giveCompile(given)
    case 'rollback':
      return giveRollback(given, command)
    case 'help':
      return giveHelp()
    case 'unknown':
      return giveHelp(command.hint)
  }
}

/** Says nothing of the change that the pull request is. */
function isForAll({ name }: ParsedCommand): boolean {
  return name === 'rollback' || name === 'help' || name === 'unknown'
}

function refuseRendered({ name }: ParsedCommand): CommandAnswer {
  const why = `This pull request is about what is rendered, and changes no intent: \`/fleet ${name}\` is for those that do.`
  return { state: 'refused', body: formatSaid(why) }
}
