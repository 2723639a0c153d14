import type { Check, PullRequest, Reviewer } from '../../report/reviewer-port.ts'
import type { Conversation, Permission, Reaction } from '../../review/conversation-port.ts'
import type { Issues } from '../../review/issues-port.ts'
import type { Proposals } from '../../review/proposals-port.ts'
import type { RepositoryHost, StandingCheck } from '../../review/repository-host-port.ts'
import { createMemoryIssues, createMemoryProposals } from './memory-proposals.ts'
import type { MemoryReviewer } from './memory-reviewer.ts'
import { createMemoryWorld, type MemoryWorld } from './memory-world.ts'

/** Everything that the app does in one repository, in memory: for tests. */
export interface MemoryGitHub {
  /** Its ports, as `createGitHubPorts` gives them. */
  readonly reviewer: MemoryReviewer
  readonly conversation: Conversation
  readonly host: RepositoryHost
  readonly proposals: Proposals
  readonly issues: Issues
  /** What stands; tests may look at it, and change branches and what is hosted. */
  readonly world: MemoryWorld
  /** What people do. */
  openPullRequest(details?: OpenedDetails): PullRequest
  /** Gives its number. */
  openIssue(author: string, title: string, body: string): number
  /** Gives its id. */
  comment(issue: number, author: string, body: string): number
  editComment(id: number, body: string): void
  deleteComment(id: number): void
  permit(login: string, permission: Permission): void
  reactions(comment: number): readonly Reaction[]
}

export type OpenedDetails = Partial<Omit<PullRequest, 'number' | 'url'>> & {
  readonly title?: string
  readonly body?: string
  readonly author?: string
}

export function createMemoryGitHub(login = 'fleetwright[bot]'): MemoryGitHub {
  const world = createMemoryWorld(login)
  const checks = createCheckIds()
  const writeCheck: Reviewer['writeCheck'] = (check) => {
    checks.idOf(check)
    return world.reviewer.writeCheck(check)
  }
  return {
    world,
    reviewer: { ...world.reviewer, writeCheck },
    conversation: createConversation(world),
    host: createHost(world, checks),
    proposals: createMemoryProposals(world),
    issues: createMemoryIssues(world),
    ...createPeople(world),
  }
}

function createPeople(world: MemoryWorld) {
  const { reviewer } = world
  return {
    openPullRequest({ title = 'Change', body = '', author = 'ada', ...details }: OpenedDetails = {}) {
      const number = world.nextNumber()
      const pull: PullRequest = {
        ...{ number, url: `memory:pull/${number}`, isOpen: true, isDraft: false, isLocked: false },
        head: { repository: 'fleet/demo', branch: `change-${number}`, commit: commitOf(number) },
        base: {
          ...{ repository: 'fleet/demo', branch: 'main' },
          commit: world.branches.get('main') ?? 'c'.repeat(40),
        },
        ...details,
      }
      world.put(pull)
      world.texts.set(number, { title, body, author })
      return pull
    },
    openIssue(author: string, title: string, body: string) {
      const number = world.nextNumber()
      world.issues.set(number, true)
      world.texts.set(number, { title, body, author })
      return number
    },
    comment(issue: number, author: string, body: string) {
      reviewer.comment(issue, author, body)
      const id = reviewer.comments(issue).at(-1)?.id ?? 0
      world.said.set(id, { createdAt: world.now(), isEdited: false })
      return id
    },
    editComment(id: number, body: string) {
      void reviewer.updateComment(id, body)
      world.said.set(id, { createdAt: world.said.get(id)?.createdAt ?? world.now(), isEdited: true })
    },
    deleteComment: (id: number) => void reviewer.deleteComment(id),
    permit: (login: string, permission: Permission) =>
      void world.permissions.set(login.toLowerCase(), permission),
    reactions: (comment: number) => world.reactions.get(comment) ?? [],
  }
}

function createConversation(world: MemoryWorld): Conversation {
  const find = (id: number) =>
    [...world.pulls.keys()]
      .flatMap((number) => world.reviewer.comments(number))
      .find((comment) => comment.id === id)
  return {
    readComment(id) {
      const found = find(id)
      if (found === undefined) return Promise.resolve(undefined)
      const { author, body, pullRequest } = found
      const { createdAt = '2026-01-02T03:04:05Z', isEdited = false } = world.said.get(id) ?? {}
      const isBot = author.endsWith('[bot]')
      return Promise.resolve({ id, pullRequest, body, author, isBot, createdAt, isEdited })
    },
    react(comment, reaction) {
      const reactions = world.reactions.get(comment) ?? []
      if (find(comment) && !reactions.includes(reaction))
        world.reactions.set(comment, [...reactions, reaction])
      return Promise.resolve()
    },
    readPermission: (login) =>
      Promise.resolve(
        world.permissions.get(login.toLowerCase()) ?? (world.hosted.isPrivate ? 'none' : 'read'),
      ),
  }
}

interface CheckIds {
  idOf(check: Pick<Check, 'commit' | 'name'>): number
  find(id: number): Pick<Check, 'commit' | 'name'> | undefined
}

function createCheckIds(): CheckIds {
  const ids = new Map<string, { readonly id: number; readonly commit: string; readonly name: string }>()
  return {
    idOf({ commit, name }) {
      const key = JSON.stringify([commit, name])
      const known = ids.get(key) ?? { id: ids.size + 1, commit, name }
      ids.set(key, known)
      return known.id
    },
    find: (id) => [...ids.values()].find((each) => each.id === id),
  }
}

function createHost(world: MemoryWorld, checks: CheckIds): RepositoryHost {
  const standing = (commit: string, name: string): StandingCheck | undefined => {
    const check = world.reviewer.checks(commit).find((each) => each.name === name)
    if (check === undefined) return undefined
    const { run, summary } = check
    const state = check.state === 'queued' || check.state === 'in_progress' ? check.state : 'completed'
    return { id: checks.idOf(check), name, commit, state, run, summary }
  }
  return {
    describe: () => Promise.resolve(world.hosted),
    readHead: (branch) => Promise.resolve(world.branches.get(branch)),
    listOpenPullRequests(checkName) {
      const open = [...world.pulls.values()].filter(({ isOpen }) => isOpen)
      return Promise.resolve(
        open
          .sort((a, b) => a.number - b.number)
          .map((pull) => {
            const check = standing(pull.head.commit, checkName)
            return { ...pull, ...(check && { check }) }
          }),
      )
    },
    readCheck(id) {
      const known = checks.find(id)
      return Promise.resolve(known && standing(known.commit, known.name))
    },
    findCheck: (commit, name) => Promise.resolve(standing(commit, name)),
  }
}

/** Forty digits that no other number has. */
function commitOf(number: number): string {
  return number.toString(16).padStart(40, '0')
}
