import { readOfferedDigest } from '../../report/report.ts'
import { approvalIdentifier, checkNames, judgeApproval, toQueuedWork } from '../../review/review.ts'
import type { StandingCheck } from '../../review/repository-host-port.ts'
import type { ApprovalWork, Work } from '../../review/types.ts'
import type { DoWork } from '../types.ts'
import { recordApproval } from './approvals.ts'
import { readFleetConfig } from './fleet-config.ts'
import { fetchBranch, inRepository, type OpenedRepository } from './open-repository.ts'
import { waitingKey } from './state-keys.ts'
import { createContext, type WorkContext } from './work-context.ts'

/** Where it is said why a button did nothing. */
const refusalCheck = 'fleetwright approval'

/** Somebody pressed "Approve deletions": what that was meant for is done again if he may. */
export const approveWork: DoWork<ApprovalWork> = async (ports, work, run) => {
  const context = createContext(ports, work, run)
  const check = await context.github.host.readCheck(work.check)
  const digest = check && offeredDigest(check, work)
  if (check === undefined || digest === undefined) {
    // No button of ours sends this.
    run.log.warn('approval-refused', { why: 'not-offered', by: work.by, button: work.button })
    return
  }
  await inRepository(context, (opened) => approve(context, opened, { work, check, digest }))
}

/** Of the tree that the pressed button approves; undefined where the check has no such button. */
function offeredDigest({ commit, name, summary }: StandingCheck, work: ApprovalWork): string | undefined {
  if (commit !== work.head || !Object.values<string>(checkNames).includes(name)) return undefined
  const digest = readOfferedDigest(summary)
  return digest !== undefined && approvalIdentifier(digest) === work.button ? digest : undefined
}

interface Pressed {
  readonly work: ApprovalWork
  readonly check: StandingCheck
  /** Of the tree that was shown. */
  readonly digest: string
}

async function approve(
  context: WorkContext,
  { hosted, working }: OpenedRepository,
  pressed: Pressed,
): Promise<void> {
  const { ports, repository, github, run } = context
  const { work, check, digest } = pressed
  const { by, head } = work
  const { defaultBranch } = hosted
  const trusted = await fetchBranch(context, working, defaultBranch)
  if (trusted === undefined) return
  const { review } = await readFleetConfig(context, working, trusted)
  // A later check of the same commit may have another tree, or none that waits.
  const newest = (await github.host.findCheck(head, check.name)) ?? check
  const judgement = judgeApproval({
    ...{ login: by, permission: await github.conversation.readPermission(by), digest },
    stopped: readOfferedDigest(newest.summary),
    ...{ allow: review.commands.allow, baseBranch: defaultBranch },
  })
  if (judgement.type === 'refused') {
    run.log.warn('approval-refused', { why: judgement.why, by, digest })
    return sayRefused(context, head, judgement.reason)
  }
  await recordApproval(ports, repository, { digest, by, via: 'check' })
  run.log.info('approved', { by, digest, head })
  const works = await worksFor(context, pressed, defaultBranch)
  await ports.queue.add(works.map(toQueuedWork))
}

/** What waited for it: the compile, and every pull request that has this very head. */
async function worksFor(
  { ports, repository, github }: WorkContext,
  { work, check, digest }: Pressed,
  branch: string,
): Promise<readonly Work[]> {
  const waiting = await ports.state.get(waitingKey(repository, branch))
  const isCompiled = check.name === checkNames.compile || waiting === digest
  const pulls =
    check.name === checkNames.review ? await github.host.listOpenPullRequests(checkNames.review) : []
  return [
    ...(isCompiled ? [{ type: 'compile', repository, branch, again: true } as const] : []),
    ...pulls
      .filter(({ head }) => head.commit === work.head)
      .map(({ number }) => ({ type: 'review', repository, pullRequest: number, again: true }) as const),
  ]
}

async function sayRefused({ ports, github }: WorkContext, commit: string, reason: string): Promise<void> {
  const standing = await github.host.findCheck(commit, refusalCheck)
  await github.reviewer.writeCheck({
    ...{ name: refusalCheck, commit, run: Math.max(ports.now(), (standing?.run ?? 0) + 1) },
    ...{ state: 'neutral', title: 'The deletions were not approved', summary: reason, annotations: [] },
  })
}
