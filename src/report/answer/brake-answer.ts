import type { Brake } from '../../branch/types.ts'
import { codeSpan, prose } from '../review/markdown.ts'
import { countOf } from '../review/counts.ts'
import { describeBrake } from '../review/models/held-model.ts'
import type { Review } from '../types.ts'
import { boundedList } from './bounded.ts'

const mostReasons = 20
const mostObjects = 40

/** Whether this approval is the first. */
interface Approved {
  readonly isNew: boolean
}

/** What an approval allows: why it was stopped, and the objects that go. Markdown; pure. */
export function formatBrakeAnswer(
  { comparison }: Pick<Review, 'comparison'>,
  { digest, reasons }: Brake,
  approved: Approved,
): string {
  const objects = comparison.folds.flatMap(({ unit, objects: folds }) =>
    folds
      .filter(({ change, delivery }) => change === 'removed' && delivery !== true)
      .map(({ before, clusters }) => {
        const name = [before?.kind, before?.namespace, before?.name].filter((part) => part !== undefined)
        const where =
          clusters.length === 1 ? codeSpan(clusters[0] ?? '') : countOf(clusters.length, 'cluster')
        return `${codeSpan(name.join('/'))} of ${codeSpan(unit)} on ${where}`
      }),
  )
  return [
    `${approvedSentence(digest, approved)} It was stopped because:`,
    boundedList(
      reasons.map((reason) => prose(describeBrake(reason))),
      mostReasons,
    ),
    ...(objects.length === 0 ? [] : ['What goes:', boundedList(objects, mostObjects)]),
    `${keptSentence} The check is run again.`,
  ].join('\n\n')
}

/** Of a check whose deletions were listed there. Markdown; pure. */
export function formatApprovedCheck(digest: string, approved: Approved): string {
  return `${approvedSentence(digest, approved)} They are those that the check of the branch lists.\n\n${keptSentence} The branch is compiled again.`
}

function approvedSentence(digest: string, { isNew }: Approved): string {
  return `The deletions of the tree ${codeSpan(digest)} ${isNew ? 'are approved' : 'were approved before'}.`
}

const keptSentence =
  'A commit that renders the same tree keeps the approval, for 30 days; any other tree has to be approved anew.'
