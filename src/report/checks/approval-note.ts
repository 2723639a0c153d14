import { codeSpan } from '../review/markdown.ts'

/** Somebody lets a compile delete what a brake names. */
export interface ShownApproval {
  /** Login of who approved. */
  readonly by: string
  /** ISO 8601 UTC. */
  readonly at: string
}

/** What a review says of deletions that wait, in a part of its own sentence. */
export const waitingDeletions = 'deletions wait for approval'

const mostNames = 8
const longestName = 60

const marker = /^<!-- fleetwright-approve ([0-9a-f]{40}) -->\n/

/**
 * What stands in front of a check whose deletions wait. Its first line, which nobody sees, names the tree that the button
 * approves: a button is believed only where the check still offers it (`readOfferedDigest`). Ends with an empty line.
 */
export function formatWaitingNote(digest: string, allowed: readonly string[]): string {
  // A configuration may name as many as it likes, of any length.
  const shown = allowed.slice(0, mostNames).map((name) => codeSpan(name.slice(0, longestName)))
  const who = [...shown, ...(allowed.length > mostNames ? ['others'] : [])].join(', ')
  return [
    `<!-- fleetwright-approve ${digest} -->`,
    '> [!WARNING]',
    `> **Deletions wait for approval.** Nothing is written before one of ${who} presses *Approve deletions* above, or says ${codeSpan('/fleet approve-delete')} on the pull request. That approves exactly the tree ${codeSpan(digest)}: another tree has to be approved anew.`,
    '',
    '',
  ].join('\n')
}

/** What stands in front of a check whose deletions were approved. Ends with an empty line. */
export function formatApprovedNote(digest: string, { by, at }: ShownApproval): string {
  const when = `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
  return `> [!NOTE]\n> ${codeSpan(by)} approved the deletions of the tree ${codeSpan(digest)} (${when}).\n\n`
}

/** Digest that the button of a check approves, by its summary; undefined where it has no such button. */
export function readOfferedDigest(summary: string): string | undefined {
  return marker.exec(summary.replaceAll('\r\n', '\n'))?.[1]
}
