import { LRUCache } from 'lru-cache'
import { ReviewerError } from '../../report/reviewer-port.ts'
import type { RepositoryId } from '../../review/types.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { GitHubClient } from './client.ts'
import { ifThere, repeatedly } from './repository.ts'

/** In the names of the API: `{ pull_requests: 'write' }`. */
export type AppPermissions = Readonly<Record<string, 'read' | 'write'>>

/** What the app needs; docs/app.md gives a reason for each. */
export const appPermissions: AppPermissions = {
  checks: 'write',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
}

/** Tokens that live for an hour, made when they are needed and used until shortly before their end. */
export interface InstallationTokens {
  /** For one repository alone, with what the app needs there. */
  of(repository: RepositoryId): Promise<string>
  /** This one is not given again, unless it is as young as another one would be. */
  refused(repository: RepositoryId, token: string): void
  /** Reads the names of all repositories of an installation, and nothing else. */
  forListing(installation: number): Promise<string>
}

interface LivingToken {
  readonly token: string
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly madeAt: number
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly endsAt: number
}

/** Work that got a token may take so long until it uses it for the last time. */
const leastLifeMs = 15 * 60_000
/** What is refused now was allowed a minute ago, or is not allowed at all. */
const youngMs = 60_000

export function createInstallationTokens(
  client: GitHubClient,
  waiting: Waiting,
  permissions: AppPermissions = appPermissions,
): InstallationTokens {
  const tokens = new LRUCache<string, Promise<LivingToken>>({ max: 10_000 })
  const lasting = async (key: string, create: () => Promise<LivingToken>): Promise<string> => {
    const known = tokens.get(key)
    if (known) {
      const living = await known.catch(() => undefined)
      if (living && living.endsAt - leastLifeMs > waiting.now()) return living.token
      if (tokens.get(key) !== known) return lasting(key, create)
    }
    // Who comes while it is made gets the same; one that could not be made is not kept.
    const creating = create()
    tokens.set(key, creating)
    creating.catch(() => tokens.delete(key))
    return (await creating).token
  }
  return {
    of: (repository) =>
      lasting(keyOf(repository), () => createForRepository(client, waiting, { repository, permissions })),
    refused(repository, token) {
      const key = keyOf(repository)
      const known = tokens.get(key)
      void known?.then(
        (living) => {
          const isOld = living.madeAt + youngMs <= waiting.now()
          if (isOld && living.token === token && tokens.get(key) === known) tokens.delete(key)
        },
        () => undefined,
      )
    },
    forListing: (installation) =>
      lasting(String(installation), () =>
        createToken(client, waiting, { installation, permissions: { metadata: 'read' } }),
      ),
  }
}

async function createForRepository(
  client: GitHubClient,
  waiting: Waiting,
  { repository, permissions }: { readonly repository: RepositoryId; readonly permissions: AppPermissions },
): Promise<LivingToken> {
  const { installation, name } = repository
  try {
    return await createToken(client, waiting, { installation, permissions, repositories: [name] })
  } catch (error) {
    if (!(error instanceof ReviewerError) || error.reason !== 'refused') throw error
    // Refused alike: a repository that is not in the installation, and permissions that nobody has granted yet.
    const found = await findInstallation(client, repository)
    if (found === undefined) throw gone(repository, error)
    throw notGranted(repository, missingOf(permissions, found.permissions), { page: found.page, error })
  }
}

/** Names of GitHub are equal whatever their case. */
function keyOf({ installation, owner, name }: RepositoryId): string {
  return `${installation}/${owner}/${name}`.toLowerCase()
}

interface WantedToken {
  readonly installation: number
  readonly permissions: AppPermissions
  readonly repositories?: readonly string[]
}

async function createToken(
  client: GitHubClient,
  waiting: Waiting,
  { installation, permissions, repositories }: WantedToken,
): Promise<LivingToken> {
  const operation = {
    ...{ name: `get a token of installation ${installation}`, permission: 'metadata: read' },
    writes: true as const,
  }
  // A token that was made and never arrived does no harm.
  const { data, headers } = await repeatedly(5, () =>
    client.ask(operation, (octokit) =>
      octokit.rest.apps.createInstallationAccessToken({
        ...{ installation_id: installation, permissions },
        ...(repositories && { repositories: [...repositories] }),
      }),
    ),
  )
  // By GitHub's clock it lives so long; ours may be another.
  const now = waiting.now()
  const theirs = Date.parse(headers.date ?? '')
  const lifeMs = Date.parse(data.expires_at) - (Number.isNaN(theirs) ? now : theirs)
  return { token: data.token, madeAt: now, endsAt: now + lifeMs }
}

interface FoundInstallation {
  /** What it was given. */
  readonly permissions: Readonly<Record<string, string | undefined>>
  /** Where whoever owns it accepts more. */
  readonly page: string
}

async function findInstallation(
  client: GitHubClient,
  { installation, owner, name }: RepositoryId,
): Promise<FoundInstallation | undefined> {
  const operation = {
    name: `ask whether the app is installed in ${owner}/${name}`,
    permission: 'metadata: read',
  }
  const found = await ifThere(() =>
    client.ask(
      operation,
      async (octokit) => (await octokit.rest.apps.getRepoInstallation({ owner, repo: name })).data,
    ),
  )
  if (found?.id !== installation) return undefined
  return { permissions: found.permissions, page: found.html_url }
}

/** Those that were not given, or not at that level; all of them where it cannot be told which. */
function missingOf(wanted: AppPermissions, given: FoundInstallation['permissions']): readonly string[] {
  const all = Object.entries(wanted)
  const missing = all.filter(([each, level]) => given[each] !== 'write' && given[each] !== level)
  return (missing.length > 0 ? missing : all).map(([each, level]) => `${each.replaceAll('_', '-')}: ${level}`)
}

function gone({ owner, name }: RepositoryId, cause: unknown): ReviewerError {
  return new ReviewerError('not-found', {
    operation: `get a token for ${owner}/${name}`,
    message: `the app is not installed in ${owner}/${name} any more`,
    cause,
  })
}

function notGranted(
  { owner, name }: RepositoryId,
  missing: readonly string[],
  { page, error }: { readonly page: string; readonly error: unknown },
): ReviewerError {
  const permission = missing.join(', ')
  return new ReviewerError('forbidden', {
    operation: `get a token for ${owner}/${name}`,
    message: `the app lacks a permission in ${owner}/${name} that it asks for: ${permission}`,
    hint: `whoever owns ${owner} accepts the new permissions of the app at ${page}`,
    permission,
    cause: error,
  })
}
