import { headOf, pullRequestJson } from '../answers.ts'
import { notFound, ofRepository, page, type Handlers } from '../handler.ts'

const reading = ['pull_requests=read']

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
}
