import { accountJson } from '../answers.ts'
import { notFound, ofRepository, type Handlers } from '../handler.ts'
import type { Role } from '../state.ts'

/** What old programs understand of roles that came later. */
const legacy: Readonly<Record<Role, string>> = {
  ...{ none: 'none', read: 'read', triage: 'read', write: 'write', maintain: 'write', admin: 'admin' },
}

export const collaboratorHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': {
    needs: ['metadata=read'],
    handle(call) {
      const login = call.params['username'] ?? ''
      const { collaborators, isPrivate } = ofRepository(call)
      // GitHub knows everybody who ever did something; the double those whose names begin with a letter.
      if (!/^[a-z]/i.test(login)) return notFound()
      const { role, customName } = collaborators.get(login.toLowerCase()) ?? {
        role: isPrivate ? ('none' as const) : ('read' as const),
      }
      const user = accountJson(call.world.account(login)) as Record<string, unknown>
      const roleName = customName ?? role
      return {
        status: 200,
        body: { permission: legacy[role], role_name: roleName, user: { ...user, role_name: roleName } },
      }
    },
  },
}
