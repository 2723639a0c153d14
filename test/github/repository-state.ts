import { createRepository, type GitRepository } from '../git-repository.ts'
import { moveHead, tellComment, tellPull } from './happenings.ts'
import { createPerson } from './person.ts'
import { tellPush } from './pushes.ts'
import {
  commitOf,
  fullName,
  repositoryNumber,
  type Account,
  type PullRequestState,
  type RepositoryState,
  type WorkflowRunState,
} from './state.ts'
import type { World } from './world.ts'

type Details = { readonly owner: string; readonly name: string; readonly isPrivate: boolean }

export function createRepositoryState(world: World, { owner, name, isPrivate }: Details): RepositoryState {
  let bare: GitRepository | undefined
  const git = (): GitRepository => {
    if (bare) return bare
    bare = createRepository()
    bare.git('config', 'http.receivepack', 'true')
    // As GitHub: also what no branch holds any more, and without files where somebody asks for that.
    bare.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
    bare.git('config', 'uploadpack.allowFilter', 'true')
    return bare
  }
  let numbers = 0
  const publish = ({ number, headCommit }: PullRequestState): void => {
    if (bare && hasCommit(bare, headCommit)) bare.git('update-ref', `refs/pull/${number}/head`, headCommit)
  }
  const state: RepositoryState = {
    ...{
      id: repositoryNumber({ owner, name }),
      owner,
      name,
      isPrivate,
      isArchived: false,
    },
    ...{ comments: [], pullRequests: [], issues: [], checkRuns: [], statuses: [], workflowRuns: [] },
    collaborators: new Map(),
    git,
    hasGit: () => bare !== undefined,
    branches: () => (bare ? branchesOf(bare) : new Map<string, string>()),
    commit(branch, files, by = owner) {
      const before = state.branches()
      git().git('symbolic-ref', 'HEAD', `refs/heads/${branch}`)
      // The index is that of the last commit, which may have been one of another branch.
      if (before.has(branch)) git().git('read-tree', '--index-output=test-index', `refs/heads/${branch}`)
      const commit = git().commit(files)
      git().git('symbolic-ref', 'HEAD', 'refs/heads/main')
      state.pushed(before, world.account(by))
      return commit
    },
    pushed(before, sender) {
      const after = state.branches()
      for (const branch of new Set([...before.keys(), ...after.keys()])) {
        const [from, to] = [before.get(branch), after.get(branch)]
        if (from === to) continue
        tellPush(world, state, { branch, from, to, sender })
        if (to !== undefined) moveHeads(branch, to, sender)
      }
    },
    openPullRequest(details = {}) {
      numbers += 1
      const pull = { ...createPull(world, state, numbers), ...details }
      state.pullRequests.push(pull)
      publish(pull)
      tellPull(world, state, { action: 'opened', pull, sender: pull.author })
      return pull
    },
    openIssue(details) {
      numbers += 1
      const at = world.now()
      const issue = { ...details, number: numbers, state: 'open' as const, createdAt: at, updatedAt: at }
      state.issues.push(issue)
      return issue
    },
    comment(issue, login, body) {
      const at = world.now()
      const author = world.account(login)
      const comment = { id: world.nextId(), issue, author, body, createdAt: at, updatedAt: at, reactions: [] }
      state.comments.push(comment)
      tellComment(world, state, { action: 'created', comment, sender: author })
      return comment
    },
    as: (login) => createPerson(world, state, login),
    addWorkflowRun: (details) => addWorkflowRun(world, state, details),
  }

  function moveHeads(branch: string, commit: string, sender: Account): void {
    for (const pull of state.pullRequests) {
      if (pull.state !== 'open' || pull.headBranch !== branch || pull.headRepository !== fullName(state))
        continue
      moveHead(world, state, { pull, commit, sender })
      publish(pull)
    }
  }
  return state
}

function createPull(world: World, { owner, name }: RepositoryState, number: number): PullRequestState {
  const at = world.now()
  return {
    ...{ number, title: `Change ${number}`, body: null, author: world.account(owner) },
    headRepository: `${owner}/${name}`,
    headBranch: `change-${number}`,
    headCommit: commitOf(`${owner}/${name}#${number}`),
    ...{ baseBranch: 'main', baseCommit: commitOf('main') },
    ...{ state: 'open', merged: false, draft: false, locked: false },
    ...{ labels: [], createdAt: at, updatedAt: at },
  }
}

function addWorkflowRun(
  world: World,
  { owner, name, workflowRuns }: RepositoryState,
  { artifacts = [], ...details }: Parameters<RepositoryState['addWorkflowRun']>[0],
): WorkflowRunState {
  const run = {
    id: world.nextId(),
    ...{ name: 'fleetwright', event: 'pull_request', conclusion: 'success' },
    headRepository: `${owner}/${name}`,
    headBranch: 'main',
    headSha: commitOf('main'),
    ...details,
    artifacts: artifacts.map((artifact) => ({ ...artifact, id: world.nextId(), expired: false })),
  }
  workflowRuns.push(run)
  return run
}

function branchesOf(repository: GitRepository): ReadonlyMap<string, string> {
  const lines = repository.git('for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads')
  return new Map(
    lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(41), line.slice(0, 40)]),
  )
}

function hasCommit(repository: GitRepository, commit: string): boolean {
  try {
    repository.git('cat-file', '-e', `${commit}^{commit}`)
    return true
  } catch {
    return false
  }
}
