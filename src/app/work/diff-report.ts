import { join } from 'node:path'
import { readReportFolder } from '../../adapters/disk/report-folder.ts'
import {
  formatApprovedNote,
  formatWaitingNote,
  waitingDeletions,
  type FailedCheck,
} from '../../report/report.ts'
import { readWrittenReport, reportFileNames, type WrittenReport } from '../../review/review.ts'
import type { WorkingRepository } from '../../review/repositories-port.ts'
import { listApprovals } from './approvals.ts'
import { childCodes, describeEnd, runChild } from './run-child.ts'
import { approveDeletions, compileAgain, type CheckEnd, type RunningCheck } from './running-check.ts'
import type { WorkContext } from './work-context.ts'

export interface DiffRange {
  readonly working: WorkingRepository
  readonly base: string
  readonly head: string
  /** The head is in another repository than the base. */
  readonly isUntrusted: boolean
}

export type DiffOutcome =
  | { readonly kind: 'report'; readonly report: WrittenReport; readonly hasErrors: boolean }
  | { readonly kind: 'failed'; readonly check: FailedCheck }

/** Reviews a change in a child. Throws as `runChild` does. */
export async function runDiffReport(
  context: WorkContext,
  range: DiffRange,
  check: Pick<RunningCheck, 'begin' | 'progress'>,
): Promise<DiffOutcome> {
  const { working, base, head, isUntrusted } = range
  // Goes with the working repository.
  const folder = join(working.folder, 'fleetwright-report')
  const args = [base, head, `--report=${folder}`, ...(isUntrusted ? ['--untrusted'] : [])]
  check.begin()
  const result = await runChild(context, {
    ...{ command: 'diff', args, working, isUntrusted },
    onProgress: (stage, done, total) => check.progress(stage, done, total),
  })
  const { done, errors, found } = childCodes
  if (![done, errors, found].some((code) => code === result.exitCode))
    return { kind: 'failed', check: describeEnd(context, result) }
  const report = readWrittenReport(await readReportFolder(folder, reportFileNames))
  return { kind: 'report', report, hasErrors: result.exitCode === errors }
}

/** A report as the end of a check: deletions that nobody approved fail it, and give it the button that does. */
export async function toCheckEnd(
  { ports, repository }: Pick<WorkContext, 'ports' | 'repository'>,
  { report, hasErrors }: Extract<DiffOutcome, { kind: 'report' }>,
  allowed: readonly string[],
): Promise<CheckEnd> {
  const { brake, check } = report
  const actions = [compileAgain]
  const end = { ...check, state: hasErrors ? 'failure' : check.state, actions } as const
  if (brake === undefined) return end
  const approval = (await listApprovals(ports, repository)).get(brake)
  if (approval)
    return {
      ...end,
      title: end.title.replace(waitingDeletions, `deletions approved by ${approval.by}`),
      summary: `${formatApprovedNote(brake, approval)}${end.summary}`,
    }
  return {
    ...end,
    state: 'failure',
    summary: `${formatWaitingNote(brake, allowed)}${end.summary}`,
    actions: [...actions, approveDeletions(brake)],
  }
}
