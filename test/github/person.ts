import { checkRunJson } from './answers.ts'
import { moveHead, tellComment, tellPull } from './happenings.ts'
import type { CheckRunState, Happening, Person, PullRequestState, RepositoryState } from './state.ts'
import type { World } from './world.ts'

/** Changes the state as people do on the pages of a repository, or with Git. */
export function createPerson(world: World, repository: RepositoryState, login: string): Person {
  const sender = world.account(login)
  const tell = (event: string, action: string, more: Pick<Happening, 'payload' | 'only'>): void => {
    world.happened({ ...{ event, action, sender, repository }, ...more })
  }
  const change = (number: number, action: string, work: (pull: PullRequestState) => object | void): void => {
    const pull = findPull(repository, number)
    const more = work(pull) ?? {}
    pull.updatedAt = world.now()
    tellPull(world, repository, { action, pull, sender, more })
  }
  return {
    push: (branch, files) => repository.commit(branch, files, login),
    openPullRequest: (details) => repository.openPullRequest({ ...details, author: sender }),
    moveHead: (number, commit) => {
      moveHead(world, repository, { pull: findPull(repository, number), commit, sender })
    },
    close: (number, { merged = false } = {}) => {
      change(number, 'closed', (pull) => void Object.assign(pull, { state: 'closed', merged }))
    },
    reopen: (number) => {
      change(number, 'reopened', (pull) => void (pull.state = 'open'))
    },
    markReady: (number) => {
      change(number, 'ready_for_review', (pull) => void (pull.draft = false))
    },
    label: (number, name) => {
      change(number, 'labeled', ({ labels }) => {
        if (!labels.includes(name)) labels.push(name)
        return { label: { name, color: 'ededed' } }
      })
    },
    comment: (issue, body) => repository.comment(issue, login, body),
    editComment(id, body) {
      const comment = repository.comments.find((each) => each.id === id)
      if (comment === undefined) throw new Error(`there is no comment ${id}`)
      const from = comment.body
      Object.assign(comment, { body, updatedAt: world.now() })
      tellComment(world, repository, { action: 'edited', comment, sender, changes: { body: { from } } })
    },
    press(id, identifier) {
      const run = findCheck(repository, id)
      if (!run.actions.some((action) => action.identifier === identifier))
        throw new Error(`check ${id} has no button ${identifier}`)
      tell('check_run', 'requested_action', {
        payload: {
          check_run: checkRunJson(world, repository, run),
          requested_action: { identifier },
        },
        only: run.app,
      })
    },
    rerunCheck(id) {
      const run = findCheck(repository, id)
      tell('check_run', 'rerequested', {
        payload: { check_run: checkRunJson(world, repository, run) },
        only: run.app,
      })
    },
    rerunSuite(app, commit) {
      const id = repository.checkRuns.find((run) => run.app === app && run.headSha === commit)?.suite
      if (id === undefined) throw new Error(`${app} has no checks on ${commit}`)
      const suite = {
        ...{ id, head_sha: commit, head_branch: null, status: 'queued', conclusion: null },
        ...{ app: { slug: app, name: app, id: world.account(`${app}[bot]`).id }, pull_requests: [] },
      }
      tell('check_suite', 'rerequested', { payload: { check_suite: suite }, only: app })
    },
    queue({ head, base, baseCommit }) {
      const group = {
        ...{ head_sha: head, head_ref: `refs/heads/gh-readonly-queue/${base}/pr-1-${baseCommit}` },
        ...{ base_sha: baseCommit, base_ref: `refs/heads/${base}` },
      }
      tell('merge_group', 'checks_requested', { payload: { merge_group: group } })
    },
    dispatch(type, payload = {}) {
      tell('repository_dispatch', type, { payload: { branch: 'main', client_payload: payload } })
    },
  }
}

function findPull({ pullRequests }: RepositoryState, number: number): PullRequestState {
  const pull = pullRequests.find((each) => each.number === number)
  if (pull === undefined) throw new Error(`there is no pull request ${number}`)
  return pull
}

function findCheck({ checkRuns }: RepositoryState, id: number): CheckRunState {
  const run = checkRuns.find((each) => each.id === id)
  if (run === undefined) throw new Error(`there is no check ${id}`)
  return run
}
