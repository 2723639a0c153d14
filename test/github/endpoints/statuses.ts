import { ofRepository, page, type Call, type Handlers } from '../handler.ts'
import type { StatusState } from '../state.ts'

export const statusHandlers: Handlers = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': {
    needs: ['statuses=write'],
    handle(call) {
      const { state, context = 'default', description, target_url: targetUrl } = call.body
      if (typeof description === 'string' && [...description].length > 140) {
        return { status: 422, body: { message: 'Validation Failed', documentation_url: '', errors: [] } }
      }
      const status: StatusState = {
        id: call.world.nextId(),
        sha: call.params['sha'] ?? '',
        context: String(context),
        state: String(state),
        description: typeof description === 'string' ? description : null,
        targetUrl: typeof targetUrl === 'string' ? targetUrl : null,
        creator: call.identity.account,
      }
      ofRepository(call).statuses.push(status)
      return { status: 201, body: toJson(call, status) }
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses': {
    needs: ['statuses=read'],
    handle(call) {
      const listed = ofRepository(call).statuses.filter(({ sha }) => sha === call.params['ref'])
      return page(
        call,
        listed.toReversed().map((status) => toJson(call, status)),
      )
    },
  },
}

function toJson(_call: Call, { id, context, state, description, targetUrl, creator }: StatusState): unknown {
  return {
    ...{ id, context, state, description, target_url: targetUrl },
    creator: { login: creator.login, id: creator.id, type: creator.type },
  }
}
