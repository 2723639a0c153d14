import type { PullRequest, PullRequestReference } from '../../report/reviewer-port.ts'
import type { Operation } from './failure.ts'
import { readPages, type Repository } from './repository.ts'

/** One head commit has a few pull requests at most; a branch may have had many commits, and a pull request for each base. */
const maxPages = 5

export async function findPullRequests(
  repository: Repository,
  reference: PullRequestReference,
): Promise<readonly PullRequest[]> {
  if ('number' in reference) {
    const pullRequest = await readPullRequest(repository, reference.number)
    return pullRequest ? [pullRequest] : []
  }
  const { client, at, name } = repository
  const { owner, branch, commit } = reference.head
  const operation = reading(`find the pull request of ${owner}:${branch} in ${name}`)
  const pulls = await readPages(maxPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.pulls.list({
        ...{ ...at, ...page, state: 'open' },
        head: `${owner}:${branch}`,
      })
      return { items: data, link: headers.link }
    }),
  )
  // The branch may have moved since, and then a later run will speak for it.
  return (pulls ?? [])
    .map(toPullRequest)
    .filter(({ head }) => head.commit === commit)
    .sort((a, b) => a.number - b.number)
}

export async function readPullRequest(
  { client, at, name }: Repository,
  number: number,
): Promise<PullRequest | undefined> {
  const operation = reading(`read pull request ${number} of ${name}`)
  return client.ask(operation, async (octokit) => {
    try {
      const { data, headers } = await octokit.rest.pulls.get({ ...at, pull_number: number })
      const shownAt = toTime(headers.date)
      return { ...toPullRequest(data), ...(shownAt !== undefined && { shownAt }) }
    } catch (error) {
      if ((error as { status?: number }).status === 404) return undefined
      throw error
    }
  })
}

/** Of what GitHub says, whether of one or in a list. */
interface AnsweredPullRequest {
  readonly number: number
  readonly html_url: string
  readonly state: string
  readonly closed_at?: string | null
  readonly draft?: boolean
  readonly locked: boolean
  readonly head: AnsweredBranch
  readonly base: AnsweredBranch
}

interface AnsweredBranch {
  readonly ref: string
  readonly sha: string
  /** Null when the fork was deleted, whatever the description says. */
  readonly repo: { readonly full_name: string } | null
}

export function toPullRequest(answered: AnsweredPullRequest): PullRequest {
  const { number, html_url: url, state, closed_at: closedAt, draft, locked, head, base } = answered
  return {
    ...{ number, url },
    head: {
      ...(head.repo && { repository: head.repo.full_name }),
      ...{ branch: head.ref, commit: head.sha },
    },
    base: { repository: base.repo?.full_name ?? '', branch: base.ref, commit: base.sha },
    isOpen: state === 'open',
    ...(state !== 'open' && closedAt != null && { closedAt }),
    isDraft: draft === true,
    isLocked: locked,
  }
}

/** Of a `Date` header; also of an answer that says that nothing changed. */
function toTime(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '')
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

function reading(name: string): Operation {
  return { name, permission: 'pull-requests: read' }
}
