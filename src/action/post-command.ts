import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPackagedTemplates } from '../adapters/disk/templates.ts'
import { createTemplateCompiler } from '../adapters/handlebars/compile-templates.ts'
import { formatCheck, formatComment, formatSummary, parseReview } from '../report/report.ts'
import { maxCommentLength, reservedCommentLength, type PullRequest } from '../report/reviewer-port.ts'
import type { Review } from '../report/types.ts'
import { ActionError } from './action-io.ts'
import type { TriggeringRun } from './event.ts'
import { postReport, withReviewer } from './post-report.ts'
import type { ActionRun } from './action-run.ts'

/** Of the report of a large fleet with room to spare; whoever runs the other workflow decides how large it is. */
const mostBytes = 32 * 1024 * 1024

/** In front of all that is told: the run that it comes from was the author's of the pull request. */
const caveat =
  '> [!NOTE]\n> Reported by a run of the fork, which its author can change. The command at the end gives the report on your own machine.\n\n'

/**
 * Posts what the run of a fork's pull request found. Its report is a stranger's data: one file of it is read, as data, and
 * told anew in our words; which pull request it is about follows from the event and from GitHub alone (decision 34). Gives
 * what the step fails with.
 */
export async function runPost(run: ActionRun, triggering: TriggeringRun): Promise<string | undefined> {
  const { io, inputs } = run
  if (triggering.event !== 'pull_request') {
    io.notice(`the run ${triggering.id} was for ${triggering.event}: there is nothing to post`)
    return undefined
  }
  if (triggering.head.repository === io.env['GITHUB_REPOSITORY']) {
    io.notice(`the run ${triggering.id} was for a branch of this repository and posts its report itself`)
    return undefined
  }
  const folder = inputs.reportFolder ?? join(run.temporaryFolder, 'fleetwright-report')
  const review = await readReview(join(folder, 'review.json'), triggering)
  const pullRequest = await withReviewer(run, async (reviewer) =>
    choosePullRequest(await reviewer.findPullRequests({ head: triggering.head }), {
      repository: io.env['GITHUB_REPOSITORY'] ?? '',
      triggering,
    }),
  )
  if (pullRequest === undefined) {
    io.notice(`no open pull request has ${triggering.head.commit.slice(0, 12)} as its head any more`)
    return undefined
  }
  const link = `${io.env['GITHUB_SERVER_URL'] ?? ''}/${io.env['GITHUB_REPOSITORY'] ?? ''}/actions/runs/${triggering.id}`
  const templates = {
    packaged: await readPackagedTemplates(),
    overriding: new Map<string, string>(),
    compile: createTemplateCompiler(),
  }
  const limit = maxCommentLength - reservedCommentLength - caveat.length
  const comment = formatComment(review, { templates, link, limit })
  const check = formatCheck(review, { templates, link })
  await io.addSummary(`${caveat}${formatSummary(review, { templates, link }).body}`)
  io.setOutput('commit', triggering.head.commit)
  io.setOutput('dangers', String(review.comparison.dangers.length))
  return postReport(run, {
    // A check that must pass is not to be met by what a stranger says.
    name: `${inputs.name}/fork`,
    head: triggering.head.commit,
    verdict: {
      state: check.conclusion === 'success' ? 'neutral' : check.conclusion,
      ...{ title: check.title, summary: check.summary, annotations: check.annotations, url: link },
    },
    comment: {
      pullRequest: pullRequest.number,
      text: `${caveat}${comment.body}`,
      isEmpty: comment.isEmpty,
    },
  })
}

async function readReview(path: string, { head }: TriggeringRun): Promise<Review> {
  // A link could lead to any file of this machine.
  const status = await lstat(path).catch(() => undefined)
  if (status?.isFile() !== true)
    throw new ActionError(
      `there is no file ${path}; download the artifact of the other run into the folder of the input \`report-dir\` first`,
    )
  if (status.size > mostBytes)
    throw new ActionError(`the report has ${status.size} bytes; more than ${mostBytes} are not read`)
  const parsed = parseReview(await readFile(path, 'utf8'))
  if (!parsed.ok) throw new ActionError(`the report of the other run is none: ${parsed.reason}`)
  const { review } = parsed
  if (review.baseline !== 'pr' || review.head.commit !== head.commit)
    throw new ActionError(
      `the report is not about ${head.commit}, which the run that it comes from was for: it is not posted`,
    )
  return review
}

/** A branch may have a pull request for each base: then the one for the default branch, which a stranger cannot choose. */
function choosePullRequest(
  found: readonly PullRequest[],
  { repository, triggering }: { readonly repository: string; readonly triggering: TriggeringRun },
): PullRequest | undefined {
  const own = found.filter(
    ({ base, head }) => base.repository === repository && head.repository === triggering.head.repository,
  )
  return own.length <= 1 ? own[0] : own.find(({ base }) => base.branch === triggering.defaultBranch)
}
