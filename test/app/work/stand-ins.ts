import type { Conversation } from '../../../src/review/conversation-port.ts'
import type { Proposal, Proposals } from '../../../src/review/proposals-port.ts'
import type { RepositoryHost, StandingCheck } from '../../../src/review/repository-host-port.ts'
import type { GitHubDouble } from '../../github/github-double.ts'
import type { CheckRunState, PullRequestState, RepositoryState } from '../../github/state.ts'

/** The ports over the state of the double itself, for tests of what stands on them. */
export function standInHost(double: GitHubDouble, state: RepositoryState): RepositoryHost {
  const newest = (commit: string, name: string): CheckRunState | undefined =>
    state.checkRuns.filter((run) => run.headSha === commit && run.name === name).at(-1)
  return {
    describe: () =>
      Promise.resolve({
        ...{ defaultBranch: 'main', isPrivate: state.isPrivate, isArchived: false },
        url: `${double.url}/${state.owner}/${state.name}`,
      }),
    readHead: (branch) => Promise.resolve(state.branches().get(branch)),
    listOpenPullRequests: (name) =>
      Promise.resolve(
        state.pullRequests
          .filter((pull) => pull.state === 'open')
          .map((pull) => {
            const check = newest(pull.headCommit, name)
            return { ...toPullRequest(state, pull), ...(check && { check: toStanding(check) }) }
          }),
      ),
    readCheck: (id) => {
      const found = state.checkRuns.find((run) => run.id === id && run.app === 'fleetwright')
      return Promise.resolve(found && toStanding(found))
    },
    findCheck: (commit, name) => {
      const found = newest(commit, name)
      return Promise.resolve(found && toStanding(found))
    },
  }
}

function toStanding({ id, name, headSha, status, externalId, output }: CheckRunState): StandingCheck {
  const run = /^fleetwright\/(\d+)\//.exec(externalId ?? '')?.[1]
  return {
    ...{ id, name, commit: headSha, state: status as StandingCheck['state'] },
    ...(run !== undefined && { run: Number(run) }),
    summary: output.summary ?? '',
  }
}

function toPullRequest({ owner, name }: RepositoryState, pull: PullRequestState) {
  return {
    ...{ number: pull.number, url: `https://example.com/pull/${pull.number}` },
    head: {
      ...(pull.headRepository !== undefined && { repository: pull.headRepository }),
      ...{ branch: pull.headBranch, commit: pull.headCommit },
    },
    base: { repository: `${owner}/${name}`, branch: pull.baseBranch, commit: pull.baseCommit },
    ...{ isOpen: pull.state === 'open', isDraft: pull.draft, isLocked: pull.locked },
  }
}

export function standInConversation(state: RepositoryState): Conversation {
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody asks for this here'))
  return {
    ...{ readComment: nobody, react: nobody },
    readPermission: (login) => Promise.resolve(state.collaborators.get(login.toLowerCase())?.role ?? 'read'),
  }
}

export function standInProposals(double: GitHubDouble, state: RepositoryState): Proposals {
  const own = (): PullRequestState[] =>
    state.pullRequests.filter((pull) => pull.state === 'open' && pull.author.login === 'fleetwright[bot]')
  const toProposal = (pull: PullRequestState): Proposal => ({
    ...{ number: pull.number, url: `${double.url}/fleet/demo/pull/${pull.number}` },
    ...{ head: pull.headBranch, base: pull.baseBranch, title: pull.title, body: pull.body ?? '' },
  })
  return {
    list: (prefix) =>
      Promise.resolve(
        own()
          .filter(({ headBranch }) => headBranch.startsWith(prefix))
          .map(toProposal),
      ),
    open({ head, base, title, body }) {
      const known = own().find(({ headBranch }) => headBranch === head)
      const author = { login: 'fleetwright[bot]', id: 4711, type: 'Bot' as const }
      const headCommit = state.branches().get(head)
      if (headCommit === undefined) throw new Error(`there is no branch ${head}`)
      const details = { headBranch: head, headCommit, baseBranch: base, title, body, author }
      return Promise.resolve(toProposal(known ?? state.openPullRequest(details)))
    },
    update(number, text) {
      const pull = own().find((each) => each.number === number)
      if (pull) Object.assign(pull, text)
      return Promise.resolve()
    },
    close(number) {
      const pull = own().find((each) => each.number === number)
      if (pull) pull.state = 'closed'
      return Promise.resolve()
    },
    deleteBranch(branch, commit) {
      if (state.branches().get(branch) === commit) state.git().git('update-ref', '-d', `refs/heads/${branch}`)
      return Promise.resolve()
    },
  }
}
