import type { AppState, InstallationState } from './apps.ts'
import {
  fullName,
  repositoryNumber,
  type Account,
  type CheckRunState,
  type CommentState,
  type IssueState,
  type PullRequestState,
  type RepositoryState,
} from './state.ts'
import type { World } from './world.ts'

// What the API and the webhooks say of things, as far as the state of the double says it.

export function accountJson({ login, id, type }: Account): unknown {
  return { login, id, type }
}

export function repositoryJson(world: World, repository: RepositoryState): Record<string, unknown> {
  const { id, owner, name, isPrivate, isArchived } = repository
  return {
    ...{ id, name, full_name: fullName(repository), private: isPrivate, archived: isArchived },
    ...{ default_branch: 'main', visibility: isPrivate ? 'private' : 'public', fork: false },
    owner: accountJson(world.account(owner)),
    html_url: `${world.url}/${fullName(repository)}`,
    clone_url: `${world.url}/${fullName(repository)}.git`,
  }
}

export function commentJson(world: World, repository: RepositoryState, comment: CommentState): unknown {
  const { id, issue, author, body, createdAt, updatedAt } = comment
  const kind = repository.pullRequests.some(({ number }) => number === issue) ? 'pull' : 'issues'
  return {
    ...{ id, body, created_at: createdAt, updated_at: updatedAt, user: accountJson(author) },
    html_url: `${world.url}/${fullName(repository)}/${kind}/${issue}#issuecomment-${id}`,
    issue_url: `${world.url}/repos/${fullName(repository)}/issues/${issue}`,
    performed_via_github_app: null,
  }
}

export function pullRequestJson(
  world: World,
  repository: RepositoryState,
  pull: PullRequestState,
): Record<string, unknown> {
  const { number, title, body, author, state, draft, locked, labels, createdAt, updatedAt } = pull
  const { headRepository, headBranch, headCommit, baseBranch, baseCommit, merged } = pull
  return {
    ...{ id: number, number, state, draft, locked, title, body, merged },
    ...{ created_at: createdAt, updated_at: updatedAt, closed_at: state === 'closed' ? updatedAt : null },
    merged_at: merged ? updatedAt : null,
    html_url: `${world.url}/${fullName(repository)}/pull/${number}`,
    user: accountJson(author),
    labels: labels.map((name) => ({ name })),
    head: {
      ...{ label: headOf(pull), ref: headBranch, sha: headCommit },
      repo: headRepository === undefined ? null : namedRepositoryJson(world, headRepository),
    },
    base: {
      ...{ label: `${repository.owner}:${baseBranch}`, ref: baseBranch, sha: baseCommit },
      repo: repositoryJson(world, repository),
    },
  }
}

/** `owner:branch`. */
export function headOf({ headRepository, headBranch }: PullRequestState): string {
  return `${headRepository?.split('/')[0] ?? 'unknown'}:${headBranch}`
}

/** Of a fork that the double may not know. */
function namedRepositoryJson(world: World, named: string): unknown {
  const [owner = '', name = ''] = named.split('/')
  return {
    id: repositoryNumber({ owner, name }),
    name,
    full_name: named,
    owner: accountJson(world.account(owner)),
    default_branch: 'main',
  }
}

/** Pull requests are issues too. */
export function issueJson(
  world: World,
  repository: RepositoryState,
  issue: IssueState | PullRequestState,
): Record<string, unknown> {
  const { number, title, body, author, state, createdAt, updatedAt } = issue
  const isPull = 'headBranch' in issue
  const page = `${world.url}/${fullName(repository)}/${isPull ? 'pull' : 'issues'}/${number}`
  return {
    ...{ id: number, number, title, body, state, user: accountJson(author) },
    ...{ created_at: createdAt, updated_at: updatedAt, closed_at: state === 'closed' ? updatedAt : null },
    ...{ html_url: page, comments: 0, locked: isPull && issue.locked },
    ...(isPull && {
      draft: issue.draft,
      pull_request: {
        ...{ html_url: page, url: `${world.url}/repos/${fullName(repository)}/pulls/${number}` },
        ...{ diff_url: `${page}.diff`, patch_url: `${page}.patch`, merged_at: null },
      },
    }),
  }
}

export function checkRunJson(
  world: World,
  repository: RepositoryState,
  run: CheckRunState,
): Record<string, unknown> {
  const { id, app, suite, headSha, externalId, detailsUrl, status, conclusion, output, annotations } = run
  return {
    ...{ id, name: run.name, head_sha: headSha, status, conclusion, external_id: externalId ?? '' },
    html_url: `${world.url}/${fullName(repository)}/runs/${id}`,
    details_url: detailsUrl ?? `${world.url}/apps/${app}`,
    completed_at: status === 'completed' ? (run.completedAt ?? '2026-01-02T03:04:00Z') : null,
    started_at: '2026-01-02T03:04:00Z',
    output: { ...output, annotations_count: annotations.length },
    check_suite: { id: suite, head_sha: headSha },
    app: { id: world.account(`${app}[bot]`).id, slug: app, name: app },
    pull_requests: [],
  }
}

export function appJson(world: World, app: AppState): unknown {
  const { id, slug, clientId, permissions, events } = app
  return {
    ...{ id, slug, name: slug, client_id: clientId, permissions: { ...permissions }, events: [...events] },
    owner: accountJson(world.account('fleet')),
    ...{ html_url: `${world.url}/apps/${slug}`, external_url: `${world.url}/${slug}` },
  }
}

export function installationJson(world: World, installation: InstallationState): Record<string, unknown> {
  const { id, app, account, selection, suspendedAt } = installation
  return {
    ...{ id, app_id: app.id, app_slug: app.slug, client_id: app.clientId },
    // In lists it has to be a person and an enterprise at once, as they are described.
    account: { login: account.login, id: account.id, type: account.type, name: account.login },
    ...{ target_id: account.id, target_type: 'Organization', repository_selection: selection },
    ...{ permissions: { ...app.permissions }, events: [...app.events], suspended_at: suspendedAt ?? null },
    suspended_by: null,
    html_url: `${world.url}/settings/installations/${id}`,
    ...{ created_at: '2026-01-02T03:04:05Z', updated_at: '2026-01-02T03:04:05Z' },
  }
}
