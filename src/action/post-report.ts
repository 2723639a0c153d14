import type { ReviewerError } from '../report/reviewer-port.ts'
import { describeRefusal, postReview } from '../review/review.ts'
import type { PostOutcome, Refusal, ReviewToPost } from '../review/types.ts'
import { ActionError, type ClosableReviewer } from './action-io.ts'
import type { ActionRun } from './action-run.ts'

/** Posts what a run found, as far as the inputs want it and the token may; gives what the step fails with. */
export async function postReport(
  run: ActionRun,
  review: Omit<ReviewToPost, 'run'>,
): Promise<string | undefined> {
  const { inputs, io } = run
  const wantsComment = inputs.comment && review.comment !== undefined
  if (!inputs.check && !wantsComment) return undefined
  if (inputs.token === '') {
    io.warn('no check and no comment is written: the input `token` is empty')
    return undefined
  }
  const unwanted: readonly Refusal[] = inputs.check
    ? []
    : [
        { place: 'check', permission: 'checks: write' },
        { place: 'status', permission: 'statuses: write' },
      ]
  const { comment, withheld = [], ...rest } = review
  const known = [...withheld, ...unwanted]
  const outcome = await withReviewer(run, (reviewer) =>
    postReview(reviewer, {
      ...{ ...rest, run: run.startedAt, withheld: known },
      ...(wantsComment && comment && { comment }),
    }),
  )
  return explain(run, outcome, known.length)
}

/** What was known before need not be said again. */
function explain({ io }: ActionRun, outcome: PostOutcome, known: number): string | undefined {
  for (const refusal of outcome.withheld.slice(known))
    io.warn(`${describeRefusal(refusal)}; add it to \`permissions:\` of the job (docs/github-action.md)`)
  const { verdict, comment } = outcome
  if ('url' in comment && comment.url !== undefined) io.write(`comment ${comment.status}: ${comment.url}\n`)
  if (comment.status === 'locked') io.notice('the conversation is locked: no comment is written')
  if ('url' in verdict && verdict.url !== undefined)
    io.write(`${verdict.place} ${verdict.status}: ${verdict.url}\n`)
  const failures = [verdict, comment].flatMap((part) => (part.status === 'failed' ? [part.error] : []))
  return failures.length === 0 ? undefined : failures.map(describeFailure).join('; ')
}

function describeFailure({ message, hint }: ReviewerError): string {
  return hint === undefined ? message : `${message} (${hint})`
}

export async function withReviewer<T>(
  { io, inputs }: ActionRun,
  work: (reviewer: ClosableReviewer) => Promise<T>,
): Promise<T> {
  const [owner = '', name = ''] = (io.env['GITHUB_REPOSITORY'] ?? '').split('/')
  if (owner === '' || name === '') throw new ActionError('GITHUB_REPOSITORY does not name a repository')
  const { apiUrl, token } = inputs
  const reviewer = io.createReviewer({ apiUrl, token, repository: { owner, name } })
  try {
    return await work(reviewer)
  } finally {
    await reviewer.close()
  }
}
