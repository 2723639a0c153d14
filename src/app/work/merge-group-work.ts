import { postReview, checkNames } from '../../review/review.ts'
import type { MergeGroupWork } from '../../review/types.ts'
import type { DoWork } from '../types.ts'
import { runDiffReport, toCheckEnd } from './diff-report.ts'
import { findConfigFile, readFleetConfig } from './fleet-config.ts'
import { fetchBranch, fetchRefs, inRepository, type OpenedRepository } from './open-repository.ts'
import { compileAgain, leaveOpenCheck, openCheck } from './running-check.ts'
import { noteGroup } from './merge-groups.ts'
import { tellingWhy } from './telling-why.ts'
import { createContext, measured, type WorkContext } from './work-context.ts'

/** The check of what a merge queue wants to merge. There is nobody to comment to. */
export const mergeGroupWork: DoWork<MergeGroupWork> = async (ports, work, run) => {
  const context = createContext(ports, work, run)
  const standing = await context.github.host.findCheck(work.head, checkNames.review)
  // What a queue tests never changes: another try has another commit, but for one that somebody asks for.
  if (standing?.state === 'completed' && work.again === undefined) return leave(context, work)
  await inRepository(context, (opened) => reviewGroup(context, opened, work))
}

function subjectOf({ head }: MergeGroupWork): string {
  return `merge-group/${head}`
}

/** Whoever began the check may have been cut off before he could forget that it was open. */
function leave(context: WorkContext, work: MergeGroupWork): Promise<void> {
  const place = { name: checkNames.review, subject: subjectOf(work) }
  return leaveOpenCheck(context, place, 'The merge queue gave this up.')
}

async function reviewGroup(
  context: WorkContext,
  { working }: OpenedRepository,
  work: MergeGroupWork,
): Promise<void> {
  const { head, base } = work
  const fetched = await fetchRefs(context, working, [base, head])
  // The queue gave it up.
  if (!fetched.has(base) || !fetched.has(head)) return leave(context, work)
  const isFleet = (await findConfigFile(working, base)) ?? (await findConfigFile(working, head))
  if (isFleet === undefined) return
  const { rendered, review } = await readFleetConfig(context, working, base)
  await fetchBranch(context, working, rendered.branch)
  await noteGroup(context, { head, base })
  const name = checkNames.review
  const check = await openCheck(context, { name, commit: head, subject: subjectOf(work) })
  // Who may merge put it into the queue.
  const range = { working, base, head, isUntrusted: false }
  const outcome = await tellingWhy(check, () => runDiffReport(context, range, check))
  if (outcome.kind === 'failed') return check.end({ ...outcome.check, actions: [compileAgain] })
  const { annotations = [], ...end } = await toCheckEnd(context, outcome, review.commands.allow)
  await check.settle()
  const { verdict } = await measured(context, 'post', () =>
    postReview(context.github.reviewer, {
      ...{ name, head, run: check.startedAt },
      verdict: { ...end, annotations },
    }),
  )
  if (verdict.status === 'failed') throw verdict.error
  await check.ended()
}
