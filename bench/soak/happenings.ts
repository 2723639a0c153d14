import type { Deliveries, Delivery, Route } from '../../test/github/deliveries.ts'
import type { PullRequestState, RepositoryState } from '../../test/github/state.ts'
import { quotaFiles } from './fleet-files.ts'

/** What people did in a repository, as far as it is judged. */
export interface SoakedRepository {
  readonly name: string
  readonly state: RepositoryState
  /** Pull requests by the time at which they were closed last, in milliseconds since the epoch. */
  readonly closed: Map<number, number>
  /** Comments that are commands. */
  readonly commands: number[]
  /** What every commit on `main` was, the oldest first. */
  readonly sources: string[]
}

type Random = () => number

/** Something that may happen in a repository; undefined where it cannot. */
type Happening = (repository: SoakedRepository, random: Random) => string | undefined

const person = 'ada'

/** With the share that each has of all that happens. */
const happenings: readonly (readonly [share: number, name: string, happening: Happening])[] = [
  [22, 'opened', open],
  [34, 'synchronize', synchronize],
  [8, 'closed', close],
  [6, 'reopened', reopen],
  [8, 'merged', merge],
  [6, 'pushed', push],
  [11, 'command', command],
  [5, 'button', press],
]

/** Lets one thing happen in one of the repositories. Gives what it was. */
export function happen(repositories: readonly SoakedRepository[], random: Random): string {
  const repository = pick(repositories, random)
  if (repository === undefined) throw new Error('there is no repository')
  const total = happenings.reduce((sum, [share]) => sum + share, 0)
  let at = random() * total
  const chosen = happenings.find(([share]) => (at -= share) < 0)
  // A pull request can be opened always.
  return chosen?.[2](repository, random) ?? open(repository, random)
}

function openPulls({ state }: SoakedRepository): readonly PullRequestState[] {
  return state.pullRequests.filter((pull) => pull.state === 'open' && pull.headRepository !== undefined)
}

function open({ state }: SoakedRepository, random: Random): string {
  const topic = `change-${state.pullRequests.length + 1}`
  const main = state.branches().get('main') ?? ''
  state.git().git('update-ref', `refs/heads/${topic}`, main)
  const headCommit = state.commit(topic, quotaFiles(state.name, topic, pods(random)), person)
  state.as(person).openPullRequest({ headBranch: topic, headCommit, baseCommit: main, title: topic })
  return 'opened'
}

function synchronize(repository: SoakedRepository, random: Random): string | undefined {
  const pull = pick(openPulls(repository), random)
  if (pull === undefined) return undefined
  const { state } = repository
  state.as(person).push(pull.headBranch, quotaFiles(state.name, pull.headBranch, pods(random)))
  return 'synchronize'
}

function close(repository: SoakedRepository, random: Random): string | undefined {
  const pull = pick(openPulls(repository), random)
  if (pull === undefined) return undefined
  repository.state.as(person).close(pull.number)
  repository.closed.set(pull.number, Date.now())
  return 'closed'
}

function reopen(repository: SoakedRepository, random: Random): string | undefined {
  const { state, closed } = repository
  const pull = pick(
    state.pullRequests.filter((each) => each.state === 'closed' && !each.merged),
    random,
  )
  if (pull === undefined) return undefined
  state.as(person).reopen(pull.number)
  closed.delete(pull.number)
  return 'reopened'
}

function merge(repository: SoakedRepository, random: Random): string | undefined {
  const pull = pick(openPulls(repository), random)
  if (pull === undefined) return undefined
  const { state, closed } = repository
  const bare = state.git()
  const before = state.branches()
  const main = before.get('main') ?? ''
  const tree = bare.git('merge-tree', '--write-tree', main, pull.headCommit)
  const commit = bare.git(
    'commit-tree',
    tree,
    '-p',
    main,
    '-p',
    pull.headCommit,
    '-m',
    `Merge ${pull.headBranch}`,
  )
  bare.git('update-ref', 'refs/heads/main', commit)
  state.as(person).close(pull.number, { merged: true })
  closed.set(pull.number, Date.now())
  state.pushed(before, pull.author)
  repository.sources.push(commit)
  return 'merged'
}

function push(repository: SoakedRepository, random: Random): string {
  const { state, sources } = repository
  sources.push(state.as(person).push('main', quotaFiles(state.name, 'base', pods(random))))
  return 'pushed'
}

const commands = ['/fleet help', '/fleet diff', '/fleet explain one', '/fleet compile', '/fleet diif']

function command(repository: SoakedRepository, random: Random): string | undefined {
  const pull = pick(repository.state.pullRequests, random)
  if (pull === undefined) return undefined
  const { id } = repository.state.as(person).comment(pull.number, pick(commands, random) ?? '')
  repository.commands.push(id)
  return 'command'
}

/** "Compile again" of a check that stands. */
function press(repository: SoakedRepository, random: Random): string | undefined {
  const { state } = repository
  const check = pick(
    state.checkRuns.filter((run) => run.status === 'completed' && run.actions.length > 0),
    random,
  )
  if (check === undefined) return undefined
  state.as(person).press(check.id, 'compile')
  return 'button'
}

/** Never what it was before. */
function pods(random: Random): number {
  return 100 + Math.floor(random() * 1_000_000_000)
}

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random() * items.length)]
}

/** Some deliveries come late and so out of order, some twice, some never. */
export function mishandleDeliveries(deliveries: Deliveries, random: Random): void {
  const later = (delivery: Delivery): void => {
    setTimeout(() => void deliveries.send(delivery), 500 + random() * 4000)
  }
  deliveries.route((delivery): Route => {
    const chance = random()
    if (chance < 0.03) return 'lose'
    if (chance < 0.1) {
      later(delivery)
      return 'hold'
    }
    if (chance < 0.13) later(delivery)
    return 'send'
  })
}
