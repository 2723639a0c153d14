import { accountJson, repositoryJson } from '../answers.ts'
import { forbidden, ofRepository, type Handlers } from '../handler.ts'

export const accountHandlers: Handlers = {
  'GET /user': {
    needs: [],
    handle({ identity: { account } }) {
      // Installations are no users.
      if (account.type === 'Bot') return forbidden('Resource not accessible by integration')
      return { status: 200, body: accountJson(account) }
    },
  },
  'GET /repos/{owner}/{repo}': {
    needs: ['metadata=read'],
    handle(call) {
      return { status: 200, body: repositoryJson(call.world, ofRepository(call)) }
    },
  },
}
