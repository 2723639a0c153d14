import { ReviewerError } from '../../report/reviewer-port.ts'
import type { OpenPullRequest, StandingCheck } from '../../review/repository-host-port.ts'
import { toPullRequest } from './pull-requests.ts'
import { isWithoutGraphql, readPages, type Repository } from './repository.ts'
import { toStandingCheck } from './standing-check.ts'

export interface Wanted {
  readonly checkName: string
  /** Id of the app whose check it is. */
  readonly app: number
  /** Where there is no GraphQL, each check is looked for by itself. */
  readonly findCheck: (commit: string) => Promise<StandingCheck | undefined>
}

/** 2,500 open pull requests. */
const maxPages = 50

/** By number. Throws `too-many` when there are more than can be looked at. */
export async function listOpenPullRequests(
  repository: Repository,
  wanted: Wanted,
): Promise<readonly OpenPullRequest[]> {
  try {
    return await listWithChecks(repository, wanted)
  } catch (error) {
    if (!isWithoutGraphql(error)) throw error
  }
  return listOneByOne(repository, wanted)
}

/** The newest check of a name is the last of the last suite that has one. */
const query = /* GraphQL */ `
  query OpenPullRequests($owner: String!, $name: String!, $app: Int!, $check: String!, $after: String) {
    repository(owner: $owner, name: $name) {
      nameWithOwner
      pullRequests(states: OPEN, first: 50, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          number
          url
          isDraft
          locked
          headRefName
          headRefOid
          headRepository {
            nameWithOwner
          }
          baseRefName
          baseRefOid
          commits(last: 1) {
            nodes {
              commit {
                oid
                checkSuites(last: 5, filterBy: { appId: $app, checkName: $check }) {
                  nodes {
                    checkRuns(last: 5, filterBy: { checkName: $check, checkType: LATEST }) {
                      nodes {
                        databaseId
                        name
                        status
                        externalId
                        summary
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`

interface Answered {
  readonly repository: {
    readonly nameWithOwner: string
    readonly pullRequests: {
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
      readonly nodes: readonly AnsweredPull[]
    }
  } | null
}

interface AnsweredPull {
  readonly number: number
  readonly url: string
  readonly isDraft: boolean
  readonly locked: boolean
  readonly headRefName: string
  readonly headRefOid: string
  readonly headRepository: { readonly nameWithOwner: string } | null
  readonly baseRefName: string
  readonly baseRefOid: string
  readonly commits: { readonly nodes: readonly { readonly commit: AnsweredCommit }[] }
}

interface AnsweredCommit {
  readonly oid: string
  readonly checkSuites: {
    readonly nodes: readonly {
      readonly checkRuns: { readonly nodes: readonly AnsweredRun[] } | null
    }[]
  } | null
}

interface AnsweredRun {
  readonly databaseId: number
  readonly name: string
  /** `IN_PROGRESS`. */
  readonly status: string
  readonly externalId: string | null
  readonly summary: string | null
}

async function listWithChecks(
  { client, at, name }: Repository,
  { checkName, app }: Wanted,
): Promise<readonly OpenPullRequest[]> {
  const operation = listing(name)
  const found: OpenPullRequest[] = []
  const variables = { owner: at.owner, name: at.repo, app, check: checkName }
  const ask = (after: string | null): Promise<Answered> =>
    client.ask(operation, (octokit) => octokit.graphql<Answered>(query, { ...variables, after }))
  let after: string | null = null
  for (let page = 1; page <= maxPages; page += 1) {
    const { repository } = await ask(after)
    if (repository === null) throw nothingThere(operation)
    const { nodes, pageInfo } = repository.pullRequests
    found.push(...nodes.map((pull) => toOpen(pull, repository.nameWithOwner)))
    if (!pageInfo.hasNextPage) return found.sort((a, b) => a.number - b.number)
    after = pageInfo.endCursor
  }
  throw tooMany(operation)
}

function toOpen(pull: AnsweredPull, base: string): OpenPullRequest {
  const { number, url, isDraft, locked, headRefName, headRefOid, headRepository } = pull
  // The last commit lags behind the head for a moment after a push.
  const commit = pull.commits.nodes.map((node) => node.commit).find(({ oid }) => oid === headRefOid)
  const runs = (commit?.checkSuites?.nodes ?? []).flatMap((suite) => suite.checkRuns?.nodes ?? [])
  const newest = [...runs].sort((a, b) => b.databaseId - a.databaseId)[0]
  return {
    ...{ number, url, isDraft, isOpen: true, isLocked: locked },
    head: {
      ...(headRepository && { repository: headRepository.nameWithOwner }),
      ...{ branch: headRefName, commit: headRefOid },
    },
    base: { repository: base, branch: pull.baseRefName, commit: pull.baseRefOid },
    ...(newest && {
      check: toStandingCheck({
        ...{ id: newest.databaseId, commit: headRefOid, status: newest.status.toLowerCase() },
        ...{ name: newest.name, externalId: newest.externalId, summary: newest.summary },
      }),
    }),
  }
}

async function listOneByOne(
  { client, at, name }: Repository,
  { findCheck }: Wanted,
): Promise<readonly OpenPullRequest[]> {
  const operation = listing(name)
  const pulls = await readPages(maxPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.pulls.list({ ...at, ...page, state: 'open' })
      return { items: data, link: headers.link }
    }),
  )
  if (pulls === undefined) throw tooMany(operation)
  const found: OpenPullRequest[] = []
  for (const pull of pulls.map(toPullRequest).sort((a, b) => a.number - b.number)) {
    const check = await findCheck(pull.head.commit)
    found.push({ ...pull, ...(check && { check }) })
  }
  return found
}

function listing(name: string) {
  return { name: `list the open pull requests of ${name}`, permission: 'pull-requests: read' }
}

function nothingThere({ name }: { readonly name: string }): ReviewerError {
  return new ReviewerError('not-found', {
    operation: name,
    message: `GitHub has nothing there, or hides it from the token: it was not possible to ${name}`,
  })
}

function tooMany({ name }: { readonly name: string }): ReviewerError {
  return new ReviewerError('too-many', {
    operation: name,
    message: `there are too many open pull requests: it was not possible to ${name}`,
  })
}
