import { appJson, installationJson, repositoryJson } from '../answers.ts'
import type { AppState, InstallationState } from '../apps.ts'
import {
  forbidden,
  notFound,
  ofApp,
  ofRepository,
  page,
  unprocessable,
  type Call,
  type Handlers,
  type Reply,
} from '../handler.ts'
import { fullName, type Permissions, type RepositoryState } from '../state.ts'

export const appHandlers: Handlers = {
  'GET /app': {
    ...{ needs: [], by: 'app' },
    handle: (call) => ({ status: 200, body: appJson(call.world, ofApp(call)) }),
  },
  'GET /app/installations': {
    ...{ needs: [], by: 'app' },
    handle(call) {
      const present = ofApp(call).installations.filter(({ isRemoved }) => !isRemoved)
      return page(
        call,
        present.map((each) => installationJson(call.world, each)),
      )
    },
  },
  'GET /app/installations/{installation_id}': {
    ...{ needs: [], by: 'app' },
    handle(call) {
      const installation = findInstallation(call)
      return installation ? { status: 200, body: installationJson(call.world, installation) } : notFound()
    },
  },
  'GET /repos/{owner}/{repo}/installation': {
    ...{ needs: [], by: 'app' },
    handle(call) {
      const repository = ofRepository(call)
      const found = ofApp(call).installations.find((each) => !each.isRemoved && each.covers(repository))
      return found ? { status: 200, body: installationJson(call.world, found) } : notFound()
    },
  },
  'POST /app/installations/{installation_id}/access_tokens': {
    ...{ needs: [], by: 'app' },
    handle(call) {
      const installation = findInstallation(call)
      if (installation === undefined) return notFound()
      if (installation.suspendedAt !== undefined) return forbidden('This installation has been suspended')
      return createToken(call, installation)
    },
  },
  'GET /installation/repositories': {
    ...{ needs: ['metadata=read'], by: 'installation' },
    handle(call) {
      const { installation, scope } = call.identity
      const listed = (installation?.repositories() ?? []).filter(
        (each) => scope === undefined || scope.includes(fullName(each)),
      )
      return page(
        call,
        listed.map((each) => repositoryJson(call.world, each)),
        (repositories) => ({ total_count: listed.length, repositories }),
      )
    },
  },
}

function findInstallation(call: Call): InstallationState | undefined {
  const id = Number(call.params['installation_id'])
  return ofApp(call).installations.find((each) => each.id === id && !each.isRemoved)
}

/** GitHub's tokens of installations live for an hour. */
const lifetimeMs = 3_600_000

function createToken(call: Call, installation: InstallationState): Reply {
  const { app } = installation
  const wanted = call.body as {
    readonly repositories?: readonly string[]
    readonly repository_ids?: readonly number[]
    readonly permissions?: Permissions
  }
  const repositories = chosen(installation, wanted)
  if (repositories === undefined) {
    return unprocessable(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  }
  // Every app may read that, with whatever else.
  const permissions = { metadata: 'read' as const, ...(wanted.permissions ?? app.permissions) }
  if (!isWithin(permissions, app))
    return unprocessable('The permissions requested are not granted to this installation.')
  const expiresAt = call.world.time.now() + lifetimeMs
  const isScoped = wanted.repositories !== undefined || wanted.repository_ids !== undefined
  const token = call.issueToken(app.login, {
    ...{ permissions, installation, expiresAt },
    ...(isScoped && { scope: repositories.map(fullName) }),
  })
  return {
    status: 201,
    body: {
      ...{ token, expires_at: new Date(expiresAt).toISOString().replace(/\.\d+/, ''), permissions },
      repository_selection: isScoped ? 'selected' : installation.selection,
      ...(isScoped && { repositories: repositories.map((each) => repositoryJson(call.world, each)) }),
    },
  }
}

/** Undefined when the installation has not all of them. */
function chosen(
  installation: InstallationState,
  {
    repositories,
    repository_ids: ids,
  }: { readonly repositories?: readonly string[]; readonly repository_ids?: readonly number[] },
): readonly RepositoryState[] | undefined {
  const all = installation.repositories()
  if (repositories === undefined && ids === undefined) return all
  const found = [
    ...(repositories ?? []).map((name) => all.find((each) => each.name.toLowerCase() === name.toLowerCase())),
    ...(ids ?? []).map((id) => all.find((each) => each.id === id)),
  ]
  return found.every((each) => each !== undefined) ? found : undefined
}

function isWithin(wanted: Permissions, { permissions }: AppState): boolean {
  return Object.entries(wanted).every(
    ([name, level]) => permissions[name] === 'write' || permissions[name] === level,
  )
}
