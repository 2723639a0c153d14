import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { installationJson, repositoryJson } from './answers.ts'
import { fullName, type Account, type Permissions, type RepositoryState } from './state.ts'
import type { World } from './world.ts'

export interface AppOptions {
  /** Default `fleetwright`. */
  readonly slug?: string
  readonly permissions?: Permissions
  /** Those that it wants beside `installation` and `installation_repositories`, which every app gets. */
  readonly events?: readonly string[]
  /** Where people are sent back to after they signed in; any place when absent. */
  readonly callbackUrls?: readonly string[]
}

/** A GitHub App, as whoever registered it sees it. */
export interface AppState {
  readonly id: number
  readonly slug: string
  /** `fleetwright[bot]`. */
  readonly login: string
  /** PEM, as GitHub hands it out. */
  readonly privateKey: string
  readonly webhookSecret: string
  readonly clientId: string
  readonly clientSecret: string
  permissions: Permissions
  readonly events: readonly string[]
  readonly callbackUrls: readonly string[] | undefined
  /** Where deliveries go: `http://127.0.0.1:3000/api/github/webhooks`. Nothing is sent, and nothing kept, while there is none. */
  webhookUrl: string | undefined
  readonly installations: readonly InstallationState[]
  /** In these repositories (`owner/name`), or in all of the account. */
  install(account: string, repositories: readonly string[] | 'all'): InstallationState
}

export interface InstallationState {
  readonly id: number
  readonly app: AppState
  readonly account: Account
  readonly selection: 'all' | 'selected'
  readonly suspendedAt: string | undefined
  readonly isRemoved: boolean
  repositories(): readonly RepositoryState[]
  covers(repository: RepositoryState): boolean
  add(...repositories: readonly string[]): void
  remove(...repositories: readonly string[]): void
  suspend(): void
  unsuspend(): void
  uninstall(): void
}

/** What fleetwright asks for. */
export const appPermissions: Permissions = {
  ...{ checks: 'write', contents: 'write', issues: 'write', pull_requests: 'write' },
  ...{ metadata: 'read', merge_queues: 'read' },
}

const appEvents = [
  ...['pull_request', 'push', 'check_suite', 'check_run', 'issue_comment', 'merge_group'],
  'repository_dispatch',
]

export interface Surroundings {
  readonly world: World
  readonly repository: (named: string) => RepositoryState
  readonly repositories: () => Iterable<RepositoryState>
}

export function createAppState(
  { slug = 'fleetwright', permissions = appPermissions, events = appEvents, callbackUrls }: AppOptions,
  around: Surroundings,
): AppState {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const login = `${slug}[bot]`
  const installations: InstallationState[] = []
  const app: AppState = {
    ...{ id: around.world.account(login).id, slug, login, privateKey, permissions, events, callbackUrls },
    webhookSecret: randomBytes(20).toString('hex'),
    clientId: `Iv23li${randomBytes(7).toString('hex')}`,
    clientSecret: randomBytes(20).toString('hex'),
    webhookUrl: undefined,
    installations,
    install(account, repositories) {
      const installation = createInstallation(app, account, { repositories, around })
      installations.push(installation)
      return installation
    },
  }
  return app
}

function createInstallation(
  app: AppState,
  login: string,
  { repositories, around }: { repositories: readonly string[] | 'all'; around: Surroundings },
): InstallationState {
  const { world } = around
  const account = world.account(login)
  const chosen = new Set(repositories === 'all' ? [] : repositories.map((each) => around.repository(each)))
  const state = {
    ...{ id: world.nextId(), app, account, isRemoved: false },
    suspendedAt: undefined as string | undefined,
    selection: repositories === 'all' ? ('all' as const) : ('selected' as const),
    repositories: () => [...around.repositories()].filter((each) => state.covers(each)),
    covers: (repository: RepositoryState) =>
      repositories === 'all'
        ? repository.owner.toLowerCase() === login.toLowerCase()
        : chosen.has(repository),
    add(...named: readonly string[]) {
      for (const each of named) chosen.add(around.repository(each))
      tellRepositories('added', named)
    },
    remove(...named: readonly string[]) {
      for (const each of named) chosen.delete(around.repository(each))
      tellRepositories('removed', named)
    },
    suspend() {
      state.suspendedAt = world.now()
      tell('suspend')
    },
    unsuspend() {
      state.suspendedAt = undefined
      tell('unsuspend')
    },
    uninstall() {
      tell('deleted')
      state.isRemoved = true
    },
  }
  const brief = (repository: RepositoryState): unknown => {
    const { id, name, private: isPrivate } = repositoryJson(world, repository)
    return { id, name, full_name: fullName(repository), private: isPrivate, node_id: `R_${String(id)}` }
  }
  const happened = (event: string, action: string, payload: Readonly<Record<string, unknown>>): void => {
    const installation = installationJson(world, state)
    world.happened({
      ...{ event, action, sender: account, only: app.slug },
      payload: { installation, ...payload },
    })
  }
  const tell = (action: string): void => {
    happened('installation', action, { repositories: state.repositories().map(brief) })
  }
  const tellRepositories = (action: 'added' | 'removed', named: readonly string[]): void => {
    const listed = named.map((each) => brief(around.repository(each)))
    happened('installation_repositories', action, {
      repository_selection: state.selection,
      repositories_added: action === 'added' ? listed : [],
      repositories_removed: action === 'removed' ? listed : [],
      requester: null,
    })
  }
  tell('created')
  return state
}
