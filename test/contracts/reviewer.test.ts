import { describe } from 'vitest'
import { createMemoryReviewer } from '../../src/adapters/memory/memory-reviewer.ts'
import type { PullRequest } from '../../src/report/reviewer-port.ts'
import { reviewPermissions, type GitHubDoubleOptions } from '../github/github-double.ts'
import { useGitHubDouble } from '../github/use-github-double.ts'
import type { CheckRunState } from '../github/state.ts'
import { createTestReviewer } from '../github/test-reviewer.ts'
import { reviewerContract, type ReviewerUnderTest } from './reviewer.ts'

describe('memory', () => {
  reviewerContract(() => {
    const reviewer = createMemoryReviewer('fleetwright[bot]')
    const pulls = new Map<number, PullRequest>()
    const put = (pull: PullRequest): void => {
      pulls.set(pull.number, pull)
      reviewer.put(pull)
    }
    return Promise.resolve<ReviewerUnderTest>({
      ...{ reviewer, login: 'fleetwright[bot]' },
      openPullRequest({ isDraft = false, isOpen = true } = {}) {
        const number = pulls.size + 1
        const commit = String(number).repeat(40).slice(0, 40)
        const branch = `change-${number}`
        put({
          ...{ number, url: '', isDraft, isOpen, isLocked: false },
          head: { repository: 'fleet/demo', branch, commit },
          base: { repository: 'fleet/demo', branch: 'main', commit: 'c'.repeat(40) },
        })
        return { number, owner: 'fleet', branch, commit }
      },
      moveHead(number, commit) {
        const pull = pulls.get(number)
        if (pull) put({ ...pull, head: { ...pull.head, commit } })
      },
      comment: (number, author, body) => {
        reviewer.comment(number, author, body)
      },
      withhold: (permission) => {
        reviewer.withhold(permission)
      },
      comments: (number) => reviewer.comments(number).map(({ author, body }) => ({ author, body })),
      checks: (commit) =>
        reviewer.checks(commit).map(({ name, state, title, annotations }) => ({
          ...{ name, state, title, annotations: annotations.length },
        })),
      statuses: (commit) =>
        reviewer.statuses(commit).map(({ name, state, description }) => ({ name, state, description })),
    })
  })
})

async function onGitHub(options: GitHubDoubleOptions = {}): Promise<ReviewerUnderTest> {
  const double = await useGitHubDouble(options)
  const repository = double.repository()
  const { reviewer } = createTestReviewer(double)
  let permissions = reviewPermissions
  return {
    ...{ reviewer, login: 'github-actions[bot]' },
    openPullRequest({ isDraft = false, isOpen = true } = {}) {
      const pull = repository.openPullRequest({ draft: isDraft, state: isOpen ? 'open' : 'closed' })
      return { number: pull.number, owner: 'fleet', branch: pull.headBranch, commit: pull.headCommit }
    },
    moveHead(number, commit) {
      const pull = repository.pullRequests.find((each) => each.number === number)
      if (pull) pull.headCommit = commit
    },
    comment: (number, author, body) => void repository.comment(number, author, body),
    withhold(permission) {
      const name = permission.split(':')[0]?.replaceAll('-', '_') ?? ''
      permissions = { ...permissions, [name]: 'read' }
      double.setPermissions(double.token, permissions)
    },
    comments: (number) =>
      repository.comments
        .filter(({ issue }) => issue === number)
        .map(({ author, body }) => ({ author: author.login, body })),
    checks: (commit) => newestOfEachName(repository.checkRuns.filter(({ headSha }) => headSha === commit)),
    statuses(commit) {
      const newest = new Map(
        repository.statuses.filter(({ sha }) => sha === commit).map((status) => [status.context, status]),
      )
      return [...newest.values()].map(({ context, state, description }) => ({
        ...{ name: context, state: state as 'success', description: description ?? '' },
      }))
    },
  }
}

function newestOfEachName(runs: readonly CheckRunState[]) {
  const newest = new Map(runs.map((run) => [run.name, run]))
  return [...newest.values()].map(({ name, status, conclusion, output, annotations }) => ({
    ...{ name, state: conclusion ?? status, title: output.title ?? '', annotations: annotations.length },
  }))
}

describe('GitHub', () => {
  reviewerContract(() => onGitHub())
})

describe('GitHub Enterprise', () => {
  reviewerContract(() => onGitHub({ product: 'enterprise' }))
})
