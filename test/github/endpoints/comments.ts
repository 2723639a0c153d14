import { commentJson } from '../answers.ts'
import { tellComment } from '../happenings.ts'
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
        listed.map((comment) => commentJson(call.world, repository, comment)),
      )
    },
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: writing,
    handle(call) {
      const repository = ofRepository(call)
      const issue = Number(call.params['issue_number'])
      const pull = repository.pullRequests.find(({ number }) => number === issue)
      if (pull === undefined && !repository.issues.some(({ number }) => number === issue)) return notFound()
      const { account } = call.identity
      if (pull?.locked === true && account.type === 'Bot') {
        return forbidden('Unable to create comment because issue is locked.')
      }
      const body = String(call.body['body'])
      if (isTooLong(body)) return tooLong()
      return {
        status: 201,
        body: commentJson(call.world, repository, repository.comment(issue, account.login, body)),
      }
    },
  },
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const comment = find(call, repository)
      return comment ? { status: 200, body: commentJson(call.world, repository, comment) } : notFound()
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
      tellComment(call.world, repository, { action: 'edited', comment, sender: call.identity.account })
      return { status: 200, body: commentJson(call.world, repository, comment) }
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
