import { accountJson } from '../answers.ts'
import { notFound, ofRepository, type Handlers } from '../handler.ts'

export const reactionHandlers: Handlers = {
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': {
    needs: ['issues=write', 'pull_requests=write'],
    handle(call) {
      const id = Number(call.params['comment_id'])
      const comment = ofRepository(call).comments.find((each) => each.id === id)
      if (comment === undefined) return notFound()
      const user = call.identity.account
      const content = String(call.body['content'])
      const known = comment.reactions.find((each) => each.user === user && each.content === content)
      const reaction = known ?? { id: call.world.nextId(), user, content }
      if (known === undefined) comment.reactions.push(reaction)
      return {
        status: known ? 200 : 201,
        body: { id: reaction.id, content, user: accountJson(user), created_at: '2026-01-02T03:04:05Z' },
      }
    },
  },
}
