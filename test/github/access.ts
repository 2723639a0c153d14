import { forbidden, notFound, unauthorized, type Handler, type Reply } from './handler.ts'
import { fullName, type Identity, type Permissions, type RepositoryState } from './state.ts'

/** Why this may not be asked by them; undefined when it may. */
export function refuse(
  { needs, by }: Handler,
  identity: Identity,
  { method, repository }: { readonly method: string; readonly repository: RepositoryState | undefined },
): Reply | undefined {
  if (by === 'app') return refuseApp(identity, repository)
  if (identity.app) return unauthorized('A JSON web token may only be used for what concerns the app itself')
  if (identity.installation?.suspendedAt !== undefined)
    return forbidden('This installation has been suspended')
  if (by === 'installation' && identity.installation === undefined)
    return forbidden('You must authenticate with an installation access token')
  const mayRead = method === 'GET' && repository?.isPrivate === false
  if (mayRead) return undefined
  const permissions = repository ? permissionsIn(repository, identity) : identity.permissions
  if (permissions === undefined)
    return repository?.isPrivate === true ? notFound() : forbidden(notAccessible(identity))
  return allows(needs, permissions) ? undefined : forbidden(notAccessible(identity))
}

function refuseApp({ app }: Identity, repository: RepositoryState | undefined): Reply | undefined {
  if (app === undefined) return unauthorized('A JSON web token could not be decoded')
  if (repository === undefined) return undefined
  const isThere = app.installations.some((each) => !each.isRemoved && each.covers(repository))
  return isThere ? undefined : notFound()
}

/** What a token may do there; undefined where it does not reach. */
export function permissionsIn(repository: RepositoryState, identity: Identity): Permissions | undefined {
  const { installation, scope, signedInBy, permissions } = identity
  if (installation) {
    const named = fullName(repository).toLowerCase()
    const isInScope = scope === undefined || scope.some((each) => each.toLowerCase() === named)
    return installation.covers(repository) && isInScope ? permissions : undefined
  }
  if (signedInBy === undefined) return permissions
  const isInstalled = signedInBy.installations.some((each) => !each.isRemoved && each.covers(repository))
  const { role } = repository.collaborators.get(identity.account.login.toLowerCase()) ?? { role: 'none' }
  if (!isInstalled || role === 'none') return undefined
  return signedInBy.permissions
}

function allows(needs: readonly string[], permissions: Permissions): boolean {
  return (
    needs.length === 0 ||
    needs.some((need) => {
      const [name = '', level] = need.split('=')
      return permissions[name] === 'write' || permissions[name] === level
    })
  )
}

function notAccessible({ account }: Identity): string {
  return `Resource not accessible by ${account.type === 'Bot' ? 'integration' : 'personal access token'}`
}
