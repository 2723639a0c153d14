import type { RestEndpointMethodTypes } from '@octokit/rest'
import { ReviewerError } from '../../report/reviewer-port.ts'
import type { Proposal, Proposals } from '../../review/proposals-port.ts'
import { createComment, listOwnComments } from './comments.ts'
import type { Operation } from './failure.ts'
import { ifThere, readPages, repeatedly, type Repository } from './repository.ts'

/** 2,500 open pull requests. */
const maxPages = 25

export function createProposals(repository: Repository): Proposals {
  return {
    list: (branchPrefix) => list(repository, branchPrefix),
    open: (proposal) => open(repository, proposal),
    update: (number, text) => update(repository, number, text),
    close: (number, why) => close(repository, number, why),
    deleteBranch: (branch, commit) => deleteBranch(repository, branch, commit),
  }
}

type AnsweredPull = RestEndpointMethodTypes['pulls']['list']['response']['data'][number]

async function list(repository: Repository, branchPrefix: string): Promise<readonly Proposal[]> {
  const pulls = await listOpen(repository, {})
  const mine = pulls.filter(({ head }) => head.ref.startsWith(branchPrefix))
  if (mine.length === 0) return []
  const login = (await repository.identity()).toLowerCase()
  return mine
    .filter(({ user }) => user?.login.toLowerCase() === login)
    .map(toProposal)
    .sort((a, b) => a.number - b.number)
}

/** Those whose branch is in the repository itself. */
async function listOpen(
  { client, at, name }: Repository,
  filter: { readonly head?: string },
): Promise<readonly AnsweredPull[]> {
  const operation = reading(`list the open pull requests of ${name}`)
  const pulls = await readPages(maxPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.pulls.list({ ...at, ...page, ...filter, state: 'open' })
      return { items: data, link: headers.link }
    }),
  )
  if (pulls === undefined) throw tooMany(operation)
  return pulls.filter(({ head }) => isWithin(head.repo, name))
}

/** Null for a fork that was deleted, whatever the description says. */
function isWithin(head: { readonly full_name: string } | null, name: string): boolean {
  return head?.full_name.toLowerCase() === name.toLowerCase()
}

/** Looks first, and again whenever it is not known what became of a request: GitHub itself refuses a second one. */
async function open(repository: Repository, proposal: Omit<Proposal, 'number' | 'url'>): Promise<Proposal> {
  const { client, at, name } = repository
  const { head, base, title, body } = proposal
  const operation = writing(`open a pull request from ${head} in ${name}`)
  const find = async (): Promise<Proposal | undefined> => {
    const pulls = await listOpen(repository, { head: `${at.owner}:${head}` })
    const [first] = pulls.filter((pull) => pull.head.ref === head).sort((a, b) => a.number - b.number)
    return first && toProposal(first)
  }
  return repeatedly(5, async () => {
    const found = await find()
    if (found) return found
    try {
      return await client.ask(operation, async (octokit) =>
        toProposal((await octokit.rest.pulls.create({ ...at, head, base, title, body })).data),
      )
    } catch (error) {
      if (!(error instanceof ReviewerError) || error.reason !== 'refused') throw error
      // There may be one by now that the list did not show yet.
      const other = await find()
      if (other === undefined) throw error
      return other
    }
  })
}

async function update(
  repository: Repository,
  number: number,
  { title, body }: { readonly title: string; readonly body: string },
): Promise<void> {
  const { client, at, name } = repository
  const operation = writing(`change pull request ${number} of ${name}`)
  await repeatedly(5, async () => {
    const standing = await read(repository, number)
    if (standing.title === title && (standing.body ?? '') === body) return
    await client.ask(operation, (octokit) =>
      octokit.rest.pulls.update({ ...at, pull_number: number, title, body }),
    )
  })
}

/** The comment comes first: one that is closed counts as told. */
async function close(repository: Repository, number: number, why: string): Promise<void> {
  const { client, at, name } = repository
  const operation = writing(`close pull request ${number} of ${name}`)
  await repeatedly(5, async () => {
    const standing = await ifThere(() => read(repository, number))
    if (standing?.state !== 'open') return
    if (!standing.locked) await sayOnce(repository, number, why)
    await client.ask(operation, (octokit) =>
      octokit.rest.pulls.update({ ...at, pull_number: number, state: 'closed' }),
    )
  })
}

/** Below an issue or a pull request, unless these very words of ours stand there. */
export async function sayOnce(repository: Repository, number: number, text: string): Promise<void> {
  const said = await listOwnComments(repository, number, text)
  if (said.every(({ body }) => body !== text)) await createComment(repository, number, text)
}

/** GitHub deletes without a condition: what is pushed between the look and the deletion is not seen. */
async function deleteBranch({ client, at, name }: Repository, branch: string, commit: string): Promise<void> {
  const operation: Operation = {
    ...{ name: `delete branch ${branch} of ${name}`, permission: 'contents: write' },
    writes: true,
  }
  const ref = `heads/${branch}`
  const isThere = async (): Promise<boolean> => {
    const found = await ifThere(() =>
      client.ask(operation, async (octokit) => (await octokit.rest.git.getRef({ ...at, ref })).data),
    )
    return found?.object.sha === commit
  }
  await repeatedly(5, async () => {
    if (!(await isThere())) return
    try {
      await ifThere(() => client.ask(operation, (octokit) => octokit.rest.git.deleteRef({ ...at, ref })))
    } catch (error) {
      // So GitHub says that it is gone already.
      const isRefused = error instanceof ReviewerError && error.reason === 'refused'
      if (!isRefused || (await isThere())) throw error
    }
  })
}

async function read({ client, at, name }: Repository, number: number) {
  return client.ask(
    reading(`read pull request ${number} of ${name}`),
    async (octokit) => (await octokit.rest.pulls.get({ ...at, pull_number: number })).data,
  )
}

function toProposal(
  pull: Pick<AnsweredPull, 'number' | 'html_url' | 'title' | 'body'> & {
    readonly head: { readonly ref: string }
    readonly base: { readonly ref: string }
  },
): Proposal {
  const { number, html_url: url, head, base, title, body } = pull
  return { ...{ number, url, title, body: body ?? '' }, head: head.ref, base: base.ref }
}

function reading(name: string): Operation {
  return { name, permission: 'pull-requests: read' }
}

function writing(name: string): Operation {
  return { name, permission: 'pull-requests: write', writes: true }
}

function tooMany({ name }: Operation): ReviewerError {
  return new ReviewerError('too-many', {
    operation: name,
    message: `there are more than ${maxPages * 100} open pull requests: it was not possible to ${name}`,
  })
}
