import { headOf, pullRequestJson } from '../answers.ts'
import { tellPull } from '../happenings.ts'
import { notFound, ofRepository, page, unprocessable, type Handlers, type Reply } from '../handler.ts'
import type { PullRequestState } from '../state.ts'

const reading = ['pull_requests=read']
const writing = ['pull_requests=write']

export const pullRequestHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/pulls': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const { state = 'open', head, base } = call.query
      const listed = repository.pullRequests
        .filter((pull) => state === 'all' || pull.state === state)
        .filter((pull) => head === undefined || !head.includes(':') || headOf(pull) === head)
        .filter((pull) => base === undefined || pull.baseBranch === base)
        // Newest first, as GitHub sorts by itself.
        .sort((a, b) => b.number - a.number)
      return page(
        call,
        listed.map((pull) => pullRequestJson(call.world, repository, pull)),
      )
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const number = Number(call.params['pull_number'])
      const pull = repository.pullRequests.find((each) => each.number === number)
      return pull ? { status: 200, body: pullRequestJson(call.world, repository, pull) } : notFound()
    },
  },
  'POST /repos/{owner}/{repo}/pulls': {
    needs: writing,
    handle(call) {
      const repository = ofRepository(call)
      const { title, head, base, body } = call.body as Readonly<Record<string, string>>
      const branch = (head ?? '').replace(`${repository.owner}:`, '')
      const branches = repository.branches()
      const [headCommit, baseCommit] = [branches.get(branch), branches.get(base ?? '')]
      const refused = (fields: object): Reply =>
        unprocessable('Validation Failed', [{ resource: 'PullRequest', ...fields }])
      if (headCommit === undefined) return refused({ code: 'invalid', field: 'head' })
      if (baseCommit === undefined) return refused({ code: 'invalid', field: 'base' })
      if (headCommit === baseCommit)
        return refused({ code: 'custom', message: `No commits between ${base} and ${branch}` })
      const isOpen = repository.pullRequests.some(
        (pull) => pull.state === 'open' && pull.headBranch === branch && pull.baseBranch === base,
      )
      if (isOpen) {
        const message = `A pull request already exists for ${repository.owner}:${branch}.`
        return refused({ code: 'custom', message })
      }
      const pull = repository.openPullRequest({
        ...{ title: title ?? '', body: body ?? null, author: call.identity.account },
        ...{ headBranch: branch, headCommit, baseBranch: base ?? '', baseCommit },
      })
      return { status: 201, body: pullRequestJson(call.world, repository, pull) }
    },
  },
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: writing,
    handle(call) {
      const repository = ofRepository(call)
      const number = Number(call.params['pull_number'])
      const pull = repository.pullRequests.find((each) => each.number === number)
      if (pull === undefined) return notFound()
      const { account } = call.identity
      if (pull.author !== account) call.complain('changes the pull request of somebody else')
      const { title, body, state } = call.body as Partial<Pick<PullRequestState, 'title' | 'body' | 'state'>>
      const isClosed = state === 'closed' && pull.state === 'open'
      Object.assign(pull, {
        ...{ title: title ?? pull.title, body: body ?? pull.body, state: state ?? pull.state },
        updatedAt: call.world.now(),
      })
      const action = isClosed ? 'closed' : 'edited'
      const more = action === 'edited' ? { changes: {} } : {}
      tellPull(call.world, repository, { action, pull, sender: account, more })
      return { status: 200, body: pullRequestJson(call.world, repository, pull) }
    },
  },
}
