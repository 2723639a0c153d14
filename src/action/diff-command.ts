import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { readReportFolder } from '../adapters/disk/report-folder.ts'
import { readWrittenReport, reportFileNames } from '../review/review.ts'
import type { Refusal } from '../review/types.ts'
import { ActionError } from './action-io.ts'
import { childEnvironment } from './child-environment.ts'
import type { Task } from './choose-command.ts'
import type { ReviewedRange } from './event.ts'
import { fetchRange, readCheckedOut, type CheckedOut } from './git-remote.ts'
import { postReport } from './post-report.ts'
import { runCli } from './run-cli.ts'
import type { ActionRun } from './action-run.ts'

/** What a fork's token may not do; the second workflow does it. */
const withheldFromForks: readonly Refusal[] = [
  { place: 'check', permission: 'checks: write' },
  { place: 'status', permission: 'statuses: write' },
  { place: 'comment', permission: 'pull-requests: write' },
]

/** Exit codes of `fleetwright diff` after which there is a report. */
const ended = { done: 0, errors: 1, found: 5 } as const

/** Reviews a change: compiles both sides in a process without a token, and posts what comes out. Gives what the step fails with. */
export async function runDiff(
  run: ActionRun,
  { range, hasRights }: Extract<Task, { command: 'diff' }>,
): Promise<string | undefined> {
  const { io, inputs, folder } = run
  const emptyFolder = await mkdtemp(join(run.temporaryFolder, 'fleetwright-'))
  const env = childEnvironment(io.env, { command: 'diff', isUntrusted: range.isFork, emptyFolder })
  const repository: CheckedOut = { io, folder, env, remote: inputs.remote }
  await refuseForeignCheckout(run, repository, range)
  io.startGroup('Fetch what is compared')
  await fetchRange(repository, range).finally(() => io.endGroup())
  const report = inputs.reportFolder ?? join(run.temporaryFolder, 'fleetwright-report')
  const args = [
    ...[range.base.commit, range.head.commit, `--remote=${inputs.remote}`, `--report=${report}`],
    ...(run.link === undefined ? [] : [`--link=${run.link}`]),
    ...(range.isFork ? ['--untrusted'] : []),
    ...inputs.optionsFor('diff'),
  ]
  const { exitCode } = await runCli(io, { command: 'diff', args, folder, env })
  if (!Object.values<number>(ended).includes(exitCode))
    throw new ActionError(`fleetwright diff ended with ${exitCode}, and there is no report; see above`)
  const written = readWrittenReport(await readReportFolder(report, reportFileNames))
  io.write(written.annotations)
  await io.addSummary(written.summary)
  io.setOutput('changed', String(written.isChanged))
  io.setOutput('clusters', String(written.clusters))
  io.setOutput('dangers', String(written.dangers))
  io.setOutput('report-path', report)
  io.setOutput('commit', range.head.commit)
  const failed = await postReport(run, {
    name: inputs.name,
    head: range.head.commit,
    verdict: {
      ...written.check,
      // The report is neutral about dangers; `fail-on` is not.
      state: exitCode === ended.done ? written.check.state : 'failure',
      ...(run.link !== undefined && { url: run.link }),
    },
    ...(range.pullRequest !== undefined && {
      comment: { pullRequest: range.pullRequest, text: written.comment, isEmpty: written.isSilent },
    }),
    ...(!hasRights && { withheld: withheldFromForks }),
  })
  if (!hasRights)
    io.notice(
      'This is the run of a fork: the report is for the workflow that posts it (docs/github-action.md)',
    )
  if (exitCode === ended.errors) return `${written.check.title}: the change adds errors`
  if (exitCode === ended.found) return `${written.check.title}: there is what \`fail-on\` asks for`
  return failed
}

/**
 * On pull_request_target everything in the work tree, hooks and actions of the repository included, runs with the rights of
 * the base: only what the base holds may be there.
 */
async function refuseForeignCheckout(
  { event, io }: ActionRun,
  repository: CheckedOut,
  { base, head }: ReviewedRange,
): Promise<void> {
  if (event.name !== 'pull_request_target') return
  const [own = '', ...parents] = await readCheckedOut(repository)
  const trusted = [base.commit, io.env['GITHUB_SHA']]
  if (trusted.includes(own) && own !== head.commit && !parents.includes(head.commit)) return
  throw new ActionError(
    'on pull_request_target the head of the pull request is checked out, or something else that is not the base: whatever runs in this job from there has the token and the secrets of this repository. Check out the base (actions/checkout without `ref`), or use the event pull_request, and workflow_run to post what forks report: docs/github-action.md',
  )
}
