import { join } from 'node:path'
import { readReportFolder } from '../../adapters/disk/report-folder.ts'
import { InternalError } from '../../diagnostics/errors.ts'
import { formatComplaint, formatFailedAnswer, parseReview } from '../../report/report.ts'
import type { Review } from '../../report/types.ts'
import type { CliResult } from '../types.ts'
import { childCodes, describeEnd, runChild } from '../work/run-child.ts'
import type { WorkContext } from '../work/work-context.ts'
import type { CommandAnswer, GivenCommand } from './types.ts'

export type Compared =
  | { readonly status: 'compared'; readonly review: Review; readonly comment: string }
  /** Why not, to be told as it is; the arguments may not fit the fleet. */
  | { readonly status: 'answered'; readonly answer: CommandAnswer; readonly isMisunderstood: boolean }

/** After these there is a report; errors of the head are in it. */
const reportCodes: readonly number[] = [childCodes.done, childCodes.errors, childCodes.found]

/** Compares with `fleetwright diff`; `args` are commits and options. Throws as `runChild` does. */
export async function compareChange(
  { context, opened, isFork }: Pick<GivenCommand, 'context' | 'opened' | 'isFork'>,
  args: readonly string[],
): Promise<Compared> {
  const { working } = opened
  // Goes with the working repository.
  const folder = join(working.folder, 'fleetwright-answer')
  const result = await runChild(context, {
    ...{ command: 'diff', working, isUntrusted: isFork },
    args: [...args, `--report=${folder}`, ...(isFork ? ['--untrusted'] : [])],
  })
  if (!reportCodes.includes(result.exitCode)) {
    const isMisunderstood = result.exitCode === childCodes.usage
    return { status: 'answered', answer: explainEnd(context, result), isMisunderstood }
  }
  const texts = await readReportFolder(folder, ['review.json', 'comment.md'])
  const parsed = parseReview(texts.get('review.json') ?? '')
  if (!parsed.ok) throw new InternalError(`our own review cannot be read: ${parsed.reason}`)
  return { status: 'compared', review: parsed.review, comment: texts.get('comment.md') ?? '' }
}

/** Of a child that ended without what it was asked for: what it says of its arguments is for who wrote them. */
export function explainEnd(context: WorkContext, result: CliResult): CommandAnswer {
  if (result.exitCode === childCodes.usage) return { state: 'confused', body: formatComplaint(result.stderr) }
  return { state: 'failed', body: formatFailedAnswer(describeEnd(context, result)) }
}
