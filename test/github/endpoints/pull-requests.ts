import { notFound, ofRepository, page, type Call, type Handlers } from '../handler.ts'
import type { PullRequestState, RepositoryState } from '../state.ts'

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
        listed.map((pull) => toJson(call, repository, pull)),
      )
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: reading,
    handle(call) {
      const repository = ofRepository(call)
      const number = Number(call.params['pull_number'])
      const pull = repository.pullRequests.find((each) => each.number === number)
      return pull ? { status: 200, body: toJson(call, repository, pull) } : notFound()
    },
  },
}

function headOf({ headRepository, headBranch }: PullRequestState): string {
  return `${headRepository?.split('/')[0] ?? 'unknown'}:${headBranch}`
}

function toJson({ url }: Call, { owner, name }: RepositoryState, pull: PullRequestState): unknown {
  const { number, state, draft, locked, headRepository, headBranch, headCommit, baseBranch, baseCommit } =
    pull
  return {
    ...{ id: number, number, state, draft, locked },
    title: `Change ${number}`,
    html_url: `${url}/${owner}/${name}/pull/${number}`,
    user: { login: headRepository?.split('/')[0] ?? 'ghost' },
    head: {
      ...{ label: headOf(pull), ref: headBranch, sha: headCommit },
      repo: headRepository === undefined ? null : repositoryJson(headRepository),
    },
    base: {
      ...{ label: `${owner}:${baseBranch}`, ref: baseBranch, sha: baseCommit },
      repo: repositoryJson(`${owner}/${name}`),
    },
  }
}

function repositoryJson(fullName: string): unknown {
  const [owner, name] = fullName.split('/')
  return { name, full_name: fullName, owner: { login: owner } }
}
