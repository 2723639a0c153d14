import { forbidden, notFound, ofRepository, page, type Call, type Handlers, type Reply } from '../handler.ts'
import type { CommentState, RepositoryState } from '../state.ts'

const reading = ['issues=read', 'pull_requests=read']
const writing = ['issues=write', 'pull_requests=write']

export const commentHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const listed = repository.comments.filter(({ issue }) => issue === Number(call.params['issue_number']))
      return page(
        call,
        listed.map((comment) => toJson(call, repository, comment)),
      )
    },
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: writing,
    handle(call) {
      const repository = ofRepository(call)
      const issue = Number(call.params['issue_number'])
      const pull = repository.pullRequests.find(({ number }) => number === issue)
      if (pull === undefined) return notFound()
      const { account } = call.identity
      if (pull.locked && account.type === 'Bot') {
        return forbidden('Unable to create comment because issue is locked.')
      }
      const body = String(call.body['body'])
      if (isTooLong(body)) return tooLong()
      return { status: 201, body: toJson(call, repository, repository.comment(issue, account.login, body)) }
    },
  },
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const comment = find(call, repository)
      return comment ? { status: 200, body: toJson(call, repository, comment) } : notFound()
    },
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: writing,
    handle(call) {
      const repository = ofRepository(call)
      const comment = find(call, repository)
      if (comment === undefined) return notFound()
      const body = String(call.body['body'])
      if (isTooLong(body)) return tooLong()
      // GitHub lets who may write change what others wrote; no program has a reason to.
      if (comment.author.login !== call.identity.account.login)
        call.complain('changes the comment of somebody else')
      comment.body = body
      comment.updatedAt = call.world.now()
      return { status: 200, body: toJson(call, repository, comment) }
    },
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: writing,
    handle(call) {
      const { comments } = ofRepository(call)
      const comment = find(call, ofRepository(call))
      if (comment === undefined) return notFound()
      if (comment.author.login !== call.identity.account.login)
        call.complain('deletes the comment of somebody else')
      comments.splice(comments.indexOf(comment), 1)
      return { status: 204 }
    },
  },
}

function find({ params }: Call, { comments }: RepositoryState): CommentState | undefined {
  return comments.find(({ id }) => id === Number(params['comment_id']))
}

function isTooLong(body: string): boolean {
  return [...body].length > 65_536
}

function tooLong(): Reply {
  return {
    status: 422,
    body: {
      message: 'Validation Failed',
      documentation_url: 'https://docs.github.com/rest',
      errors: [
        {
          ...{ resource: 'IssueComment', code: 'unprocessable', field: 'data' },
          message: 'Body is too long (maximum is 65536 characters)',
        },
      ],
    },
  }
}

function toJson({ url }: Call, { owner, name }: RepositoryState, comment: CommentState): unknown {
  const { id, issue, author, body, createdAt, updatedAt } = comment
  return {
    ...{ id, body, created_at: createdAt, updated_at: updatedAt },
    user: { login: author.login, id: author.id, type: author.type },
    html_url: `${url}/${owner}/${name}/pull/${issue}#issuecomment-${id}`,
  }
}
