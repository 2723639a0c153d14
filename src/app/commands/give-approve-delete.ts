import {
  formatApprovedCheck,
  formatBrakeAnswer,
  formatWorking,
  readOfferedDigest,
} from '../../report/report.ts'
import { checkNames } from '../../review/review.ts'
import type { StandingCheck } from '../../review/repository-host-port.ts'
import { listApprovals, recordApproval } from '../work/approvals.ts'
import { waitingKey } from '../work/state-keys.ts'
import { compareChange } from './compare-change.ts'
import type { CommandAnswer, GivenCommand } from './types.ts'

/** `/fleet approve-delete`: of a pull request what its head would delete, and of one that is closed what its base branch waits for. */
export async function giveApproveDelete(given: GivenCommand): Promise<CommandAnswer> {
  return given.pullRequest.isOpen ? approveHead(given) : approveBranch(given)
}

/** The digest is of what this very head renders now: what somebody pushes later has another one, or deletes the same. */
async function approveHead(given: GivenCommand): Promise<CommandAnswer> {
  const { context, base, head, pullRequest, tell } = given
  await tell(formatWorking('Looking what would be deleted'))
  const compared = await compareChange(given, [base, head])
  if (compared.status === 'answered') return compared.answer
  const { review } = compared
  if (review.brake === undefined)
    return { state: 'refused', body: 'No brake stops this pull request: there is nothing to approve.' }
  const { repository, ports, github } = context
  const work = { type: 'review', repository, pullRequest: pullRequest.number, again: true } as const
  const check = await github.host.findCheck(head, checkNames.review)
  const shown = check && readOfferedDigest(check.summary)
  if (shown !== undefined && !(shown === review.brake.digest && wasThere(check, given)))
    return { state: 'refused', body: notSeen, works: [work] }
  const isNew = await approve(given, review.brake.digest)
  const branch = given.opened.hosted.defaultBranch
  // The default branch may render the same by now.
  const waits = (await ports.state.get(waitingKey(repository, branch))) === review.brake.digest
  return {
    state: 'done',
    body: formatBrakeAnswer(review, review.brake, { isNew }),
    works: [work, ...(waits ? [{ type: 'compile', repository, branch, again: true } as const] : [])],
  }
}

/** What was shown is the check of the branch, which names the tree that its button approves. */
async function approveBranch(given: GivenCommand): Promise<CommandAnswer> {
  const { context, base, opened, pullRequest } = given
  const { branch } = pullRequest.base
  const check =
    branch === opened.hosted.defaultBranch
      ? await context.github.host.findCheck(base, checkNames.compile)
      : undefined
  const digest = check && readOfferedDigest(check.summary)
  if (digest === undefined)
    return { state: 'refused', body: 'No brake stops the base branch: there is nothing to approve.' }
  // The branch may have moved on to other deletions since.
  if (!wasThere(check, given)) return { state: 'refused', body: notSeen }
  const isNew = await approve(given, digest)
  return {
    state: 'done',
    body: formatApprovedCheck(digest, { isNew }),
    works: [{ type: 'compile', repository: context.repository, branch, again: true }],
  }
}

const notSeen =
  'Other deletions wait now than when you said this. Look at what the check lists, then say it again.'

/** Whether it could be read when the command was written: what is approved is what was shown. Both are by GitHub's clock. */
function wasThere(check: StandingCheck | undefined, { comment }: GivenCommand): boolean {
  const { completedAt } = check ?? {}
  return completedAt !== undefined && Date.parse(completedAt) <= Date.parse(comment.createdAt)
}

/** False where somebody did before, which still counts. */
async function approve({ context, comment }: GivenCommand, digest: string): Promise<boolean> {
  const { ports, repository } = context
  const isKnown = (await listApprovals(ports, repository)).has(digest)
  await recordApproval(ports, repository, { digest, by: comment.author, via: 'comment' })
  return !isKnown
}
