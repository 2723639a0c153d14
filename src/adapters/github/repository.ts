import { ReviewerError } from '../../report/reviewer-port.ts'
import type { GitHubClient } from './client.ts'

/** One repository, and whose token it is read and written with. */
export interface Repository {
  readonly client: GitHubClient
  /** Parameters of every request. */
  readonly at: { readonly owner: string; readonly repo: string }
  /** `owner/name`. */
  readonly name: string
  /** Login that comments of this token carry: `ada`, `github-actions[bot]`. */
  identity(): Promise<string>
}

export function createRepository(
  client: GitHubClient,
  { owner, name }: { readonly owner: string; readonly name: string },
  readLogin = () => askLogin(client),
): Repository {
  let login: Promise<string> | undefined
  return {
    client,
    at: { owner, repo: name },
    name: `${owner}/${name}`,
    async identity() {
      login ??= readLogin()
      // What failed once may be asked again.
      login.catch(() => (login = undefined))
      return login
    },
  }
}

/** GraphQL tells people and installations alike who they are; `GET /user` knows people only. */
async function askLogin(client: GitHubClient): Promise<string> {
  const operation = { name: 'ask whose token this is', permission: 'metadata: read' }
  try {
    const { viewer } = await client.ask(operation, (octokit) =>
      octokit.graphql<{ viewer: { login: string } }>('query { viewer { login } }'),
    )
    return viewer.login
  } catch (error) {
    if (!isWithoutGraphql(error)) throw error
  }
  return client.ask(operation, async (octokit) => (await octokit.rest.users.getAuthenticated()).data.login)
}

/** A server or a proxy in front of it may have no GraphQL. */
export function isWithoutGraphql(error: unknown): boolean {
  return error instanceof ReviewerError && ['forbidden', 'not-found', 'refused'].includes(error.reason)
}

/** Undefined for something that is gone, or hidden. */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ReviewerError && error.reason === 'not-found') return undefined
    throw error
  }
}

const perPage = 100

/**
 * All of a list that comes in pages; `undefined` when it is longer than the pages that are looked at. GitHub says whether
 * there is another one: a page that is not full need not be the last.
 */
export async function readPages<T>(
  maxPages: number,
  read: (page: { readonly page: number; readonly per_page: number }) => Promise<{
    readonly items: readonly T[]
    readonly link: string | undefined
  }>,
): Promise<readonly T[] | undefined> {
  const all: T[] = []
  for (let page = 1; page <= maxPages; page += 1) {
    const { items, link } = await read({ page, per_page: perPage })
    all.push(...items)
    if (!/rel="next"/.test(link ?? '')) return all
  }
  return undefined
}

/** Does something that may be repeated again while that may help. Pauses are the client's. */
export async function repeatedly<T>(attempts: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ReviewerError) || !error.retryable || attempt >= attempts) throw error
    }
  }
}
