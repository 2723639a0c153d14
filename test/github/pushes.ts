import { fullName, type Account, type RepositoryState } from './state.ts'
import type { World } from './world.ts'

const noCommit = '0'.repeat(40)

/** Tells apps of a branch that moved, with the commits that are new on it. */
export function tellPush(
  world: World,
  repository: RepositoryState,
  {
    branch,
    from = noCommit,
    to = noCommit,
    sender,
  }: {
    readonly branch: string
    readonly from: string | undefined
    readonly to: string | undefined
    readonly sender: Account
  },
): void {
  const [created, deleted] = [from === noCommit, to === noCommit]
  const commits = deleted ? [] : newCommits(world, repository, { from, to, sender })
  world.happened({
    ...{ event: 'push', sender, repository },
    payload: {
      ...{ ref: `refs/heads/${branch}`, before: from, after: to, created, deleted, base_ref: null },
      forced: !created && !deleted && !isAncestor(repository, from, to),
      compare: `${world.url}/${fullName(repository)}/compare/${from.slice(0, 12)}...${to.slice(0, 12)}`,
      ...{ commits, head_commit: commits.at(-1) ?? null },
      pusher: { name: sender.login, email: `${sender.id}@example.invalid` },
    },
  })
}

function newCommits(
  world: World,
  repository: RepositoryState,
  { from, to, sender }: { readonly from: string; readonly to: string; readonly sender: Account },
): unknown[] {
  const range = from === noCommit ? [to, '--max-count=1'] : [`${from}..${to}`, '--max-count=20']
  const lines = repository.git().git('log', '--reverse', '--format=%H %T %cI %s', ...range)
  const person = { name: sender.login, email: `${sender.id}@example.invalid`, username: sender.login }
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', tree = '', timestamp = '', ...words] = line.split(' ')
      const show = repository.git().git('show', '--name-status', '--no-renames', '--format=', id)
      const files = (status: string): string[] =>
        show
          .split('\n')
          .filter((each) => each.startsWith(status))
          .map((each) => each.slice(2))
      return {
        ...{ id, tree_id: tree, timestamp, message: words.join(' '), distinct: true },
        ...{ author: person, committer: person },
        ...{ added: files('A'), modified: files('M'), removed: files('D') },
        url: `${world.url}/${fullName(repository)}/commit/${id}`,
      }
    })
}

function isAncestor(repository: RepositoryState, from: string, to: string): boolean {
  try {
    repository.git().git('merge-base', '--is-ancestor', from, to)
    return true
  } catch {
    return false
  }
}
