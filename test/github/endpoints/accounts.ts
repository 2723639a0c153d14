import { forbidden, ofRepository, type Handlers } from '../handler.ts'

export const accountHandlers: Handlers = {
  'GET /user': {
    needs: [],
    handle({ identity: { account } }) {
      // Installations are no users.
      if (account.type === 'Bot') return forbidden('Resource not accessible by integration')
      return { status: 200, body: { login: account.login, id: account.id, type: account.type } }
    },
  },
  'GET /repos/{owner}/{repo}': {
    needs: ['metadata=read'],
    handle(call) {
      const { owner, name, isPrivate } = ofRepository(call)
      return {
        status: 200,
        body: {
          ...{ name, full_name: `${owner}/${name}`, private: isPrivate, default_branch: 'main' },
          owner: { login: owner },
        },
      }
    },
  },
}
