import { commentJson, issueJson, pullRequestJson } from './answers.ts'
import type { Account, CommentState, PullRequestState, RepositoryState } from './state.ts'
import type { World } from './world.ts'

export function tellPull(
  world: World,
  repository: RepositoryState,
  {
    action,
    pull,
    sender,
    more = {},
  }: {
    readonly action: string
    readonly pull: PullRequestState
    readonly sender: Account
    readonly more?: object
  },
): void {
  const payload = { number: pull.number, pull_request: pullRequestJson(world, repository, pull), ...more }
  world.happened({ event: 'pull_request', action, sender, repository, payload })
}

export function moveHead(
  world: World,
  repository: RepositoryState,
  { pull, commit, sender }: { pull: PullRequestState; commit: string; sender: Account },
): void {
  const before = pull.headCommit
  if (before === commit) return
  pull.headCommit = commit
  pull.updatedAt = world.now()
  tellPull(world, repository, { action: 'synchronize', pull, sender, more: { before, after: commit } })
}

export function tellComment(
  world: World,
  repository: RepositoryState,
  {
    action,
    comment,
    sender,
    changes,
  }: {
    readonly action: 'created' | 'edited' | 'deleted'
    readonly comment: CommentState
    readonly sender: Account
    readonly changes?: unknown
  },
): void {
  const issue = [...repository.pullRequests, ...repository.issues].find(
    ({ number }) => number === comment.issue,
  )
  if (issue === undefined) return
  const payload = {
    issue: issueJson(world, repository, issue),
    comment: commentJson(world, repository, comment),
    ...(changes !== undefined && { changes }),
  }
  world.happened({ event: 'issue_comment', action, sender, repository, payload })
}
