import type { FailedCheck } from '../checks/failed-check.ts'
import { codeSpan, prose } from '../review/markdown.ts'
import { boundedBlock } from './bounded.ts'

/** Stands until the answer is there. `doing` is of ours, and starts a sentence. Pure. */
export function formatWorking(doing: string): string {
  return `${doing} …`
}

/** What a command printed, as code. Pure. */
export function formatPrintedAnswer(text: string): string {
  return boundedBlock(text.trimEnd().split('\n'))
}

/** Sentences of ours, with names of others in backticks. Pure. */
export function formatSaid(text: string): string {
  return prose(text)
}

/** Complaints of the command line about what somebody wrote. Pure. */
export function formatComplaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const said = lines.slice(0, 5).map((line) => {
    const text = line.replace(/^usage: (?:--what-if: )?/, '')
    return `${prose(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)}${/[.?]$/.test(text) ? '' : '.'}`
  })
  return said.length === 0 ? 'That is not understood.' : said.join('\n\n')
}

/** Why there is no answer. Pure. */
export function formatFailedAnswer({ title, summary }: Pick<FailedCheck, 'title' | 'summary'>): string {
  return `**${title}.** ${summary.trimEnd()}`
}

/** A row of `/fleet help`; all words are ours. */
export interface HelpRow {
  readonly usage: string
  readonly help: string
  readonly example: string
}

/** The table of commands, below what was not understood. Pure. */
export function formatHelp(rows: readonly HelpRow[], hint?: string): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const table = rows.map(
    ({ usage, help, example }) => `| \`${cell(usage)}\` | ${cell(help)} | \`${cell(example)}\` |`,
  )
  return [
    ...(hint === undefined ? [] : [prose(hint), '']),
    '| Command | What it does | Such as |',
    '| :-- | :-- | :-- |',
    ...table,
    '',
    `A command is the first line of a comment, and counts for the commit that is the head when it is said. Who may give them is ${codeSpan('review.commands.allow')} of fleetwright.yaml on the base branch.`,
  ].join('\n')
}
