import { ReviewerError } from '../../report/reviewer-port.ts'
import type { FailedDelivery, Installations } from '../../review/installations-port.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { GitHubClient } from './client.ts'
import { createConnection, type Connection, type ConnectionOptions } from './connection.ts'
import { listFailedDeliveries } from './failed-deliveries.ts'
import {
  createInstallationTokens,
  type AppPermissions,
  type InstallationTokens,
} from './installation-tokens.ts'
import { createPace } from './pace.ts'
import { ifThere, readPages, repeatedly } from './repository.ts'

export interface GitHubInstallationsOptions extends ConnectionOptions {
  readonly appId: string
  /** PEM. */
  readonly privateKey: string
  /** Of each token. Default: what the app needs. */
  readonly permissions?: AppPermissions
}

export interface GitHubInstallations extends Installations {
  /** GitHub does not take this token, or not for what it was made for: the next one is another. */
  refused(repository: RepositoryId, token: string): void
  /** Ends open connections. */
  close(): Promise<void>
}

/** 5,000 installations, and as many repositories of one. */
const maxPages = 50

/** The app itself on GitHub: where it is installed, and what GitHub could not tell it. */
export function createGitHubInstallations(options: GitHubInstallationsOptions): GitHubInstallations {
  const { appId, privateKey, permissions } = options
  const connection = createConnection(options)
  const client = connection.createClient({
    identity: { appId, privateKey },
    // Tokens and redeliveries are nothing that GitHub asks to write slowly.
    writePace: createPace({ burst: 100, intervalMs: 100 }, connection.waiting),
  })
  const tokens = createInstallationTokens(client, connection.waiting, permissions)
  let login: Promise<string> | undefined
  return {
    async login() {
      login ??= readLogin(client)
      // What failed once may be asked again.
      login.catch(() => (login = undefined))
      return login
    },
    listRepositories: (installation) =>
      installation === undefined
        ? listRepositories(connection, client, tokens)
        : listOf(installation, connection, tokens),
    find: (owner, name) => findRepository(client, owner, name),
    token: (repository) => tokens.of(repository),
    refused: (repository, token) => tokens.refused(repository, token),
    listFailedDeliveries: (since): Promise<readonly FailedDelivery[]> => listFailedDeliveries(client, since),
    redeliver: async (id) => {
      const operation = { name: `ask for delivery ${id} again`, permission: 'app', writes: true as const }
      // Twice does no harm: deliveries are told apart by their ids.
      await repeatedly(5, () =>
        client.ask(operation, (octokit) => octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id })),
      )
    },
    close: () => connection.close(),
  }
}

async function readLogin(client: GitHubClient): Promise<string> {
  const operation = { name: 'ask what the app is called', permission: 'app' }
  const { data } = await client.ask(operation, (octokit) => octokit.rest.apps.getAuthenticated())
  return `${data?.slug ?? ''}[bot]`
}

async function findRepository(
  client: GitHubClient,
  owner: string,
  name: string,
): Promise<RepositoryId | undefined> {
  const operation = { name: `ask whether the app is installed in ${owner}/${name}`, permission: 'app' }
  const found = await ifThere(() =>
    client.ask(
      operation,
      async (octokit) => (await octokit.rest.apps.getRepoInstallation({ owner, repo: name })).data,
    ),
  )
  const isThere = found !== undefined && found.suspended_at === null
  return isThere ? { installation: found.id, owner, name } : undefined
}

async function listRepositories(
  connection: Connection,
  client: GitHubClient,
  tokens: InstallationTokens,
): Promise<readonly RepositoryId[]> {
  const operation = { name: 'list the installations of the app', permission: 'app' }
  const installations = await readPages(maxPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.apps.listInstallations(page)
      return { items: data, link: headers.link }
    }),
  )
  if (installations === undefined) throw tooMany(operation.name)
  const found: RepositoryId[] = []
  for (const { id, suspended_at: suspendedAt } of installations) {
    if (suspendedAt !== null) continue
    found.push(...(await listOf(id, connection, tokens)))
  }
  return found
}

async function listOf(
  installation: number,
  connection: Connection,
  tokens: InstallationTokens,
): Promise<readonly RepositoryId[]> {
  const operation = {
    name: `list the repositories of installation ${installation}`,
    permission: 'metadata: read',
  }
  try {
    const client = connection.createClient({ identity: { token: () => tokens.forListing(installation) } })
    const repositories = await readPages(maxPages, (page) =>
      client.ask(operation, async (octokit) => {
        const { data, headers } = await octokit.rest.apps.listReposAccessibleToInstallation(page)
        return { items: data.repositories, link: headers.link }
      }),
    )
    if (repositories === undefined) throw tooMany(operation.name)
    return repositories.map(({ owner, name }) => ({ installation, owner: owner.login, name }))
  } catch (error) {
    // Suspended or taken out since it was listed.
    if (error instanceof ReviewerError && ['forbidden', 'not-found'].includes(error.reason)) return []
    throw error
  }
}

function tooMany(operation: string): ReviewerError {
  return new ReviewerError('too-many', {
    operation,
    message: `there are more than ${maxPages * 100}: it was not possible to ${operation}`,
  })
}
