import { workingFolders, processesIn } from '../../test/e2e/app/left-behind.ts'
import { appComments, compileByHand, readDelivered, shownCheck } from '../../test/e2e/app/what-stands.ts'
import type { CheckRunState } from '../../test/github/state.ts'
import type { SoakedRepository } from './happenings.ts'

/** Something that is not as it should be. */
export interface Miss {
  readonly repository: string
  readonly what: string
}

/** What was looked at, so that nothing found is not the same as nothing looked for. */
export interface Judgement {
  readonly misses: readonly Miss[]
  readonly looked: Readonly<Record<string, number>>
}

/** A comment may have been on its way when its pull request was closed. */
const closingMs = 5000

export function judge(repositories: readonly SoakedRepository[], cli: string): Judgement {
  const misses: Miss[] = []
  const looked: Record<string, number> = {}
  const count = (what: string, by = 1): void => void (looked[what] = (looked[what] ?? 0) + by)
  for (const repository of repositories) {
    const miss = (what: string): void => void misses.push({ repository: repository.name, what })
    judgePullRequests(repository, miss, count)
    judgeCommands(repository, miss, count)
    judgeRendered(repository, { cli, miss, count })
    for (const { id, name, headSha, status } of repository.state.checkRuns)
      if (status !== 'completed') miss(`check ${id} (${name} on ${headSha.slice(0, 12)}) is ${status}`)
    count('checks that are completed', repository.state.checkRuns.length)
  }
  return { misses, looked }
}

type Say = (what: string) => void

function judgePullRequests({ state, closed }: SoakedRepository, miss: Say, count: Say): void {
  for (const { number, headCommit, state: open } of state.pullRequests) {
    const reviews = appComments(state, number).filter((body) => body.startsWith('<!-- fleetwright-review '))
    const about = `pull request ${number}`
    if (reviews.length > 1) miss(`${about} has ${reviews.length} comments`)
    if (open === 'closed') {
      judgeClosed(state, { number, closedAt: closed.get(number) ?? 0 }, miss)
      count('closed pull requests')
      continue
    }
    count('open pull requests')
    const [comment] = reviews
    if (comment === undefined) miss(`${about} has no comment`)
    else if (!comment.includes(`{"head":"${headCommit}"`))
      miss(`the comment of ${about} is about another head`)
    else if (comment.includes('"outdated":true')) miss(`the comment of ${about} is outdated`)
    const check = shownCheck(state, headCommit, 'fleetwright')
    if (check?.conclusion !== 'success')
      miss(`the check of ${about} is ${check?.conclusion ?? check?.status ?? 'absent'}: ${describe(check)}`)
  }
}

function judgeClosed(
  { comments }: SoakedRepository['state'],
  { number, closedAt }: { readonly number: number; readonly closedAt: number },
  miss: Say,
): void {
  const late = comments.filter(
    ({ issue, body, createdAt }) =>
      issue === number &&
      body.startsWith('<!-- fleetwright-review ') &&
      Date.parse(createdAt) > closedAt + closingMs,
  )
  for (const { createdAt } of late)
    miss(`pull request ${number} was commented at ${createdAt}, after it was closed`)
}

function judgeCommands({ state, commands }: SoakedRepository, miss: Say, count: Say): void {
  for (const id of commands) {
    count('commands')
    const answers = state.comments.filter(({ body }) => body.startsWith(`<!-- fleetwright-answer ${id} `))
    if (answers.length !== 1) miss(`command ${id} has ${answers.length} answers`)
    const [answer] = answers
    if (answer && /"state":"(?:working|failed)"/.test(answer.body))
      miss(`command ${id} is not answered: ${answer.body.slice(0, 300)}`)
  }
}

/** The rendered branch is what the command line alone makes of the head of `main`, and no source was written twice. */
function judgeRendered(
  { state }: SoakedRepository,
  { cli, miss, count }: { readonly cli: string; readonly miss: Say; readonly count: Say },
): void {
  const bare = state.git()
  const head = state.branches().get('main') ?? ''
  const check = shownCheck(state, head, 'fleetwright compile')
  if (check?.conclusion !== 'success')
    miss(`the compile of ${head.slice(0, 12)} is ${check?.conclusion ?? 'absent'}: ${describe(check)}`)
  if (!state.branches().has('rendered')) {
    miss('there is no rendered branch')
    return
  }
  const written = bare.git('log', '--format=%H', 'refs/heads/rendered').split('\n')
  const sources = written.map((commit) => sourceOf(bare.git('show', `${commit}:.fleetwright/build.json`)))
  count('commits of rendered branches')
  if (new Set(sources).size !== sources.length) miss(`a source was written twice: ${sources.join(' ')}`)
  const reference = compileByHand(state, head, cli)
  if (JSON.stringify(readDelivered(state)) !== JSON.stringify(reference))
    miss(`the rendered branch is not what ${head.slice(0, 12)} compiles to`)
}

function sourceOf(build: string): string {
  const { source } = JSON.parse(build) as { readonly source?: { readonly commit?: string } }
  if (source?.commit === undefined) throw new Error('a build names no source commit')
  return source.commit
}

/** What it says of why, as far as it goes. */
function describe(check: CheckRunState | undefined): string {
  const { title = '', summary = '' } = check?.output ?? {}
  const errors = check?.annotations.map(({ message }) => String(message)) ?? []
  return [title, summary?.slice(0, 600), ...errors.slice(0, 3)].join('\n    ')
}

/** What no crash may leave behind. */
export function judgeLeftOvers(dataFolder: string): readonly Miss[] {
  return [
    ...workingFolders(dataFolder).map((folder) => ({
      repository: '',
      what: `a working folder is left: ${folder}`,
    })),
    ...processesIn(dataFolder).map((line) => ({ repository: '', what: `a process is left: ${line}` })),
  ]
}
