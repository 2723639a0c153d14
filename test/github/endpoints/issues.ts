import { issueJson } from '../answers.ts'
import { notFound, ofRepository, page, type Call, type Handlers } from '../handler.ts'
import type { IssueState, PullRequestState } from '../state.ts'

const reading = ['issues=read', 'pull_requests=read']

export const issueHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/issues': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const { state = 'open' } = call.query
      const listed = [...repository.issues, ...repository.pullRequests]
        .filter((issue) => state === 'all' || issue.state === state)
        .sort((a, b) => b.number - a.number)
      return page(
        call,
        listed.map((issue) => issueJson(call.world, repository, issue)),
      )
    },
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}': {
    needs: reading,
    handle(call) {
      const issue = find(call)
      return issue ? { status: 200, body: issueJson(call.world, ofRepository(call), issue) } : notFound()
    },
  },
  'POST /repos/{owner}/{repo}/issues': {
    needs: ['issues=write'],
    handle(call) {
      const repository = ofRepository(call)
      const issue = repository.openIssue({
        title: String(call.body['title']),
        body: typeof call.body['body'] === 'string' ? call.body['body'] : null,
        author: call.identity.account,
      })
      return { status: 201, body: issueJson(call.world, repository, issue) }
    },
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': {
    needs: ['issues=write', 'pull_requests=write'],
    handle(call) {
      const issue = find(call)
      if (issue === undefined) return notFound()
      if (issue.author !== call.identity.account) call.complain('changes the issue of somebody else')
      const { title, body, state } = call.body as Partial<Pick<IssueState, 'title' | 'body' | 'state'>>
      Object.assign(issue, {
        ...{ title: title ?? issue.title, body: body ?? issue.body, state: state ?? issue.state },
        updatedAt: call.world.now(),
      })
      return { status: 200, body: issueJson(call.world, ofRepository(call), issue) }
    },
  },
}

function find(call: Call): IssueState | PullRequestState | undefined {
  const { issues, pullRequests } = ofRepository(call)
  const number = Number(call.params['issue_number'])
  return [...issues, ...pullRequests].find((each) => each.number === number)
}
