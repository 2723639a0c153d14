import type { HostedRepository, RepositoryHost, StandingCheck } from '../../review/repository-host-port.ts'
import { isOf, listOwnChecks, type AnsweredCheck } from './checks.ts'
import { listOpenPullRequests } from './open-pull-requests.ts'
import { ifThere, type Repository } from './repository.ts'
import { toStandingCheck } from './standing-check.ts'

/** The app whose checks are meant. */
export interface AppIdentity {
  readonly id: number
  /** `fleetwright[bot]`. */
  readonly login: () => Promise<string>
}

export function createRepositoryHost(repository: Repository, app: AppIdentity): RepositoryHost {
  return {
    describe: () => describe(repository),
    readHead: (branch) => readHead(repository, branch),
    listOpenPullRequests: (checkName) =>
      listOpenPullRequests(repository, {
        checkName,
        app: app.id,
        findCheck: (commit) => findCheck(repository, commit, checkName),
      }),
    readCheck: (id) => readCheck(repository, id),
    findCheck: (commit, name) => findCheck(repository, commit, name),
  }
}

async function describe({ client, at, name }: Repository): Promise<HostedRepository> {
  const operation = { name: `read what ${name} is`, permission: 'metadata: read' }
  const { data } = await client.ask(operation, (octokit) => octokit.rest.repos.get(at))
  return {
    defaultBranch: data.default_branch,
    isPrivate: data.private,
    isArchived: data.archived,
    url: data.html_url,
  }
}

async function readHead({ client, at, name }: Repository, branch: string): Promise<string | undefined> {
  const operation = { name: `read branch ${branch} of ${name}`, permission: 'contents: read' }
  return ifThere(() =>
    client.ask(operation, async (octokit) => {
      const { data } = await octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` })
      return data.object.sha
    }),
  )
}

async function readCheck(repository: Repository, id: number): Promise<StandingCheck | undefined> {
  const { client, at, name } = repository
  const operation = { name: `read check ${id} of ${name}`, permission: 'checks: read' }
  const check = await ifThere(() =>
    client.ask(
      operation,
      async (octokit) => (await octokit.rest.checks.get({ ...at, check_run_id: id })).data,
    ),
  )
  return check && isOf(check, await repository.identity()) ? toStanding(check) : undefined
}

async function findCheck(
  repository: Repository,
  commit: string,
  name: string,
): Promise<StandingCheck | undefined> {
  const [newest] = await listOwnChecks(repository, { name, commit }, () => true)
  return newest && toStanding(newest)
}

function toStanding({ head_sha: commit, external_id: externalId, output, ...check }: AnsweredCheck) {
  const { id, name, status, completed_at: completedAt } = check
  return toStandingCheck({ id, name, commit, status, externalId, summary: output.summary, completedAt })
}
