import { formatHelp } from '../../report/report.ts'
import { commandHelp, commandUsage } from '../../review/review.ts'
import type { CommandAnswer } from './types.ts'

/** The table of commands, below what was not understood. */
export function giveHelp(hint?: string): CommandAnswer {
  const rows = commandHelp.map((row) => ({ usage: commandUsage(row), ...row }))
  const body = formatHelp(rows, hint)
  return hint === undefined ? { state: 'done', body } : { state: 'confused', body }
}
