import { describe } from 'vitest'
import { createMemoryGitHub } from '../../src/adapters/memory/memory-github.ts'
import type { PullRequestState } from '../github/state.ts'
import type { GitHubDoubleOptions } from '../github/github-double.ts'
import { createAppScene } from '../github/test-ports.ts'
import { useGitHubDouble } from '../github/use-github-double.ts'
import { conversationContract, type ConversationUnderTest } from './conversation.ts'
import { issuesContract, type IssuesUnderTest } from './issues.ts'
import { proposalsContract, type ProposalsUnderTest } from './proposals.ts'
import { repositoryHostContract, type RepositoryHostUnderTest } from './repository-host.ts'

type UnderTest = ConversationUnderTest &
  Omit<ProposalsUnderTest, 'openPullRequest'> &
  Omit<IssuesUnderTest, 'openIssue' | 'openPullRequest'> &
  Omit<RepositoryHostUnderTest, 'openPullRequest'> & {
    readonly ofProposals: Pick<ProposalsUnderTest, 'openPullRequest'>
    readonly ofIssues: Pick<IssuesUnderTest, 'openIssue' | 'openPullRequest'>
    readonly ofHost: Pick<RepositoryHostUnderTest, 'openPullRequest'>
  }

function allContracts(create: () => Promise<UnderTest>): void {
  describe('a conversation', () => {
    conversationContract(create)
  })
  describe('proposals', () => {
    proposalsContract(async () => {
      const under = await create()
      return { ...under, ...under.ofProposals }
    })
  })
  describe('issues', () => {
    issuesContract(async () => {
      const under = await create()
      return { ...under, ...under.ofIssues }
    })
  })
  describe('a host', () => {
    repositoryHostContract(async () => {
      const under = await create()
      return { ...under, ...under.ofHost }
    })
  })
}

describe('memory', () => {
  allContracts(() => {
    const github = createMemoryGitHub()
    const { world } = github
    let commits = 0
    return Promise.resolve<UnderTest>({
      ...github,
      host: { ...github.host, describe: () => Promise.resolve(world.hosted) },
      login: world.login,
      openPullRequest: () => github.openPullRequest().number,
      openIssue: () => github.openIssue('ada', 'A question', 'Why?'),
      push(branch) {
        commits += 1
        const commit = `f${commits}`.padEnd(40, '0')
        world.branches.set(branch, commit)
        return commit
      },
      branches: () => [...world.branches.keys()],
      pullRequests: () =>
        [...world.pulls.values()].map(({ number, isOpen }) => {
          const { title = '', body = '' } = world.texts.get(number) ?? {}
          return { number, isOpen, title, body }
        }),
      shown: () =>
        [...world.issues].map(([number, isOpen]) => {
          const { title = '', body = '' } = world.texts.get(number) ?? {}
          return { number, isOpen, title, body }
        }),
      comments: (number) => world.reviewer.comments(number).map(({ author, body }) => ({ author, body })),
      writeForeignCheck: () => Promise.resolve(9_999),
      ofProposals: {
        openPullRequest: (branch, author, owner = 'fleet') =>
          github.openPullRequest({
            author,
            head: { repository: `${owner}/demo`, branch, commit: 'e'.repeat(40) },
          }).number,
      },
      ofIssues: {
        openIssue: (author, title, body) => github.openIssue(author, title, body),
        openPullRequest: (author, body) => github.openPullRequest({ author, body }).number,
      },
      ofHost: {
        openPullRequest({ isOpen = true, isDraft = false, from = 'fleet/demo' } = {}) {
          const branch = `change-of-${world.pulls.size}`
          const commit = `d${world.pulls.size}`.padEnd(40, '0')
          const head = { ...(from !== 'gone' && { repository: from }), branch, commit }
          const { number } = github.openPullRequest({ isOpen, isDraft, head })
          return { number, branch, commit }
        },
      },
    })
  })
})

async function onGitHub(options: GitHubDoubleOptions, withoutGraphql = false): Promise<UnderTest> {
  const double = await useGitHubDouble(options)
  const repository = double.repository()
  const { ports, app } = createAppScene(double)
  if (withoutGraphql) double.refuseGraphql()
  let files = 0
  const shown = ({
    number,
    state,
    title,
    body,
  }: Pick<PullRequestState, 'number' | 'state' | 'title' | 'body'>) => ({
    ...{ number, isOpen: state === 'open', title, body: body ?? '' },
  })
  const open = (details: Partial<PullRequestState>) => repository.openPullRequest(details)
  return {
    ...ports,
    login: app.login,
    openPullRequest: () => open({}).number,
    openIssue: () =>
      repository.openIssue({ title: 'A question', body: 'Why?', author: double.world.account('ada') }).number,
    comment: (issue, author, body) => repository.comment(issue, author, body).id,
    editComment: (id, body) => {
      repository.as('ada').editComment(id, body)
    },
    deleteComment(id) {
      const index = repository.comments.findIndex((comment) => comment.id === id)
      if (index >= 0) repository.comments.splice(index, 1)
    },
    reactions: (id) =>
      (repository.comments.find((comment) => comment.id === id)?.reactions ?? []).map(
        ({ content }) => content as 'eyes',
      ),
    permit: (login, role) => void repository.collaborators.set(login.toLowerCase(), { role }),
    push(branch) {
      files += 1
      return repository.commit(branch, { 'file.yaml': `${files}\n` })
    },
    branches: () => [...repository.branches().keys()],
    pullRequests: () => repository.pullRequests.map(shown),
    shown: () => repository.issues.map(shown),
    comments: (number) =>
      repository.comments
        .filter(({ issue }) => issue === number)
        .map(({ author, body }) => ({ author: author.login, body })),
    async writeForeignCheck(commit, name) {
      const response = await fetch(`${double.apiUrl}/repos/fleet/demo/check-runs`, {
        method: 'POST',
        headers: { authorization: `token ${double.token}` },
        body: JSON.stringify({
          name,
          head_sha: commit,
          external_id: 'fleetwright/1/a',
          conclusion: 'success',
        }),
      })
      return ((await response.json()) as { id: number }).id
    },
    ofProposals: {
      openPullRequest: (headBranch, login, owner = 'fleet') =>
        open({ headBranch, author: double.world.account(login), headRepository: `${owner}/demo` }).number,
    },
    ofIssues: {
      openIssue: (login, title, body) =>
        repository.openIssue({ title, body, author: double.world.account(login) }).number,
      openPullRequest: (login, body) => open({ author: double.world.account(login), body }).number,
    },
    ofHost: {
      openPullRequest({ isOpen = true, isDraft = false, from = 'fleet/demo' } = {}) {
        const pull = open({
          ...{ state: isOpen ? 'open' : 'closed', draft: isDraft },
          headRepository: from === 'gone' ? undefined : from,
        })
        return { number: pull.number, branch: pull.headBranch, commit: pull.headCommit }
      },
    },
  }
}

describe('GitHub', () => {
  allContracts(() => onGitHub({}))
})

describe('GitHub Enterprise', () => {
  allContracts(() => onGitHub({ product: 'enterprise' }))
})

describe('a GitHub without GraphQL', () => {
  describe('a host', () => {
    repositoryHostContract(async () => {
      const under = await onGitHub({}, true)
      return { ...under, ...under.ofHost }
    })
  })
})
