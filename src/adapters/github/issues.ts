import type { RestEndpointMethodTypes } from '@octokit/rest'
import { ReviewerError } from '../../report/reviewer-port.ts'
import type { Issues, OwnIssue } from '../../review/issues-port.ts'
import type { Operation } from './failure.ts'
import { sayOnce } from './proposals.ts'
import { ifThere, readPages, repeatedly, type Repository } from './repository.ts'

/** 5,000 open issues and pull requests. */
const maxPages = 50

export function createIssues(repository: Repository): Issues {
  return {
    listOwn: (marker) => listOwn(repository, marker),
    open: (issue) => open(repository, issue),
    update: (number, text) => update(repository, number, text),
    close: (number, why) => close(repository, number, why),
  }
}

type AnsweredIssue = RestEndpointMethodTypes['issues']['listForRepo']['response']['data'][number]

/** All of them are read: GitHub's own filter by author finds nothing of apps on some of its editions. */
async function listOwn(repository: Repository, marker: string): Promise<readonly OwnIssue[]> {
  const { client, at, name } = repository
  const operation: Operation = { name: `list the open issues of ${name}`, permission: 'issues: read' }
  const issues = await readPages(maxPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.issues.listForRepo({ ...at, ...page, state: 'open' })
      return { items: data, link: headers.link }
    }),
  )
  if (issues === undefined) throw tooMany(operation)
  const marked = issues.filter(
    ({ body, pull_request: pull }) => pull === undefined && body?.startsWith(marker) === true,
  )
  if (marked.length === 0) return []
  const login = (await repository.identity()).toLowerCase()
  return marked
    .filter(({ user }) => user?.login.toLowerCase() === login)
    .map(toOwnIssue)
    .sort((a, b) => a.number - b.number)
}

/** The first line of the body is its marker: one that is open with the same line is the same issue. */
async function open(
  repository: Repository,
  { title, body }: Pick<OwnIssue, 'title' | 'body'>,
): Promise<OwnIssue> {
  const { client, at, name } = repository
  const [marker = ''] = body.split('\n', 1)
  return repeatedly(5, async () => {
    const [found] = await listOwn(repository, marker)
    if (found) return found
    return client.ask(writing(`open an issue in ${name}`), async (octokit) =>
      toOwnIssue((await octokit.rest.issues.create({ ...at, title, body })).data),
    )
  })
}

async function update(
  repository: Repository,
  number: number,
  { title, body }: Pick<OwnIssue, 'title' | 'body'>,
): Promise<void> {
  const { client, at, name } = repository
  await repeatedly(5, async () => {
    const standing = await read(repository, number)
    if (standing.title === title && (standing.body ?? '') === body) return
    await client.ask(writing(`change issue ${number} of ${name}`), (octokit) =>
      octokit.rest.issues.update({ ...at, issue_number: number, title, body }),
    )
  })
}

/** The comment comes first: one that is closed counts as told. */
async function close(repository: Repository, number: number, why: string): Promise<void> {
  const { client, at, name } = repository
  await repeatedly(5, async () => {
    const standing = await ifThere(() => read(repository, number))
    if (standing?.state !== 'open') return
    await sayOnce(repository, number, why)
    await client.ask(writing(`close issue ${number} of ${name}`), (octokit) =>
      octokit.rest.issues.update({
        ...{ ...at, issue_number: number },
        ...{ state: 'closed', state_reason: 'completed' },
      }),
    )
  })
}

async function read({ client, at, name }: Repository, number: number) {
  const operation: Operation = { name: `read issue ${number} of ${name}`, permission: 'issues: read' }
  return client.ask(
    operation,
    async (octokit) => (await octokit.rest.issues.get({ ...at, issue_number: number })).data,
  )
}

function toOwnIssue({ number, title, body }: Pick<AnsweredIssue, 'number' | 'title' | 'body'>): OwnIssue {
  return { number, title, body: body ?? '' }
}

function writing(name: string): Operation {
  return { name, permission: 'issues: write', writes: true }
}

function tooMany({ name }: Operation): ReviewerError {
  return new ReviewerError('too-many', {
    operation: name,
    message: `there are more than ${maxPages * 100} open issues and pull requests: it was not possible to ${name}`,
  })
}
